"""Quantities: an exact decimal and a unit code of UN/ECE Recommendation 20 (or 21 for packages, ``X..``)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from entrepot.base.amount import decimal_schema, format_decimal, parse_decimal
from entrepot.base.error import UsageError
from entrepot.base.text import shown
from entrepot.base.unit import KNOWN, is_unit_code, unit_findings

__all__ = ["KNOWN", "Quantity", "is_unit_code", "unit_findings"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a thing: ``value`` in ``unit``. JSON form: ``{"value": "1200", "unit": "KGM"}``.

    Raises :class:`UsageError` for a value that is no decimal of at most 30 digits and for a malformed unit. Whether
    the unit is a known one, :func:`unit_findings` says.
    """

    value: Decimal
    unit: str

    def __post_init__(self) -> None:
        if not is_unit_code(self.unit):
            raise UsageError(f"not a UN/ECE Recommendation 20 unit code: {self.unit!r}")
        if not isinstance(self.value, Decimal):
            raise UsageError(f"the value of a quantity is a Decimal: {self.value!r}")
        try:
            parse_decimal(format_decimal(self.value))
        except ValueError as wrong:
            raise UsageError(f"no value of a quantity: {wrong}") from wrong

    def to_json(self) -> dict[str, str]:
        """The JSON form; the scale of the number is kept."""
        return {"value": format_decimal(self.value), "unit": self.unit}

    @classmethod
    def from_json(cls, value: Any) -> "Quantity":
        """A quantity from its JSON form; raises ``ValueError`` saying what is wrong."""
        if not isinstance(value, dict) or set(value) != {"value", "unit"}:
            raise ValueError("a quantity is an object of exactly value and unit")
        if not isinstance(value["unit"], str) or not is_unit_code(value["unit"]):
            raise ValueError(f"not a UN/ECE Recommendation 20 unit code: {shown(value['unit'])}")
        return cls(parse_decimal(value["value"]), value["unit"])

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """JSON Schema (2020-12) of the JSON form."""
        return {
            "description": "A quantity: an exact decimal and a UN/ECE Recommendation 20 unit code.",
            "type": "object",
            "properties": {
                "value": decimal_schema(),
                "unit": {"type": "string", "pattern": "^[A-Z0-9]{2,3}$"},
            },
            "required": ["value", "unit"],
            "additionalProperties": False,
        }
