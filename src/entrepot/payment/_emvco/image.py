"""A code as a picture."""

import io

import segno

from entrepot.base.error import LimitError

QUIET_ZONE = 4
"""Modules of white around the symbol (ISO/IEC 18004)."""


def png(text: str, *, scale: int = 6) -> bytes:
    """``text`` as a QR symbol in PNG, error correction M or better, ``scale`` pixels per module.

    Raises :class:`LimitError` where the text does not fit into one symbol.
    """
    out = io.BytesIO()
    try:
        symbol = segno.make_qr(text, error="m")
    except segno.DataOverflowError as wrong:
        raise LimitError("the text does not fit into one QR symbol", remedy="Shorten it.") from wrong
    symbol.save(out, kind="png", scale=scale, border=QUIET_ZONE)
    return out.getvalue()
