"""A foreign order: what it lacks is named by findings and answered openly, from a file and by plain sums."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from entrepot.base.amount import EXACT, exact_sum, format_decimal, parse_decimal
from entrepot.base.money import Rounding, exponents, round_to
from entrepot.document.order.model import Order
from entrepot.document.reading import ReadResult

_STEP = re.compile(r"\.([A-Za-z][A-Za-z0-9]*)|\[(\d+)\]")


def answer(read: ReadResult[Order], answers: Mapping[str, Any]) -> tuple[ReadResult[Order], dict[str, Any]]:
    """The order with every stated answer that it needs, and the answers that were taken."""
    taken: dict[str, Any] = {}
    lines = read.draft.get("lines")
    count = len(lines) if isinstance(lines, list) else 0
    for path, value in _spread(answers, count):
        if _lacks(read.draft, path):
            taken[path] = value
    read = read.answered(taken)
    sums = {path: value for path, value in _sums(read.draft) if _lacks(read.draft, path)}
    return (read.answered(sums), taken | sums) if sums else (read, taken)


def as_record(read: ReadResult[Order], name: str) -> Order | None:
    """The payload that presents the file; its lines without tax categories that the sale does not use."""
    order = read.as_presented(name)
    return None if order is None else replace(order, rounding=None)


def _spread(answers: Mapping[str, Any], lines: int) -> Iterator[tuple[str, Any]]:
    """Answers for ``$.lines[*]`` are given for every line."""
    for path, value in answers.items():
        if "[*]" in path:
            yield from ((path.replace("[*]", f"[{index}]"), value) for index in range(lines))
        else:
            yield path, value


def _lacks(draft: Any, path: str) -> bool:
    place = draft
    for name, index in _STEP.findall(path):
        if isinstance(place, dict) and name:
            place = place.get(name)
        elif isinstance(place, list) and index and int(index) < len(place):
            place = place[int(index)]
        else:
            return True
        if place is None:
            return True
    return False


def _sums(draft: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Figures that follow from others: the amount of a line, and the totals where the order states none."""
    currency, amounts = draft.get("currency"), []
    if currency not in exponents():
        return
    for index, line in enumerate(draft.get("lines") or ()):
        amount = line.get("amount") or _product(line)
        if amount is None:
            return
        amounts.append(parse_decimal(amount))
        yield f"$.lines[{index}].amount", amount
    total = exact_sum(amounts)
    payable = format_decimal(round_to(total, exponents()[str(currency)], Rounding.HALF_EVEN))
    yield "$.totals.lines", format_decimal(total)
    yield "$.totals.payable", {"amount": payable, "currency": currency}


def _product(line: Mapping[str, Any]) -> str | None:
    try:
        quantity = parse_decimal(line["quantity"]["value"])
        price = line["price"]
        per = parse_decimal(price["per"]["value"]) if "per" in price else Decimal(1)
        amount = EXACT.divide(EXACT.multiply(quantity, parse_decimal(price["amount"])), per)
    except (KeyError, ValueError, ArithmeticError):
        return None
    return format_decimal(round_to(amount, 6, Rounding.HALF_EVEN).normalize() + Decimal("0.00"))
