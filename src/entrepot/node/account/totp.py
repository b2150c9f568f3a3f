"""One-time codes from an app (TOTP, RFC 6238: SHA-1, 30 seconds, 6 digits), each good once."""

import base64
from datetime import datetime
from hmac import compare_digest
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from entrepot.party.wrapping import ContentKeys

STEP_S, DIGITS, SECRET_BYTES = 30, 6, 20
DRIFT_STEPS = 1
"""How many steps a clock may be off, either way (RFC 6238, 5.2)."""


def code(secret: bytes, step: int) -> str:
    """The code of a step (RFC 4226, 5.3)."""
    return HOTP(secret, DIGITS, SHA1()).generate(step).decode("ascii")  # noqa: S303 - what the apps reckon with


def matching_step(secret: bytes, typed: str, now: datetime, used: int) -> int | None:
    """The step whose code was ``typed``; None where none fits, or it was ``used`` before."""
    here = int(now.timestamp()) // STEP_S
    steps = (each for each in range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1) if each > used)
    return next((each for each in steps if compare_digest(code(secret, each).encode(), typed.encode())), None)


def wrapped(secret: bytes, keys: ContentKeys, owner: str) -> str:
    """The secret as it is kept: wrapped under the node's key for its ``owner``, as hexadecimal digits."""
    return keys.wrap(secret + bytes(-len(secret) % 8), f"totp/{owner}").hex()


def unwrapped(text: str, keys: ContentKeys, owner: str) -> bytes:
    """What :func:`wrapped` was given. Raises ``ValueError`` for another owner's."""
    return keys.unwrap(bytes.fromhex(text), f"totp/{owner}")[:SECRET_BYTES]


def address(secret: bytes, email: str, node: str) -> str:
    """The ``otpauth:`` address that apps read from a QR code."""
    key = base64.b32encode(secret).decode("ascii").rstrip("=")
    return f"otpauth://totp/{quote(f'Entrepot {node}')}:{quote(email)}?secret={key}&issuer={quote(f'Entrepot {node}')}"
