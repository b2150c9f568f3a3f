"""What keeps a record from being erased: legal holds, and times of retention of the economy where a party sits.

Three answers, as of today: it must be kept, with the reason; it need not be; or that is unknown, and a named person
may accept it. They are a party's own: what one party must keep, another may let go of.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.base.record import Record
from entrepot.document.customs.model import CustomsRelease, Decision, Direction
from entrepot.document.offer.model import Offer
from entrepot.document.order.model import Order
from entrepot.document.trade import BuyerType
from entrepot.flow.assess import Checked, Verdict
from entrepot.flow.hold import Standing, holds_on
from entrepot.flow.kinds import read_record
from entrepot.flow.office import Office
from entrepot.flow.reading import gone_for
from entrepot.flow.sight import SALE_VIEW
from entrepot.party.party import Party
from entrepot.rule.given import Given
from entrepot.rule.retention import Days, Keeping, Term, terms

CLASSES: Mapping[str, str] = {
    **dict.fromkeys(("invoice", "credit-note"), "invoice"),
    **dict.fromkeys(("customs-declaration", "customs-release"), "customs"),
    **dict.fromkeys(
        (
            "certificate-of-origin",
            "transport-document",
            "packing-list",
            "insurance-certificate",
            "warehouse-receipt",
            "hand-over",
        ),
        "trade_document",
    ),
    **dict.fromkeys(
        ("offer", "order", "order-response", "order-cancellation", "cancellation-response"),
        "contract",
    ),
    **dict.fromkeys(("payment-request", "payment-instruction"), "payment"),
}
"""The class of record, as the rules name it, of each kind; of other kinds it is not stated."""
SIDES = {Direction.IMPORT: "importer", Direction.EXPORT: "exporter"}
"""On which side of the border a release matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What is asked of one party about one record. ``holds``: its own and the operator's that stand; ``terms``: what
    each law asks; ``node``: whose holds are the operator's."""

    holds: tuple[Standing, ...]
    terms: tuple[Term, ...]
    node: str

    @property
    def forbid(self) -> tuple[Finding, ...]:
        """The findings that refuse an erasure."""
        holds = tuple(_held(each, is_own=each.issuer != self.node) for each in self.holds)
        return (*holds, *_of(self.terms, Keeping.MUST))

    @property
    def unknown(self) -> tuple[Finding, ...]:
        """The findings of unknown law, which a named person may accept."""
        return _of(self.terms, Keeping.UNKNOWN)


def duties(office: Office, record: Record, party: str) -> Duties:
    """What ``party`` must keep of ``record``, as far as it is known here today."""
    holds = holds_on(office.journal, record, (party, office.identity.did))
    sales = record.sales or ((record.id,) if record.kind == "order" else ("",))
    found = tuple(each for sale in sales for each in _terms(office, record, sale, party))
    return Duties(holds=holds, terms=found, node=office.identity.did)


def must_keep(office: Office, record: Record, party: str) -> bool:
    """Whether a hold or a time of retention of ``party`` is known to stand."""
    return bool(duties(office, record, party).forbid)


def check_notice(office: Office, record: Record) -> list[Checked]:
    """What is answered to a notice that its issuer erased a record: which duties keep the copies of parties here.

    The copy stays in any case until they let go of it; a hold is not disclosed beyond that one stands.
    """
    erased = office.journal.record(str(record.payload.get("record"))) if record.kind == "tombstone" else None
    if erased is None or erased.erased or erased.content.issuer != record.content.issuer:
        return []
    readers = office.custody.hosted() & set(erased.content.audience)
    keepers = [each for each in sorted(readers) if gone_for(office.journal, erased.id, each) is None]
    findings = [found for each in keepers for found in _kept(duties(office, erased, each))]
    if not findings:
        return []
    standard = "legal holds; rule pack retention"
    return [Checked(stage="law", name="erasure notice", standard=standard, verdict=Verdict.VALID,
                    findings=_once(findings))]  # fmt: skip


def _kept(found: Duties) -> Iterator[Finding]:
    if found.holds:
        yield _note("ENT-CORE-KEEP-05", "A party here keeps its copy under a legal hold.", "legal hold")
    for each in found.terms:
        if each.keeping is Keeping.MUST and each.until is not None:
            message = "A party here must keep its copy until {until}: {provision}"
            yield _note("ENT-CORE-KEEP-06", message, each.source, until=each.until.isoformat(), provision=each.source)


