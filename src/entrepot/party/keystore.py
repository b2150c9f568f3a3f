"""Private keys at rest: one file per key, always encrypted. The only place of this room that touches files.

**Form.** ``KEYS/<id>.key.json``, mode 0600, written beside its place, synced, then renamed. The secret is sealed with
AES-256-GCM (NIST SP 800-38D); all other members are authenticated with it, so nobody can give a stolen file another
owner. The sealing key comes from a *lock*: a passphrase (scrypt, RFC 7914) or the node's key-encryption key (HKDF,
RFC 5869).

**Unattended restart.** The key-encryption key is 32 random bytes in a file of its own (``ENTREPOT_KEY_FILE``; default
``DATA/secret/kek``, mode 0600), which a node reads when it starts. Put it on another medium than the data (a mounted
secret, a memory file system filled by the service manager), so that a copy of the data is not a copy of the keys.
Whoever wants no such file gives a passphrase at each start instead.

**Loss.** Nothing here can be recovered without the lock. Back up the key-encryption key apart from the data. A party
whose key is lost takes a new one: with did:web by publishing it in the DID document, with did:key by becoming a new
identifier that its partners must be told. What was signed before stays verifiable; nothing new can be signed.

**Theft.** Of a key file alone: nothing is lost while the lock is safe; change the lock (``relock``) all the same. Of
file and lock: the thief signs as the party. Take the method out of the DID document (did:web), tell partners and
anchors (did:key cannot be withdrawn), and treat every record without evidence of an earlier time as doubtful.

**Custody.** ``own``: the party holds the key and unlocks it itself; ``held``: the node holds it for the party. Every
key file says which, so that every proof can be shown with it.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import scrypt
from pathlib import Path
from threading import get_ident
from typing import Annotated, Any, Literal, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from entrepot.base.canonical import canonical
from entrepot.base.digest import b64url, from_b64url
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.shape import Did, Length, Pattern, dump, parse
from entrepot.party.error import KeyFormError, KeyStoreError
from entrepot.party.key import Curve, Entropy, KeyPair

FORMAT = "entrepot-key"
VERSION = 1
"""What a file says it is, and the only version that is read."""
SETTING = "ENTREPOT_KEY_FILE"
"""Environment variable that names the file of the key-encryption key."""
SEALED = ("keys", "update-keys", "next-keys")
"""Folders of a node's data whose keys may be sealed under the key-encryption key."""
_LIMITS = JsonLimits(bytes_max=1 << 14, depth_max=4)
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
Text = Annotated[str, Pattern("[A-Za-z0-9_-]+"), Length(1, 200)]


class Custody(StrEnum):
    """Who holds a private key: the party itself, or the node for it."""

    OWN = "own"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """What a key file says openly: everything but the secret. ``method_id``: the DID URL that proofs name."""

    id: Annotated[str, Pattern("[a-z0-9][a-z0-9-]{0,59}")]
    did: Did
    method_id: Annotated[str, Length(8, 600)]
    curve: Curve
    public: Annotated[str, Length(10, 200)]
    custody: Custody
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    format: Literal["entrepot-key"]
    version: Literal[1]
    key: StoredKey
    lock: dict[str, Any]
    nonce: Text
    sealed: Text


class Lock(Protocol):
    """Makes the 32 bytes that seal one key, from a secret and what the file says of how (``params``)."""

    @property
    def kind(self) -> str:
        """Name of the lock in the file."""
        ...

    def params(self, entropy: Entropy) -> dict[str, Any]:
        """New parameters for a new file."""
        ...

    def sealing_key(self, params: Mapping[str, Any]) -> bytes:
        """The sealing key under these parameters. Raises :class:`KeyStoreError` where they are not usable."""
        ...


@dataclass(frozen=True, slots=True)
class PassphraseLock:
    """A passphrase, stretched by scrypt. ``log2_n``: its cost; 17 takes 128 MiB and some tenths of a second."""

    passphrase: str
    log2_n: int = 17
    kind = "scrypt"

    def __repr__(self) -> str:
        return "PassphraseLock(...)"

    def params(self, entropy: Entropy) -> dict[str, Any]:
        """A new salt and the cost."""
        return {"salt": b64url(entropy(16)), "log2N": self.log2_n, "r": 8, "p": 1}

    def sealing_key(self, params: Mapping[str, Any]) -> bytes:
        """scrypt of the passphrase; costs beyond 1 GiB are refused."""
        salt, cost = from_b64url(str(params.get("salt"))), params.get("log2N")
        if not salt or type(cost) is not int or not 10 <= cost <= 20 or (params.get("r"), params.get("p")) != (8, 1):
            raise KeyStoreError("the key file states a cost that is not used here")
        phrase = self.passphrase.encode("utf-8")
        return scrypt(phrase, salt=salt, n=1 << cost, r=8, p=1, maxmem=1100 * (1 << cost), dklen=32)


