"""A registrar's register in files: ``challenge``, ``entry`` and ``status`` below ``DATA/register/<party id>``."""

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from entrepot.base.error import EntrepotError
from entrepot.base.jsontext import read_json
from entrepot.base.shape import dump, parse
from entrepot.document.control import Challenge
from entrepot.flow.registrar import PURPOSES, Entry
from entrepot.party.keystore import write_durably

T = TypeVar("T")
OPEN_MAX = 10_000
"""Challenges that may be open at once; the expired ones go first."""
_NONCE = re.compile("[A-Za-z0-9_-]{22}")


class RegisterError(EntrepotError):
    """A file of the register cannot be used."""

    code = "register"


class RegisterFull(RegisterError):
    """There is no room for another challenge now."""

    code = "register-full"


class ChallengeFolder:
    """Open challenges, one file each. Taking one removes its file, which only one can do."""

    def __init__(self, folder: Path, *, now: datetime) -> None:
        self._folder, self._now = folder, now

    def keep(self, challenge: Challenge) -> None:
        """Keep one. Raises :class:`RegisterFull` where too many are open."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = list(self._folder.glob("*.json"))
        if len(there) >= OPEN_MAX:
            there = [each for each in there if not self._expired(each)]
        if len(there) >= OPEN_MAX:
            raise RegisterFull("too many challenges are open", remedy="Try again in a quarter of an hour.")
        write_durably(self._path(challenge.nonce), _json(challenge))

    def take(self, nonce: str) -> Challenge | None:
        """The challenge of that nonce, once."""
        if _NONCE.fullmatch(nonce) is None:
            return None
        path = self._path(nonce)
        try:
            found = _read(Challenge, path)
            path.unlink()
        except FileNotFoundError:
            return None
        _sync(self._folder)
        return found

    def _expired(self, path: Path) -> bool:
        """Whether it has expired; then it is gone."""
        try:
            is_expired = _read(Challenge, path).expires < self._now
        except FileNotFoundError:
            return True
        if is_expired:
            path.unlink(missing_ok=True)
        return is_expired

    def _path(self, nonce: str) -> Path:
        return self._folder / f"{nonce}.json"


class RegisterFolder:
    """The register of one registrar. ``now``: the moment up to which challenges count as open."""

    def __init__(self, data: Path, party_id: str, *, now: datetime) -> None:
        self._folder = data / "register" / party_id
        self.challenges = ChallengeFolder(self._folder / "challenge", now=now)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else changes the register while the body runs: neither a thread nor another process."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def entries(self) -> tuple[Entry, ...]:
        """All entries, in order of their ids."""
        return tuple(_read(Entry, each) for each in sorted((self._folder / "entry").glob("*.json")))

    def keep(self, entry: Entry) -> None:
        """Keep an entry in place of an older form of it."""
        write_durably(self._folder / "entry" / f"{entry.id}.json", _json(entry), replace=True)

    def status_list(self, purpose: str) -> bytes | None:
        """The status list of that purpose as published."""
        path = self._list(purpose)
        return path.read_bytes() if path.is_file() else None

    def keep_list(self, purpose: str, data: bytes) -> None:
        """Keep a status list in place of the older one."""
        write_durably(self._list(purpose), data, replace=True)

    def _list(self, purpose: str) -> Path:
        if purpose not in PURPOSES:
            raise RegisterError(f"there is no status list for {purpose[:40]}", remedy=f"One of {', '.join(PURPOSES)}.")
        return self._folder / "status" / f"{purpose}.jwt"


def _sync(folder: Path) -> None:
    """What was removed stays removed after a power cut: else an answer would be good a second time."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(shape: type[T], path: Path) -> T:
    value, findings = read_json(path.read_bytes())
    found, more = parse(shape, value) if not findings else (None, findings)
    if found is None:
        raise RegisterError(f"{path}: {more[0].path} {more[0].text}", remedy="Restore it from a backup.")
    return found


def _json(value: Any) -> bytes:
    return json.dumps(dump(value), ensure_ascii=False, indent=1).encode() + b"\n"
