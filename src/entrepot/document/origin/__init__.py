"""Certificates of origin."""

from entrepot.document.origin.check import check
from entrepot.document.origin.model import (
    Addition,
    BackToBack,
    CertificateOfOrigin,
    Consignment,
    Criterion,
    Declaration,
    OriginItem,
)

__all__ = [
    "Addition",
    "BackToBack",
    "CertificateOfOrigin",
    "Consignment",
    "Criterion",
    "Declaration",
    "OriginItem",
    "check",
]
