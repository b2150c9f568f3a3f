"""Tables and the template: integers, order does not matter, and the identity holds."""

import random

from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.money import Money
from entrepot.statistic.row import Flow, Known, Row, Sector, Size, Subject, Valuation, digital_trade
from entrepot.statistic.table import Item, table, template

KNOWN = st.sampled_from(list(Known))


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    found = []
    for number in range(draw(st.integers(0, 12))):
        flow = draw(st.sampled_from(list(Flow)))
        ordered, delivered = draw(KNOWN), draw(KNOWN)
        money = draw(st.none() | st.builds(Money, st.integers(-100, 10**15), st.sampled_from(["MYR", "CNY"])))
        found.append(
            Row(
                sale=f"{number:064x}", reporter="MY", partner="CN" if flow in ("export", "import") else None, flow=flow,
                digital_trade=digital_trade(flow, ordered, delivered), ordered=ordered, delivered=delivered,
                platform=draw(KNOWN), subject=draw(st.sampled_from(list(Subject))), size=Size.UNKNOWN,
                buyer=Sector.UNKNOWN, value=money, valuation=Valuation.UNKNOWN, tax=Known.UNKNOWN,
            )
        )  # fmt: skip
    return found


@given(rows(), st.randoms(use_true_random=False))
def test_a_table_keeps_every_sale_and_every_minor_unit(found: list[Row], chance: random.Random) -> None:
    cells = table(found)
    assert sum(each.sales for each in cells.values()) == len(found)
    assert sum(each.minor for each in cells.values()) == sum(each.value.minor for each in found if each.value)
    assert sum(each.without_value for each in cells.values()) == sum(each.value is None for each in found)
    assert table(chance.sample(found, len(found))) == cells
    assert list(cells) == sorted(cells)


@given(rows(), st.sampled_from([Flow.EXPORT, Flow.IMPORT]), st.sampled_from(["MYR", "CNY"]))
def test_total_is_ordered_plus_delivered_less_both(found: list[Row], flow: Flow, currency: str) -> None:
    items = template(found, reporter="MY", flow=flow, currency=currency).items
    for ending in ("", "_platform"):
        total, ordered, delivered, both = (
            items[name + ending].certain for name in ("total", "ordered", "delivered", "both")
        )
        assert total.minor == ordered.minor + delivered.minor - both.minor
        assert total.sales == ordered.sales + delivered.sales - both.sales
    assert (
        items["ordered_goods"].certain.sales + items["ordered_services"].certain.sales <= items["ordered"].certain.sales
    )
    sure = [
        each
        for each in found
        if each.flow is flow
        and each.digital_trade is Known.YES
        and (each.value is None or each.value.currency == currency)
    ]
    assert items["total"].certain.sales == len(sure)


def test_domestic_sales_never_enter_and_a_recount_takes_the_place_of_a_count() -> None:
    base = Row(
        sale="ab" * 32, reporter="MY", partner="CN", flow=Flow.EXPORT, digital_trade=Known.YES, ordered=Known.YES,
        delivered=Known.NO, platform=Known.UNKNOWN, subject=Subject.GOODS, size=Size.UNKNOWN, buyer=Sector.UNKNOWN,
        value=Money(500, "MYR"), valuation=Valuation.FOB, tax=Known.NO,
    )  # fmt: skip
    from dataclasses import replace

    less = replace(base, value=Money(200, "MYR"))
    home = replace(base, sale="cd" * 32, flow=Flow.DOMESTIC, partner=None, digital_trade=Known.NO)
    assert [each.minor for each in table([base, less, home]).values()] == [200, 500]
    found = template([base, less, home], reporter="MY", flow=Flow.EXPORT, currency="MYR")
    assert found.items["total"].certain.minor == 200
    assert found.items["total_platform"] == Item(possible=found.items["total"].certain)
    assert template([home], reporter="MY", flow=Flow.DOMESTIC, currency="MYR").items["total"] == Item()
    assert found.to_json()["ordered_goods"]["certain"] == {"sales": 1, "minor": "200", "withoutValue": 0}
