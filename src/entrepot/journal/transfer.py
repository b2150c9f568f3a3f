"""The whole journal as JSON lines: for moving it to another database, and for reading it without this program."""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from entrepot.base.error import UsageError
from entrepot.journal._dialect import Connection, Row
from entrepot.journal._schema import SCHEMA_VERSION
from entrepot.journal.beside import LISTED, list_all
from entrepot.journal.core import adopt_log, newest_epoch
from entrepot.journal.entry import json_text
from entrepot.journal.port import JournalDamaged, JournalTooNew, OtherLog
from entrepot.journal.projection import Projection
from entrepot.journal.secrecy import kept_key

PAGE = 500
COLUMNS = {
    "epoch": "number opened_ms reason",
    "entry": "seq record_id kind version received_ms digest epoch",
    "entry_stream": "stream version seq prev_digest",
    "content": "seq issuer kind number personal erased body note",
    "content_key": "seq secret",
    "cause": "after_id seq",
    "proof": "seq digest securing method body",
    "attachment": "seq digest media_type body",
    "assessment": "seq version made_ms body digest",
    "beside": "seq parts",
    "tombstone": "seq reason by_seq erased_ms",
    "outbox": "id peer lane key seq body digest state attempts due_ms reason ack",
    "idempotency": "scope key digest seq answer made_ms",
    "leaf": "number seq hash",
    "node": "level position hash",
    "tree_head": "id epoch size root time_ms signature",
    "peer": "id url status key body",
    "peer_head": "id peer log_id epoch size root time_ms signature verdict",
    "cosignature": "witness log_id epoch size root time_ms seen_ms signature",
    "waiting": "key body held_ms",
    "waiting_for": "missing key",
}
"""Tables in an order that keeps references whole, with their columns. Views are left out: they are computed."""
_KEYS = {
    "entry_stream": 2,
    "cause": 2,
    "proof": 2,
    "attachment": 2,
    "assessment": 2,
    "idempotency": 2,
    "node": 2,
    "cosignature": 4,
    "waiting_for": 2,
}


class Transfer(Projection):
    """Export and import. The lines hold everything that the tables do: guard them like the database. Keys of personal
    content are in them as they lie there, wrapped where the journal wraps them."""

    def export(self) -> Iterator[str]:
        """A line that opens, one per row, and one that closes with the SHA-256 of all lines before it."""
        digest, count = hashlib.sha256(), 0
        with self.snapshot() as db:
            for line in self._lines(db):
                digest.update(line.encode("utf-8") + b"\n")
                count += 1
                yield line
        yield json_text({"end": {"lines": count, "sha256": digest.hexdigest()}})

    def _lines(self, db: Connection) -> Iterator[str]:
        yield json_text({"journal": {"epoch": self.epoch, "logId": self.log_id, "schema": SCHEMA_VERSION}})
        for table, text in COLUMNS.items():
            for row in table_rows(db, table):
                values = {name: _to_json(value) for name, value in zip(text.split(), row, strict=True)}
                yield json_text({"row": values, "table": table})

    def import_(self, lines: Iterable[str]) -> None:
        """Fill this empty journal from :meth:`export`, all or nothing, and compute its views.

        Raises :class:`UsageError` where it holds anything, ``JournalDamaged`` where lines are missing or changed,
        ``OtherLog`` where they are the log of another node.
        """
        with self.transaction() as db:
            require_empty(db)
            named, schema = "", SCHEMA_VERSION
            for value in whole_lines(lines):
                named = named or _header(value)
                schema = value["journal"]["schema"] if "journal" in value else schema
                self._keep_line(db, value)
            require_same(named, self.log_id)
            adopt_log(db, self.log_id or named)
            if schema < LISTED:
                list_all(db, self.setup.wrapping)
            self.rebuild()
            epoch = newest_epoch(db)
        self.epoch = epoch

    def _keep_line(self, db: Connection, value: dict[str, Any]) -> None:
        if "journal" in value:
            return
        table, row = value.get("table"), value.get("row")
        if table not in COLUMNS or not isinstance(row, dict) or set(row) != set(COLUMNS[table].split()):
            raise JournalDamaged("a line of the export names a table or columns that there are not")
        columns = {name: _from_json(each) for name, each in row.items()}
        if table == "epoch" and db.row("SELECT 1 FROM epoch WHERE number = ?", (columns["number"],)):
            return
        if table == "content_key":
            columns["secret"] = self._wrapped(db, columns)
        db.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",  # noqa: S608 - checked above
            [*columns.values()],
        )

    def _wrapped(self, db: Connection, columns: dict[str, Any]) -> bytes:
        """The key of a content: one that an export of a journal without wrapping holds does not stay open here."""
        found = db.row("SELECT record_id FROM entry WHERE seq = ?", (columns["seq"],))
        if found is None or not isinstance(columns["secret"], bytes):
            raise JournalDamaged("a line of the export holds a key of no entry")
        return kept_key(columns["secret"], found[0], self.setup.wrapping)


