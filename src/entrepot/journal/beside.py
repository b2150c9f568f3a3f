"""What lies beside an entry, written down a second time, so that a part which is missing later is noticed.

A proof, a file or an assessment that is not there any more leaves no trace in its own table. Each entry has a list of
the digests of its parts; and whatever digest its payload names as a text of its own is either among its files, or in
the list as *absent*: it did not come, or is the id of another record.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from entrepot.base.record import Record
from entrepot.journal._dialect import Connection
from entrepot.journal.entry import record_from
from entrepot.journal.port import Wrapping
from entrepot.journal.reading import CONTENT, body_of

TABLE = "CREATE TABLE beside (seq {int} PRIMARY KEY REFERENCES entry (seq), parts {text} NOT NULL) {strict}"
"""The table, for those that were made without it."""
LISTED = 3
"""The first version of the tables that has it."""
_DIGEST = re.compile(rb'"([0-9a-f]{64})"(?!:)')
PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Digests of what lies beside one entry: ``assessments`` in the order of their versions, the others as sets.
    ``absent``: digests that the payload names, and of which no file is here."""

    absent: frozenset[str] = frozenset()
    assessments: tuple[str, ...] = ()
    attachments: frozenset[str] = frozenset()
    proofs: frozenset[str] = frozenset()

    def with_more(
        self, *, proofs: Iterable[str] = (), attachments: Iterable[str] = (), assessments: Iterable[str] = ()
    ) -> "Parts":
        """The list after these came; a file that has come is absent no more."""
        came = frozenset(attachments)
        return replace(
            self,
            absent=self.absent - came,
            assessments=(*self.assessments, *assessments),
            attachments=self.attachments | came,
            proofs=self.proofs | frozenset(proofs),
        )


def named_in(record: Record, body: bytes) -> frozenset[str]:
    """The digests that stand as texts of their own in ``body``, the canonical content, beside sales and causes."""
    found = {each.decode("ascii") for each in _DIGEST.findall(body)}
    return frozenset(found.difference(record.content.sales, record.content.after))


def insert_parts(db: Connection, seq: int, parts: Parts) -> None:
    """Write the list of a new entry."""
    db.execute("INSERT INTO beside (seq, parts) VALUES (?, ?)", (seq, _text(parts)))


def write_parts(db: Connection, seq: int, parts: Parts) -> None:
    """Write the list of an entry in place of what it was."""
    db.execute("UPDATE beside SET parts = ? WHERE seq = ?", (_text(parts), seq))


def parts_of(db: Connection, seq: int) -> Parts | None:
    """The list of an entry, or None where there is none."""
    found = db.row("SELECT parts FROM beside WHERE seq = ?", (seq,))
    if found is None:
        return None
    told = json.loads(found[0])
    return Parts(
        absent=frozenset(told["absent"]),
        assessments=tuple(told["assessments"]),
        attachments=frozenset(told["attachments"]),
        proofs=frozenset(told["proofs"]),
    )


def parts_found(db: Connection, seq: int) -> Parts:
    """What lies beside an entry now, by the tables of the parts themselves."""
    assessments = db.rows("SELECT digest FROM assessment WHERE seq = ? ORDER BY version", (seq,))
    return Parts(
        assessments=tuple(one for (one,) in assessments),
        attachments=frozenset(one for (one,) in db.rows("SELECT digest FROM attachment WHERE seq = ?", (seq,))),
        proofs=frozenset(one for (one,) in db.rows("SELECT digest FROM proof WHERE seq = ?", (seq,))),
    )


def named_by_entries(db: Connection, wrapping: Wrapping | None) -> Iterator[tuple[int, str, frozenset[str]]]:
    """For each entry that is not erased: its number, its record, and the digests that its payload names."""
    last = 0
    while rows := db.rows(CONTENT + "WHERE e.seq > ? AND c.erased = 0 ORDER BY e.seq LIMIT ?", (last, PAGE)):
        for row in rows:
            body = body_of(row, wrapping)
            yield row[0], row[1], named_in(record_from(row[1], body, erased=False), body)
        last = rows[-1][0]


def list_all(db: Connection, wrapping: Wrapping | None) -> None:
    """Write the lists of a log that was made without them: what is missing before is taken not to have come."""
    named = {seq: digests for seq, _, digests in named_by_entries(db, wrapping)}
    for (seq,) in db.rows("SELECT seq FROM entry ORDER BY seq"):
        found = parts_found(db, seq)
        insert_parts(db, seq, replace(found, absent=named.get(seq, frozenset()) - found.attachments))


def _text(parts: Parts) -> str:
    """Canonical JSON; digests need no escapes."""
    return (
        f'{{"absent":{_listed(sorted(parts.absent))},"assessments":{_listed(parts.assessments)},'
        f'"attachments":{_listed(sorted(parts.attachments))},"proofs":{_listed(sorted(parts.proofs))}}}'
    )


def _listed(digests: Sequence[str]) -> str:
    return '["' + '","'.join(digests) + '"]' if digests else "[]"
