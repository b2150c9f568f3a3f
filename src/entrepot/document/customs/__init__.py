"""Customs declarations and the decisions on them."""

from entrepot.document.customs.check import check, check_release
from entrepot.document.customs.model import (
    BorderCharge,
    CustomsDeclaration,
    CustomsRelease,
    Decision,
    DeclaredGoods,
    Direction,
)

__all__ = [
    "BorderCharge",
    "CustomsDeclaration",
    "CustomsRelease",
    "Decision",
    "DeclaredGoods",
    "Direction",
    "check",
    "check_release",
]
