"""Days, money, quantities and economies in the words of the language in which the page is made."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import get_language, gettext

from entrepot.base.money import Money
from entrepot.base.quantity import Quantity
from entrepot.economy import economy
from entrepot.economy.load import codes
from entrepot.node.page.economy import name_of
from entrepot.node.page.language import BY_CODE, LANGUAGES, Language
from entrepot.node.page.measure import measured
from entrepot.node.page.reading import day, minute, money, price


def _language() -> Language:
    return BY_CODE.get(get_language() or "", LANGUAGES[0])


def day_words(value: date) -> str:
    """A day."""
    return day(value, _language())


def moment_words(value: datetime) -> str:
    """Day and minute, in UTC."""
    return minute(value, _language())


def money_words(value: Money) -> str:
    """An amount with its currency."""
    return money(value, _language())


def owed_words(due: Money, owed: Money) -> str:
    """What is due, and what of it is still owed, or was paid beyond it."""
    if owed.minor > 0:
        words, rest = gettext("%(due)s is due in all; %(owed)s is still owed."), {"owed": money_words(owed)}
    elif owed.minor < 0:
        words, rest = gettext("%(due)s is due in all; %(over)s was paid beyond it."), {"over": money_words(-owed)}
    else:
        words, rest = gettext("%(due)s is due in all, and nothing is owed any more."), {}
    return words % {"due": money_words(due), **rest}


def price_words(value: Decimal, currency: str) -> str:
    """A price of one unit, with its currency."""
    return price(value, currency, _language())


def quantity_words(value: Quantity) -> str:
    """How much, with its unit."""
    return measured(value, _language().locale)


def economy_words(code: str | None) -> str:
    """The name of an economy; its code where nothing is known of it here, and nothing where none is named."""
    return name_of(economy(code), _language()) if code in codes() and code else code or ""
