"""What is published tells of nobody: an attacker who solves the published sums exactly finds no figure of one firm."""

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.base.money import Money
from entrepot.statistic.disclosure import Share, is_safe, publishable
from entrepot.statistic.publication import CUTS, TOTAL, Counted, publish
from entrepot.statistic.row import Flow, Known, Product, Row, Scheme, Sector, Size, Subject, Valuation


def shares(*amounts, seller="s{}", buyer="b{}"):
    return [Share(str(at), seller.format(at), buyer.format(at), amount) for at, amount in enumerate(amounts)]


@pytest.mark.parametrize(
    ("found", "safe"),
    [
        (shares(5, 5, 5), True),
        (shares(5, 5), False),
        (shares(5, 5, 5, seller="one"), False),  # three sales of one firm
        (shares(5, 5, 5, buyer="one"), False),
        (shares(5, 5, 5, seller=""), False),  # who is not known stands for one
        (shares(100, 5, 10), False),  # the second largest knows the largest one's part to 5 percent
        (shares(100, 50, 10), True),
        (shares(-100, 50, 9), False),
        (shares(0, 0, 0), True),
    ],
)
def test_the_rules_on_one_figure(found, safe):
    assert is_safe(found) is safe


def test_what_follows_from_the_sum_is_withheld_as_well():
    cells = {TOTAL: shares(5, 5, 5, 5, 5, 5, 5)}
    cells |= {("cut", "small"): cells[TOTAL][:1], ("cut", "a"): cells[TOTAL][1:4], ("cut", "b"): cells[TOTAL][4:]}
    assert publishable(cells) == {TOTAL, ("cut", "b")}
    two_cuts = cells | {("other", "x"): cells[TOTAL][:4], ("other", "y"): cells[TOTAL][4:]}
    assert publishable(two_cuts) == {TOTAL, ("cut", "b"), ("other", "x"), ("other", "y")}
    nested = {TOTAL: cells[TOTAL], ("other", "x"): cells[TOTAL][:3], ("other", "y"): cells[TOTAL][3:]}
    nested |= {("cut", "x too"): cells[TOTAL][:4], ("cut", "z"): cells[TOTAL][4:]}
    assert len(publishable(nested)) < len(nested), "the fourth sale is what the one has beside the other"


CODES = ("081060", "460211")


def counted(seed, sales, firms):
    rng = random.Random(seed)
    for number in range(sales):
        flow = rng.choice((Flow.EXPORT, Flow.EXPORT, Flow.IMPORT, Flow.DOMESTIC))
        subject = rng.choice((Subject.GOODS, Subject.SERVICES))
        row = Row(
            sale=f"{seed:032x}{number:032x}",
            reporter="MY",
            partner=None if flow is Flow.DOMESTIC else rng.choice(("CN", "VN")),
            flow=flow,
            digital_trade=rng.choice(tuple(Known)),
            ordered=rng.choice(tuple(Known)),
            delivered=Known.NO if subject is Subject.GOODS else rng.choice(tuple(Known)),
            platform=Known.UNKNOWN,
            subject=subject,
            product=rng.choice(
                (None, Product(scheme=Scheme.HS, code=rng.choice(("081060", "460211")), vintage="2022"))
            ),
            size=rng.choice(tuple(Size)),
            buyer=Sector.BUSINESS,
            value=rng.choice((None, Money(rng.randrange(1, 10**6), rng.choice(("MYR", "CNY"))))),
            valuation=Valuation.UNKNOWN,
            tax=Known.UNKNOWN,
            period=rng.choice((None, "2026-01")),
        )
        yield Counted(row=row, seller=f"s{rng.randrange(firms)}", buyer=f"b{rng.randrange(firms)}")


