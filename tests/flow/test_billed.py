"""More invoiced than ordered is warned of, where it is issued and where it arrives; what cannot be told is not."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sale_script import Script
from simulated.clerk import CLERK

from entrepot.base.money import Money
from entrepot.base.shape import dump
from entrepot.cli.demo import default, papers
from entrepot.cli.demo.cast import gather
from entrepot.document.invoice.model import CreditNote
from entrepot.document.trade import DocumentReference
from entrepot.flow.issue import Draft, check_draft, issue

OVER = "ENT-CORE-BILLED-01"


def begin(script: Script, **changes):
    """An accepted order of MYR 30,000."""
    today = script.importer.clock().date()
    order = replace(default.order("PO-1", today), **changes)
    cast = gather(order, script.dids)
    deal = papers.Deal(papers.addressed(order, cast), cast, today)
    script.say(deal, "order", "buyer", ("order", "PO-1", deal.order))
    script.say(deal, "order-response", "seller", ("order-response", "OR-1", papers.response(deal, "OR-1")))
    return deal


@pytest.fixture
def deal(script):
    return begin(script)


def bill(script, deal, number, paper=None):
    script.say(deal, number, "seller", ("invoice", number, paper or papers.invoice(deal, number)))
    return {script.dids[role]: found(script, role, script.last[number]) for role in ("seller", "buyer")}


def found(script, role, record):
    checks = script.office(role).journal.assessment(record)["checks"]
    return [each["id"] for check in checks for each in check["findings"]].count(OVER)


def credit(script, deal, number):
    of = papers.invoice(deal, number)
    told = {name: getattr(of, name) for name in ("seller", "buyer", "currency", "lines", "totals", "rounding", "order")}
    reference = DocumentReference(number="IN-1", record=script.last["IN-1"])
    note = CreditNote(number=number, issue_date=deal.today, type_code="381", invoices=(reference,), reason="-", **told)
    script.say(deal, number, "seller", ("credit-note", number, note))


def test_the_first_invoice_of_the_whole_order_is_fine_and_each_further_one_is_not(script, deal):
    assert set(bill(script, deal, "IN-1").values()) == {0}
    assert set(bill(script, deal, "IN-2").values()) == {1}
    assert set(bill(script, deal, "IN-3").values()) == {1}


def test_a_warning_stops_nothing_and_says_both_sums(script, deal):
    bill(script, deal, "IN-1")
    draft = Draft(kind="invoice", issuer=script.dids["seller"], number="IN-2",
                  payload=dump(papers.invoice(deal, "IN-2")), sales=(script.last["order"],))  # fmt: skip
    checked = check_draft(script.exporter, draft).assessment
    (over,) = [each for each in checked.findings if each.id == OVER]
    assert not checked.blocking
    assert over.text == "With this invoice 60000.00 MYR are invoiced, and 30000.00 MYR were ordered."


def test_what_was_credited_may_be_invoiced_again(script, deal):
    bill(script, deal, "IN-1")
    credit(script, deal, "CN-1")
    assert set(bill(script, deal, "IN-2").values()) == {0}
    assert set(bill(script, deal, "IN-3").values()) == {1}


def test_an_invoice_in_another_currency_claims_nothing(script, deal):
    bill(script, deal, "IN-1")
    paper = papers.invoice(deal, "IN-2")
    other = replace(paper, currency="CNY", totals=replace(paper.totals, payable=Money(3_000_000, "CNY")))
    assert set(bill(script, deal, "IN-2", other).values()) == {0}


def test_a_net_order_is_not_held_against_a_gross_invoice(script, deal):
    paper = papers.invoice(deal, "IN-1")
    totals = replace(
        paper.totals, tax=Decimal("3000.00"), with_tax=Decimal("33000.00"), payable=Money(3_300_000, "MYR")
    )
    from entrepot.document.trade import TaxCategory, TaxLine

    category = TaxCategory(code="S", scheme="SST", rate=Decimal(10))
    lines = tuple(replace(each, tax=category) for each in paper.lines)
    taxed = TaxLine(category=category, taxable=Decimal("30000.00"), amount=Decimal("3000.00"))
    gross = replace(paper, totals=totals, lines=lines, tax_lines=(taxed,))
    assert set(bill(script, deal, "IN-1", gross).values()) == {0}


def test_where_the_order_is_erased_nothing_is_claimed(script, deal):
    from entrepot.flow.erase import erase

    bill(script, deal, "IN-1")
    erase(script.importer, script.last["order"], by=script.dids["buyer"], reason="It was asked for.", accepting=CLERK)
    assert bill(script, deal, "IN-2") == {script.dids["seller"]: 1, script.dids["buyer"]: 0}


def test_invoices_that_did_not_see_each_other_count_together(script, deal):
    """A seller's own program could leave its earlier invoices out of ``after``."""
    from forge import content_of, forged, sender_of

    from entrepot.flow.receive import receive

    bill(script, deal, "IN-1")
    payload = dump(papers.invoice(deal, "IN-9"))
    content = content_of(script, script.last["IN-1"], number="IN-9", payload=payload)
    record, envelope = forged(script.exporter, content, script.exporter.custody.signatory(script.dids["seller"]))
    receive(script.importer, envelope, sender_of(script))
    assert found(script, "buyer", record.id) == 1


def test_an_order_below_zero_is_not_issued(script):
    order = default.order("PO-9", script.importer.clock().date())
    order = replace(order, totals=replace(order.totals, payable=Money(-1, "MYR")))
    cast = gather(order, script.dids)
    draft = Draft(kind="order", issuer=script.dids["buyer"], number="PO-9", payload=dump(papers.addressed(order, cast)))
    assert "ENT-CORE-ORDER-09" in [each.id for each in issue(script.importer, draft).assessment.blocking]


@pytest.mark.parametrize("kind", ["cancellation-request", "freight-quote"])
def test_a_kind_that_does_not_exist_is_not_signed(script, deal, kind):
    draft = Draft(kind=kind, issuer=script.dids["buyer"], number="X-1", payload={}, sales=(script.last["order"],))
    issued = issue(script.importer, draft)
    assert issued.record is None
    assert [each.id for each in issued.assessment.blocking] == ["ENT-CORE-FORM-01"]
    assert check_draft(script.importer, draft).assessment.blocking


def test_a_kind_to_come_is_kept_unread_where_a_peer_sends_it(script, deal):
    from forge import content_of, forged, sender_of

    from entrepot.flow.receive import Outcome, receive

    content = content_of(script, script.last["order-response"], kind="freight-quote", number="FQ-1", payload={})
    _, envelope = forged(script.exporter, content, script.exporter.custody.signatory(script.dids["seller"]))
    received = receive(script.importer, envelope, sender_of(script))
    assert received.outcome is Outcome.KEPT
    severities = {each.severity for each in received.findings if each.id == "ENT-CORE-FORM-01"}
    assert severities == {"warning"}
