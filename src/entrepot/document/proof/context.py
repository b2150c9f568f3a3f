"""The JSON-LD contexts that Entrepot knows by name. They are carried in the package and never fetched."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
"""First context of every credential and presentation (VCDM 2.0, 4.3)."""
RECORD_V1 = "https://entrepot.example/ns/record/v1"
"""Context of the members of a record; its text is ``record-v1.jsonld`` beside this module."""
DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"
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
RECORD_TYPES = ("TradeRecordCredential", "TradeRecord")
"""Type of the credential, and of its subject, that render a record."""
TYPES_OF = {CREDENTIALS_V2: BASE_TYPES, RECORD_V1: frozenset(RECORD_TYPES), DATA_INTEGRITY_V2: frozenset()}
"""Context -> the types it defines; a context outside this table may define any."""


@cache
def record_context() -> dict[str, Any]:
    """The JSON-LD text of :data:`RECORD_V1`, as shipped."""
    text = (files(__package__) / "record-v1.jsonld").read_text("utf-8")
    value: dict[str, Any] = json.loads(text)
    return value
