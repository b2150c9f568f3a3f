"""Copies, made while the journal works. Each is whole or not there: it gets its name when all of it is on the disk."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from entrepot.base.error import UsageError
from entrepot.journal.transfer import Transfer

LOG_NAME, EXPORT_NAME = "journal.db", "journal.jsonl"
DRAFT = ".partial"
"""Ends the name of a file that is being written."""
MAGIC = b"SQLite format 3\0"
_END_BYTES = 200
"""Bytes at the end of an export in which its closing line lies."""


class Backup(Transfer):
    """Copying a journal that is in use."""

    def backup(self, directory: Path) -> Path:
        """Copy a consistent snapshot into ``directory`` (made where absent); the file that holds it, synced.

        Where it fails, what ``directory`` held before is untouched, and nothing new is left.
        """
        has_copy = self._database.has_copy
        made = directory / (LOG_NAME if has_copy else EXPORT_NAME)
        fresh = make_directory(directory)
        try:
            with drafted(made) as draft:
                if has_copy:
                    self._database.backup(draft)
                else:
                    self.export_to(draft)
        except BaseException:
            with suppress(OSError):
                for each in reversed(fresh):
                    each.rmdir()
            raise
        return made

    def export_to(self, file: Path) -> int:
        """Write :meth:`export` into ``file``, line by line; the number of lines."""
        count = 0
        with file.open("w", encoding="utf-8") as opened:
            for line in self.export():
                opened.write(line + "\n")
                count += 1
        return count


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """A file beside ``path`` to write into, readable by its owner alone, which takes the name when all is written.

    Whatever goes wrong, also a power cut, ``path`` is what it was or the whole new file.
    """
    draft = path.with_name(path.name + DRAFT)
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield draft
        sync(draft)
        draft.rename(path)
        sync(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def backup_file(source: Path) -> Path:
    """The file of a backup: ``source`` itself, or the one that lies in the directory. Raises :class:`UsageError`."""
    for found in (source, source / LOG_NAME, source / EXPORT_NAME):
        if found.is_file():
            return found
    raise UsageError(f"there is no backup at {source}", remedy="Name one with --from.")


def is_ended(folder: Path) -> bool:
    """Whether ``folder`` holds a backup that was written to its end; restoring judges it in full."""
    try:
        with backup_file(folder).open("rb") as opened:
            size, start = os.fstat(opened.fileno()).st_size, opened.read(100)
            if start.startswith(MAGIC):  # page size and number of pages: SQLite's file format, 1.3.2 and 1.3.8
                page = int.from_bytes(start[16:18], "big")
                return size >= int.from_bytes(start[28:32], "big") * (65536 if page == 1 else page) > 0
            opened.seek(max(0, size - _END_BYTES))
            return "end" in json.loads(opened.read().splitlines()[-1])
    except (UsageError, OSError, ValueError, IndexError, TypeError):
        return False


def sync(path: Path) -> None:
    """Make a file's bytes, or the names in a directory, durable."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def make_directory(directory: Path) -> list[Path]:
    """Make a directory with those above it, durably; those that were not there, the uppermost first."""
    fresh = [each for each in (directory, *directory.parents) if not each.exists()][::-1]
    directory.mkdir(parents=True, exist_ok=True)
    for each in fresh:
        sync(each.parent)
    return fresh
