"""Reading a code: everything that can be read is, and what deviates from the specification becomes a warning."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from entrepot.base.amount import parse_decimal
from entrepot.base.currency import exponents
from entrepot.base.finding import Finding
from entrepot.base.money import Money
from entrepot.base.text import is_safe
from entrepot.payment._emvco.field import SOURCE, Field, join, split
from entrepot.payment._emvco.field import checksum as checksum_of
from entrepot.payment.finding import finding

PAYLOAD_LENGTH_MAX = 512
ADDITIONAL, CRC, LANGUAGE = "62", "63", "64"
ACCOUNTS = range(26, 52)
"""Tags of merchant account templates; 02 to 25 are primitive values of card networks."""
_MOST = {"52": 4, "53": 3, "54": 13, "55": 2, "56": 13, "57": 5, "58": 2, "59": 25, "60": 15, "61": 10}
_FORM = {
    "00": "[0-9]{2}",
    "01": "1[12]",
    "52": "[0-9]{4}",
    "53": "[0-9]{3}",
    "54": r"[0-9]+\.?[0-9]*",
    "55": "0[123]",
    "58": "[A-Z]{2}",
}
_EXPECTED = ("01", "52", "53", "58", "59", "60")


@dataclass(frozen=True, slots=True)
class EmvCode:
    """A code whose checksum held. ``fields`` are all its data objects in their order, unknown ones included."""

    fields: tuple[Field, ...]

    @property
    def text(self) -> str:
        """The code exactly as it was read."""
        return join(self.fields)

    def value(self, tag: str) -> str | None:
        """Value of the first data object ``tag``."""
        return next((each.value for each in self.fields if each.tag == tag), None)

    def template(self, tag: str) -> dict[str, str] | None:
        """The data objects inside template ``tag`` by id, or None where it is absent or no template."""
        value = self.value(tag)
        return None if value is None else inner(value)

    @property
    def accounts(self) -> tuple[tuple[str, dict[str, str]], ...]:
        """The merchant account templates (26 to 51) that can be read, as (tag, data objects by id)."""
        found = ((each.tag, inner(each.value)) for each in self.fields if int(each.tag) in ACCOUNTS)
        return tuple((tag, objects) for tag, objects in found if objects is not None)

    @property
    def dynamic(self) -> bool | None:
        """Whether the code serves one payment only; None where data object 01 does not say."""
        return {"11": False, "12": True}.get(self.value("01") or "")

    @property
    def currency(self) -> str | None:
        """ISO 4217 code of data object 53; None where it is absent or unknown."""
        return alphabetic().get(self.value("53") or "")

    @property
    def decimal_amount(self) -> Decimal | None:
        """Data object 54 as written, or None."""
        text = self.value("54")
        if text is None or not re.fullmatch(_FORM["54"], text, re.ASCII):
            return None
        whole, _, rest = text.partition(".")
        try:
            return parse_decimal((whole.lstrip("0") or "0") + (f".{rest}" if rest else ""))
        except ValueError:
            return None

    @property
    def amount(self) -> Money | None:
        """The amount to pay; None where none is stated, or the currency is unknown or has fewer digits."""
        if self.decimal_amount is None or self.currency is None:
            return None
        try:
            return Money.of(self.decimal_amount, self.currency)
        except ValueError:
            return None


def inner(value: str) -> dict[str, str] | None:
    """The data objects that ``value`` holds by id, or None where it is no template."""
    fields, broken = split(value)
    return None if broken else {each.tag: each.value for each in fields}


@cache
def alphabetic() -> dict[str, str]:
    """ISO 4217 alphabetic code by numeric code, for currencies with a minor unit."""
    import iso4217

    return {f"{each.number:03d}": each.code for each in iso4217.Currency if each.code in exponents()}


def decode(text: str) -> tuple[EmvCode | None, tuple[Finding, ...]]:
    """The code that ``text`` writes, with warnings for what deviates; or None and what makes it unreadable.

    Refused are only a broken structure and a checksum that is missing or wrong. ``EmvCode.text`` equals ``text``.
    """
    refused = _unreadable(text)
    if refused:
        return None, refused
    fields, broken = split(text)
    if broken:
        return None, broken
    refused = _checksum_findings(text, fields)
    if refused:
        return None, refused
    code = EmvCode(fields)
    return code, tuple(_deviations(code))


def _unreadable(text: str) -> tuple[Finding, ...]:
    if not is_safe(text) or len(text) > 4 * PAYLOAD_LENGTH_MAX or not text.startswith("00"):
        return (
            finding(
                "EMVQR",
                3,
                "This is no merchant-presented EMV code.",
                source=SOURCE,
                remedy="A code begins with data object 00 and has at most 512 characters.",
            ),
        )
    return ()


def _checksum_findings(text: str, fields: tuple[Field, ...]) -> tuple[Finding, ...]:
    last = fields[-1]
    if last.tag != CRC or len(last.value) != 4 or sum(each.tag == CRC for each in fields) != 1:
        return (
            finding(
                "EMVQR",
                4,
                "The code does not end with its checksum.",
                source=f"{SOURCE}, data object 63",
                remedy="Scan the code again, or ask for a new one.",
            ),
        )
    if last.value.upper() == (computed := checksum_of(text[:-4])) and last.value.isascii():
        return ()
    return (
        finding(
            "EMVQR",
            5,
            "The checksum is {stated}; the content gives {computed}.",
            source=f"{SOURCE}, data object 63",
            remedy="Scan the code again, or ask for a new one.",
            stated=last.value,
            computed=computed,
        ),
    )


def _deviations(code: EmvCode) -> list[Finding]:
    tags = [each.tag for each in code.fields]
    found = [_warn(6, "Data object {tag} is missing.", tag) for tag in _EXPECTED if tag not in tags]
    found += [
        _warn(7, "Data object {tag} stands twice.", tag) for tag in sorted({t for t in tags if tags.count(t) > 1})
    ]
    if not any("02" <= tag <= "51" for tag in tags):
        found.append(_warn(8, "No merchant account is named (02 to 51).", "26"))
    if tags[:-1] != sorted(tags[:-1]):
        found.append(_warn(9, "The data objects do not stand in ascending order.", "00", severity="note"))
    for each in code.fields:
        found += _field_deviations(each)
    if len(code.text) > PAYLOAD_LENGTH_MAX:
        found.append(_warn(13, "The code has more than 512 characters.", "00"))
    if code.fields[-1].value != code.fields[-1].value.upper():
        found.append(_warn(14, "The checksum is written in lower case.", CRC, severity="note"))
    if code.value("53") is not None and code.currency is None:
        found.append(_warn(15, "The currency is not known.", "53", source="ISO 4217 (numeric codes)"))
    if code.value("54") is not None and code.amount is None:
        found.append(_warn(16, "The amount cannot be read in its currency.", "54"))
    return found


def _field_deviations(field: Field) -> list[Finding]:
    tag, value, found = field.tag, field.value, []
    if len(value) > _MOST.get(tag, 99):
        found.append(_warn(10, "Data object {tag} is longer than {most} characters.", tag, most=str(_MOST[tag])))
    if tag in _FORM and not re.fullmatch(_FORM[tag], value, re.ASCII):
        found.append(_warn(11, "Data object {tag} has the value {value}.", tag, value=value))
    if (int(tag) in ACCOUNTS or tag in (ADDITIONAL, LANGUAGE)) and inner(value) is None:
        found.append(_warn(12, "Data object {tag} is not built as a template.", tag))
    return found


def _warn(number: int, message: str, tag: str, **given: str) -> Finding:
    settings = {"severity": "warning", "source": f"{SOURCE}, data object {tag}", "path": f"$.{tag}"}
    remedy = "The issuer of the code should correct it."
    return finding("EMVQR", number, message, **(settings | {"remedy": remedy, "tag": tag} | given))
