"""What each party of a sale is told of it: what the records in its audience make of it, and nothing else."""

import time

import pytest
from sale_script import play_sale

from entrepot.cli.demo.cast import HOME
from entrepot.flow.count import sale_row
from entrepot.flow.kinds import READERS
from entrepot.flow.reading import has_sale, record_line, record_page, sale_ids, sale_page, sale_summary
from entrepot.flow.sight import SALE_VIEW, facts_of_sale, state_of

MONEY = {"payment-request", "payment-instruction", "settlement"}


def page_of(script, role, **more):
    office = script.office(role)
    return sale_page(office.journal, script.last["order"], {script.dids[role]}, recall=office.recall, **more)


def told(page):
    """Kinds of the records that are shown."""
    return {each["kind"] for each in page["records"] if not each.get("withheld")}


def hidden(page):
    return [each for each in page["records"] if each.get("withheld")]


def own_reading(script, role):
    """The state by another way: the facts of the records whose audience has the party, from the bare contents."""
    office, did = script.office(role), script.dids[role]
    facts = facts_of_sale(office.journal.view(SALE_VIEW), script.last["order"])
    contents = {each.id: office.journal.record(each.id).content for each in facts}
    mine = {key for key, each in contents.items() if not each.audience or did in (each.issuer, *each.audience)}
    return state_of([each for each in facts if each.id in mine], sale=script.last["order"], own={did}).to_json()


@pytest.mark.parametrize("role", HOME)
def test_each_party_is_shown_its_own_records_and_what_they_make_of_the_sale(played, role):
    page = page_of(played, role)
    kinds = {played.office(role).journal.record(each["id"]).kind for each in page["records"]}
    issued = {each["kind"] for each in page["records"] if each.get("issuer") == played.dids[role]}
    assert told(page) == {kind for kind in kinds if role in READERS[kind]} | issued
    bare = {name: value for name, value in page.items() if name not in ("records", "facts")}
    assert bare == own_reading(played, role) | {"sale": played.last["order"]}
    assert page["facts"] == len(page["records"]) - len(hidden(page))


@pytest.mark.parametrize("role", HOME)
def test_a_record_for_others_is_an_id_alone(played, role):
    journal, readers = played.office(role).journal, {played.dids[role]}
    for each in hidden(page_of(played, role)):
        assert each == {"id": each["id"], "withheld": True}
        assert record_page(journal, each["id"], readers) is None


def test_buyer_and_seller_are_told_the_same_as_the_operator(played):
    for role in ("buyer", "seller"):
        whole = sale_page(played.office(role).journal, played.last["order"], None)
        assert page_of(played, role) == whole
        assert whole["payment"] == "paid"


def test_the_carrier_is_told_of_the_way_and_of_no_money(played):
    """It may not read the order, so what it reads cannot be judged, as on a node of its own."""
    page = page_of(played, "carrier")
    assert (page["state"], page["payment"], page["accounts"]) == ("unknown", "unknown", [])
    assert told(page) == {"order-response", "transport-document", "customs-release", "hand-over"}
    assert not any(page["roles"].values())
    assert page["subject"] == page["buyerType"] == "unknown"
    assert played.last["order"] in page["withheld"]


def test_the_bank_is_told_of_the_money_and_of_no_border(played):
    page = page_of(played, "payer_bank")
    assert page["clearance"] == {"export": "unknown", "import": "unknown"}
    assert told(page) == MONEY | {"invoice", "order-response"}


def test_the_reporter_is_told_of_order_border_and_way(played):
    page = page_of(played, "reporter")
    assert (page["state"], page["fulfilment"]) == ("paid", "delivered")
    assert page["clearance"] == {"export": "released", "import": "released"}
    assert page["accounts"][0]["invoiced"] == "3000000"
    assert not told(page) & {"payment-request", "payment-instruction"}


def test_a_stranger_has_no_sale_and_is_told_of_no_record(played):
    journal, sale = played.exporter.journal, played.last["order"]
    stranger = {"did:web:nobody.example"}
    assert sale_ids(journal, stranger) == ()
    page = sale_page(journal, sale, stranger)
    assert len(hidden(page)) == len(page["records"])
    assert (page["state"], page["accounts"], page["order"]) == ("unknown", [], [])
    assert sale_row(journal, sale, readers=stranger) is None


def test_the_row_is_for_those_who_may_read_order_and_invoice(played):
    sale = played.last["order"]
    has_row = {
        role
        for role in HOME
        if sale_row(played.office(role).journal, sale, readers={played.dids[role]}, recall=played.office(role).recall)
    }
    assert has_row == {"buyer", "seller", "reporter"}
    office = played.office("reporter")
    whole, own = (sale_row(office.journal, sale, readers=each) for each in (None, {played.dids["reporter"]}))
    # The instruction before the settlement is not for the reporter, but the settlement names what both may read, too.
    assert (whole.settled, own.settled) == (3_000_000, 3_000_000)
    assert own == whole


def test_an_invoice_for_others_alone_withholds_the_row(script, monkeypatch):
    """The reporter's reading would otherwise state a value without it."""
    real = READERS["invoice"]
    from entrepot.flow import audience

    monkeypatch.setattr(audience, "READERS", {**READERS, "invoice": real - {"reporter"}})
    play_sale(script, 1)
    office, sale = script.office("reporter"), script.last["order"]
    assert sale_row(office.journal, sale) is not None
    assert sale_row(office.journal, sale, readers={script.dids["reporter"]}) is None


def test_a_summary_is_the_page_without_its_records(played):
    for role in HOME:
        office = played.office(role)
        summary = sale_summary(office.journal, played.last["order"], {played.dids[role]})
        page = page_of(played, role)
        del page["records"]
        assert summary == page


def test_each_proof_says_whether_this_node_holds_the_key(played):
    for role in ("seller", "buyer"):
        office = played.office(role)
        custodies = office.custodies()
        assert set(custodies.values()) == {"held"}
        for line in page_of(played, role, custodies=custodies)["records"]:
            custody = "held" if line["issuer"] in custodies else "elsewhere"
            assert {each["custody"] for each in line["proofs"]} == {custody}
            assert len(line["proofs"]) == 2


def test_where_the_held_keys_are_not_known_nothing_is_said_of_custody(played):
    line = record_line(played.exporter.journal, played.last["invoice"], None)
    assert {tuple(sorted(each)) for each in line["proofs"]} == {("method", "securing")}


def test_a_page_of_fifty_sales_is_read_quickly(played):
    office, readers = played.office("carrier"), {played.dids["carrier"]}
    sale = played.last["order"]
    start = time.process_time()
    for _ in range(50):
        assert sale_summary(office.journal, sale, readers, recall=office.recall)
    assert time.process_time() - start < 1


def test_whether_a_party_has_a_sale_is_what_its_list_says(replay):
    script = replay()
    office, sale = script.importer, script.last["order"]
    parties = [*script.dids.values(), "did:web:nobody.example"]
    for each in parties:
        for asked in (sale, sale[:-1], "0" * 64):
            assert has_sale(office.journal, asked, (each,)) is (asked in sale_ids(office.journal, (each,)))
    assert any(has_sale(office.journal, sale, (each,)) for each in parties)
    assert not all(has_sale(office.journal, sale, (each,)) for each in parties)
    assert has_sale(office.journal, sale, parties)
