"""A business asks a registrar to confirm its number, and sees what was decided."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from entrepot.document.agency.model import REQUEST
from entrepot.economy import economy
from entrepot.economy.load import codes
from entrepot.flow.agency import asked, decisions, keepers
from entrepot.node.account.acting import READERS, WRITERS, me, name_of
from entrepot.node.account.models import Business
from entrepot.node.page.answer import error_page, page
from entrepot.node.page.desk.listing import DESKS
from entrepot.node.page.desk.queue import outcome
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.entry import Entry
from entrepot.node.page.sale.context import Context
from entrepot.node.page.sale.forms import Form
from entrepot.node.page.sale.step import work
from entrepot.node.running import office

REGISTRAR = "registrar"
PLACE = "/registration"


@require_safe
@acting_for(READERS)
def registration(request: HttpRequest, record: str = "") -> HttpResponseBase:
    """What the business asked registrars for, and their decisions; ``record``: the request that was just signed."""
    acting, here = me(request), office()
    found = asked(here, acting.party)
    if record and record not in [each.record for each in found]:
        return error_page(request, 404)
    desk = DESKS[REGISTRAR]
    lines = []
    for each in found:
        said = decisions(here, each.record, acting.readers, by=(each.says.registrar,))
        lines.append((each, name_of(each.says.registrar), [(outcome(desk, one.says.outcome), one, "") for one in said]))
    return page(request, "account/registration.html", lines=lines, can_ask=bool(_registrars(acting.party)))


@require_http_methods(["GET", "POST"])
@acting_for(WRITERS)
def ask_registrar(request: HttpRequest) -> HttpResponseBase:
    """The request, with what the business said of itself already in it."""
    acting = me(request)
    own = Business.objects.filter(party=acting.party).first()
    if own is None or not _registrars(acting.party):
        return error_page(request, 404)
    form = Form(
        REQUEST,
        "RQ",
        gettext("You ask a registrar to confirm your number. It looks into its register, and decides."),
        lambda context: _entries(context, own),
        lambda context, typed: _payload(context, typed, own),
        home=PLACE,
    )
    return work(request, form, Context(acting=acting, today=office().clock().date()), [])


def _registrars(party: str) -> list[tuple[str, str]]:
    return [(did, name_of(did)) for did in keepers(office(), REGISTRAR) if did != party]


def _entries(context: Context, own: Business) -> list[Entry]:
    registrars = tuple(_registrars(context.acting.party))
    rows = economy(own.economy).identifiers if own.economy in codes() else ()
    schemes = tuple((each.scheme, each.name) for each in rows)
    return [
        Entry(
            name="registrar",
            label=gettext("Registrar"),
            kind="select",
            options=registrars,
            value=registrars[0][0] if len(registrars) == 1 else "",
            most=500,
            path="$.registrar",
        ),
        Entry(
            name="scheme",
            label=gettext("Kind of business number"),
            kind="select",
            options=schemes,
            value=own.scheme,
            path="$.scheme",
        ),
        Entry(
            name="identifier",
            label=gettext("Business number"),
            value=own.number,
            most=70,
            path="$.identifier",
        ),
    ]


def _payload(context: Context, typed: Mapping[str, str], own: Business) -> dict[str, Any]:
    return context.head(typed["number"]) | {
        "registrar": typed["registrar"],
        "name": own.name,
        "economy": own.economy,
        "scheme": typed["scheme"],
        "identifier": typed["identifier"].strip(),
    }
