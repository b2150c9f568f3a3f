"""What lies in a node's folder beside its log, in a backup: parties, keys as they are encrypted, registers, papers,
anchors, accounts, and whatever else an operator has put there.

Everything is copied but what is made anew (:data:`MADE_ANEW`) and the folder of the key-encryption key: whoever has a
backup must not have what opens it. Putting back never replaces a file: what is there may be newer than the copy.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from entrepot.base.digest import sha256
from entrepot.base.error import UsageError
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.shape import Digest, Length, dump, parse
from entrepot.journal.backup import drafted, make_directory
from entrepot.node.error import AccountsFailed
from entrepot.node.migration import ACCOUNTS_NAME

FOLDER, LIST = "files", "files.json"
"""In a backup: the copies under their own names, and the list of them, which is written last."""
LAST_BACKUP = "last-backup"
"""File in a node's folder with the moment at which the last backup was made to its end."""
MADE_ANEW = frozenset({"secret", "locale", "address", "serve.lock", "backups", "restoring", "letters", LAST_BACKUP})
"""Names in a node's folder that no backup holds: what starting makes, and other copies. ``secret`` holds the
key-encryption key, the token of the operator and the key of sessions: kept elsewhere, or made anew. ``letters`` holds
links that open accounts."""
_COPIES = ("journal.", "journal-", "replaced-", "before-migration-", f"{ACCOUNTS_NAME}-")
_LIMITS = JsonLimits(bytes_max=256 << 20, depth_max=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """One file: its path below the node's folder, and the digest of the copy."""

    path: Annotated[str, Length(1, 4000)]
    sha256: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copies:
    version: Literal[1] = 1
    files: Annotated[tuple[Copied, ...], Length(0, 2_000_000)] = ()


def copy_beside(data: Path, out: Path) -> int:
    """Copy what lies beside the log in ``data`` into the backup ``out``; the number of files. The node may run.

    Raises :class:`AccountsFailed` where the accounts cannot be read.
    """
    found = []
    for path in _kept(data, out):
        name = path.relative_to(data)
        made = out / FOLDER / name
        make_directory(made.parent)
        with drafted(made) as draft:
            if name == Path(ACCOUNTS_NAME):
                _copy_accounts(path, draft)
            else:
                draft.write_bytes(path.read_bytes())
        found.append(Copied(path=name.as_posix(), sha256=sha256(made.read_bytes())))
    with drafted(out / LIST) as draft:
        draft.write_text(json.dumps(dump(_Copies(files=tuple(found))), indent=1) + "\n", "utf-8")
    return len(found)


@dataclass(frozen=True, slots=True)
class PutBack:
    """``made``: files that were missing and are there again; ``other``: files that are there and say something else."""

    made: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


def put_back(source: Path, data: Path) -> PutBack:
    """Put back into ``data`` what the backup ``source`` holds beside the log and ``data`` lacks.

    Nothing where it holds none (a log alone). Raises :class:`UsageError` before anything is written where a copy is
    damaged or would lie elsewhere.
    """
    listed = _listed(source)
    for each in listed:
        _check(source, each)
    made, other = [], []
    for each in listed:
        path, copy = data / each.path, (source / FOLDER / each.path).read_bytes()
        if path.exists():
            other += [] if path.is_file() and sha256(path.read_bytes()) == each.sha256 else [each.path]
            continue
        make_directory(path.parent)
        with drafted(path) as draft:
            draft.write_bytes(copy)
        made.append(each.path)
    return PutBack(tuple(made), tuple(each for each in other if each != ACCOUNTS_NAME))


def _kept(data: Path, out: Path) -> Iterator[Path]:
    """The files that a backup holds, in the order of their names; links and sockets are none."""
    for entry in sorted(data.iterdir()):
        if entry.name in MADE_ANEW or entry.name.startswith(_COPIES) or entry.resolve() == out.resolve():
            continue
        inside = sorted(entry.rglob("*")) if entry.is_dir() and not entry.is_symlink() else [entry]
        for each in inside:
            if each.is_file() and not each.is_symlink() and not each.name.endswith(".partial"):
                yield each


def _listed(source: Path) -> tuple[Copied, ...]:
    file = source / LIST
    if not file.is_file():
        return ()
    value, findings = read_json(file.read_bytes(), _LIMITS)
    copies, findings = (None, findings) if findings else parse(_Copies, value)
    if copies is None:
        raise UsageError(f"{file}: {findings[0].path} {findings[0].text}", remedy="Take another backup.")
    return copies.files


def _check(source: Path, copied: Copied) -> None:
    name = PurePosixPath(copied.path)
    copy = source / FOLDER / name
    if name.is_absolute() or ".." in name.parts or not name.parts or name.parts[0] in MADE_ANEW:
        raise UsageError(f"{source / LIST} names {copied.path[:200]}, which no backup holds")
    if not copy.is_file() or copy.is_symlink() or sha256(copy.read_bytes()) != copied.sha256:
        raise UsageError(f"{copy} is missing or was changed", remedy="Take another backup.")


def _copy_accounts(path: Path, draft: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db,
            closing(sqlite3.connect(draft)) as copy,
        ):
            db.backup(copy)
    except sqlite3.Error as wrong:
        raise AccountsFailed(f"{path} cannot be copied: {wrong}", remedy="Make room, or restore the file.") from wrong
