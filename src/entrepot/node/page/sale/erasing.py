"""Erasing a message that the party wrote: what will happen, what stands against it, and the reason, on one page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.base.record import Record
from entrepot.flow.erase import Accepting, Erased, erase
from entrepot.flow.keeping import duties
from entrepot.flow.reading import gone_for, has_sale
from entrepot.node.account.acting import READERS, Acting, me, note
from entrepot.node.api.edge import IN_FLIGHT
from entrepot.node.page.answer import Page, error_page, onward, page
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.entry import Entry, examine, fill_in
from entrepot.node.page.kept import kept_draft, let_go, typed_in
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.once import KEY, form_key, new_key, patiently
from entrepot.node.page.sale.deal import deal_of
from entrepot.node.page.sale.message import written as said_in
from entrepot.node.page.sale.telling import say
from entrepot.node.running import office
from entrepot.sale.message import MESSAGE

TITLE = gettext_noop("Erase the message")
HAPPENS = gettext_noop(
    "What it says goes from this node, with its files, unless somebody else here must keep it. Other nodes that have "
    "it are asked to erase it, and decide for themselves. That something was written, and when, stays, with a signed "
    "note that you erased it. This cannot be undone."
)
UNKNOWN = gettext_noop(
    "It is unknown whether a law asks to keep it. You may accept that: your name, role and reasons go on record."
)
KEPT = gettext_noop("It must be kept, and is not erased.")


@dataclass(slots=True)
class Asked:
    """An erasure before one person: of which message, what was typed, and the fields that show it."""

    request: HttpRequest
    acting: Acting
    record: Record
    typed: dict[str, str]
    entries: list[Entry]


def may_erase(acting: Acting) -> bool:
    """Whether the person may erase in the party's name: its owners, where the node signs for it."""
    return acting.may_rule and office().custodies().get(acting.party) == "held"


@require_http_methods(["GET", "POST"])
@acting_for(READERS)
def erase_message(request: HttpRequest, sale: str, written: str) -> HttpResponseBase:
    """Erase a message of the sale; there is no such page where the sale or the message are not the party's own."""
    acting, record = me(request), _own(me(request), sale, written)
    if record is None:
        return error_page(request, 404)
    if not may_erase(acting):
        return error_page(request, 403)
    is_gone = record.erased or gone_for(office().journal, record.id, acting.party) is not None
    if is_gone:
        return onward(request, f"/sales/{sale}/messages") if request.method == "POST" else error_page(request, 409)
    typed = typed_in(request) or kept_draft(acting.person, request.path_info)
    asked = Asked(request, acting, record, typed, _entries(record, acting))
    if request.method != "POST":
        fill_in(asked.entries, typed)
    if request.method != "POST" or not examine(asked.entries, typed):
        return _page(asked)
    done = patiently(lambda: _erased(asked))
    if not done.tombstone:
        return _page(asked, done)
    let_go(acting.person, request.path_info)
    return onward(request, f"/sales/{sale}/messages")


def _own(acting: Acting, sale: str, message: str) -> Record | None:
    """The message, where the party wrote it in this sale."""
    record = office().journal.record(message) if has_sale(office().journal, sale, acting.readers) else None
    is_own = record is not None and record.kind == MESSAGE and record.content.issuer == acting.party
    return record if is_own and record is not None and sale in record.sales else None


def _entries(record: Record, acting: Acting) -> list[Entry]:
    """Why; and where it is unknown whether it must be kept, as what the person accepts that, and why."""
    reads = gettext("Whoever may read the record reads this, too.")
    asked = [Entry(name="reason", label=gettext("Reason"), help=reads, kind="textarea", most=2000)]
    if _is_unknown(record, acting):
        label, unknown = gettext("Why you accept that it is unknown"), gettext(UNKNOWN)
        asked.append(Entry(name="reasons", label=label, help=unknown, kind="textarea", most=2000))
        asked.append(Entry(name="role", label=gettext("Role"), most=200))
    return asked


def _is_unknown(record: Record, acting: Acting) -> bool:
    found = duties(office(), record, acting.party)
    return bool(found.unknown) and not found.forbid


def _erased(asked: Asked) -> Erased:
    """Erase it, once however often the form is sent."""
    record, acting, typed = asked.record, asked.acting, asked.typed
    accepting = None
    if "role" in typed and "reasons" in typed:
        accepting = Accepting(name=acting.person.name, role=typed["role"].strip(), reasons=typed["reasons"].strip())
    with IN_FLIGHT.hold(form_key(acting, f"erase/{record.id}", typed)):
        before = office().journal.tombstone(record.id), gone_for(office().journal, record.id, acting.party)
        done = erase(office(), record.id, by=acting.party, reason=typed["reason"].strip(), accepting=accepting)
        if done.tombstone and before == (None, None):
            note(acting.person, "erased", party=acting.party, about=record.id)
        return done


def _page(asked: Asked, done: Erased | None = None) -> Page:
    """The form, with what stands against it: at a look all that is known, after an attempt what stopped it."""
    found = duties(office(), asked.record, asked.acting.party)
    against = found.forbid if done is None else done.findings
    rest = [(gettext(KEPT), False)] if found.forbid else []
    is_wrong = done is not None or any(each.is_wrong for each in asked.entries)
    return page(
        asked.request,
        "sale/erase.html",
        status=422 if is_wrong else 200,
        title=gettext(TITLE),
        lead=gettext(HAPPENS),
        deal=deal_of(asked.record.sales[0], asked.acting.readers),
        step={"id": asked.record.id},
        message=said_in(asked.record.id),
        rest=[*rest, *(say(each) for each in against)],
        remarks=() if found.forbid else [say(each) for each in found.unknown],
        refusal=done.refusal if done else "",
        entries=asked.entries,
        hidden=[(KEY, asked.typed.get(KEY) or new_key())],
    )
