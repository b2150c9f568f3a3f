"""The contexts of the kinds of trade document: which one a record of a kind is rendered under, and its digest.

Each is written by ``entrepot.document.vocabulary`` from the shape of the kind, lies below ``kind`` beside this module,
and never changes: a shape that changes gets a context with a new name, and the old one stays.
"""

from collections.abc import Mapping
from typing import NamedTuple

NAMESPACE = "https://entrepot.example/ns/"
"""What the names of our contexts begin with; a node serves them under ``/ns/``."""
VOCABULARY = f"{NAMESPACE}trade"
"""Name of the vocabulary of our own terms."""


class KindContext(NamedTuple):
    """A context, the type that a subject has under it, and the SHA-256 of its canonical JSON (RFC 8785)."""

    url: str
    type: str
    digest: str

    @property
    def file(self) -> str:
        """Name of the file below ``kind`` that holds its text."""
        return self.url.removeprefix(NAMESPACE).replace("/", "-") + ".jsonld"


KIND_CONTEXTS: Mapping[tuple[str, int], tuple[KindContext, ...]] = {
    ("invoice", 1): (
        KindContext(
            f"{NAMESPACE}invoice/v1",
            "CommercialInvoice",
            "c26091ca524cd90a696677c383fd2e0822aece82383f551fd9b05436cac1899b",
        ),
    ),
    ("packing-list", 1): (
        KindContext(
            f"{NAMESPACE}packing-list/v1",
            "PackingList",
            "941d58ab94e773ef2ae0fa007db16db5b921051ea6e2032f94f38dd6b6b6ae2b",
        ),
    ),
    ("order", 1): (
        KindContext(
            f"{NAMESPACE}order/v1",
            "PurchaseOrder",
            "40b9bcb9d431e66f9aebf0368b44d23aa506b71f215403e76185ddc475e345e5",
        ),
    ),
    ("transport-document", 1): (
        KindContext(
            f"{NAMESPACE}transport-document/v1",
            "TransportDocument",
            "c1e345f6d322f1e7dca7e451ceade590597a1eb329c187117e186dc0ad4be06b",
        ),
    ),
    ("certificate-of-origin", 1): (
        KindContext(
            f"{NAMESPACE}certificate-of-origin/v1",
            "CertificateOfOrigin",
            "cdd6723b2bc43f9377ff784c21986a8829ff36ddbce54f28b79a5efc3dc9a89a",
        ),
    ),
    ("customs-declaration", 1): (
        KindContext(
            f"{NAMESPACE}customs-declaration/v1",
            "CustomsDeclaration",
            "200eb31e715fa872564f65835fc0d666ed95150d1f28ba2ede853f95cf7bc9bd",
        ),
    ),
    ("insurance-certificate", 1): (
        KindContext(
            f"{NAMESPACE}insurance-certificate/v1",
            "CargoInsuranceCertificate",
            "1ad2e7904b0dc041b90c2686c69f3561e2a6d811c10294e686ec17f11f9f9890",
        ),
    ),
    ("warehouse-receipt", 1): (
        KindContext(
            f"{NAMESPACE}warehouse-receipt/v1",
            "WarehouseReceipt",
            "46000da7c116709fb01f685fdc964300e742315cf5660e5f276141d62ca51251",
        ),
    ),
}
"""Kind and version -> its contexts, the newest last: that one is issued, all are read."""
BY_URL: Mapping[str, KindContext] = {each.url: each for found in KIND_CONTEXTS.values() for each in found}
"""The same contexts by name."""
