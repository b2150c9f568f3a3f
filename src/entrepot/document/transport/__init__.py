"""Transport documents: bills of lading and waybills."""

from typing import TYPE_CHECKING

from entrepot.document.transport.check import check
from entrepot.document.transport.model import (
    CargoItem,
    CarrierCode,
    Equipment,
    Load,
    Mode,
    ReceiptType,
    Reefer,
    Seal,
    Title,
    TransportDocument,
    TransportType,
)

if TYPE_CHECKING:
    from entrepot.document.reading import ReadResult, WriteResult


def read(data: bytes) -> "ReadResult[TransportDocument]":
    """The transport document in a DCSA JSON file; see :class:`~entrepot.document.reading.ReadResult`."""
    from entrepot.document._dcsa import read_transport_document

    return read_transport_document(data)


def write(document: TransportDocument) -> "WriteResult":
    """``document`` as DCSA JSON."""
    from entrepot.document._dcsa import write_transport_document

    return write_transport_document(document)


__all__ = [
    "CargoItem",
    "CarrierCode",
    "Equipment",
    "Load",
    "Mode",
    "ReceiptType",
    "Reefer",
    "Seal",
    "Title",
    "TransportDocument",
    "TransportType",
    "check",
    "read",
    "write",
]