def _note(id_: str, message: str, source: str, **params: str) -> Finding:
    remedy = "Nothing is asked of you; it is erased there when that party lets go of it."
    return Finding(
        id=id_, severity=Severity.NOTE, path="$.payload.record", message=message, params=params, source=source,
        remedy=remedy,
    )  # fmt: skip


def _held(hold: Standing, *, is_own: bool) -> Finding:
    if not is_own:
        return Finding(
            id="ENT-CORE-KEEP-04",
            severity=Severity.BLOCKING,
            path="$.record",
            message="The operator of this node keeps it under a legal hold.",
            source="legal hold of the node's operator",
            remedy="Ask the node's operator.",
        )
    return Finding(
        id="ENT-CORE-KEEP-03",
        severity=Severity.BLOCKING,
        path="$.record",
        message="{name} ({role}) placed a legal hold on it: {reason}",
        params={"name": hold.says.name, "role": hold.says.role, "reason": hold.says.reason, "hold": hold.record},
        source=hold.says.instrument,
        remedy=f"Lift the hold {hold.record} when its cause is gone.",
    )


def _of(found: Iterable[Term], keeping: Keeping) -> tuple[Finding, ...]:
    return _once(finding for each in found if each.keeping is keeping for finding in each.findings)


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    told: list[Finding] = []
    for each in findings:
        if each not in told:
            told.append(each)
    return tuple(told)


def _terms(office: Office, record: Record, sale: str, party: str) -> tuple[Term, ...]:
    """What the laws ask of ``party``, by what the records of one sale say as far as they can be read here."""
    facts: dict[str, Any] = {"record_class": CLASSES.get(record.kind)}
    opening = office.journal.record(sale) if sale else record
    order = None if opening is None or opening.erased else read_record(opening)[0]
    if isinstance(order, Order):
        facts |= _trader(order, party)
    elif isinstance(order, Offer) and order.seller.did == party:
        facts |= _seller(order.seller)
    given = Given(values={name: value for name, value in facts.items() if value is not None})
    return terms(given, _days(office, record, sale, facts.get("side")), today=office.clock().date())


def _trader(order: Order, party: str) -> dict[str, Any]:
    """Economy, business and side of the border of buyer and seller; of an agency nothing is known here."""
    economies = order.buyer.economy, order.seller.economy
    crosses = None not in economies and economies[0] != economies[1]
    if order.seller.did == party:
        return {**_seller(order.seller), "side": "exporter" if crosses else None}
    if order.buyer.did != party:
        return {}
    business = {BuyerType.BUSINESS: True, BuyerType.CONSUMER: False}.get(order.buyer_type)
    return {"keeper_economy": order.buyer.economy, "business": business, "side": "importer" if crosses else None}


def _seller(seller: Party) -> dict[str, Any]:
    """A seller with a business number acts in the course of a business; of one without it is not known."""
    return {"keeper_economy": seller.economy, "business": True if seller.identifiers else None}


def _days(office: Office, record: Record, sale: str, side: str | None) -> Days:
    """The latest day that a record of the sale claims, none counted as later than it came; and that of the latest
    release on the party's side of the border."""
    rows = [row for _, row in office.journal.view(SALE_VIEW).scan(f"fact/{sale}/")] if sale else []
    claimed = {row["id"]: datetime.fromisoformat(row["issued"]).date() for row in rows}
    claimed[record.id] = record.content.issued.date()
    came = {each: office.journal.entry(each) for each in claimed}
    latest = max(min(claimed[each], entry.received.date()) for each, entry in came.items() if entry is not None)
    releases = [office.journal.record(row["id"]) for row in rows if row["kind"] == "customs-release"]
    days = [day for day in (_release_day(each, side) for each in releases) if day is not None]
    return Days(transaction=latest, clearance=max(days, default=None))


def _release_day(record: Record | None, side: str | None) -> date | None:
    release = None if record is None or record.erased else read_record(record)[0]
    if not isinstance(release, CustomsRelease) or release.decision is not Decision.RELEASED:
        return None
    return release.issue_date if SIDES[release.direction] == side else None
