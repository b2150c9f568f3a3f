"""A next step: fill in, look at what will be said and what was found, then sign. Nothing is said before that.

The draft is kept at every stage; until it is signed it can be changed or thrown away, afterwards never.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from entrepot.base.finding import Finding, blocking
from entrepot.base.record import Record
from entrepot.flow.issue import Issued, check_draft, issue
from entrepot.flow.reading import has_sale, steps_open
from entrepot.journal.port import Idempotency
from entrepot.node.account.acting import READERS, WRITERS, Acting, me, note
from entrepot.node.api.edge import IN_FLIGHT
from entrepot.node.page.account.business import economy_entry
from entrepot.node.page.answer import Page, error_page, onward
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.entry import Entry, examine, fill_in
from entrepot.node.page.kept import keep, kept_draft, onto_kept, typed_in
from entrepot.node.page.once import CHANGE, KEY, LOOK, SAYS, form_key, new_key, patiently, said_before
from entrepot.node.page.sale.buying import buying, own_entries
from entrepot.node.page.sale.context import Context
from entrepot.node.page.sale.deal import deal_of
from entrepot.node.page.sale.enclosing import file_entry, show_kept, take_sent
from entrepot.node.page.sale.filled import Sheet, are_sides_named, end, form_answer, is_held, look_answer, told
from entrepot.node.page.sale.forms import FORMS, Form, number_entry
from entrepot.node.page.sale.message import WRITTEN
from entrepot.node.page.sale.order import ORDER, seller_entries
from entrepot.node.page.sale.signing import SIGNED, bring, prepared, show, waiting
from entrepot.node.page.sale.telling import hint, tell
from entrepot.node.running import office
from entrepot.sale.message import MESSAGE


@require_http_methods(["GET", "POST"])
@acting_for(WRITERS)
def new_sale(request: HttpRequest) -> HttpResponseBase:
    """Order from somebody."""
    context = Context(acting=buying(request), today=office().clock().date())
    return work(
        request, ORDER, context, [*own_entries(request, context.acting), *seller_entries(economy_entry(request))]
    )


@require_http_methods(["GET", "POST"])
@acting_for(READERS)
def next_step(request: HttpRequest, sale: str, kind: str) -> HttpResponseBase:
    """Say the next thing in a sale; there is no such page where the sale or the step is not the party's."""
    acting = me(request)
    if not has_sale(office().journal, sale, acting.readers) or kind not in (*FORMS, MESSAGE):
        return error_page(request, 404)
    if not acting.may_write:
        return error_page(request, 403)
    deal = deal_of(sale, acting.readers)
    context = Context(acting=acting, today=office().clock().date(), deal=deal)
    if kind == MESSAGE:
        return work(request, WRITTEN, context, [])
    if deal.order is None or not _is_open(acting, sale, kind, request):
        return error_page(request, 409)
    return work(request, FORMS[kind], context, [])


def _is_open(acting: Acting, sale: str, kind: str, request: HttpRequest) -> bool:
    """Whether the step may be taken now; what was signed may be sent once more, and has no second effect."""
    is_sent = request.POST.get("act") in SAYS or said_before(request, acting, kind)
    return bool(is_sent) or kind in steps_open(office().journal, sale, acting.readers, recall=office().recall)


def work(request: HttpRequest, form: Form, context: Context, before: list[Entry]) -> HttpResponseBase:
    """What ``form`` answers: itself, a look at what it would say, or the way to what was said. ``before``: fields that
    stand before its own."""
    typed = typed_in(request) or kept_draft(context.acting.person, request.path_info)
    typed.setdefault(KEY, new_key())
    act = request.POST.get("act", "") if request.method == "POST" else ""
    signed = typed.pop(SIGNED, "")
    entries = [*before, *form.entries(context)]
    if form.encloses:
        entries.append(file_entry())
        if request.method == "POST":
            take_sent(request, context.acting.person, typed, entries[-1])
        show_kept(entries[-1], context.acting.person, typed)
    if form.numbered:
        entries.append(number_entry(form.prefix, context.today, typed[KEY]))
    sheet = Sheet(request, form, context, typed, entries, signed)
    said = None if act in (*SAYS, "discard", "examine") else said_before(request, context.acting, form.kind)
    return told(sheet, said, before=True) if said else _done(sheet, act)


