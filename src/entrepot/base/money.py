"""Money: integer minor units of an ISO 4217 currency; decimals come in under a named rounding policy."""

import decimal
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from entrepot.base.amount import EXACT, format_decimal, parse_decimal
from entrepot.base.currency import exponent, exponents, is_currency
from entrepot.base.error import UsageError

__all__ = ["MINOR_MAX", "Money", "Rounding", "exponent", "exponents", "round_to"]

MINOR_MAX = 10**18 - 1
"""Largest number of minor units held: 18 digits, the bound of ISO 20022 amounts, well inside 64 bits."""


class Rounding(StrEnum):
    """Named rounding policies; the name belongs to the answer wherever a figure was rounded."""

    EXACT = "exact"
    HALF_EVEN = "half_even"
    HALF_AWAY = "half_away_from_zero"
    HALF_CEILING = "half_toward_positive"
    DOWN = "toward_zero"
    UP = "away_from_zero"
    FLOOR = "toward_negative"
    CEILING = "toward_positive"


_MODES = {
    Rounding.HALF_EVEN: decimal.ROUND_HALF_EVEN,
    Rounding.HALF_AWAY: decimal.ROUND_HALF_UP,
    Rounding.DOWN: decimal.ROUND_DOWN,
    Rounding.UP: decimal.ROUND_UP,
    Rounding.FLOOR: decimal.ROUND_FLOOR,
    Rounding.CEILING: decimal.ROUND_CEILING,
}


def round_to(number: Decimal, digits: int, rounding: Rounding) -> Decimal:
    """``number`` with ``digits`` decimal places under the named policy.

    Raises ``ValueError`` when the policy is ``EXACT`` and a digit would be lost, and for a number that is not finite
    or has more than 120 digits.
    """
    try:
        return _rounded(number, Decimal(1).scaleb(-digits), rounding)
    except decimal.InvalidOperation as wrong:
        raise ValueError(f"{number} cannot be rounded to {digits} decimal places") from wrong


def _rounded(number: Decimal, step: Decimal, rounding: Rounding) -> Decimal:
    if not number.is_finite():
        raise ValueError(f"not a finite number: {number}")
    if rounding is Rounding.EXACT:
        rounded = number.quantize(step, decimal.ROUND_DOWN, EXACT)
        if rounded != number:
            raise ValueError(f"{number} has more than {-int(step.as_tuple().exponent)} decimal places")
        return rounded
    if rounding is Rounding.HALF_CEILING:
        up = number.quantize(step, decimal.ROUND_CEILING, EXACT)
        down = number.quantize(step, decimal.ROUND_FLOOR, EXACT)
        return up if EXACT.subtract(up, number) <= EXACT.subtract(number, down) else down
    return number.quantize(step, _MODES[rounding], EXACT)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of money: ``minor`` units (sen, cents; yen itself) of ``currency``.

    JSON form: ``{"amount": "12.30", "currency": "MYR"}``, always with the currency's own number of digits.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)
        if type(self.minor) is not int or abs(self.minor) > MINOR_MAX:
            raise UsageError(f"minor units must be an integer of at most 18 digits: {self.minor!r}")

    @classmethod
    def of(cls, amount: Decimal | str, currency: str, *, rounding: Rounding = Rounding.EXACT) -> "Money":
        """Money from a decimal; raises ``ValueError`` when digits would be lost under ``Rounding.EXACT``."""
        number = parse_decimal(amount) if isinstance(amount, str) else amount
        if not isinstance(number, Decimal):
            raise UsageError(f"an amount is a Decimal or a text: {amount!r}", remedy="Floats are never money.")
        digits = exponent(currency)
        minor = int(round_to(number, digits, rounding).scaleb(digits, EXACT))
        if abs(minor) > MINOR_MAX:
            raise ValueError(f"more than 18 digits of minor units: {number}")
        return cls(minor, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with the currency's own number of decimal places."""
        return Decimal(self.minor).scaleb(-exponent(self.currency), EXACT)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def _same(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            raise UsageError(f"not money: {other!r}")
        if other.currency != self.currency:
            raise UsageError(f"{self.currency} and {other.currency} do not add up", remedy="Convert first.")
        return other

    def __str__(self) -> str:
        return f"{self.currency} {format_decimal(self.amount)}"

    def to_json(self) -> dict[str, str]:
        """The JSON form."""
        return {"amount": format_decimal(self.amount), "currency": self.currency}

    @classmethod
    def from_json(cls, value: Any) -> "Money":
        """Money from its JSON form; raises ``ValueError`` saying what is wrong."""
        if not isinstance(value, dict) or set(value) != {"amount", "currency"}:
            raise ValueError("money is an object of exactly amount and currency")
        if not is_currency(value["currency"]):
            raise ValueError(f"no ISO 4217 currency with a minor unit: {value['currency']!r}")
        money = cls.of(parse_decimal(value["amount"]), value["currency"])
        if money.to_json() != value:
            raise ValueError(f"write it as {money.to_json()['amount']}")
        return money

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """JSON Schema (2020-12) of the JSON form."""
        return {
            "description": "Money: an amount with the digits of its currency, and the ISO 4217 code.",
            "type": "object",
            "properties": {"amount": {"type": "string"}, "currency": {"enum": sorted(exponents())}},
            "required": ["amount", "currency"],
            "additionalProperties": False,
            "anyOf": [_schema_of_digits(digits) for digits in sorted(set(exponents().values()))],
        }


def _schema_of_digits(digits: int) -> dict[str, Any]:
    """What the two members may be for the currencies with ``digits`` minor-unit digits; ``-0`` is not a form."""
    small = "|".join("0" * zeros + "[1-9]" + "[0-9]" * (digits - zeros - 1) for zeros in range(digits))
    below_one = rf"|-?0\.({small})" if digits else ""
    fraction = rf"\.[0-9]{{{digits}}}" if digits else ""
    zero = "0." + "0" * digits if digits else "0"
    pattern = rf"^({re.escape(zero)}{below_one}|-?[1-9][0-9]{{0,{17 - digits}}}{fraction})$"
    codes = sorted(code for code, each in exponents().items() if each == digits)
    return {"properties": {"amount": {"pattern": pattern}, "currency": {"enum": codes}}}
