"""The JSON-LD contexts that Entrepot knows by name. They are carried, pinned by hash, and never fetched.

The texts of the W3C come with PyLD, or lie beside this module in our own form; either way the SHA-256 of their
canonical JSON must be the one written here, so that another package version cannot change what is signed.
"""

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.base.error import EntrepotError
from entrepot.document.proof.named_kind import BY_URL
from entrepot.document.proof.trustvc import TRUSTVC_PINS, built

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
"""First context of every credential and presentation (VCDM 2.0, 4.3)."""
RECORD_V1 = "https://entrepot.example/ns/record/v1"
"""Context of a record whose payload has no terms; its text is ``record-v1.jsonld`` beside this module."""
MANDATE_V1 = "https://entrepot.example/ns/mandate/v1"
"""Context of mandates, and of documents that name one; its text is ``mandate-v1.jsonld`` beside this module."""
DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"
CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
PINS: Mapping[str, str] = {
    CREDENTIALS_V1: "b01e671e873981f19a9102a9a57f666dbcaeb31b99e3e124378d143e71549247",
    CREDENTIALS_V2: "b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf",
    DATA_INTEGRITY_V2: "7ba3c50acf2689d5e07927267343eb353249c7c22a9f2d00307cc970e855e305",
    MANDATE_V1: "dd6e864bc93ef0b57e9801b33152c19d49994b6a03d6cdef0f3535b03789bb61",
    RECORD_V1: "10cb15c22b95a267d35511fcb8656738fae147464019579556b76c9606cdba30",
    **TRUSTVC_PINS,
    **{url: each.digest for url, each in BY_URL.items()},
}
"""Carried context -> SHA-256 of its canonical JSON (RFC 8785)."""
BASE_TYPES = frozenset(
    {
        "VerifiableCredential",
        "VerifiablePresentation",
        "EnvelopedVerifiableCredential",
        "EnvelopedVerifiablePresentation",
        "JsonSchemaCredential",
        "JsonSchema",
        "BitstringStatusListCredential",
        "BitstringStatusList",
        "BitstringStatusListEntry",
        "DataIntegrityProof",
    }
)
"""Types that the base context defines (VCDM 2.0, appendix B.1)."""
BASE_TERMS = BASE_TYPES | {"id", "type", "name", "description", "mediaType", "digestSRI", "digestMultibase"}
"""Terms that the base context protects at its top level: another context must not redefine them."""
BASE_TERMS_V1 = frozenset({"id", "type", "VerifiableCredential", "VerifiablePresentation"})
"""Those that the context of version 1.1 protects there."""
RECORD_TYPES = ("TradeRecordCredential", "TradeRecord")
"""Type of the credential, and of its subject, that render a record."""
MANDATE_TYPES = ("MandateCredential", "Mandate")
"""Type of the credential, and of its subject, that grant a mandate."""
MANDATE_REFERENCE = "MandateReference"
"""Type of the entry in ``termsOfUse`` that names a mandate by the id of its credential."""
TYPES_OF = {
    CREDENTIALS_V2: BASE_TYPES,
    RECORD_V1: frozenset(RECORD_TYPES),
    MANDATE_V1: frozenset((*MANDATE_TYPES, MANDATE_REFERENCE)),
    DATA_INTEGRITY_V2: frozenset(),
    **{url: frozenset({*RECORD_TYPES, each.type}) for url, each in BY_URL.items()},
}
"""Context -> the types it defines; a context outside this table may define any."""


OWN = {RECORD_V1: "record-v1.jsonld", MANDATE_V1: "mandate-v1.jsonld"} | {
    url: f"kind/{each.file}" for url, each in BY_URL.items()
}
"""Our own contexts -> the file beside this module."""


def record_context() -> dict[str, Any]:
    """The JSON-LD text of :data:`RECORD_V1`, as shipped."""
    return carried(RECORD_V1)


class ContextError(EntrepotError):
    """A carried context is not the text that is pinned: the installation is damaged or of another version."""

    code = "context-changed"


@cache
def carried(url: str) -> dict[str, Any]:
    """The text of a context in :data:`PINS`. Raises :class:`ContextError` where it is not the pinned one."""
    text: dict[str, Any]
    if url in OWN:
        text = json.loads((files(__package__) / OWN[url]).read_text("utf-8"))
    elif url == DATA_INTEGRITY_V2:
        text = _built(tomllib.loads((files(__package__) / "data-integrity-v2.toml").read_text("utf-8")))
    elif url in TRUSTVC_PINS:
        text = built(tomllib.loads((files(__package__) / "trustvc.toml").read_text("utf-8")), url)
    else:
        from pyld.documentloader.frozen import BUNDLED_CONTEXTS  # type: ignore[import-untyped]

        text = json.loads(BUNDLED_CONTEXTS[url].read_text("utf-8"))
    found = sha256(canonical(text))
    if found != PINS[url]:
        remedy = "Install the versions that the lock file names."
        raise ContextError(f"the context {url} has the digest {found}, not the pinned one", remedy=remedy)
    return text


def _built(table: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON-LD text that a table of terms stands for."""
    prefixes, inside = table["prefixes"], table["inside"]

    def whole(name: str) -> str:
        prefix, _, rest = name.partition(":")
        return prefixes[prefix] + rest if prefix in prefixes else name

    def term(name: str, line: str) -> str | dict[str, Any]:
        parts = [whole(each) for each in line.split()]
        made: dict[str, Any] = dict(zip(("@id", "@type", "@container"), parts, strict=False))
        if name in inside:
            made["@context"] = scope(inside[name])
        return made if len(made) > 1 else parts[0]

    def scope(terms: Mapping[str, str]) -> dict[str, Any]:
        start = {"id": "@id", "type": "@type", "@protected": True}
        return start | {name: term(name, line) for name, line in terms.items()}

    return {"@context": scope(table["terms"])}
