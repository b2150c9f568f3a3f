"""Photographs: whatever comes in is decoded and encoded anew, to bounded sizes, without what cameras write beside it.

What is kept is a JPEG of this node's own making (ITU-T T.81), so that nothing that was uploaded is ever served. Its
SHA-256 is what an offer signs. Smaller ones for small screens are made from it when they are asked for.
"""

import contextlib
import io
import os
import secrets
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PIL import Image, ImageOps

from entrepot.base.digest import sha256
from entrepot.node.error import NodeError

FORMATS = ("JPEG", "PNG", "WEBP")
SIDE_MAX, PIXELS_MAX = 1600, 40_000_000
"""The longer side of what is kept, and the pixels of what is taken."""
SIZES = (320, 640, 1024)
"""The longer sides of what is made for smaller screens."""
UNREADABLE = "this is no JPEG, PNG or WebP picture that can be read"
CODE_SIDE = 2400
"""The longer side to which a picture is made smaller before codes are looked for."""
QUALITY = 82
KEPT_BYTES_MAX = 2 << 20
FOLDER = "pictures"
SPARED = timedelta(days=2)
"""For how long a picture is kept that no record names: its draft may still be signed."""
_decoding = threading.Semaphore(2)


class BadPicture(NodeError):
    """The bytes are no picture of a kind that is taken, or too large a one."""

    code = "bad-picture"


@dataclass(frozen=True, slots=True)
class Photograph:
    """A picture as it is kept."""

    data: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes."""
        return sha256(self.data)


def made_anew(data: bytes) -> Photograph:
    """The picture in ``data``, upright, on white, without metadata (Exif, GPS, XMP, comments), no larger than
    :data:`SIDE_MAX`. Raises :class:`BadPicture`."""
    with _decoding:
        return _encoded(_upright(_opened(data), SIDE_MAX))


def smaller(data: bytes, side: int) -> bytes:
    """The kept picture ``data`` with a longer side of at most ``side``. Raises :class:`BadPicture`."""
    with _decoding:
        return _encoded(_upright(_opened(data), side)).data


def require_kept(data: bytes) -> None:
    """Raise :class:`BadPicture` where ``data``, of another node, is no picture such as a node keeps; it is decoded
    whole."""
    with _decoding:
        found = _opened(data, ("JPEG",))
        if max(found.size) > SIDE_MAX or len(data) > KEPT_BYTES_MAX:
            raise BadPicture("the picture is larger than a node keeps")
        _upright(found, SIDE_MAX)


def looks_like_picture(data: bytes) -> bool:
    """Whether ``data`` begins as a JPEG, PNG or WebP picture does."""
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (data[:4], data[8:12]) == (b"RIFF", b"WEBP")


def read_codes(data: bytes) -> list[str]:
    """What the QR codes (ISO/IEC 18004) in a picture say. Raises :class:`BadPicture`."""
    import zxingcpp

    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    with _decoding:
        found = zxingcpp.read_barcodes(_upright(_opened(data), CODE_SIDE), formats=wanted)
    return [each.text for each in found if each.valid and each.text]


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height of a picture that is kept."""
    return _opened(data, ("JPEG",)).size


def _opened(data: bytes, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """The picture by its first bytes, not decoded yet."""
    try:
        found = Image.open(io.BytesIO(data), formats=formats)
    except Exception as wrong:  # decoders of foreign bytes fail in many ways
        raise BadPicture(UNREADABLE) from wrong
    if found.width * found.height > PIXELS_MAX:
        raise BadPicture(f"the picture has more than {PIXELS_MAX} pixels")
    return found


def _upright(found: Image.Image, side: int) -> Image.Image:
    """Its pixels, turned as the camera was held, with a longer side of at most ``side``."""
    try:
        found.draft("RGB", _within(found.size, side))  # a JPEG is decoded no larger than needed
        upright = ImageOps.exif_transpose(found)
        upright.thumbnail((side, side), Image.Resampling.LANCZOS)
        return _on_white(upright)
    except Exception as wrong:
        raise BadPicture(UNREADABLE) from wrong


def _within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size with that longer side, in the same proportion."""
    longer = max(size)
    return max(1, size[0] * side // longer), max(1, size[1] * side // longer)


def _on_white(found: Image.Image) -> Image.Image:
    """The pixels alone, as they look on white paper."""
    if found.mode in ("RGBA", "LA", "PA") or "transparency" in found.info:
        layer = found.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(paper, layer).convert("RGB")
    return found.convert("RGB")


def _encoded(found: Image.Image) -> Photograph:
    bare = Image.new("RGB", found.size)
    bare.paste(found)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Photograph(out.getvalue(), *bare.size)


@dataclass(frozen=True, slots=True)
class Album:
    """The folder of a node in which pictures lie, each under its digest."""

    folder: Path

    def keep(self, data: bytes) -> str:
        """Keep the bytes of a picture; their digest."""
        digest = sha256(data)
        self._write(self._place(digest), data)
        return digest

    def get(self, digest: str, side: int = 0) -> bytes | None:
        """The picture, as kept or with its longer side of at most ``side``; None where it is not here."""
        try:
            kept = self._place(digest).read_bytes()
        except FileNotFoundError:
            return None
        if not side:
            return kept
        place = self._place(f"{digest}-{side}")
        with contextlib.suppress(FileNotFoundError):
            return place.read_bytes()
        made = smaller(kept, side)
        self._write(place, made)
        return made

    def digests(self, *, before: float) -> set[str]:
        """Those that were last written before that moment (seconds since 1970)."""
        if not self.folder.is_dir():
            return set()
        return {each.stem for each in self.folder.glob("*.jpg") if "-" not in each.stem and _age(each) < before}

    def drop(self, digest: str) -> None:
        """Forget a picture in all its sizes."""
        for each in (digest, *(f"{digest}-{side}" for side in SIZES)):
            self._place(each).unlink(missing_ok=True)

    def _place(self, name: str) -> Path:
        return self.folder / f"{name}.jpg"

    def _write(self, place: Path, data: bytes) -> None:
        """Whole or not at all, whoever else writes it."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        draft = place.with_suffix(f".{secrets.token_hex(8)}.new")
        draft.write_bytes(data)
        os.replace(draft, place)  # noqa: PTH105 - over what is there


def _age(place: Path) -> float:
    try:
        return place.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
