"""What is counted: the same figures on pages, in files and over the API; monthly, and nothing of one firm."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from rig.inside import Api
from rig.onenode import OneNode
from rig.visitor import Visitor

from entrepot.cli.demo import default, papers
from entrepot.cli.demo.cast import gather
from entrepot.document.trade import OrderedBy
from entrepot.flow.count import sale_row
from entrepot.flow.measured import release
from entrepot.party.party import Address, Party
from entrepot.statistic.count import count_of
from entrepot.statistic.row import row_of

COUNTED = 4
REPORTER = "NZ"
"""An economy for which no other test counts: they share the node."""

ADDRESS = Address(lines=("1 Example Road",), city="Auckland", economy=REPORTER)


def count_a_sale(node, cast, turn):
    """A sale of two firms of its own, from order to counted."""
    cast.dids |= {"seller": node.party(), "buyer": node.party()}
    today = cast.importer.clock().date()
    order = default.order(f"PO-F{turn}", today)
    order = replace(order, buyer=Party(name="Fruit Importers (invented)", economy=REPORTER, address=ADDRESS))
    if turn == 0:
        order = replace(order, ordered_by=OrderedBy.MESSAGE)
    gathered = gather(order, cast.dids)
    deal = papers.Deal(papers.addressed(order, gathered), gathered, today)
    cast.say(deal, "order", "buyer", ("order", f"PO-F{turn}", deal.order))
    cast.say(deal, "order-response", "seller", ("order-response", f"OR-F{turn}", papers.response(deal, f"OR-F{turn}")))
    cast.say(deal, "invoice", "seller", ("invoice", f"IN-F{turn}", papers.invoice(deal, f"IN-F{turn}")))
    row, _ = row_of(sale_row(node.office.journal, cast.last["order"], persons_employed=12), reporter=REPORTER)
    cast.say(deal, "count", "reporter", ("count", f"CT-F{turn}", count_of(row)))


@pytest.fixture(scope="module")
def next_month(node):
    """The node in the month after four sales were counted."""
    cast, office = OneNode(node), node.office
    for turn in range(COUNTED):
        count_a_sale(node, cast, turn)
    clock = office.clock
    object.__setattr__(office, "clock", lambda: release(clock() + timedelta(days=32)))
    yield node
    object.__setattr__(office, "clock", clock)


def member(table, name):
    return next(each for each in table if each["member"] == name)


def test_what_was_counted_is_published_a_month_later_without_what_tells_of_one_firm(next_month):
    found = Api().get(f"/api/v1/statistics/{REPORTER}").json
    assert found["total"]["sales"] == COUNTED
    assert found["total"]["values"] == {"MYR": "120000.00"}
    assert member(found["tables"]["flow"], "import")["sales"] == COUNTED
    assert member(found["tables"]["platform"], "unknown")["sales"] == COUNTED, "unknown stays unknown"
    ordered = found["tables"]["ordered"]
    assert {each["member"]: each["sales"] for each in ordered} == {"yes": None, "no": None}
    assert {each["member"]: each["values"] for each in ordered} == {"yes": {"MYR": None}, "no": {"MYR": None}}
    assert [each["reporter"] for each in Api().get("/api/v1/statistics").json].count(REPORTER) == 1
    assert Api().get("/api/v1/statistics/ZZ").status == 404


def test_within_the_month_nothing_is_published(next_month):
    office = next_month.office
    later = office.clock
    object.__setattr__(office, "clock", lambda: later() - timedelta(seconds=1))
    try:
        assert Api().get(f"/api/v1/statistics/{REPORTER}").json["total"] == {
            "member": "all", "sales": 0, "unvalued": 0, "values": {},
        }  # fmt: skip
    finally:
        object.__setattr__(office, "clock", later)


def test_page_and_file_say_the_same(next_month):
    page = Visitor(next_month, "zh-hans").go(f"/statistics/{REPORTER}")
    assert page.status == 200
    assert "120,000.00" in page.words
    assert page.text.count("<svg") == page.text.count("<table") == page.text.count('role="img"') > 5
    assert 'fill="url(#hatch-platform)"' in page.text, "unknown is told by more than colour"
    assert 'class="withheld"' in page.text
    answer = page.client.get(f"/en/statistics/{REPORTER}/figures.csv", HTTP_HOST="127.0.0.1")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    told = {(each["table"], each["member"], each["measure"], each["currency"]): each for each in rows}
    assert told["total", "all", "value", "MYR"]["figure"] == "120000.00"
    assert (told["ordered", "no", "sales", ""]["figure"], told["ordered", "no", "sales", ""]["status"]) == (
        "",
        "withheld",
    )
    figures = Api().get(f"/api/v1/statistics/{REPORTER}").json
    assert {name for name, _, _, _ in told} == {"total", *figures["tables"]}
    assert "120,000.00" in Visitor(next_month).go("/statistics").words
    assert Visitor(next_month).go("/statistics/FR").status == 404


def test_a_page_of_an_economy_shows_claims_as_claims_and_what_is_counted_beside_them(next_month):
    shown = Visitor(next_month).go("/economies/VN").words
    assert "85 percent of Vietnamese businesses" in shown
    assert "Vietnam News Agency, October 2021" in shown
    assert "no fact of ours" in shown
    assert "85 percent" not in Visitor(next_month).go(f"/economies/{REPORTER}").words
    assert "120,000.00" in Visitor(next_month).go(f"/economies/{REPORTER}").words
    assert f"Counted: {COUNTED}" in Visitor(next_month).go("/").words


def test_the_view_of_counts_is_rebuilt_to_the_same_bytes(next_month):
    from entrepot.flow.countview import COUNT_VIEW

    journal = next_month.office.journal
    before = journal.dump_view(COUNT_VIEW)
    assert before.count(f'"reporter":"{REPORTER}"'.encode()) == COUNTED
    next_month.office.run(lambda writing: writing.rebuild(COUNT_VIEW))
    assert journal.dump_view(COUNT_VIEW) == before
