"""Sums: what is built adds up, and one minor unit more or less is found."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.base.money import Money, Rounding, exponent, round_to
from entrepot.base.quantity import Quantity
from entrepot.document.figures import Figures, check_figures, line_amount, totals_of
from entrepot.document.trade import Adjustment, AdjustmentKind, Line, Price, TaxCategory, TaxLine

POLICIES = [each for each in Rounding if each is not Rounding.EXACT]
SMALL = st.decimals(0, 10_000, places=4)


def build(currency, policy, rows, rates):
    digits = exponent(currency)
    lines = []
    for index, (quantity, price, per, discount) in enumerate(rows):
        line = Line(
            id=str(index),
            name="x",
            quantity=Quantity(quantity, "KGM"),
            price=Price(amount=price, per=Quantity(per, "KGM")),
            amount=Decimal(0),
            adjustments=(Adjustment(kind=AdjustmentKind.ALLOWANCE, amount=discount),),
            tax=TaxCategory(code="S", scheme="VAT", rate=rates[index % len(rates)]),
        )
        lines.append(replace(line, amount=round_to(line_amount(line), digits, policy)))
    tax_lines = []
    for category in {line.tax.rate: line.tax for line in lines}.values():
        taxable = sum(line.amount for line in lines if line.tax == category)
        tax = round_to(taxable * category.rate / 100, digits, policy)
        tax_lines.append(TaxLine(category=category, taxable=taxable, amount=tax))
    figures = Figures(currency=currency, lines=tuple(lines), tax_lines=tuple(tax_lines), rounding=policy)
    return replace(figures, totals=totals_of(figures))


ROWS = st.lists(st.tuples(SMALL, SMALL, st.decimals("0.5", 100, places=1), SMALL), min_size=1, max_size=5)


@settings(max_examples=60)
@given(st.sampled_from(["MYR", "JPY", "KWD"]), st.sampled_from(POLICIES), ROWS, st.data())
def test_what_is_built_adds_up_and_a_step_beside_it_does_not(currency, policy, rows, data):
    rates = data.draw(st.lists(st.sampled_from([Decimal(0), Decimal(6), Decimal("9.5")]), min_size=1, unique=True))
    figures = build(currency, policy, rows, rates)
    assert list(check_figures(figures)) == []
    assert list(check_figures(replace(figures, rounding=None))) == []
    step = Decimal(1).scaleb(-exponent(currency))
    wrong = replace(figures.lines[0], amount=figures.lines[0].amount + step)
    found = {each.id for each in check_figures(replace(figures, lines=(wrong, *figures.lines[1:])))}
    assert {"ENT-CORE-TRADE-02", "ENT-CORE-TRADE-03", "ENT-CORE-TRADE-12"} <= found
    payable = Money(figures.totals.payable.minor + 1, currency)
    found = [each.id for each in check_figures(replace(figures, totals=replace(figures.totals, payable=payable)))]
    assert found == ["ENT-CORE-TRADE-09"]


HALVES = [
    (Rounding.HALF_EVEN, "2.5", "2"),
    (Rounding.HALF_AWAY, "2.5", "3"),
    (Rounding.HALF_CEILING, "-2.5", "-2"),
    (Rounding.HALF_AWAY, "-2.5", "-3"),
    (Rounding.FLOOR, "2.9", "2"),
    (Rounding.UP, "2.1", "3"),
]


@pytest.mark.parametrize(("policy", "exact", "amount"), HALVES)
def test_the_stated_policy_decides_halves(policy, exact, amount):
    line = Line(
        id="1", name="x", quantity=Quantity(Decimal(1).copy_sign(Decimal(exact)), "KGM"),
        price=Price(amount=abs(Decimal(exact))), amount=Decimal(amount),
    )  # fmt: skip
    assert list(check_figures(Figures(currency="JPY", lines=(line,), rounding=policy))) == []
    wrong = replace(line, amount=Decimal(amount) + 1)
    assert [each.id for each in check_figures(Figures(currency="JPY", lines=(wrong,), rounding=policy))]


def test_exact_means_every_digit():
    line = Line(
        id="1", name="x", quantity=Quantity(Decimal("3"), "KGM"), price=Price(amount=Decimal("0.123456")),
        amount=Decimal("0.370368"),
    )  # fmt: skip
    assert list(check_figures(Figures(currency="MYR", lines=(line,), rounding=Rounding.EXACT))) == []
    rounded = replace(line, amount=Decimal("0.37"))
    assert list(check_figures(Figures(currency="MYR", lines=(rounded,), rounding=Rounding.EXACT)))
    third = replace(line, price=Price(amount=Decimal(1), per=Quantity(Decimal(7), "KGM")))
    assert list(check_figures(Figures(currency="MYR", lines=(third,), rounding=Rounding.EXACT)))
