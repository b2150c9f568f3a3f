"""The four checks that every record passes: form, proof, right, law. Each adds what it found; none stops the others."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.base.record import Record
from entrepot.document.offer.model import Offer
from entrepot.document.order.model import Order
from entrepot.flow.assess import Checked, Verdict, judged, stop, warning
from entrepot.flow.kinds import ALONE, BEFORE_AGENCIES, SALELESS, Kind, kinds, read_record
from entrepot.flow.offered import beyond
from entrepot.flow.office import Office
from entrepot.flow.project import fact_of
from entrepot.flow.sight import SALE_VIEW, fact_from, facts_of_sale, state_of
from entrepot.journal.journal import Journal
from entrepot.sale.fact import Fact
from entrepot.sale.message import MESSAGE, STANDARD
from entrepot.sale.right import allows
from entrepot.sale.withdrawal import WITHDRAWAL, OfferWithdrawal

FUTURE_MAX = timedelta(minutes=10)
"""How far a claimed time may lie ahead of this node's clock without a finding."""
AHEAD_MAX = timedelta(days=1)
"""How far the date of a document may lie ahead of the record's claimed time: somewhere it is tomorrow already."""
LAST_ZONE = timedelta(hours=12)
"""How long after UTC a day ends in the zone where it ends last (UTC-12)."""
DATED = {"issue_date": "issueDate", "created": "created", "settled": "settled", "refunded": "refunded"}
"""Members that say when a document was made -> their names in JSON."""
MESSAGES_MAX = 500
"""Messages of one issuer in one sale."""
OPENS_NOTHING = "ENT-CORE-FORM-04"
"""Id of the finding that an order or offer names a sale: with a smaller id it could take the place of its order."""
FORMS = {
    "offer": "Entrepot offer 1",
    "order": "Entrepot order 1 (semantics of UBL 2.1 Order)",
    "invoice": "Entrepot invoice 1 (semantics of UBL 2.1 Invoice)",
    "credit-note": "Entrepot credit note 1 (semantics of UBL 2.1 CreditNote)",
    "transport-document": "Entrepot transport document 1 (semantics of DCSA eBL 3.0)",
    "certificate-of-origin": "RCEP annex 3B, minimum data of a certificate of origin",
    "packing-list": "Entrepot packing list 1 (elements of UNVTD and KTDDE)",
    "insurance-certificate": "Entrepot insurance certificate 1 (elements of UNVTD and KTDDE)",
    "warehouse-receipt": "Entrepot warehouse receipt 1 (elements of KTDDE)",
    "hand-over": "GS1 EPCIS 2.0, CBV 2.0",
    "payment-request": "EMVCo merchant-presented QR code 1.1",
    "payment-instruction": "ISO 20022 pacs.008, semantics",
    "settlement": "double entry: postings sum to zero per asset",
    "refund": "double entry: postings sum to zero per asset",
    "count": "Handbook on Measuring Digital Trade, second edition",
}
"""By which standard the form of a kind is checked, beside its own shape."""


def check_form(
    record: Record, now: datetime, *, journal: Journal | None = None, issuing: bool = False
) -> tuple[Any | None, Checked]:
    """The payload in its shape, and what is wrong with its form, its numbers or its claimed times.

    ``journal``: where the offer is looked up that an order takes up; without it that offer's end is not asked.
    ``issuing``: a node signs no kind that it does not know; what a peer sends of a kind to come is kept unread.
    """
    content = record.content
    standard = FORMS.get(record.kind, f"Entrepot {record.kind} {content.version}")
    if (record.kind, content.version) not in kinds():
        unread = warning(
            "ENT-CORE-FORM-01",
            "This node does not know {kind} version {version}: it signs none, and keeps unread what a peer sends.",
            path="$.kind",
            remedy="Use a kind that GET /api/v1/records/kinds lists, or upgrade the node.",
            kind=record.kind,
            version=str(content.version),
        )
        if issuing:
            return None, judged("form", "form", standard, (replace(unread, severity=Severity.BLOCKING),))
        return None, Checked(stage="form", name="form", standard=standard, verdict=Verdict.UNKNOWN, findings=(unread,))
    payload, findings = read_record(record)
    found = [*findings, *_envelope_findings(record, payload, now), *_time_findings(record, payload, now)]
    if isinstance(payload, Order) and journal is not None:
        cited = payload.offer.record if payload.offer is not None else None
        offers = _offers(record, cited, journal)
        found += _expired(record, payload, offers.values())
        found += beyond(payload, offers.values() if cited is None else [offers[cited]] if cited in offers else ())
    return payload, judged("form", "form", standard, found)


