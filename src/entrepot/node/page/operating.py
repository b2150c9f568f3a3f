"""The operator's page: how the node is, for those who run it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from entrepot.node.account.acting import me
from entrepot.node.condition.ending import ANCHOR, CERTIFICATE, LIST, TOKEN
from entrepot.node.condition.figures import Line
from entrepot.node.condition.look import Seen, condition
from entrepot.node.disk import MIB
from entrepot.node.migration import accounts_stand, journal_stand
from entrepot.node.page.answer import error_page, page
from entrepot.node.page.entrance import signed_in
from entrepot.node.page.language import gettext_noop
from entrepot.node.running import station

QUEUES = {
    "due": gettext_noop("waits to be sent to other nodes"),
    "undeliverable": gettext_noop("was given up or refused"),
    "waiting": gettext_noop("was received and waits for what came before it"),
    "letters": gettext_noop("letters that were not sent on"),
}
KINDS = {
    CERTIFICATE: gettext_noop("certificate of the address"),
    TOKEN: gettext_noop("token"),
    LIST: gettext_noop("list of trust"),
    ANCHOR: gettext_noop("entry of a list of trust"),
}
STATUSES = {
    "admitted": gettext_noop("admitted"),
    "asked": gettext_noop("was asked"),
    "asking": gettext_noop("asks to be admitted"),
    "blocked": gettext_noop("blocked"),
}
View = Callable[[HttpRequest], HttpResponseBase]


def operators(view: View) -> View:
    """Only for people who run the node."""

    @wraps(view)
    def inside(request: HttpRequest) -> HttpResponseBase:
        return view(request) if me(request).person.is_operator else error_page(request, 403)

    return signed_in(inside)


@require_safe
@operators
def operator_page(request: HttpRequest) -> HttpResponseBase:
    """What waits, what ends, what is full, and what is to be done."""
    running = station()
    office, config = running.office, settings.CONFIG
    stands = journal_stand(config, running.keys), accounts_stand(config)
    found = condition(Seen(config, office.journal, office.anchors, stands), office.clock())
    return page(
        request,
        "operator.html",
        found=found,
        queues=[_line(each) for each in found.queues],
        peers=[(each, gettext(STATUSES.get(each.status, each.status))) for each in found.peers],
        endings=[(each, gettext(KINDS[each.what])) for each in found.endings],
        findings=found.findings,
        free_mib=found.room.free_bytes // MIB,
        least_mib=found.room.least_bytes // MIB,
    )


def _line(each: Line) -> dict[str, Any]:
    return {"words": gettext(QUEUES[each.name]), "count": each.count, "since": each.since}
