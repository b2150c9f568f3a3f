"""One value as people read it: dates, numbers, money, codes; and small objects on one line.

Whatever comes in is text of strangers. It is escaped here and nowhere else, isolated from the direction of the text
around it, and characters that could lie about what is shown (controls, overrides of direction) are made visible.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from entrepot.document.rendering.words import Words

_LIARS = frozenset("\u061c\u200b\u200e\u200f\u2028\u2029\ufeff") | {chr(each) for each in range(0x202A, 0x202F)}
_HIDDEN = _LIARS | {chr(each) for each in range(0x2060, 0x2070)}
"""Characters without a shape of their own that change how others are shown (Unicode 15, Bidi_Control and the like)."""
_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?", re.ASCII)
_AGREED = {"HK": "Hong Kong, China", "TW": "Chinese Taipei"}
"""Names on which APEC has agreed where CLDR has others."""


def seen(text: str) -> str:
    """``text`` escaped for HTML, what is hidden in it made visible, lines kept."""
    shown = "".join(each if each == "\n" or not _is_hidden(each) else f"\u27e6U+{ord(each):04X}\u27e7" for each in text)
    return escape(shown, quote=True).replace("\n", "<br>")


def _is_hidden(character: str) -> bool:
    return character in _HIDDEN or unicodedata.category(character) in ("Cc", "Cs", "Cn", "Co")


class Shown:
    """Shows values in one language."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._locale: Locale = words.locale

    def value(self, raw: Any, text: str) -> str:
        """``text`` for people, and ``raw`` for machines beside it."""
        stated = raw if isinstance(raw, str) else _json(raw)
        return f'<data value="{seen(stated).replace("<br>", "&#10;")}"><bdi>{seen(text)}</bdi></data>'

    def scalar(self, raw: Any, kind: Any = None) -> str:
        """A value of the type that its shape states; of no known type, as it stands."""
        return self.value(raw, self.text(raw, kind))

    def text(self, raw: Any, kind: Any = None) -> str:
        """The words for a value, not yet escaped."""
        if isinstance(raw, bool):
            return self._words.texts["yes" if raw else "no"]
        if raw is None:
            return "\u2013"
        if kind is Decimal or (isinstance(raw, int) and kind is not None):
            return self.number(str(raw))
        if kind is date:
            return self.day(str(raw))
        if kind is datetime:
            return self.moment(str(raw))
        return self._words.words.get(raw, raw) if kind == "code" and isinstance(raw, str) else str(raw)

    def number(self, text: str) -> str:
        """A decimal with all its digits; what is none stays as it is."""
        if not _NUMBER.fullmatch(text):
            return text
        digits = len(text.partition(".")[2])
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(format_decimal(Decimal(text), format=pattern, locale=self._locale))

    def day(self, text: str) -> str:
        """A day, written out; what is none stays as it is."""
        try:
            return str(format_date(date.fromisoformat(text), "long", locale=self._locale))
        except ValueError:
            return text

    def moment(self, text: str) -> str:
        """A moment in UTC; what is none stays as it is."""
        try:
            found = datetime.fromisoformat(text)
            return f"{format_datetime(found, 'long', tzinfo=found.tzinfo, locale=self._locale)}"
        except ValueError:
            return text

    def money(self, amount: Any, currency: Any) -> str:
        """An amount with the code of its currency; every digit is kept."""
        try:
            number = Decimal(amount)
            digits = -int(number.as_tuple().exponent) if number.is_finite() else 0
            pattern = "\u00a4\u00a4\u00a0#,##0" + ("." + "0" * digits if digits > 0 else "")
            return str(format_currency(number, str(currency), pattern, locale=self._locale, currency_digits=False))
        except (InvalidOperation, TypeError, ValueError):
            return f"{currency} {amount}"

    def economy(self, code: str) -> str:
        """A code with the name of the economy."""
        name = _AGREED.get(code) if code in _AGREED else self._locale.territories.get(code)
        if code in _AGREED and self._words.language != "en":
            name = None
        return f"{name} ({code})" if name else code

    def small(self, shape: str, value: Mapping[str, Any]) -> str | None:
        """An object of a few members on one line, as HTML; None where it is not one of those."""
        write = _SMALL.get(shape)
        return None if write is None else write(self, value)

    def parts(self, value: Mapping[str, Any], *names: str, between: str = " ") -> str:
        """The members of those names that are there."""
        return between.join(self.scalar(value[name]) for name in names if name in value)


