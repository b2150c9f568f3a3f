"""A next step: fill in, look at what will be said and what was found, then sign. Nothing is said before that.

The draft is kept at every stage; until it is signed it can be changed or thrown away, afterwards never.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.base.finding import Severity
from entrepot.base.money import Money
from entrepot.flow.issue import Draft, Issued, check_draft, issue
from entrepot.flow.reading import has_sale, steps_open
from entrepot.journal.port import Idempotency
from entrepot.node.account.acting import READERS, WRITERS, Acting, me, name_of, note
from entrepot.node.api.edge import IN_FLIGHT
from entrepot.node.page.account.business import economy_entry
from entrepot.node.page.answer import Page, error_page, form_page, onward, page
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.entry import Entry, examine, fill_in
from entrepot.node.page.kept import keep, kept_draft, let_go, typed_in
from entrepot.node.page.once import KEY, form_key, new_key, patiently
from entrepot.node.page.sale.buying import buyer_entries, buying
from entrepot.node.page.sale.context import Context
from entrepot.node.page.sale.deal import deal_of
from entrepot.node.page.sale.enclosing import NAME as FILES
from entrepot.node.page.sale.enclosing import file_entry, show_kept, take_sent
from entrepot.node.page.sale.forms import FORMS, Form, number_entry, number_of
from entrepot.node.page.sale.message import WRITTEN
from entrepot.node.page.sale.order import ORDER, seller_entries
from entrepot.node.page.sale.showing import shown
from entrepot.node.page.sale.telling import say, tell
from entrepot.node.page.sale.words import KINDS
from entrepot.node.running import office
from entrepot.node.upload.taking import let_go as forget
from entrepot.sale.message import MESSAGE


@dataclass(slots=True)
class Sheet:
    """One form before one person: what was typed, and the fields that show it."""

    request: HttpRequest
    form: Form
    context: Context
    typed: dict[str, str]
    entries: list[Entry]

    @property
    def place(self) -> str:
        """The address of the form, under which its draft is kept."""
        return self.request.path_info

    @property
    def after(self) -> str:
        """Where to go when nothing is said."""
        return self.form.home if self.context.deal is None else f"/sales/{self.context.deal.sale}"

    def draft(self) -> Draft:
        """What is to be said."""
        typed = {each.name: self.typed.get(each.name, "") for each in self.entries}
        number = typed["number"].strip() if self.form.numbered else number_of(self.form.prefix, self.typed[KEY])
        draft = Draft(
            kind=self.form.kind,
            issuer=self.context.acting.party,
            number=number,
            payload=self.form.payload(self.context, typed),
            sales=() if self.context.deal is None else (self.context.deal.sale,),
            after=self.form.follows or None,
            attachments=self.form.files(self.context, typed) if self.form.files else (),
        )
        return self.form.complete(draft, self.context, typed)


@require_http_methods(["GET", "POST"])
@acting_for(WRITERS)
def new_sale(request: HttpRequest) -> HttpResponseBase:
    """Order from somebody."""
    context = Context(acting=buying(request), today=office().clock().date())
    return work(request, ORDER, context, [*buyer_entries(context.acting), *seller_entries(economy_entry(request))])


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
    return request.POST.get("act") == "sign" or kind in steps_open(
        office().journal, sale, acting.readers, recall=office().recall
    )


def work(request: HttpRequest, form: Form, context: Context, before: list[Entry]) -> HttpResponseBase:
    """What ``form`` answers: itself, a look at what it would say, or the way to what was said. ``before``: fields that
    stand before its own."""
    if office().custodies().get(context.acting.party) != "held":
        title = gettext("This business signs with its own key")
        lead = gettext("Its key is not on this node. Prepare and sign by program: entrepot sale sign.")
        return form_page(request, status=409, title=title, lead=lead, method="none")
    typed = typed_in(request) or kept_draft(context.acting.person, request.path_info)
    typed.setdefault(KEY, new_key())
    entries = [*before, *form.entries(context)]
    problems = take_sent(request, context.acting.person, typed) if form.encloses and request.method == "POST" else []
    if form.encloses:
        entries.append(file_entry())
        show_kept(entries[-1], context.acting.person, typed)
        entries[-1].problems += problems
    if form.numbered:
        entries.append(number_entry(form.prefix, context.today, typed[KEY]))
    sheet = Sheet(request, form, context, typed, entries)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act == "discard":
        forget(context.acting.person, typed.get(FILES, "").split())
        let_go(context.acting.person, sheet.place)
        return onward(request, sheet.after)
    if act in ("look", "sign", "keep", "more"):
        keep(context.acting.person, sheet.place, typed)
    if act == "keep":
        return onward(request, sheet.after)
    if act == "sign":
        return _sign(sheet)
    fill_in(entries, typed)
    return _look(sheet, is_asked=act == "look") if act in ("look", "examine") else _form(sheet, [])


def _look(sheet: Sheet, *, is_asked: bool) -> Page:
    """What will be said, to whom, and what was found; or the form, where something stops it, or where a script only
    examines what is typed so far."""
    if not (_are_sides_named(sheet) & examine(sheet.entries, sheet.typed)):
        return _form(sheet, [])
    found = check_draft(office(), sheet.draft())
    rest = tell(found.findings, sheet.entries)
    if found.assessment.blocking or found.record is None or not is_asked:
        return _form(sheet, rest)
    deal = sheet.context.deal
    readers = [did for did in found.record.content.audience if did != sheet.context.acting.party]
    stated = found.record.payload.get("totals", {}).get("payable")
    values: dict[str, object] = {"total": None if stated is None else Money.from_json(stated)}
    values |= {"readers": [deal.name(each) if deal else _name(sheet, each) for each in readers]}
    return _page(
        sheet, "sale/look.html", 200, lines=shown(sheet.request, sheet.entries), checks=_hints(found), **values
    )


def _name(sheet: Sheet, did: str) -> str:
    said = sheet.draft().payload
    named = (said.get("seller", {}), *(each["party"] for each in said.get("parties", ())))
    return next((str(each["name"]) for each in named if each.get("did") == did), name_of(did))


def _are_sides_named(sheet: Sheet) -> bool:
    """Whether an order says from whom; inside a sale that is known."""
    named = {each.name: each for each in sheet.entries}
    if "did" not in named or sheet.typed.get("seller") or sheet.typed.get("did", "").strip():
        return True
    named["seller"].problems.append(gettext("Choose a business, or give the DID of one."))
    return False


def _hints(found: Issued) -> list[tuple[str, bool]]:
    """What was found and does not stop it."""
    return [say(each) for each in found.findings if each.severity is not Severity.BLOCKING]


def _sign(sheet: Sheet) -> HttpResponseBase:
    """Say it, once however often the form is sent."""
    acting = sheet.context.acting
    if not (_are_sides_named(sheet) & examine(sheet.entries, sheet.typed)):
        return _form(sheet, [])
    key = form_key(acting, sheet.form.kind, sheet.typed)
    done = patiently(lambda: _said(sheet, key))
    if isinstance(done, Issued):
        return _form(sheet, tell(done.findings, sheet.entries))
    let_go(acting.person, sheet.place)
    forget(acting.person, sheet.typed.get(FILES, "").split())
    if sheet.context.deal is None:
        return onward(sheet.request, f"{sheet.form.home}/{done}")
    rest = "/messages" if sheet.form.kind == MESSAGE else ""
    return onward(sheet.request, f"/sales/{sheet.context.deal.sale}{rest}#r{done}")


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


def _form(sheet: Sheet, rest: list[tuple[str, bool]]) -> Page:
    wrong = bool(rest) or any(each.is_wrong for each in sheet.entries)
    return _page(sheet, "sale/step.html", 422 if wrong else 200, rest=rest)


def _page(sheet: Sheet, template: str, status: int, **values: object) -> Page:
    return page(
        sheet.request,
        template,
        status=status,
        title=gettext(KINDS[sheet.form.kind]),
        explains=gettext(sheet.form.explains),
        deal=sheet.context.deal,
        after=sheet.after,
        takes_files=sheet.form.takes_files,
        encloses=sheet.form.encloses,
        entries=sheet.entries,
        hidden=[(KEY, sheet.typed[KEY])],
        is_kept=bool(kept_draft(sheet.context.acting.person, sheet.place)),
        script="step.js",
        **values,
    )
