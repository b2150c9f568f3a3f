"""Packing lists: which goods lie in which packages."""

from entrepot.document.packing.check import check
from entrepot.document.packing.model import Content, PackedUnits, PackingList, PackingTotals

__all__ = ["Content", "PackedUnits", "PackingList", "PackingTotals", "check"]
