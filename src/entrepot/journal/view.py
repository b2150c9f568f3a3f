"""Views: rows and balances that reducers write; one implementation in the database, one in memory for judging it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from entrepot.base.error import LimitError, UsageError
from entrepot.base.jsontext import INT64
from entrepot.base.text import is_safe
from entrepot.journal._dialect import Connection
from entrepot.journal.entry import json_text
from entrepot.journal.port import FloorBroken

_LAST = 0x10FFFF


def after_prefix(prefix: str) -> str | None:
    """The smallest text behind all that start with ``prefix``, in the order of code points; None where none is."""
    kept = prefix.rstrip(chr(_LAST))
    if not kept:
        return None
    point = ord(kept[-1]) + 1
    return kept[:-1] + chr(0xE000 if 0xD800 <= point < 0xE000 else point)


def _within(total: int) -> int:
    if not INT64[0] <= total <= INT64[1]:
        raise LimitError("a balance would not fit in 64 bits")
    return total


def _checked(key: str) -> str:
    if not is_safe(key):
        raise UsageError("a key of a view holds U+0000 or a lone surrogate")
    return key


class SqlView:
    """One view at one generation, read and written through a connection (:class:`~entrepot.journal.port.ViewTx`)."""

    __slots__ = ("_at", "_db")

    def __init__(self, db: Connection, name: str, generation: int) -> None:
        self._db = db
        self._at = (name, generation)

    def get(self, key: str) -> dict[str, Any] | None:
        """The row under ``key``, or None."""
        found = self._db.row("SELECT row FROM view_row WHERE view = ? AND generation = ? AND key = ?", (*self._at, key))
        return None if found is None else json.loads(found[0])

    def put(self, key: str, row: Mapping[str, Any]) -> None:
        """Write the row under ``key``."""
        self._db.execute(
            "INSERT INTO view_row (view, generation, key, row) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (view, generation, key) DO UPDATE SET row = excluded.row",
            (*self._at, _checked(key), json_text(row)),
        )

    def drop(self, key: str) -> None:
        """Remove the row under ``key``."""
        self._db.execute("DELETE FROM view_row WHERE view = ? AND generation = ? AND key = ?", (*self._at, key))

    def scan(self, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Rows whose key starts with ``prefix``, sorted by key."""
        for key, row in self.texts(prefix):
            yield key, json.loads(row)

    def texts(self, prefix: str) -> list[tuple[str, str]]:
        """Keys that start with ``prefix`` and their rows as text, sorted by key."""
        end = after_prefix(prefix)
        bound, params = ("", ()) if end is None else (" AND key < ?", (end,))
        return [
            (key, row)
            for key, row in self._db.rows(
                f"SELECT key, row FROM view_row WHERE view = ? AND generation = ? AND key >= ?{bound} ORDER BY key",  # noqa: S608 - no value inside
                (*self._at, prefix, *params),
            )
        ]

    def add(self, account: str, delta: int, *, floor: int | None = None) -> None:
        """Add to a balance; the database's CHECK holds the floor."""
        _within(delta)
        # Not one statement with ON CONFLICT: the CHECK would judge the row that it does not insert.
        found = self._db.execute(
            "UPDATE view_balance SET value = value + ?, floor = coalesce(?, floor) "
            "WHERE view = ? AND generation = ? AND account = ?",
            (delta, floor, *self._at, account),
        )
        if not found:
            self._db.execute(
                "INSERT INTO view_balance (view, generation, account, value, floor) VALUES (?, ?, ?, ?, ?)",
                (*self._at, _checked(account), delta, floor),
            )

    def balance(self, account: str) -> int | None:
        """The balance of ``account``, or None where nothing was ever added."""
        found = self._db.row(
            "SELECT value FROM view_balance WHERE view = ? AND generation = ? AND account = ?", (*self._at, account)
        )
        return None if found is None else int(found[0])

    def balances(self) -> list[tuple[str, int, int | None]]:
        """All accounts with balance and floor, sorted by account."""
        return [
            (account, value, floor)
            for account, value, floor in self._db.rows(
                "SELECT account, value, floor FROM view_balance WHERE view = ? AND generation = ? ORDER BY account",
                self._at,
            )
        ]

    def clear(self) -> None:
        """Remove every row and balance of this generation."""
        self._db.execute("DELETE FROM view_row WHERE view = ? AND generation = ?", self._at)
        self._db.execute("DELETE FROM view_balance WHERE view = ? AND generation = ?", self._at)

    def dump(self) -> bytes:
        """The canonical dump: a JSON line per row, then per balance, each sorted by key."""
        return dump_lines(self.texts(""), self.balances())


class MemoryView:
    """The same view in memory: the second implementation, against which ``verify`` judges the first."""

    def __init__(self) -> None:
        self._rows: dict[str, str] = {}
        self._balances: dict[str, tuple[int, int | None]] = {}

    def get(self, key: str) -> dict[str, Any] | None:
        """The row under ``key``, or None."""
        found = self._rows.get(key)
        return None if found is None else json.loads(found)

    def put(self, key: str, row: Mapping[str, Any]) -> None:
        """Write the row under ``key``."""
        self._rows[_checked(key)] = json_text(row)

    def drop(self, key: str) -> None:
        """Remove the row under ``key``."""
        self._rows.pop(key, None)

    def scan(self, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Rows whose key starts with ``prefix``, sorted by key."""
        for key in sorted(key for key in self._rows if key.startswith(prefix)):
            yield key, json.loads(self._rows[key])

    def add(self, account: str, delta: int, *, floor: int | None = None) -> None:
        """Add to a balance. Raises :class:`FloorBroken`."""
        value, held = self._balances.get(account, (0, None))
        total, kept = _within(value + _within(delta)), held if floor is None else floor
        if kept is not None and total < kept:
            raise FloorBroken(f"the balance of {account} would fall below its floor")
        self._balances[_checked(account)] = (total, kept)

    def balance(self, account: str) -> int | None:
        """The balance of ``account``, or None where nothing was ever added."""
        found = self._balances.get(account)
        return None if found is None else found[0]

    def dump(self) -> bytes:
        """The canonical dump, as :meth:`SqlView.dump` writes it."""
        return dump_lines(sorted(self._rows.items()), [(key, *self._balances[key]) for key in sorted(self._balances)])


def dump_lines(rows: list[tuple[str, str]], balances: list[tuple[str, int, int | None]]) -> bytes:
    """One JSON line per row (``{"key", "row"}``), then per balance (``{"account", "floor", "value"}``)."""
    lines = [f'{{"key":{json_text(key)},"row":{row}}}' for key, row in rows]
    lines += [json_text({"account": account, "floor": floor, "value": value}) for account, value, floor in balances]
    return "".join(line + "\n" for line in lines).encode("utf-8")
