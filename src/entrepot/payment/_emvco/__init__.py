"""EMV QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1 (EMVCo): codes as text and as PNG.

Decoding is tolerant, because a third of the codes in circulation break some rule of the specification; encoding is
strict. The specification was read through public codes and secondary descriptions, not in its primary text.
"""

from entrepot.payment._emvco.code import EmvCode, decode
from entrepot.payment._emvco.draft import Draft, MerchantAccount, encode
from entrepot.payment._emvco.field import Field, checksum
from entrepot.payment._emvco.image import png
from entrepot.payment._emvco.profile import PROFILES, Profile, profile_of

__all__ = [
    "PROFILES",
    "Draft",
    "EmvCode",
    "Field",
    "MerchantAccount",
    "Profile",
    "checksum",
    "decode",
    "encode",
    "png",
    "profile_of",
]
