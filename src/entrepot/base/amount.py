"""Exact decimal amounts and unit prices of documents: up to 30 digits, never through binary floating point."""

import re
from decimal import Context, Decimal, InvalidOperation, localcontext

DIGITS_MAX = 30
"""Significant digits that an amount may have, trailing zeros included."""
_FORM = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
EXACT = Context(prec=120, Emax=999, Emin=-999)
"""Wide enough that a sum or product of two amounts of 30 digits is exact."""


def parse_decimal(text: str) -> Decimal:
    """The number that ``text`` writes in plain notation; its scale is kept (``1.50`` stays ``1.50``).

    Raises ``ValueError`` for exponents, leading zeros, signs other than ``-``, and more than 30 digits.
    """
    if not isinstance(text, str) or len(text) > DIGITS_MAX + 2 or not _FORM.fullmatch(text):
        raise ValueError(f"not a plain decimal of at most {DIGITS_MAX} digits: {str(text)[:50]!r}")
    number = Decimal(text)
    if len(number.as_tuple().digits) > DIGITS_MAX:
        raise ValueError(f"more than {DIGITS_MAX} digits: {text!r}")
    return number


def format_decimal(number: Decimal) -> str:
    """``number`` in plain notation, scale kept; negative zero becomes zero. Raises ``ValueError`` if not finite."""
    if not number.is_finite():
        raise ValueError(f"not a finite number: {number}")
    if number.is_zero():
        number = abs(number)
    return format(number, "f")


def exact_product(left: Decimal, right: Decimal) -> Decimal:
    """``left * right`` with every digit kept."""
    try:
        with localcontext(EXACT):
            return left * right
    except InvalidOperation as wrong:
        raise ValueError(f"no exact product of {left} and {right}") from wrong


def exact_sum(numbers: "list[Decimal] | tuple[Decimal, ...]") -> Decimal:
    """The sum of ``numbers`` with every digit kept; zero for none."""
    with localcontext(EXACT):
        return sum(numbers, Decimal(0))
