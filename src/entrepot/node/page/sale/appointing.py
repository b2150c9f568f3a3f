"""Which agencies take part in a sale: its sides name them, of those that keep a desk here or at an admitted peer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import get_language, gettext

from entrepot.base.shape import dump
from entrepot.document.trade import Role
from entrepot.flow.agency import keepers
from entrepot.flow.elsewhere import Elsewhere, keepers_elsewhere
from entrepot.node.account.acting import name_of
from entrepot.node.page.entry import Entry
from entrepot.node.page.language import BY_CODE, gettext_noop
from entrepot.node.page.sale.context import Context, card_of, party_of
from entrepot.node.page.statistic.words import economy_name
from entrepot.node.running import office
from entrepot.party.party import Party


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a side may fill. ``desk``: whose keepers may be named, and the field's name; ``roles``: in which
    they then take part."""

    desk: str
    roles: tuple[Role, ...]
    label: str
    help: str
    goods_alone: bool = False
    told: str = ""
    """Its help for whoever cannot leave it open, where that is another."""


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
        told=gettext_noop("It reads the documents of the goods."),
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
    Place(
        "customs",
        (Role.EXPORT_CUSTOMS,),
        gettext_noop("Customs office that is to clear the goods"),
        gettext_noop("It reads the documents of the goods. Leave it open where nothing is to be cleared here."),
        goods_alone=True,
    ),
)
"""The places that the seller fills with the answer."""


def agency_entries(context: Context, places: tuple[Place, ...], *, is_goods: bool = True) -> list[Entry]:
    """A field for each place that somebody could fill, here or at an admitted peer."""
    found = []
    for place in places:
        known = _options(place.desk, context.acting.party)
        if known and (is_goods or not place.goods_alone):
            label, help_ = gettext(place.label), gettext(place.help)
            entry = Entry(name=place.desk, label=label, help=help_, kind="select", options=known, required=False)
            entry.most, entry.path = 500, "$.parties"
            found.append(entry)
    return found


def consumer_entries(context: Context, *, seller_economy: str | None, is_goods: bool) -> list[Entry]:
    """What a consumer is asked of the buyer's places, and what is chosen for her.

    Her bank she alone knows. What offices a sale needs follows from it: one that counts it always, one that clears it
    where goods cross a border; which one follows where one alone is there for her economy, and she is told. Where that
    cannot be worked out the place stays open.
    """
    own = party_of(context.acting.party)
    economy = own.economy if own else None
    is_cleared = is_goods and bool(economy and seller_economy) and economy != seller_economy
    bank, customs, statistics = BUYERS
    asked = agency_entries(context, (bank,))
    for each in asked:
        each.label = gettext("Your bank")
    chosen = [_chosen(place, economy) for place in ((customs, statistics) if is_cleared else (statistics,))]
    return [*asked, *(each for each in chosen if each is not None)]


def _chosen(place: Place, economy: str | None) -> Entry | None:
    """The one office of an economy, of this node before others; None where there is none, or several."""
    here = {did: name_of(did) for did in keepers(office(), place.desk) if _economy_of(did) == economy}
    away = {each.agency: each.name for each in keepers_elsewhere(office(), place.desk) if each.economy == economy}
    found = here or away
    if economy is None or len(found) != 1:
        return None
    label, help_ = gettext(place.label), gettext(place.told or place.help)
    entry = Entry(name=place.desk, label=label, help=help_, kind="told", options=tuple(found.items()), required=False)
    entry.most, entry.path, entry.value = 500, "$.parties", next(iter(found))
    return entry


def _economy_of(did: str) -> str | None:
    found = party_of(did)
    return found.economy if found else None


def appointed(typed: Mapping[str, str], places: tuple[Place, ...]) -> dict[str, Any]:
    """The member that names them; none where nobody was chosen."""
    chosen = [(role, place.desk) for place in places if typed.get(place.desk) for role in place.roles]
    named = [{"role": str(role), "party": _card(typed[desk], desk)} for role, desk in chosen]
    return {"parties": named} if named else {}


def _options(desk: str, oneself: str) -> tuple[tuple[str, str], ...]:
    """Who keeps the desk, those of this node first; of the others, also in which economy and at which node."""
    own = {did: name_of(did) for did in keepers(office(), desk)}
    others = {each.agency: _whereabouts(each) for each in keepers_elsewhere(office(), desk) if each.agency not in own}
    return tuple(each for each in (own | others).items() if each[0] != oneself)


def _whereabouts(each: Elsewhere) -> str:
    economy = economy_name(each.economy, BY_CODE[get_language() or "en"]) if each.economy else ""
    return " · ".join(filter(None, (each.name, economy, urlsplit(each.node).netloc)))


def _card(did: str, desk: str) -> dict[str, Any]:
    """The agency as documents name it: what is known of it here, else what its node states."""
    found = () if party_of(did) else (each for each in keepers_elsewhere(office(), desk) if each.agency == did)
    stated = [dump(Party(name=each.name, economy=each.economy or None, did=did)) for each in found]
    return stated[0] if stated else card_of(did)