def _json(raw: Any) -> str:
    import json

    return json.dumps(raw, ensure_ascii=False)


def _money(shown: Shown, value: Mapping[str, Any]) -> str:
    text = shown.money(value.get("amount"), value.get("currency"))
    return shown.value(f"{value.get('amount')} {value.get('currency')}", text)


def _quantity(shown: Shown, value: Mapping[str, Any]) -> str:
    unit = {"KGM": "kg", "MTQ": "m\u00b3", "MTR": "m", "LTR": "l", "TNE": "t"}.get(
        str(value.get("unit")), value.get("unit")
    )
    return shown.value(f"{value.get('value')} {value.get('unit')}", f"{shown.number(str(value.get('value')))} {unit}")


def _hs(shown: Shown, value: Mapping[str, Any]) -> str:
    more = ", ".join(f"HS {each}" if name == "vintage" else each for name, each in value.items() if name != "code")
    return shown.value(" ".join(map(str, value.values())), f"{value.get('code')}{f' ({more})' if more else ''}")


def _place(shown: Shown, value: Mapping[str, Any]) -> str:
    return shown.parts(value, "name", "locode", between=", ")


def _reference(shown: Shown, value: Mapping[str, Any]) -> str:
    day = [shown.scalar(value["issueDate"], date)] if "issueDate" in value else []
    record = [f"<small>{shown.scalar(value['record'])}</small>"] if "record" in value else []
    return ", ".join([shown.parts(value, "number"), *day, *record])


def _period(shown: Shown, value: Mapping[str, Any]) -> str:
    return " \u2013 ".join(shown.scalar(value[each], date) if each in value else "\u2026" for each in ("start", "end"))


def _packages(shown: Shown, value: Mapping[str, Any]) -> str:
    count = shown.value(value.get("count"), shown.number(str(value.get("count"))))
    marks = "".join(f"<br>{shown.scalar(each)}" for each in value.get("marks", ()))
    return f"{count} {shown.parts(value, 'code', 'description', between=', ')}{marks}"


def _terms(shown: Shown, value: Mapping[str, Any]) -> str:
    edition = f" (Incoterms {shown.scalar(value['edition'])})" if "edition" in value else ""
    note = f"<br>{shown.scalar(value['note'])}" if "note" in value else ""
    return shown.parts(value, "incoterm", "place") + edition + note


def _address(shown: Shown, value: Mapping[str, Any]) -> str:
    lines = [shown.scalar(each) for each in value.get("lines", ())]
    town = shown.parts(value, "postalCode", "city", "region")
    land = [shown.value(value["economy"], shown.economy(value["economy"]))] if "economy" in value else []
    return "<br>".join([*lines, *([town] if town else []), *land])


def _category(shown: Shown, value: Mapping[str, Any]) -> str:
    rate = f" {shown.scalar(value['rate'], Decimal)} %" if "rate" in value else ""
    return shown.parts(value, "scheme", "code") + rate


def _price(shown: Shown, value: Mapping[str, Any]) -> str:
    per = f" / {_quantity(shown, value['per'])}" if isinstance(value.get("per"), Mapping) else ""
    return shown.scalar(value.get("amount"), Decimal) + per


def _reefer(shown: Shown, value: Mapping[str, Any]) -> str:
    air = f", {shown.scalar(value['ventilationM3h'], Decimal)} m\u00b3/h" if "ventilationM3h" in value else ""
    return f"{shown.scalar(value.get('temperatureC'), Decimal)} \u00b0C{air}"


def _pair(shown: Shown, value: Mapping[str, Any]) -> str:
    return " ".join(shown.scalar(each) for each in value.values())


_SMALL: Mapping[str, Callable[[Shown, Mapping[str, Any]], str]] = {
    "Money": _money,
    "Quantity": _quantity,
    "HsCode": _hs,
    "Place": _place,
    "DocumentReference": _reference,
    "RecordReference": _reference,
    "Period": _period,
    "Packages": _packages,
    "DeliveryTerms": _terms,
    "Address": _address,
    "TaxCategory": _category,
    "Price": _price,
    "Reefer": _reefer,
    "ItemId": _pair,
    "Identifier": _pair,
    "CarrierCode": _pair,
    "Seal": _pair,
}
SMALL = frozenset(_SMALL)
"""Shapes that are shown on one line."""
