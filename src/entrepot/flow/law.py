"""What the law of the economies concerned asks: questions put to the rule packs, for records that raise them.

Two kinds of record raise questions so far: an order, whose economies may be ones of which nothing is known here and
whose service may cross a border; and an import declaration: consumption tax and low-value rules at the buyer's border.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from entrepot.base.money import Money, Rounding
from entrepot.base.record import Record
from entrepot.document.customs.model import CustomsDeclaration, Direction
from entrepot.document.invoice.model import Invoice
from entrepot.document.order.model import Order
from entrepot.document.trade import Subject
from entrepot.economy.load import codes
from entrepot.flow.assess import Checked, Verdict, warning
from entrepot.flow.kinds import read_record
from entrepot.flow.office import Office
from entrepot.flow.sight import SALE_VIEW
from entrepot.rule import Answer, Given, ask, topics
from entrepot.rule.load import digest

TOPIC = "consumption-tax"
BARS = frozenset({"sale_barred"})
"""Questions whose *yes* stands against the sale."""


def check_law(office: Office, record: Record, payload: Any) -> list[Checked]:
    """The questions of law that this record raises, each with its answer, sources and what is unknown."""
    if isinstance(payload, Order):
        return _of_order(payload)
    if not isinstance(payload, CustomsDeclaration) or payload.direction is not Direction.IMPORT:
        return []
    given = Given(values=_facts(office, record, payload))
    asked = ask(TOPIC, given, on=payload.issue_date, known=office.clock().date())
    return [_checked(name, answer) for name, answer in asked.answers.items()]


def _of_order(order: Order) -> list[Checked]:
    """What nobody here can say of the law of the economies in which the two sides sit."""
    unknown = [
        warning(
            "ENT-CORE-LAW-02",
            "Nothing is known here of the law of {economy}.",
            path=f"$.payload.{side}.economy",
            source="economy files and rule packs",
            remedy="Ask there, or let a named person accept that it is unknown.",
            economy=party.economy or "an economy that is not stated",
        )
        for side, party in (("buyer", order.buyer), ("seller", order.seller))
        if party.economy not in codes()
    ]
    if order.subject is Subject.SERVICE and order.buyer.economy != order.seller.economy:
        unknown.append(
            warning(
                "ENT-CORE-LAW-03",
                "Which consumption tax is due on a service that crosses this border is not known here.",
                path="$.payload.subject",
                source="rule packs: no topic on services yet",
                remedy="Ask there, or let a named person accept that it is unknown.",
            )
        )
    if not unknown:
        return []
    name, standard = "law of both sides", "economy files and rule packs"
    return [Checked(stage="law", name=name, standard=standard, verdict=Verdict.UNKNOWN, findings=tuple(unknown))]


def pack_versions(office: Office) -> Mapping[str, str]:  # noqa: ARG001 - packs may become an office's own
    """The rule packs in use: topic -> digest."""
    return _versions()


@cache
def _versions() -> Mapping[str, str]:
    return {f"rules/{topic}": digest(topic) for topic in topics()}


def _facts(office: Office, record: Record, declared: CustomsDeclaration) -> dict[str, Any]:
    facts: dict[str, Any] = {"buyer_economy": declared.destination}
    origins = {each.origin for each in declared.goods}
    if len(origins) == 1:
        facts["origin_economy"] = origins.pop()
    value = _value_of_goods(office, declared)
    if value is not None:
        facts["value"] = value
    buyers = {
        row["buyerType"]
        for row in (office.journal.view(SALE_VIEW).get(f"sale/{sale}") for sale in record.sales)
        if row is not None and row["buyerType"] != "unknown"
    }
    if len(buyers) == 1:
        facts["buyer_type"] = buyers.pop()
    return facts


def _value_of_goods(office: Office, declared: CustomsDeclaration) -> Money | None:
    """The price of the goods on the invoice; None where the invoice cannot be read here or its currency is another."""
    record = office.journal.record(declared.invoice.record)
    invoice = None if record is None or record.erased else read_record(record)[0]
    if not isinstance(invoice, Invoice) or invoice.currency != declared.customs_value.currency:
        return None
    return Money.of(invoice.totals.lines, invoice.currency, rounding=Rounding.HALF_EVEN)


def _checked(question: str, answer: Answer) -> Checked:
    sources = "; ".join(f"{each.instrument}, {each.provision}" for each in answer.used)
    findings = answer.findings
    verdict = Verdict.UNKNOWN if answer.answer == "unknown" else Verdict.VALID
    if answer.answer == "yes" and question in BARS:
        verdict = Verdict.INVALID
        findings = (
            *findings,
            warning(
                "ENT-CORE-LAW-01",
                "The law of the buyer's economy bars this sale: {provision}",
                source=sources,
                remedy="Ask the authority of that economy before anything moves.",
                provision=sources,
            ),
        )
    return Checked(
        stage="law",
        name=f"{TOPIC} {question}: {answer.answer}",
        standard=sources or f"rule pack {TOPIC}",
        verdict=verdict,
        findings=findings,
    )