def _envelope_findings(record: Record, payload: Any, now: datetime) -> Iterable[Finding]:
    if (record.kind == "order" or record.kind in SALELESS) and record.content.sales:
        yield stop(
            OPENS_NOTHING,
            "The {kind} names a sale: an order opens one of its own, offers and tombstones belong to none.",
            path="$.sales",
            remedy="Leave the sales out.",
            kind=record.kind,
        )
    number = getattr(payload, "number", None)
    if number is not None and number != record.content.number:
        yield stop(
            "ENT-CORE-FORM-02",
            "The document's number is {inner}, the record's {outer}.",
            path="$.payload.number",
            remedy="Use one number.",
            inner=number,
            outer=record.content.number,
        )
    if record.content.issued > now + FUTURE_MAX:
        yield warning(
            "ENT-CORE-FORM-03",
            "The record claims to be issued in the future.",
            path="$.issued",
            remedy="The issuer should set its clock.",
        )


def _time_findings(record: Record, payload: Any, now: datetime) -> Iterable[Finding]:
    latest = min(record.content.issued, now) + AHEAD_MAX
    for name, member in DATED.items():
        stated = getattr(payload, name, None)
        if isinstance(stated, date) and _begin(stated) > latest:
            yield warning(
                "ENT-CORE-FORM-06",
                "The document is dated {stated}, more than a day ahead of the time at which it was issued or checked.",
                path=f"$.payload.{member}",
                remedy="The issuer should date it when it issues it.",
                stated=str(stated),
            )
    if isinstance(payload, Offer) and _has_ended(payload, record.content.issued):
        yield warning(
            "ENT-CORE-FORM-07",
            "The offer ended on {end}, before it was issued.",
            path="$.payload.validUntil",
            remedy="Offer it until a later day.",
            end=str(payload.valid_until),
        )


def _begin(stated: date) -> datetime:
    """The moment itself, or the begin of the day in UTC."""
    return stated if isinstance(stated, datetime) else datetime.combine(stated, time(), UTC)


def _has_ended(offer: Offer, at: datetime) -> bool:
    """Whether the last day of ``offer`` is over everywhere: it states no zone."""
    return at >= _begin(offer.valid_until) + timedelta(days=1) + LAST_ZONE if offer.valid_until < date.max else False


def _offers(record: Record, cited: str | None, journal: Journal) -> dict[str, Offer]:
    """The offers that an order takes up, as far as they are known here: the one it cites, and those it follows."""
    found, view = {}, journal.view(SALE_VIEW)
    for cause in sorted({*filter(None, [cited]), *record.content.after}):
        taken = journal.record(cause) if view.get(f"lone/{cause}") else None
        offer = None if taken is None or taken.erased else read_record(taken)[0]
        if isinstance(offer, Offer):
            found[cause] = offer
    return found


def _expired(record: Record, order: Order, offers: Iterable[Offer]) -> Iterable[Finding]:
    """What is found where the order comes after the end of an offer that it takes up."""
    for offer in offers:
        if order.issue_date > offer.valid_until or _has_ended(offer, record.content.issued):
            yield warning(
                "ENT-CORE-FORM-05",
                "The order takes up offer {number}, which ended on {end}.",
                path="$.payload.offer",
                remedy="Ask the seller for an offer that still stands, or for an answer to this order as it is.",
                number=offer.number,
                end=str(offer.valid_until),
            )


