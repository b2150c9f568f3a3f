"""Offers: what a seller sells, at which price, until when."""

from entrepot.document.offer.check import check
from entrepot.document.offer.model import Offer, Picture

__all__ = ["Offer", "Picture", "check"]
