"""The pages of desks: those that a party keeps, the queue of one, and one case of it."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from entrepot.flow.agency import decisions, desks_of, keepers
from entrepot.node.account.acting import READERS, Acting, me
from entrepot.node.page.answer import error_page, onward, page
from entrepot.node.page.desk.desk import Desk
from entrepot.node.page.desk.listing import DESKS
from entrepot.node.page.entrance import acting_for
from entrepot.node.running import office

SHOWN = 200


def kept_desks(acting: Acting) -> list[Desk]:
    """The desks that the party keeps at this node."""
    held = desks_of(office(), acting.party)
    return [desk for name, desk in DESKS.items() if name in held]


def desk_of(acting: Acting, name: str) -> Desk | None:
    """The desk of that name, where the party keeps it."""
    return next((each for each in kept_desks(acting) if each.name == name), None)


@require_safe
@acting_for(READERS)
def desks(request: HttpRequest) -> HttpResponseBase:
    """The desks of the party; where it keeps one, that."""
    kept = kept_desks(me(request))
    if len(kept) == 1:
        return onward(request, f"/desks/{kept[0].name}")
    lines = [(each.name, gettext(each.title), gettext(each.explains)) for each in kept]
    return page(request, "desk/desks.html", desks=lines) if kept else error_page(request, 404)


@require_safe
@acting_for(READERS)
def queue(request: HttpRequest, desk: str) -> HttpResponseBase:
    """The cases of a desk; for whoever does not keep it there is no such page."""
    acting = me(request)
    found = desk_of(acting, desk)
    if found is None:
        return error_page(request, 404)
    cases = found.cases(acting)
    return page(
        request,
        "desk/queue.html",
        desk=found.name,
        title=gettext(found.title),
        explains=gettext(found.explains),
        waiting=[each for each in cases if each.is_open][:SHOWN],
        rest=[each for each in cases if not each.is_open][:SHOWN],
    )


@require_safe
@acting_for(READERS)
def case_page(request: HttpRequest, desk: str, case: str) -> HttpResponseBase:
    """One case: what the records say, what was decided, and what may be decided now."""
    acting = me(request)
    found = desk_of(acting, desk)
    held = found.find(acting, case) if found else None
    if found is None or held is None:
        return error_page(request, 404)
    may = [each for each in found.decisions if each.name in held.may] if acting.may_write else []
    own = decisions(office(), case, acting.readers, by=keepers(office(), found.name))
    return page(
        request,
        "desk/case.html",
        desk=found.name,
        title=gettext(found.title),
        case=held,
        reading=found.read(acting, held),
        decided=[(outcome(found, each.says.outcome), each, "") for each in own],
        may=[(each.name, gettext(each.title)) for each in may],
    )


def outcome(desk: Desk | None, name: str) -> str:
    """The words for what was decided; the desk's own word where this node has no words for it."""
    found = desk.decision(name) if desk else None
    return gettext(found.title) if found else name
