"""Words for the figures: what each table parts the sales by, and what its parts are called."""

from datetime import date

from django.utils.translation import gettext

from entrepot.economy import economy
from entrepot.economy.load import codes
from entrepot.node.page.economy import name_of
from entrepot.node.page.language import Language, gettext_noop
from entrepot.node.page.reading import month

TITLES = {
    "digital_trade": gettext_noop("Digital trade: ordered or delivered digitally, across a border"),
    "ordered": gettext_noop("Ordered digitally"),
    "delivered": gettext_noop("Delivered digitally"),
    "platform": gettext_noop("Through a platform"),
    "flow": gettext_noop("Direction"),
    "partner": gettext_noop("Partner economy"),
    "subject": gettext_noop("Goods or services"),
    "product": gettext_noop("Product"),
    "size": gettext_noop("Persons employed by the enterprise"),
    "buyer": gettext_noop("Who buys"),
    "period": gettext_noop("Month"),
}
"""Table -> its title."""
MEMBERS = {
    "yes": gettext_noop("yes"),
    "no": gettext_noop("no"),
    "unknown": gettext_noop("unknown"),
    "export": gettext_noop("Exports"),
    "import": gettext_noop("Imports"),
    "domestic": gettext_noop("Within the economy"),
    "goods": gettext_noop("Goods"),
    "services": gettext_noop("Services"),
    "mixed": gettext_noop("Goods and services together"),
    "business": gettext_noop("A business"),
    "consumer": gettext_noop("A consumer"),
    "government": gettext_noop("A public office"),
    "all": gettext_noop("All sales"),
}
"""Part of a table -> its words; others are written by :func:`part`."""
TOWARDS = {"export": gettext_noop("Exports to %(economy)s"), "import": gettext_noop("Imports from %(economy)s")}
"""Direction of trade -> a partner in it."""
SCHEMES = {
    "HS": gettext_noop("HS chapter %(code)s"),
    "EBOPS": gettext_noop("EBOPS item %(code)s"),
    "CPC": gettext_noop("CPC class %(code)s"),
}
"""Classification -> a product in it."""


def part(table: str, member: str, language: Language) -> str:
    """What a part of a table is called."""
    if member in MEMBERS:
        return gettext(MEMBERS[member])
    head, _, rest = member.partition("/")
    if table == "partner":
        return gettext(TOWARDS[head]) % {"economy": economy_name(rest, language)}
    if table == "product":
        return gettext(SCHEMES[head]) % {"code": rest}
    if table == "period":
        return month(date.fromisoformat(f"{member}-01"), language)
    return member


def economy_name(code: str, language: Language) -> str:
    """The name of an economy; its code where there is no file for it."""
    return name_of(economy(code), language) if code in codes() else code