def require_empty(db: Connection) -> None:
    """Refuse a journal that holds anything, with :class:`UsageError`."""
    if any(db.row(f"SELECT 1 FROM {table} LIMIT 1") for table in COLUMNS if table != "epoch"):  # noqa: S608 - our own names
        raise UsageError("this journal is not empty", remedy="Import into a new one.")


def table_rows(db: Connection, table: str) -> Iterator[Row]:
    """Every row of a table of :data:`COLUMNS`, in the order of its key."""
    columns = COLUMNS[table].split()
    keys = columns[: _KEYS.get(table, 1)]
    names, order, marks = ", ".join(columns), ", ".join(keys), ", ".join("?" * len(keys))
    last: Row | None = None
    while True:
        where, params = ("", ()) if last is None else (f"WHERE ({order}) > ({marks})", last)
        rows = db.rows(f"SELECT {names} FROM {table} {where} ORDER BY {order} LIMIT {PAGE}", params)  # noqa: S608 - our own names
        yield from rows
        if len(rows) < PAGE:
            return
        last = rows[-1][: len(keys)]


def judge_export(lines: Iterable[str]) -> str:
    """Read an export to its end without keeping anything; the name of its log.

    Raises ``JournalDamaged`` where it is not whole, ``JournalTooNew`` where a newer program wrote it.
    """
    named = ""
    for value in whole_lines(lines):
        named = named or _header(value)
    return named


def require_same(named: str, log_id: str) -> None:
    """Refuse an export of another log, with :class:`OtherLog`; a name that is not known is not compared."""
    if named and log_id and named != log_id:
        raise OtherLog(f"this is an export of the log of {named}, not of {log_id}", remedy="Take this node's own.")


def whole_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The objects of an export, the closing one left out. Raises ``JournalDamaged``, at the latest after the last."""
    digest, is_closed = hashlib.sha256(), False
    for count, line in enumerate(lines):
        text = line.rstrip("\n")
        value = _parsed(text)
        if (count == 0) != ("journal" in value):
            raise JournalDamaged("the export does not begin with the line that names its log")
        if "end" in value:
            is_closed = value["end"] == {"lines": count, "sha256": digest.hexdigest()}
            break
        digest.update(text.encode("utf-8") + b"\n")
        yield value
    if not is_closed:
        raise JournalDamaged("the export is not whole: its last line is missing or does not fit the others")


def _parsed(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise JournalDamaged("a line of the export is not JSON") from wrong
    if not isinstance(value, dict):
        raise JournalDamaged("a line of the export is not an object")
    return value


def _header(value: dict[str, Any]) -> str:
    """The name of the log, where ``value`` is the line that opens; empty for others."""
    if "journal" not in value:
        return ""
    stated = value["journal"]
    if not isinstance(stated, dict) or type(stated.get("schema")) is not int:
        raise JournalDamaged("the first line of the export does not say which tables it holds")
    if stated["schema"] > SCHEMA_VERSION:
        raise JournalTooNew("the export was written by a newer program", remedy="Install a newer Entrepot.")
    return str(stated.get("logId", ""))


def _to_json(value: Any) -> Any:
    return {"b64": base64.b64encode(bytes(value)).decode("ascii")} if isinstance(value, bytes | memoryview) else value


def _from_json(value: Any) -> Any:
    if isinstance(value, list):
        raise JournalDamaged("a line of the export holds a list where a value stands")
    if not isinstance(value, dict):
        return value
    try:
        return base64.b64decode(value["b64"], validate=True)
    except (KeyError, TypeError, ValueError) as wrong:
        raise JournalDamaged("a line of the export holds a value that no column has") from wrong
