"""What goes beyond what is open of an invoice stops whoever issues it, and is kept with a warning where it arrives."""

from dataclasses import replace

import pytest
from test_billed import begin, bill, credit

from entrepot.base.digest import sha256
from entrepot.base.money import Money
from entrepot.base.shape import dump
from entrepot.cli.demo import default, money, papers
from entrepot.cli.demo.cast import gather
from entrepot.flow.issue import Draft, check_draft, issue
from entrepot.flow.post import deliver
from entrepot.journal.port import Attachment
from entrepot.payment.message import issue as written


@pytest.fixture
def deal(script):
    return begin(script)


def order_to_pay(script, deal, number, minor, *, currency="MYR"):
    deal.issued.setdefault("invoice", deal.issued["IN-1"])
    deal.issued.setdefault("payment-request", (deal.issued["IN-1"][0], "PR-1"))
    made, _ = money.instruction(deal, script.importer.clock(), script.importer.entropy, number=number)
    amount = Money(minor, currency)
    said, body, _ = written(replace(made, instructed=amount, settlement=amount, exchange_rate=None, request=None))
    file = Attachment(digest=sha256(body), media_type="application/xml", body=body)
    sales = (deal.issued["order"][0],)
    return Draft(kind="payment-instruction", issuer=script.dids["payer_bank"], number=number, payload=dump(said),
                 sales=sales, attachments=(file,))  # fmt: skip


def owing(found):
    return [each.id for each in found.findings if each.id.startswith("ENT-CORE-OWING")]


def test_no_more_is_sent_than_is_open_whatever_the_parts(script, deal):
    bill(script, deal, "IN-1")
    office = script.importer
    assert issue(office, order_to_pay(script, deal, "PI-1", 2_999_999)).record is not None
    refused = check_draft(office, order_to_pay(script, deal, "PI-2", 2))
    (over,) = [each for each in refused.assessment.blocking if each.id == "ENT-CORE-OWING-04"]
    assert over.text == "MYR 0.02 is more than the MYR 0.01 that are open."
    assert owing(check_draft(office, order_to_pay(script, deal, "PI-2", 1))) == []
    assert owing(check_draft(office, order_to_pay(script, deal, "PI-2", 9, currency="CNY"))) == [], "no rate is guessed"


def test_what_crossed_a_credit_note_arrives_with_a_warning(script, deal):
    bill(script, deal, "IN-1")
    sent = issue(script.importer, order_to_pay(script, deal, "PI-1", 3_000_000)).record
    credit(script, deal, "CN-1")
    while deliver(script.importer).delivered:
        pass
    checks = script.exporter.journal.assessment(sent.id)["checks"]
    found = {each["id"]: each["severity"] for check in checks for each in check["findings"]}
    assert found.get("ENT-CORE-OWING-04") == "warning"


def test_what_comes_in_while_a_record_is_composed_is_among_what_it_is_judged_by(script, monkeypatch):
    """The versions that the append compares are older than what the record follows, never newer."""
    today = script.importer.clock().date()
    order = default.order("PO-1", today)
    cast = gather(order, script.dids)
    deal = papers.Deal(papers.addressed(order, cast), cast, today)
    script.say(deal, "order", "buyer", ("order", "PO-1", deal.order))
    office, sale = script.exporter, script.last["order"]

    def answer(number):
        said = dump(papers.response(deal, number))
        return Draft(kind="order-response", issuer=script.dids["seller"], number=number, payload=said, sales=(sale,))

    read, rivals, kept = type(office.journal).stream, [answer("OR-1")], []

    def stream(journal, name):
        if rivals and name == f"sale/{sale}":
            kept.append(issue(office, rivals.pop()).record)
        return read(journal, name)

    monkeypatch.setattr(type(office.journal), "stream", stream)
    assert issue(office, answer("OR-2")).record is None
    assert kept[0] is not None
