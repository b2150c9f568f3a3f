"""Quantities: an exact decimal and a unit code of UN/ECE Recommendation 20 (or 21 for packages, ``X..``)."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from entrepot.base.amount import format_decimal, parse_decimal
from entrepot.base.error import UsageError

_UNIT = re.compile(r"[A-Z0-9]{2,3}|X[A-Z0-9]{2}")
KNOWN = {
    "C62": "one (piece)",
    "CEL": "degree Celsius",
    "DAY": "day",
    "E48": "service unit",
    "EA": "each",
    "GRM": "gram",
    "HUR": "hour",
    "KGM": "kilogram",
    "KTM": "kilometre",
    "LTR": "litre",
    "MIN": "minute",
    "MON": "month",
    "MTK": "square metre",
    "MTQ": "cubic metre",
    "MTR": "metre",
    "NMP": "number of packs",
    "PR": "pair",
    "SET": "set",
    "TNE": "tonne",
    "XBX": "box (Recommendation 21)",
    "XCT": "carton (Recommendation 21)",
    "XPX": "pallet (Recommendation 21)",
}
"""Codes met in the sales that Entrepot ships; a code outside this table is well-formed but unconfirmed."""


def is_unit_code(code: str) -> bool:
    """Whether ``code`` has the form of a Recommendation 20 code, or of a Recommendation 21 code after ``X``."""
    return _UNIT.fullmatch(code) is not None


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a thing: ``value`` in ``unit``. JSON form: ``{"value": "1200", "unit": "KGM"}``."""

    value: Decimal
    unit: str

    def __post_init__(self) -> None:
        if not is_unit_code(self.unit):
            raise UsageError(f"not a UN/ECE Recommendation 20 unit code: {self.unit!r}")

    def to_json(self) -> dict[str, str]:
        """The JSON form; the scale of the number is kept."""
        return {"value": format_decimal(self.value), "unit": self.unit}

    @classmethod
    def from_json(cls, value: Any) -> "Quantity":
        """A quantity from its JSON form; raises ``ValueError`` saying what is wrong."""
        if not isinstance(value, dict) or set(value) != {"value", "unit"}:
            raise ValueError("a quantity is an object of exactly value and unit")
        if not isinstance(value["unit"], str) or not is_unit_code(value["unit"]):
            raise ValueError(f"not a UN/ECE Recommendation 20 unit code: {value['unit']!r}")
        return cls(parse_decimal(value["value"]), value["unit"])

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """JSON Schema (2020-12) of the JSON form."""
        return {
            "type": "object",
            "properties": {
                "value": {"type": "string", "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$", "maxLength": 32},
                "unit": {"type": "string", "pattern": "^[A-Z0-9]{2,3}$"},
            },
            "required": ["value", "unit"],
            "additionalProperties": False,
        }
