"""What a party cannot know of a sale reads unknown, never none or offered: by role, after an offer, after erasure."""

import pytest
from sale_script import play_sale
from simulated.clerk import CLERK

from entrepot.cli.demo.cast import HOME
from entrepot.flow.count import sale_row
from entrepot.flow.erase import erase
from entrepot.flow.reading import sale_page, sale_summary

AXES = ("state", "agreement", "fulfilment", "payment", "cancellation", "returns", "dispute", "counted")
NOTHING = dict.fromkeys(AXES, "unknown")
TRADER = {
    "state": "paid", "agreement": "accepted", "fulfilment": "delivered", "payment": "paid",
    "cancellation": "none", "returns": "none", "dispute": "none", "counted": "none",
}  # fmt: skip
REPORTER = NOTHING | {"state": "paid", "agreement": "accepted", "fulfilment": "delivered", "payment": "paid"}
BOTH, NEITHER = {"export": "released", "import": "released"}, {"export": "unknown", "import": "unknown"}
EXPECTED = {
    "seller": (TRADER, BOTH),
    "buyer": (TRADER, BOTH),
    "reporter": (REPORTER, BOTH),
    "export_customs": (NOTHING, {"export": "released", "import": "unknown"}),
    "import_customs": (NOTHING, {"export": "unknown", "import": "released"}),
    **dict.fromkeys(("chamber", "carrier", "payer_bank", "settlement"), (NOTHING, NEITHER)),
}


@pytest.fixture(params=[False, True], ids=["order", "offer"])
def played(replay, request):
    return replay(offered=request.param)


def page_of(script, role):
    office = script.office(role)
    return sale_page(office.journal, script.last["order"], {script.dids[role]}, recall=office.recall)


def axes(page):
    return {name: page[name] for name in AXES}, page["clearance"]


def erased(script, step, *sides):
    """Its issuer's office, or the given ones as if each held it alone, erases a record."""
    for role in sides:
        office = script.office(role)
        office.journal.erase(script.last[step], "asked for", _tombstone(script, role, step))


def _tombstone(script, role, step):
    from entrepot.base.record import Content, record_of
    from entrepot.journal.port import ANY, Append

    issuer, of = script.dids[role], script.last[step]
    payload = {"record": of, "reason": "asked for"}
    issued = script.importer.clock().replace(microsecond=0)
    content = Content(kind="tombstone", version=1, issuer=issuer, number=f"ER-{of[:16]}", nonce="A" * 22,
                      issued=issued, after=(of,), audience=(issuer,), payload=payload)  # fmt: skip
    return Append(record=record_of(content), streams={f"issuer/{issuer}": ANY})


def test_every_role_of_the_demo_is_expected():
    assert set(EXPECTED) == set(HOME)


@pytest.mark.parametrize("role", EXPECTED)
def test_each_role_is_told_what_it_can_know(played, role):
    assert axes(page_of(played, role)) == EXPECTED[role]


@pytest.mark.parametrize("role", EXPECTED)
def test_without_the_order_nothing_definite_is_said_of_what_it_gave(played, role):
    erased(played, "order", "seller", "buyer")
    told, clearance = axes(page_of(played, role))
    assert told["state"] == told["agreement"] == told["payment"] == "unknown"
    assert clearance == (EXPECTED[role][1] if role.endswith("_customs") else NEITHER)
    assert "none" not in told.values()


@pytest.mark.parametrize("side", ["seller", "buyer"])
def test_the_node_itself_and_its_lists_say_so_too(played, side):
    erased(played, "order", side)
    journal, sale = played.office(side).journal, played.last["order"]
    told, clearance = axes(sale_summary(journal, sale))
    assert (told, clearance) == (NOTHING, NEITHER)
    assert sale_summary(journal, sale)["accounts"] == []
    assert sale_row(journal, sale) is None
    before = journal.dump_view("sale")
    journal.rebuild()
    assert journal.dump_view("sale") == before


@pytest.mark.parametrize(
    ("step", "axis"),
    [
        ("hand-over/delivered", "fulfilment"),
        ("import-release", "clearance"),
        ("invoice", "payment"),
        ("order-response", "agreement"),
    ],
)
def test_an_axis_is_unknown_where_a_record_that_bears_on_it_is_erased(script, step, axis):
    play_sale(script, 1)
    erased(script, step, "buyer")
    told = sale_summary(script.importer.journal, script.last["order"])
    assert told[axis] in ("unknown", {"export": "unknown", "import": "unknown"})
    if axis == "payment":
        assert told["accounts"][0]["invoiced"] == told["accounts"][0]["owed"] == "unknown"
        assert sale_row(script.importer.journal, script.last["order"]).invoiced is None


def test_what_bears_on_nothing_else_leaves_the_rest_as_it_was(script):
    play_sale(script, 1)
    erased(script, "payment-request", "buyer")
    assert axes(sale_summary(script.importer.journal, script.last["order"])) == EXPECTED["buyer"]


def test_the_sale_stays_in_the_list_of_its_parties_when_the_issuer_erases_the_order(script):
    play_sale(script, 1)
    erase(script.importer, script.last["order"], by=script.dids["buyer"], reason="It was asked for.", accepting=CLERK)
    page = page_of(script, "buyer")
    assert axes(page)[0]["state"] == "unknown"
    (line,) = [each for each in page["records"] if each["id"] == script.last["order"]]
    assert line["erased"]