def past_of(fact: Fact, facts: Iterable[Fact]) -> list[Fact]:
    """The facts that lie in the causal past of ``fact``: what its issuer had seen."""
    by_id = {each.id: each for each in facts}
    past: dict[str, Fact] = {}
    open_ids = list(fact.after)
    while open_ids:
        cause = by_id.get(open_ids.pop())
        if cause is not None and cause.id not in past:
            past[cause.id] = cause
            open_ids.extend(cause.after)
    return list(past.values())


def check_right(office: Office, record: Record) -> Checked:
    """Whether the issuer may say this now, judged by what it had seen."""
    if record.kind in ALONE | BEFORE_AGENCIES:
        return judged("right", "right", f"a {record.kind} speaks for its issuer alone", ())
    if record.kind == MESSAGE:
        return judged("right", "right", STANDARD, tuple(_too_many(office.journal, record)))
    fact = fact_of(record)
    view = office.journal.view(SALE_VIEW)
    findings: list[Finding] = [*_foreign_offer(record, office.journal)]
    for sale in record.sales:
        facts = facts_of_sale(view, sale, office.recall) + _lone_causes(view, record)
        findings += allows(state_of(past_of(fact, facts), office.recall), fact)
    return judged("right", "right", "Entrepot sale, version 1", findings)


def _too_many(journal: Journal, record: Record) -> Iterable[Finding]:
    """What is found where the issuer has said too much in a sale: whoever reads along must be able to."""
    for sale in record.content.sales:
        rows = (row for key, row in journal.view(SALE_VIEW).scan(f"told/{sale}/") if not key.endswith(record.id))
        if sum(row["issuer"] == record.content.issuer for row in rows) >= MESSAGES_MAX:
            yield stop(
                "ENT-CORE-MESSAGE-02",
                "{issuer} has sent {most} messages in this sale, and that is the most.",
                path="$.issuer",
                source=STANDARD,
                remedy="Write to the other side outside the sale.",
                issuer=record.content.issuer,
                most=str(MESSAGES_MAX),
            )


def _foreign_offer(record: Record, journal: Journal) -> Iterable[Finding]:
    """What is found where a party withdraws an offer of another."""
    payload = read_record(record)[0] if record.kind == WITHDRAWAL and not record.erased else None
    offer = journal.record(payload.offer.record) if isinstance(payload, OfferWithdrawal) else None
    if offer is not None and (offer.kind != "offer" or offer.content.issuer != record.content.issuer):
        yield stop(
            "ENT-CORE-RIGHT-06",
            "The record that is withdrawn is no offer of {issuer}.",
            path="$.payload.offer",
            source="Entrepot sale, version 1",
            remedy="Name an offer of your own.",
            issuer=record.content.issuer,
        )


def _lone_causes(view: Any, record: Record) -> list[Fact]:
    rows = (view.get(f"lone/{cause}") for cause in record.content.after)
    return [fact_from(row) for row in rows if row]


def check_number(office: Office, record: Record) -> Checked:
    """Whether the issuer used this business number before, for other content (equivocation)."""
    others = [each for each in office.journal.same_number(record) if each != record.id]
    findings = [
        stop(
            "ENT-CORE-NUMBER-01",
            "The issuer used number {number} before, in record {other}.",
            path="$.number",
            remedy="Give it a number of its own; to change a document, issue a new one that says so.",
            number=record.content.number,
            other=other,
        )
        for other in others
    ]
    return judged("form", "number", "one number per issuer and kind", findings)


def kind_of(record: Record) -> Kind | None:
    """The kind of a record, None where this node does not know it."""
    return kinds().get((record.kind, record.content.version))