class Attacker:
    """Solves the published sums by exact elimination over the fractions; knows which sales stand behind each."""

    def __init__(self, sums, sales):
        self.places = {sale: at for at, sale in enumerate(sorted(sales))}
        self.basis = []
        for each in sums:
            rest = self._rest(each)
            pivot = next((at for at, value in enumerate(rest) if value), None)
            if pivot is not None:
                self.basis.append((pivot, [value / rest[pivot] for value in rest]))

    def _rest(self, sales):
        rest = [Fraction(0)] * len(self.places)
        for sale in sales:
            rest[self.places[sale]] += 1
        for pivot, row in self.basis:
            if rest[pivot]:
                factor = rest[pivot]
                rest = [a - factor * b for a, b in zip(rest, row, strict=True)]
        return rest

    def knows(self, sales):
        return not any(self._rest(sales))


def figures_of(rows):
    """By measure: what each cell is made of, and which cells are shown."""
    published = publish(rows, reporter="MY")
    lines = {(table, line.member): line for table, line in published.lines()}
    for measure in ("sales", "unvalued", "MYR", "CNY"):
        cells, shown = {}, set()
        for (table, member), line in lines.items():
            held = [each for each in rows if table == "total" or CUTS[table](each.row) == member]
            if measure == "sales":
                figure = line.sales
            elif measure == "unvalued":
                held, figure = [each for each in held if each.row.value is None], line.unvalued
            else:
                held = [each for each in held if each.row.value and each.row.value.currency == measure]
                figure = dict(line.values).get(measure)
            cells[table, member] = held
            if held and figure is not None:
                shown.add((table, member))
                amounts = [each.row.value.minor if measure in ("MYR", "CNY") else 1 for each in held]
                assert figure == sum(amounts)
        yield measure, cells, shown


def secrets_of(measure, cells):
    """What must not be known: every figure of too few, every enterprise, every sale."""
    everything = cells[TOTAL]
    for held in cells.values():
        amounts = [each.row.value.minor if measure in ("MYR", "CNY") else 1 for each in held]
        found = [Share(each.row.sale, each.seller, each.buyer, n) for each, n in zip(held, amounts, strict=True)]
        if held and not is_safe(found):
            yield [each.row.sale for each in held]
    for side in ("seller", "buyer"):
        for firm in {getattr(each, side) for each in everything}:
            yield [each.row.sale for each in everything if getattr(each, side) == firm]
    yield from ([each.row.sale] for each in everything)


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(2, 12))
def test_an_attacker_who_solves_all_published_sums_learns_of_nobody(seed, sales, firms):
    rows = list(counted(seed, sales, firms))
    for measure, cells, shown in figures_of(rows):
        attacker = Attacker([[each.row.sale for each in cells[cell]] for cell in shown], [r.row.sale for r in rows])
        for secret in secrets_of(measure, cells):
            assert not attacker.knows(secret)


def test_the_attacker_would_know_if_only_small_cells_were_withheld():
    known = 0
    for seed in range(6):
        for measure, cells, _ in figures_of(list(counted(seed, 30, 10))):
            amounts = {cell: [Share(e.row.sale, e.seller, e.buyer, 1) for e in held] for cell, held in cells.items()}
            naive = [cell for cell, held in amounts.items() if held and is_safe(held)]
            sales = [each.sale for each in amounts[TOTAL]]
            attacker = Attacker([[each.sale for each in amounts[cell]] for cell in naive], sales)
            known += sum(attacker.knows(each) for each in secrets_of(measure, cells) if each)
    assert known > 0


def test_enough_firms_are_shown():
    found = publish(counted(1, 400, 60), reporter="MY")
    assert found.total.sales == 400
    assert {each.member: each.sales is not None for each in found.tables["flow"]} == dict.fromkeys(
        ("domestic", "export", "import"), True
    )


def test_nothing_counted_is_zero_and_another_reporter_is_not_mixed_in():
    assert publish((), reporter="MY").total.sales == 0
    assert publish(counted(1, 9, 9), reporter="VN").total.sales == 0
