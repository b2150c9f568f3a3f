"""Dates and field names as a reader writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

from babel.dates import format_date, format_datetime, format_skeleton, format_time, get_datetime_format
from babel.numbers import format_currency
from babel.units import format_unit
from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from entrepot.base.finding import Finding
from entrepot.base.moment import format_moment
from entrepot.base.money import Money, Rounding, exponent
from entrepot.base.quantity import Quantity
from entrepot.node.page.language import Language, gettext_noop
from entrepot.node.page.measure import measured
from entrepot.node.page.sale.telling import say
from entrepot.node.page.saying import spoken

register = template.Library()
FIELDS = {
    "name": gettext_noop("name"),
    "short": gettext_noop("short name"),
    "apec": gettext_noop("as APEC writes it"),
    "asean": gettext_noop("as ASEAN writes it"),
    "alpha2": gettext_noop("two letters"),
    "alpha3": gettext_noop("three letters"),
    "numeric": gettext_noop("number"),
    "code": gettext_noop("code"),
    "tag": gettext_noop("tag"),
    "role": gettext_noop("role"),
    "zones": gettext_noop("zones"),
    "basis": gettext_noop("basis"),
    "scheme": gettext_noop("scheme"),
    "authority": gettext_noop("authority"),
    "check": gettext_noop("check"),
    "pattern": gettext_noop("pattern"),
    "doubt": gettext_noop("in doubt"),
    "icd": gettext_noop("ISO 6523 code"),
    "prefix": gettext_noop("prefix"),
    "tax": gettext_noop("tax"),
    "type": gettext_noop("kind"),
    "category": gettext_noop("category"),
    "rate": gettext_noop("rate in percent"),
    "base": gettext_noop("share that is taxed"),
    "from": gettext_noop("from"),
    "to": gettext_noop("until"),
    "applies": gettext_noop("applies to"),
    "effect": gettext_noop("effect"),
    "threshold": gettext_noop("threshold"),
    "currency": gettext_noop("currency"),
    "syntax": gettext_noop("syntax"),
    "profile": gettext_noop("profile"),
    "mandatory": gettext_noop("mandatory for"),
    "operator": gettext_noop("operator"),
    "guid": gettext_noop("identifier"),
    "agreement": gettext_noop("agreement"),
    "status": gettext_noop("status"),
    "field": gettext_noop("field"),
}
"""Member of an economy's file -> its name on the page."""


@register.filter
def field(name: str) -> str:
    """The name of a member in the reader's language; itself where it has none."""
    return gettext(FIELDS[name]) if name in FIELDS else name


@register.filter
def day(value: date, language: Language) -> str:
    """The day, as the reader's language writes it."""
    return format_date(value, format="long", locale=language.locale)


@register.filter
def month(value: date, language: Language) -> str:
    """The month of a day, as the reader's language writes it."""
    return str(format_skeleton("yMMMM", value, locale=language.locale))


@register.filter
def moment(value: datetime, language: Language) -> str:
    """Day and minute in UTC, as the reader's language writes them; the exact moment for programs and as a title."""
    return _timed(value, minute(value, language), instant(value, language))


@register.filter
def exact(value: datetime, language: Language) -> str:
    """The moment in UTC to the second."""
    return _timed(value, instant(value, language), "")


def minute(value: datetime, language: Language) -> str:
    """Day and minute in UTC, as the reader's language writes them."""
    time = format_time(value.astimezone(UTC), "short", locale=language.locale)
    joined = str(get_datetime_format("medium", locale=language.locale)).replace("'", "")
    return f"{joined.format(time, format_date(value.astimezone(UTC), 'medium', locale=language.locale))} UTC"


def instant(value: datetime, language: Language) -> str:
    """The moment in UTC to the second, as the reader's language writes it."""
    return f"{format_datetime(value, format='medium', locale=language.locale)} UTC"


def _timed(value: datetime, words: str, title: str) -> SafeString:
    """As the element that tells programs the moment (HTML, 4.5.14)."""
    shown = format_html(' title="{}"', title) if title else ""
    return format_html('<time datetime="{}"{}>{}</time>', format_moment(value), shown, words)


@register.filter
def amount(value: Decimal, currency: str) -> Money:
    """A figure of a document as money, rounded to the digits of its currency."""
    return Money.of(value, currency, rounding=Rounding.HALF_EVEN)


@register.filter
def money(value: Money, language: Language) -> str:
    """The amount with its currency's code, as the reader's language writes it; the digits are those of ISO 4217."""
    shown = format_currency(value.amount, value.currency, "#,##0.00 ¤¤", locale=language.locale)
    return str(shown)


@register.simple_tag(takes_context=True)
def unit_price(context: Context, value: Decimal, currency: str) -> str:
    """:func:`price` in the language of the page."""
    return price(value, currency, context["language"])


def price(value: Decimal, currency: str, language: Language) -> str:
    """A price of one unit with all its digits, at least those of its currency, as the reader's language writes it."""
    digits = max(exponent(currency), -int(value.as_tuple().exponent))
    return str(format_currency(value, currency, _pattern(digits), locale=language.locale, currency_digits=False))


def _pattern(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "") + " ¤¤"


@register.filter
def told(finding: Finding) -> tuple[str, bool]:
    """What was found and what fixes it, and whether that is English for want of a translation."""
    return say(finding)


register.filter("spoken", spoken)


@register.filter(name="bytes")
def size(value: int, language: Language) -> str:
    """A size of a file, in kilobytes."""
    return str(format_unit(max(1, round(value / 1000)), "digital-kilobyte", length="short", locale=language.locale))


@register.filter
def quantity(value: Quantity, language: Language) -> str:
    """How much, with its unit as the reader's language writes it."""
    return measured(value, language.locale)


@register.filter
def one(unit: str, language: Language) -> str:
    """One of a unit."""
    return measured(Quantity(Decimal(1), unit), language.locale)
