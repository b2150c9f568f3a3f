"""Transport documents: bills of lading and waybills."""

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
]
