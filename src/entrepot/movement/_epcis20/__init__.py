"""GS1 EPCIS 2.0 events and CBV 2.0 words in their JSON form: judged, hashed, read and written.

The rules follow GS1's JSON schema, which serves as an outside judge in the tests and is not part of Entrepot.
"""

from entrepot.movement._epcis20.check import check_event
from entrepot.movement._epcis20.document import EpcisDocument, read_document, write_document
from entrepot.movement._epcis20.hash import event_hash, namespaces_of, pre_hash
from entrepot.movement._epcis20.link import canonical_link
from entrepot.movement._epcis20.vocabulary import EPCIS_CONTEXT

__all__ = [
    "EPCIS_CONTEXT",
    "EpcisDocument",
    "canonical_link",
    "check_event",
    "event_hash",
    "namespaces_of",
    "pre_hash",
    "read_document",
    "write_document",
]
