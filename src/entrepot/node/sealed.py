"""Secrets of a node that lie in small files: sealed under the key-encryption key where a program hands that over.

AES-256-GCM (NIST SP 800-38D) under a key derived for each file by HKDF (RFC 5869). Where the key-encryption key lies in
a file, next to which a secret in clear is no worse off, they lie in clear, mode 0600. Either form is read.
"""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from entrepot.party.error import KeyStoreError
from entrepot.party.keystore import KeyLock, write_durably

HEAD = (
    b"Sealed under the key-encryption key (1). That of the operator is shown by: entrepot operator token --data DIR\n"
)
"""First line of a sealed file: its form, and what a person does who opens it."""
_PURPOSE = b"entrepot secret file 1\0"


def keep(path: Path, secret: bytes, *, lock: KeyLock | None) -> None:
    """Make ``path`` hold ``secret`` where there is no file, sealed where there is a ``lock``. One that is there keeps
    what it holds; where that lies in clear and there is a lock, it is sealed. Durable on return."""
    write_durably(path, _sealed(path.name, secret, lock) if lock else secret)
    if lock and not is_sealed(path):
        write_durably(path, _sealed(path.name, path.read_bytes(), lock), replace=True)


def is_sealed(path: Path) -> bool:
    """Whether the file is sealed."""
    return path.read_bytes().startswith(HEAD)


def secret_in(path: Path, lock: Callable[[], KeyLock]) -> bytes:
    """What ``path`` keeps. ``lock`` is asked where it is sealed. Raises :class:`KeyStoreError` where it does not open,
    and ``FileNotFoundError``."""
    said = path.read_bytes()
    if not said.startswith(HEAD):
        return said
    try:
        sealed = b64decode(said.removeprefix(HEAD))
        return AESGCM(_key(path.name, lock())).decrypt(sealed[:12], sealed[12:], HEAD)
    except (InvalidTag, ValueError):
        raise KeyStoreError(
            f"{path} does not open: another key-encryption key, or the file was changed",
            remedy="Give the key with which the node started; or remove the file, and the next start makes another.",
        ) from None


def _sealed(name: str, secret: bytes, lock: KeyLock) -> bytes:
    nonce = secrets.token_bytes(12)
    return HEAD + b64encode(nonce + AESGCM(_key(name, lock)).encrypt(nonce, secret, HEAD)) + b"\n"


def _key(name: str, lock: KeyLock) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE + name.encode("ascii")).derive(lock.kek)
