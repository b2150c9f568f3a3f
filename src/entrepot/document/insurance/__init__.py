"""Cargo insurance certificates."""

from entrepot.document.insurance.check import check
from entrepot.document.insurance.model import InsuranceCertificate, InsuredGoods

__all__ = ["InsuranceCertificate", "InsuredGoods", "check"]