def _done(sheet: Sheet, act: str) -> HttpResponseBase:
    """What comes of ``act``, the button of the form; of none, the page that was asked for."""
    person, request = sheet.context.acting.person, sheet.request
    if act == "discard":
        end(sheet)
        return onward(request, sheet.after)
    if act in ("look", *SAYS, "keep", "more", "change"):
        keep(person, sheet.place, sheet.typed)
    if act == "keep":
        return onward(request, sheet.after)
    if act in SAYS:
        return _sign(sheet) if is_held(sheet) else bring(sheet)
    is_wrong = any(each.is_wrong for each in sheet.entries)
    onto = {"look": LOOK, "more": CHANGE, "change": CHANGE}.get(act)
    if onto and not is_wrong:  # what is wrong with files is known to this request alone
        onwards = onto_kept(request, person, sheet.place, key=sheet.typed[KEY], at=onto)
        if onwards:
            return onwards
    fill_in(sheet.entries, sheet.typed)
    is_asked = act == "look" or (request.method == "GET" and _is_looked_at(sheet))
    return _look(sheet, is_asked=is_asked) if is_asked or act == "examine" else form_answer(sheet, [])


def _is_looked_at(sheet: Sheet) -> bool:
    """Whether the page that is fetched is the look at what is kept: asked for, or waiting for its signature."""
    if CHANGE in sheet.request.GET:
        return False
    if sheet.request.GET.get(LOOK) == sheet.typed[KEY]:
        return True
    return not is_held(sheet) and waiting(sheet) is not None


def _look(sheet: Sheet, *, is_asked: bool) -> Page:
    """What will be said, to whom, and what was found; or the form, where something stops it, or where a script only
    examines what is typed so far."""
    if not (are_sides_named(sheet) & examine(sheet.entries, sheet.typed)):
        return form_answer(sheet, [])
    record, findings = _composed(sheet) if is_held(sheet) else prepared(sheet, keeps=is_asked)
    rest = tell(findings, sheet.entries)
    if blocking(findings) or record is None or not is_asked:
        hint(findings, sheet.entries)
        return form_answer(sheet, rest)
    if is_held(sheet):
        return look_answer(sheet, "sale/look.html", record, findings)
    return show(sheet, record, findings)


def _composed(sheet: Sheet) -> tuple[Record | None, tuple[Finding, ...]]:
    """The record as it stands now; its nonce and heads are those of the moment in which it is signed."""
    found = check_draft(office(), sheet.draft())
    return found.record, found.findings


def _sign(sheet: Sheet) -> HttpResponseBase:
    """Say it, once however often the form is sent."""
    acting = sheet.context.acting
    if not (are_sides_named(sheet) & examine(sheet.entries, sheet.typed)):
        return form_answer(sheet, [])
    key = form_key(acting, sheet.form.kind, sheet.typed)
    before = said_before(sheet.request, acting, sheet.form.kind)
    done = patiently(lambda: _said(sheet, key))
    if isinstance(done, Issued):
        return form_answer(sheet, tell(done.findings, sheet.entries))
    end(sheet)
    return told(sheet, done, before=before == done)


def _said(sheet: Sheet, key: Idempotency) -> str | Issued:
    """The id of the record; what was found where it was not issued."""
    with IN_FLIGHT.hold(key):
        known = office().journal.replayed(key)
        if known is not None:
            return known.record_id
        done = issue(office(), sheet.draft(), idempotency=key)
        if done.record is None:
            return done
        acting = sheet.context.acting
        note(acting.person, "signed", party=acting.party, about=done.record.id)
        return done.record.id
