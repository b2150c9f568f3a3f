"""Which agencies take part in a sale: its sides name them, of those that keep a desk at this node."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from entrepot.document.trade import Role
from entrepot.flow.agency import keepers
from entrepot.node.account.acting import name_of
from entrepot.node.page.entry import Entry
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.sale.context import Context, card_of
from entrepot.node.running import office


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a side may fill. ``desk``: whose keepers may be named, and the field's name; ``roles``: in which
    they then take part."""

    desk: str
    roles: tuple[Role, ...]
    label: str
    help: str
    goods_alone: bool = False


BUYERS = (
    Place(
        "bank",
        (Role.PAYER_BANK, Role.SETTLEMENT),
        gettext_noop("Bank that is to send and settle the money"),
        gettext_noop("It reads the answer and the invoice, not the order. Leave it open where you pay in another way."),
    ),
    Place(
        "customs",
        (Role.IMPORT_CUSTOMS,),
        gettext_noop("Customs office that is to clear the goods"),
        gettext_noop("It reads the documents of the goods. Leave it open where nothing is to be cleared here."),
    ),
    Place(
        "statistics",
        (Role.REPORTER,),
        gettext_noop("Statistics office that is to count the sale"),
        gettext_noop("It reads what was ordered, billed and paid, and publishes sums alone."),
    ),
)
"""The places that the buyer fills with the order."""
SELLERS = (
    Place(
        "chamber",
        (Role.CHAMBER,),
        gettext_noop("Chamber that is to certify the origin"),
        gettext_noop("It reads the invoice, and decides. Leave it open where no certificate is needed."),
        goods_alone=True,
    ),
)
"""The places that the seller fills with the answer."""


def agency_entries(context: Context, places: tuple[Place, ...], *, is_goods: bool = True) -> list[Entry]:
    """A field for each place that somebody here could fill."""
    found = []
    for place in places:
        known = tuple((did, name_of(did)) for did in keepers(office(), place.desk) if did != context.acting.party)
        if known and (is_goods or not place.goods_alone):
            label, help_ = gettext(place.label), gettext(place.help)
            entry = Entry(name=place.desk, label=label, help=help_, kind="select", options=known, required=False)
            entry.most, entry.path = 500, "$.parties"
            found.append(entry)
    return found


def appointed(typed: Mapping[str, str], places: tuple[Place, ...]) -> dict[str, Any]:
    """The member that names them; none where nobody was chosen."""
    chosen = [(role, typed[place.desk]) for place in places if typed.get(place.desk) for role in place.roles]
    return {"parties": [{"role": str(role), "party": card_of(did)} for role, did in chosen]} if chosen else {}
