"""Quantities as a reader writes them: the units of UN/ECE Recommendation 20 that small firms use most, by name."""

from babel import Locale
from babel.numbers import format_decimal
from babel.units import format_unit
from django.utils.translation import ngettext

from entrepot.base.quantity import Quantity
from entrepot.node.page.language import gettext_noop

UNITS = {
    "KGM": gettext_noop("kilogram"),
    "TNE": gettext_noop("tonne"),
    "GRM": gettext_noop("gram"),
    "LTR": gettext_noop("litre"),
    "MTR": gettext_noop("metre"),
    "MTK": gettext_noop("square metre"),
    "H87": gettext_noop("piece"),
    "PR": gettext_noop("pair"),
    "HUR": gettext_noop("hour"),
    "DAY": gettext_noop("day"),
    "E48": gettext_noop("unit of service"),
}
"""Code -> its name."""
_CLDR = {
    "KGM": "mass-kilogram",
    "TNE": "mass-tonne",
    "GRM": "mass-gram",
    "LTR": "volume-liter",
    "MTR": "length-meter",
    "MTK": "area-square-meter",
    "HUR": "duration-hour",
    "DAY": "duration-day",
}
"""Code -> the unit in Unicode's CLDR, which knows how each language writes it."""


def measured(value: Quantity, locale: Locale) -> str:
    """How much, with its unit as the language writes it; a unit without a name here by its code."""
    number = format_decimal(value.value, locale=locale, decimal_quantization=False)
    if value.unit in _CLDR:
        return str(format_unit(number, _CLDR[value.unit], length="short", locale=locale))
    count = 1 if value.value == 1 else 2  # of languages with a plural, those here tell one from all others
    pieces = ngettext("%(count)s piece", "%(count)s pieces", count)
    words = {
        "H87": pieces,
        "C62": pieces,  # "one" of a thing is a piece of it to a reader
        "PR": ngettext("%(count)s pair", "%(count)s pairs", count),
        "E48": ngettext("%(count)s unit of service", "%(count)s units of service", count),
    }.get(value.unit)
    return words % {"count": number} if words else f"{number} {value.unit}"
