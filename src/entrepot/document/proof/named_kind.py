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
            "1cccfd7b129a573776d98ff3bcd441be15c397c337d37c895db8c74b4cf360e6",
        ),
    ),
    ("packing-list", 1): (
        KindContext(
            f"{NAMESPACE}packing-list/v1",
            "PackingList",
            "2816d41a64d5c1edeb518e50559b92abc8c4acce602101a9189f4c372f8d1660",
        ),
    ),
    ("order", 1): (
        KindContext(
            f"{NAMESPACE}order/v1",
            "PurchaseOrder",
            "c9cafd502010840ea00ab996b8fb03f8b9ec3021b3bf8b01f15462f42b910cfe",
        ),
    ),
    ("transport-document", 1): (
        KindContext(
            f"{NAMESPACE}transport-document/v1",
            "TransportDocument",
            "11f57326d2bb0701c245dc50f9da5510a68be58092e2f23fc4ce31624197ea11",
        ),
    ),
    ("certificate-of-origin", 1): (
        KindContext(
            f"{NAMESPACE}certificate-of-origin/v1",
            "CertificateOfOrigin",
            "2468f71855dcbb6d3edea4d0f409baa2ee8a9d3df9b4b8ab07b7c81e2babf997",
        ),
    ),
    ("customs-declaration", 1): (
        KindContext(
            f"{NAMESPACE}customs-declaration/v1",
            "CustomsDeclaration",
            "ee8fa60c14068fb8d63fb2ce86f8839120ca808995cd1a43350f6b969bec8d34",
        ),
    ),
    ("insurance-certificate", 1): (
        KindContext(
            f"{NAMESPACE}insurance-certificate/v1",
            "CargoInsuranceCertificate",
            "2336cf49c3ea606f587f29aef109aefb511e06adb9b4dddead45981ec25912cf",
        ),
    ),
    ("warehouse-receipt", 1): (
        KindContext(
            f"{NAMESPACE}warehouse-receipt/v1",
            "WarehouseReceipt",
            "f6d18d9de5328bb0a698edb0889646ae35d7e69bddf70f8e91dc0136f65308b6",
        ),
    ),
}
"""Kind and version -> its contexts, the newest last: that one is issued, all are read."""
BY_URL: Mapping[str, KindContext] = {each.url: each for found in KIND_CONTEXTS.values() for each in found}
"""The same contexts by name."""
