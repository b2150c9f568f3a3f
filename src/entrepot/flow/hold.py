"""Legal holds: a hosted party, or the node for its operator, orders that a record or a sale be kept, and lifts that.

Each is a record that its issuer alone reads. The view ``hold`` (:mod:`entrepot.flow.holdview`) tells which stand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from entrepot.base.error import UsageError
from entrepot.base.finding import Finding
from entrepot.base.record import Record
from entrepot.base.shape import dump, parse
from entrepot.flow.error import NotHeld
from entrepot.flow.holdview import HOLD, HOLD_VIEW, LIFT
from entrepot.flow.issue import require_whole_past
from entrepot.flow.office import Office, Signatory
from entrepot.flow.ownword import own_word
from entrepot.flow.reading import is_readable
from entrepot.flow.sight import SALE_VIEW
from entrepot.journal.journal import Journal
from entrepot.journal.port import ANY
from entrepot.rule.hold import LegalHold, LegalHoldLift, check_hold, check_lift


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The record by which a hold was placed or lifted; empty where ``findings`` stopped it."""

    record: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A hold: its record, whose it is, what it says, and the record that lifted it (empty: it stands)."""

    record: str
    issuer: str
    says: LegalHold
    lifted: str

    def to_json(self) -> dict[str, Any]:
        """The JSON form."""
        return {"hold": self.record, **dump(self.says), "lifted": self.lifted or None}


def keep_stream(about: str) -> str:
    """The stream in which holds on a record or sale and erasures of it come one after the other."""
    return f"keep/{about}"


def abouts(record: Record) -> tuple[str, ...]:
    """What a hold on which concerns this record: itself, and its sales; an order is its sale."""
    return record.id, *(each for each in record.sales if each != record.id)


def place(office: Office, by: str, hold: LegalHold) -> Placed:
    """Place a hold for the hosted party ``by``, or for the operator where it is the node itself.

    Raises :class:`UsageError` for a record or sale that is not here, or not the party's to read, and
    :class:`~entrepot.journal.port.CatchUpNeeded` after a restore.
    """
    signatory = _signatory(office, by)
    findings = check_hold(hold)
    if findings:
        return Placed(record="", findings=findings)
    if not _is_here(office, by, hold):
        raise UsageError("no record or sale of that party has this id", remedy="Give one that it may read.")
    return _say(office, signatory, (HOLD, dump(hold)), hold.record or hold.sale or "")


def lift(office: Office, by: str, said: LegalHoldLift) -> Placed:
    """Lift a hold of ``by`` that stands. Lifting again changes nothing. Raises :class:`UsageError` for no such hold."""
    signatory = _signatory(office, by)
    findings = check_lift(said)
    if findings:
        return Placed(record="", findings=findings)
    found = next((each for each in holds_of(office.journal, by) if each.record == said.hold), None)
    if found is None:
        raise UsageError("no hold of that party has this id", remedy="Give the id of one that it placed.")
    if found.lifted:
        return Placed(record=found.lifted)
    return _say(office, signatory, (LIFT, dump(said)), found.says.record or found.says.sale or "")


def holds_of(journal: Journal, issuer: str) -> tuple[Standing, ...]:
    """Every hold of an issuer, lifted or not, by id."""
    rows = journal.view(HOLD_VIEW).scan(f"of/{issuer}/")
    return tuple(each for each in (_standing(journal, row) for _, row in rows) if each is not None)


def holds_on(journal: Journal, record: Record, issuers: Iterable[str]) -> tuple[Standing, ...]:
    """The holds of ``issuers`` that stand and concern ``record``."""
    whose, view = frozenset(issuers), journal.view(HOLD_VIEW)
    rows = [row for about in abouts(record) for _, row in view.scan(f"on/{about}/") if row["issuer"] in whose]
    return tuple(each for each in (_standing(journal, row) for row in rows) if each is not None)


def _standing(journal: Journal, row: dict[str, Any]) -> Standing | None:
    record = journal.record(row["hold"])
    says = parse(LegalHold, record.content.payload)[0] if record is not None else None
    if says is None:
        return None
    return Standing(record=row["hold"], issuer=row["issuer"], says=says, lifted=row["lifted"])


def _signatory(office: Office, by: str) -> Signatory:
    require_whole_past(office)
    found = office.identity if by == office.identity.did else office.custody.signatory(by)
    if found is None:
        raise NotHeld(f"this node holds no key of {by}", remedy="Let the node's operator place the hold.")
    return found


def _is_here(office: Office, by: str, hold: LegalHold) -> bool:
    readers = None if by == office.identity.did else {by}
    if hold.record is not None:
        return is_readable(office.journal, hold.record, readers)
    view = office.journal.view(SALE_VIEW)
    key = f"sale/{hold.sale}" if readers is None else f"of/{by}/{hold.sale}"
    return view.get(key) is not None


def _say(office: Office, signatory: Signatory, said: tuple[str, dict[str, Any]], about: str) -> Placed:
    kind, payload = said
    after = (payload["hold"],) if kind == LIFT else ()
    append = own_word(office, signatory, kind, payload, after=after, streams={keep_stream(about): ANY})
    office.run(lambda journal: journal.append(append))
    return Placed(record=append.record.id)