@dataclass(frozen=True, slots=True)
class KeyLock:
    """The node's key-encryption key, 32 bytes."""

    kek: bytes
    kind = "kek"

    def __post_init__(self) -> None:
        if len(self.kek) != 32:
            raise KeyStoreError("a key-encryption key has 32 bytes", remedy=f"Check the file that {SETTING} names.")

    def __repr__(self) -> str:
        return "KeyLock(...)"

    def params(self, entropy: Entropy) -> dict[str, Any]:
        """A new salt."""
        return {"salt": b64url(entropy(16))}

    def sealing_key(self, params: Mapping[str, Any]) -> bytes:
        """HKDF-SHA-256 of the key-encryption key."""
        salt = from_b64url(str(params.get("salt")))
        if not salt:
            raise KeyStoreError("the key file has no salt")
        return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"entrepot key file 1").derive(self.kek)


class KeyStore:
    """The key files of one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def save(self, stored: StoredKey, pair: KeyPair, *, lock: Lock, entropy: Entropy) -> Path:
        """Seal ``pair`` into a new file, durable on return. Raises :class:`KeyStoreError` if the id is taken."""
        path = self.path(stored.id)
        if not write_durably(path, _sealed(stored, pair, lock, entropy)):
            raise KeyStoreError(f"there is a key {stored.id} already", remedy="Take another id.")
        return path

    def relock(self, key_id: str, *, lock: Lock, to: Lock, entropy: Entropy) -> None:
        """Seal the key again under another lock; the file is replaced as a whole."""
        stored = self.describe(key_id)
        write_durably(self.path(key_id), _sealed(stored, self.load(key_id, lock), to, entropy), replace=True)

    def replace(self, stored: StoredKey, pair: KeyPair, *, lock: Lock, entropy: Entropy) -> None:
        """Seal ``pair`` into the file of that id, whatever it held before; old or new is there after a power cut."""
        write_durably(self.path(stored.id), _sealed(stored, pair, lock, entropy), replace=True)

    def remove(self, key_id: str) -> None:
        """Forget a key that is spent. Nothing happens where there is none."""
        self.path(key_id).unlink(missing_ok=True)

    def holds(self, key_id: str) -> bool:
        """Whether there is a key of that id."""
        return self.path(key_id).is_file()

    def sealed(self, key_id: str) -> dict[str, Any]:
        """The key file as JSON, still sealed: for a backup."""
        shaped: dict[str, Any] = dump(self._read(key_id))
        return shaped

    def restore(self, sealed: Mapping[str, Any]) -> str:
        """Write a file that :meth:`sealed` gave, and give its id; the same file again is no fault.

        Raises :class:`KeyStoreError` where it is damaged, or another key has that id.
        """
        file, findings = parse(_File, dict(sealed))
        if file is None:
            raise KeyStoreError(f"no key file: {findings[0].path} {findings[0].text}", remedy="Export it again.")
        if not write_durably(self.path(file.key.id), _written(file)) and self.sealed(file.key.id) != dump(file):
            raise KeyStoreError(f"there is another key {file.key.id} already", remedy="Import into an empty folder.")
        return file.key.id

    def load(self, key_id: str, lock: Lock) -> KeyPair:
        """The key pair. Raises :class:`KeyStoreError` where it is absent, damaged, or locked with another secret."""
        return _opened(self._read(key_id), lock)

    def describe(self, key_id: str) -> StoredKey:
        """What the file says openly; it is authenticated only when the key is loaded."""
        return self._read(key_id).key

    def list(self) -> tuple[StoredKey, ...]:
        """All keys, by id."""
        return tuple(self.describe(each) for each in self.names())

    def names(self) -> tuple[str, ...]:
        """The ids of all keys, in order; no file is read."""
        return tuple(sorted(each.name.removesuffix(".key.json") for each in self._directory.glob("*.key.json")))

    def locks(self) -> frozenset[str]:
        """The kinds of lock under which keys lie here."""
        return frozenset(str(self._read(each.id).lock.get("kind")) for each in self.list())

    def path(self, key_id: str) -> Path:
        """Where the file of that key lies. Raises :class:`KeyStoreError` for an id that is no file name."""
        if not _ID.fullmatch(key_id):
            raise KeyStoreError(f"not a key id: {key_id[:60]!r}", remedy="Use lower-case letters, digits, hyphens.")
        return self._directory / f"{key_id}.key.json"

    def _read(self, key_id: str) -> _File:
        path = self.path(key_id)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise KeyStoreError(f"there is no key {key_id}", remedy="List the keys with: entrepot party list") from None
        value, _ = read_json(data, _LIMITS)
        if isinstance(value, dict) and value.get("format") == FORMAT and value.get("version") != VERSION:
            raise KeyStoreError(
                f"key {key_id} is a file of version {str(value.get('version'))[:20]}; this program reads {VERSION}",
                remedy="Use the program that wrote it, or a newer one.",
            )
        file, findings = parse(_File, value)
        if file is None or file.key.id != key_id:
            reason = f": {findings[0].path} {findings[0].text}" if findings else ""
            raise KeyStoreError(f"the file of key {key_id} is damaged{reason}", remedy="Restore it from a backup.")
        return file


def kek_path(data: Path, environ: Mapping[str, str]) -> Path:
    """Where the key-encryption key lies: what the setting names, else ``DATA/secret/kek``."""
    return Path(environ[SETTING]) if environ.get(SETTING) else data / "secret" / "kek"


def open_kek(path: Path, entropy: Entropy | None = None, *, data: Path | None = None) -> KeyLock:
    """The lock that the file at ``path`` makes; with ``entropy``, a missing file is created.

    ``data``: the folder whose keys it seals. Where one is sealed already none is created: a new key-encryption key
    opens nothing of what is there, and would hide that the right one is missing.
    Raises :class:`KeyStoreError` where it is absent, readable by others, or not 32 bytes.
    """
    if not path.exists() and entropy is not None:
        if data is not None and _seals_keys(data):
            raise KeyStoreError(
                f"no key-encryption key at {path}, and the keys in {data} cannot be opened without it",
                remedy=f"Put back the one they were sealed with, or name its place by {SETTING}.",
            )
        write_durably(path, entropy(32))
    try:
        mode, kek = path.stat().st_mode, path.read_bytes()
    except OSError as wrong:
        remedy = f"Restore it, or name its place by {SETTING}."
        raise KeyStoreError(f"no key-encryption key at {path}: {wrong.strerror}", remedy=remedy) from None
    if mode & 0o077:
        raise KeyStoreError(f"others can read {path}", remedy=f"chmod 600 {path}")
    return KeyLock(kek)


def _seals_keys(data: Path) -> bool:
    return any("kek" in KeyStore(data / name).locks() for name in SEALED)


def reseal(sealed: Mapping[str, Any], *, lock: Lock, to: Lock, entropy: Entropy) -> dict[str, Any]:
    """A key file (as :meth:`KeyStore.sealed` gives it) under another lock. Raises :class:`KeyStoreError`."""
    file, findings = parse(_File, dict(sealed))
    if file is None:
        raise KeyStoreError(f"no key file: {findings[0].path} {findings[0].text}", remedy="Export it again.")
    value, _ = read_json(_sealed(file.key, _opened(file, lock), to, entropy))
    return dict(value)


def _opened(file: _File, lock: Lock) -> KeyPair:
    if file.lock.get("kind") != lock.kind:
        raise KeyStoreError(
            f"key {file.key.id} is locked by {str(file.lock.get('kind'))[:20]}, not by {lock.kind}",
            remedy="Unlock it the way it was locked.",
        )
    nonce, sealed = from_b64url(file.nonce), from_b64url(file.sealed)
    if nonce is None or len(nonce) != 12 or sealed is None:
        raise KeyStoreError(f"the file of key {file.key.id} is damaged", remedy="Restore it from a backup.")
    try:
        secret = AESGCM(lock.sealing_key(file.lock)).decrypt(nonce, sealed, _bound(file.key, file.lock))
        pair = KeyPair(file.key.curve, secret)
    except (InvalidTag, KeyFormError):
        raise KeyStoreError(
            f"key {file.key.id} does not open: another {lock.kind} secret, or the file was changed",
            remedy="Give the passphrase or key file with which it was created.",
        ) from None
    return pair


def _sealed(stored: StoredKey, pair: KeyPair, lock: Lock, entropy: Entropy) -> bytes:
    if pair.public.multikey != stored.public or pair.curve is not stored.curve:
        raise KeyStoreError(f"the description of key {stored.id} is that of another key")
    params = {"kind": lock.kind, **lock.params(entropy)}
    nonce = entropy(12)
    sealed = AESGCM(lock.sealing_key(params)).encrypt(nonce, pair.secret, _bound(stored, params))
    file = _File(format="entrepot-key", version=1, key=stored, lock=params, nonce=b64url(nonce), sealed=b64url(sealed))
    return _written(file)


def _written(file: _File) -> bytes:
    return json.dumps(dump(file), indent=2).encode() + b"\n"


def _bound(stored: StoredKey, lock: Mapping[str, Any]) -> bytes:
    return canonical({"format": FORMAT, "version": VERSION, "key": dump(stored), "lock": dict(lock)})


def write_durably(path: Path, data: bytes, *, replace: bool = False) -> bool:
    """Write ``data`` so that after a power cut the old file or the new one is there, whole, mode 0600.

    False where a file is there already and is not to be replaced: of two writers one wins, and the other is told.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}-{get_ident()}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.rename(path)
        else:
            path.hardlink_to(draft)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return True
