"""What each row of a table would become, without making it: the draft, what is wrong and in which column, or the record
that was made of it before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.base.finding import Finding, blocking
from entrepot.base.money import exponents
from entrepot.base.shape import dump
from entrepot.document.demand import Demand
from entrepot.document.table import Row, Table
from entrepot.flow.bulk.column import COLUMNS, Column, column_of
from entrepot.flow.issue import Draft, check_draft
from entrepot.flow.office import Office
from entrepot.flow.typed import common_members, offer_of, order_of
from entrepot.journal.port import Idempotency, KeyReused
from entrepot.party.party import Party
from entrepot.sale.right import UNREAD

SOURCE = "Entrepot table 1"
MISSING = Demand("ENT-CORE-BULK-01", "The cell is empty.", "Fill it in.", SOURCE)
NO_CURRENCY = Demand("ENT-CORE-BULK-02", "{value} is no currency of ISO 4217.", "Write its three letters.", SOURCE)
SAME_ROW = Demand("ENT-CORE-BULK-03", "Row {row} has the same number, or says the same.", "Leave one out.", SOURCE)
OTHERWISE = Demand(
    "ENT-CORE-BULK-04",
    "Number {number} was imported before, and said something else.",
    "Give what is new a number of its own.",
    SOURCE,
)
NO_DAY = Demand("ENT-CORE-BULK-05", "{value} is no day.", "Write it as 2027-06-30.", SOURCE)
DEMANDS = (MISSING, NO_CURRENCY, SAME_ROW, OTHERWISE, NO_DAY)
DAYS_MAX = 200_000
CONSEQUENCES = frozenset({UNREAD, "ENT-CORE-AUDIENCE-01"})
"""Findings of a draft whose form is wrong: it cannot be judged, and nobody can say who reads it."""


class Fate(StrEnum):
    """What becomes of a row: it can be made; it was made now, or before; something stands against it."""

    READY = "ready"
    MADE = "made"
    KNOWN = "known"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Who says what: ``kind`` is ``offer`` or ``order``; ``issuer`` as documents name it, with its DID."""

    kind: str
    issuer: Party
    today: date

    @property
    def did(self) -> str:
        """The issuer's DID."""
        assert self.issuer.did, "only a party with a DID says something"
        return self.issuer.did


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One row: which columns it has, its number in the file, the record's number, what it is about, and its fate.

    ``findings``: each with the name of its column, empty where it is none's; ``record``: id of what was made.
    """

    kind: str
    row: int
    number: str
    what: str
    fate: Fate
    record: str = ""
    findings: tuple[tuple[str, Finding], ...] = ()
    draft: Draft | None = None
    key: Idempotency | None = None


def plan(office: Office, batch: Batch, table: Table) -> Iterator[Planned]:
    """What becomes of each row of ``table``, in order."""
    seen: dict[str, int] = {}
    for row in table.rows:
        planned = _planned(office, batch, table, row)
        if planned.number in seen:
            same = ("number", SAME_ROW.broken(_place(row, "number"), row=seen[planned.number]))
            planned = replace(planned, fate=Fate.WRONG, findings=(same,), draft=None)
        seen.setdefault(planned.number, row.number)
        yield planned


def _planned(office: Office, batch: Batch, table: Table, row: Row) -> Planned:
    typed, wrong = _typed(batch, table, row)
    digest = sha256(canonical(dict(row.cells)))
    number = typed["number"] or f"IM-{digest[:16].upper()}"
    planned = Planned(
        kind=batch.kind, row=row.number, number=number, what=typed["what"], fate=Fate.WRONG, findings=tuple(wrong)
    )
    if wrong:
        return planned
    payload = _payload(batch, number, typed)
    draft = Draft(kind=batch.kind, issuer=batch.did, number=number, payload=payload)
    key = Idempotency(scope=f"{batch.did}/import/{batch.kind}", key=number, digest=digest)
    return judged(office, replace(planned, draft=draft, key=key))


def judged(office: Office, planned: Planned) -> Planned:
    """Whether it was made before; else what issuing it would find."""
    assert planned.draft is not None and planned.key is not None, "what is judged has a draft"  # noqa: PT018
    where = f"row {planned.row}"
    try:
        known = office.journal.replayed(planned.key)
    except KeyReused:
        other = OTHERWISE.broken(f"{where}, column number", number=planned.number)
        return replace(planned, fate=Fate.WRONG, findings=(("number", other),))
    if known is not None:
        return replace(planned, fate=Fate.KNOWN, record=known.record_id)
    return told(planned, check_draft(office, planned.draft).findings)


def told(planned: Planned, findings: tuple[Finding, ...]) -> Planned:
    """What was found, each with its row and column in place of its path; what only follows from that is left out."""
    found, stopping = [], [each for each in blocking(findings) if each.id not in CONSEQUENCES]
    for each in findings:
        if stopping and each.id in CONSEQUENCES:
            continue
        column = column_of(planned.kind, each.path)
        found.append((column, replace(each, path=_where(planned.row, column))))
    fate = Fate.WRONG if blocking(findings) else Fate.READY
    return replace(planned, fate=fate, findings=tuple(found))


def _where(row: int, column: str) -> str:
    return f"row {row}, column {column}" if column else f"row {row}"


def _place(row: Row, column: str) -> str:
    return _where(row.number, column)


def _typed(batch: Batch, table: Table, row: Row) -> tuple[dict[str, str], list[tuple[str, Finding]]]:
    """The cells as fields, and what stops them from becoming a draft."""
    typed: dict[str, str] = {}
    wrong = []
    for column in COLUMNS[batch.kind]:
        text = row.cells.get(column.name, column.default)
        if column.is_day and text:
            text = _day(text, table.day_zero)
        typed[column.field] = text
        found = _cell(column, text)
        if found is not None:
            wrong.append((column.name, found.broken(_place(row, column.name), value=text[:80])))
    return typed, wrong


def _cell(column: Column, text: str) -> Demand | None:
    if not text:
        return MISSING if column.required else None
    if column.field == "currency" and text not in exponents():
        return NO_CURRENCY
    return NO_DAY if column.is_day and not _is_day(text) else None


def _day(text: str, zero: date) -> str:
    """A day that a spreadsheet counts from its day zero as it is written elsewhere; any other text as it is."""
    whole = text.isascii() and text.isdigit() and int(text[:7]) < DAYS_MAX
    return (zero + timedelta(days=int(text))).isoformat() if whole and len(text) < 7 else text


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _payload(batch: Batch, number: str, typed: Mapping[str, str]) -> dict[str, Any]:
    head, own = common_members(number, batch.today, typed), dump(batch.issuer)
    if batch.kind == "offer":
        return offer_of(head, typed, own)
    seller = {"name": typed["seller_name"], "did": typed["seller"], "economy": typed["economy"]}
    return order_of(head, typed, (own, {name: text for name, text in seller.items() if text}))
