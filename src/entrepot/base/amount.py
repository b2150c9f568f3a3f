"""Exact decimal amounts and unit prices of documents: up to 30 digits, never through binary floating point."""

import re
from collections.abc import Callable, Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow, localcontext
from typing import Any

DIGITS_MAX = 30
"""Digits that an amount may have: all that are written, without the single zero before a point."""
_FORM = re.compile(r"-?(?:0|([1-9]\d*))(?:\.(\d+))?", re.ASCII)
EXACT = Context(prec=120, Emax=999, Emin=-999)
"""Wide enough that a sum or product of two amounts of 30 digits is exact."""


def parse_decimal(text: str) -> Decimal:
    """The number that ``text`` writes in plain notation; its scale is kept (``1.50`` stays ``1.50``).

    Raises ``ValueError`` for exponents, leading zeros, signs other than ``-``, and more than 30 digits.
    """
    found = _FORM.fullmatch(text) if isinstance(text, str) and len(text) <= DIGITS_MAX + 3 else None
    if found is None:
        raise ValueError(f"not a plain decimal of at most {DIGITS_MAX} digits: {str(text)[:50]!r}")
    if sum(len(digits or "") for digits in found.groups()) > DIGITS_MAX:
        raise ValueError(f"more than {DIGITS_MAX} digits: {text!r}")
    return Decimal(text)


def format_decimal(number: Decimal) -> str:
    """``number`` in plain notation, scale kept; negative zero becomes zero.

    Raises ``ValueError`` if it is not finite, or so large or small that plain notation would be a wall of zeros.
    """
    if not number.is_finite():
        raise ValueError(f"not a finite number: {number}")
    if abs(number.adjusted()) > EXACT.prec or abs(int(number.as_tuple().exponent)) > EXACT.prec:
        raise ValueError(f"not written in plain notation: {number}")
    if number.is_zero():
        number = abs(number)
    return format(number, "f")


def decimal_schema(*, negative: bool = True) -> dict[str, Any]:
    """JSON Schema (2020-12) that accepts exactly the texts of :func:`parse_decimal`; ``negative``: below zero too.

    Written as alternatives, because the bound on all digits together needs a look-ahead in one expression, and
    several readers of regular expressions have none. ``-0`` is zero, so it is accepted either way.
    """
    minus = "-?" if negative else ""
    pointed = r"[1-9][0-9]*\.[0-9]+$"
    forms: list[dict[str, Any]] = [
        {"pattern": rf"^{minus}0(\.[0-9]{{1,{DIGITS_MAX}}})?$"},
        {"pattern": rf"^{minus}[1-9][0-9]{{0,{DIGITS_MAX - 1}}}$"},
        {"pattern": rf"^{pointed}", "maxLength": DIGITS_MAX + 1},
    ]
    if negative:
        forms.append({"pattern": rf"^-{pointed}", "maxLength": DIGITS_MAX + 2})
    else:
        forms.append({"pattern": rf"^-0(\.0{{1,{DIGITS_MAX}}})?$"})
    return {"type": "string", "anyOf": forms}


def exact_product(left: Decimal, right: Decimal) -> Decimal:
    """``left * right`` with every digit kept; raises ``ValueError`` where 120 digits do not hold it."""
    return _exactly(lambda: left * right)


def exact_sum(numbers: Iterable[Decimal]) -> Decimal:
    """The sum of ``numbers`` with every digit kept; zero for none. Raises ``ValueError`` like a product."""
    return _exactly(lambda: sum(numbers, Decimal(0)))


def _exactly(compute: Callable[[], Decimal]) -> Decimal:
    with localcontext(EXACT) as context:
        for signal in (Inexact, InvalidOperation, Overflow):
            context.traps[signal] = True
        try:
            result = compute()
        except (Inexact, InvalidOperation, Overflow) as wrong:
            raise ValueError("the exact result has more digits than are held") from wrong
    if not result.is_finite():
        raise ValueError(f"not a finite number: {result}")
    return result
