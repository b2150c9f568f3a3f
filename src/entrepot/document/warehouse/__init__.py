"""Warehouse receipts."""

from entrepot.document.warehouse.check import check
from entrepot.document.warehouse.model import StoredGoods, WarehouseReceipt

__all__ = ["StoredGoods", "WarehouseReceipt", "check"]
