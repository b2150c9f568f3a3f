"""Deciding a case: fill in, look at what will be said and to whom, sign. The record names person and reasons."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.base.finding import Finding, blocking
from entrepot.document.agency.model import DECISION
from entrepot.flow.assess import stop
from entrepot.flow.issue import Draft, Issued, Still, check_draft, issue
from entrepot.journal.port import Idempotency
from entrepot.node.account.acting import READERS, me, name_of, note
from entrepot.node.api.edge import IN_FLIGHT
from entrepot.node.page.answer import Page, error_page, onward, page
from entrepot.node.page.desk.desk import Carried, Decision, Desk, Reading, Ruling
from entrepot.node.page.desk.paper import addressed
from entrepot.node.page.desk.queue import desk_of
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.entry import Entry, examine, fill_in
from entrepot.node.page.kept import keep, kept_draft, let_go, onto_kept, typed_in
from entrepot.node.page.once import CHANGE, KEY, LOOK, form_key, new_key, patiently, said_before
from entrepot.node.page.sale.deal import deal_of
from entrepot.node.page.sale.forms import number_entry, proposed
from entrepot.node.page.sale.showing import shown
from entrepot.node.page.sale.telling import say, tell
from entrepot.node.running import office

Rest = list[tuple[str, bool]]
OVER = stop(
    "ENT-CORE-AGENCY-05",
    "The case was decided meanwhile.",
    remedy="Look at it again.",
)
"""Found where somebody else decided between the form and its signing; a person reads the page of a conflict."""


@dataclass(slots=True)
class Sheet:
    """The form of one decision before one person."""

    request: HttpRequest
    desk: Desk
    decision: Decision
    ruling: Ruling
    reading: Reading
    typed: dict[str, str]
    entries: list[Entry]

    @property
    def after(self) -> str:
        """The page of the case."""
        return f"/desks/{self.desk.name}/{self.ruling.case.id}"


@require_http_methods(["GET", "POST"])
@acting_for(READERS)
def decide(request: HttpRequest, desk: str, case: str, decision: str) -> HttpResponseBase:
    """Take a decision; there is no such page where desk, case or decision are not the party's."""
    acting = me(request)
    found = desk_of(acting, desk)
    held = found.find(acting, case) if found else None
    taken = found.decision(decision) if found else None
    if found is None or held is None or taken is None:
        return error_page(request, 404)
    if not acting.may_write:
        return error_page(request, 403)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    place, after = request.path_info, f"/desks/{desk}/{case}"
    if act not in ("sign", "discard") and said_before(request, acting, f"{after}/{decision}"):
        return onward(request, f"{after}?again=1")
    if decision not in held.may and act != "sign":  # what was signed may be sent once more
        return error_page(request, 409)
    if act == "discard":
        let_go(acting.person, place)
        return onward(request, after)
    typed = typed_in(request) or kept_draft(acting.person, place)
    typed.setdefault(KEY, new_key())
    today = office().clock().date()
    entries = [] if decision not in held.may else taken.entries(acting, held)
    entries += [number_entry(taken.prefix, today, typed[KEY])] if taken.draft else []
    entries.append(_reasons())
    ruling = Ruling(acting=acting, case=held, today=today, typed=typed)
    sheet = Sheet(request, found, taken, ruling, found.read(acting, held), typed, entries)
    if act in ("look", "sign", "change"):
        keep(acting.person, place, typed)
    if act == "sign":
        return _sign(sheet)
    onto = {"look": LOOK, "change": CHANGE}.get(act)
    if onto and (onwards := onto_kept(request, acting.person, place, key=typed[KEY], at=onto)):
        return onwards
    fill_in(entries, typed)
    return _look(sheet) if act == "look" or request.GET.get(LOOK) == typed[KEY] else _form(sheet, [])


def _reasons() -> Entry:
    return Entry(
        name="reasons",
        label=gettext("Reasons"),
        help=gettext("They are signed with the decision, and with your name."),
        kind="textarea",
        most=2000,
        path="$.reasons",
    )


def _look(sheet: Sheet) -> Page:
    if not examine(sheet.entries, sheet.typed):
        return _form(sheet, [])
    drafts = [_decision(sheet, Carried())]
    carrying = sheet.decision.draft(sheet.ruling) if sheet.decision.draft else None
    if sheet.decision.draft and carrying is None:
        return error_page(sheet.request, 409)
    drafts += [addressed(carrying, sheet.ruling.acting)] if carrying else []
    found = [check_draft(office(), each) for each in drafts]
    findings = [*sheet.decision.check(sheet.ruling), *(finding for each in found for finding in each.findings)]
    rest = tell(findings, sheet.entries)
    if blocking(findings):
        return _form(sheet, rest)
    told = {did for each in found if each.record for did in each.record.content.audience}
    sales = [sale for each in drafts for sale in each.sales]
    called = deal_of(sales[0], sheet.ruling.acting.readers).name if sales else name_of
    readers = [called(did) for did in sorted(told - {sheet.ruling.acting.party})]
    hints = [say(each) for each in findings]
    lines = shown(sheet.request, sheet.entries)
    return _page(sheet, "sale/look.html", 200, lines=lines, checks=hints, readers=readers)


def _decision(sheet: Sheet, carried: Carried) -> Draft:
    """The decision as the record that every desk leaves."""
    ruling, also = sheet.ruling, sheet.reading.also
    about = {ruling.case.id: ruling.case.number, **also}
    number = proposed("AD", ruling.today, sheet.typed[KEY])
    payload: dict[str, Any] = {
        "number": number,
        "issueDate": ruling.today.isoformat(),
        "desk": sheet.desk.name,
        "about": [{"record": record, "number": text} for record, text in about.items()],
        "outcome": sheet.decision.name,
        "reasons": sheet.typed.get("reasons", "").strip(),
        "decidedBy": ruling.acting.person.name,
    }
    if carried.record:
        payload["carriedOut"] = {"record": carried.record, "number": carried.number}
    party = ruling.acting.party
    readers = tuple(sorted({party, *sheet.reading.concerned}))
    return Draft(kind=DECISION, issuer=party, number=number, payload=payload, audience=readers)


def _sign(sheet: Sheet) -> HttpResponseBase:
    """Decide once, however often the form is sent."""
    acting = sheet.ruling.acting
    key = form_key(acting, sheet.after + f"/{sheet.decision.name}", sheet.typed)
    if office().journal.replayed(key) is None:
        if sheet.decision.name not in sheet.ruling.case.may and not _is_begun(key):
            return error_page(sheet.request, 409)
        if not examine(sheet.entries, sheet.typed):
            return _form(sheet, [])
    before = office().journal.replayed(key) is not None
    found = patiently(lambda: _done(sheet, key))
    if OVER in found:
        return error_page(sheet.request, 409)
    if found:
        return _form(sheet, tell(found, sheet.entries))
    let_go(acting.person, sheet.request.path_info)
    return onward(sheet.request, sheet.after + ("?again=1" if before else ""))


def _still(sheet: Sheet) -> Still:
    """The case may still be decided so, when the record is put in order: of two people of a desk who decide at one
    moment, the second one's record is judged with that of the first."""
    ruling, decision = sheet.ruling, sheet.decision.name

    def against() -> tuple[Finding, ...]:
        now = sheet.desk.find(ruling.acting, ruling.case.id)
        return () if now is not None and decision in now.may else (OVER,)

    return Still((f"case/{ruling.acting.party}/{ruling.case.id}",), against)


def _act_key(key: Idempotency) -> Idempotency:
    """Stands for the record that carries the decision out."""
    return Idempotency(scope=f"{key.scope}/act", key=key.key, digest=key.digest)


def _is_begun(key: Idempotency) -> bool:
    """Whether the decision was carried out, and the node ended before it kept the decision itself."""
    return office().journal.replayed(_act_key(key)) is not None


def _done(sheet: Sheet, key: Idempotency) -> tuple[Finding, ...]:
    """Carry it out, and say that it was decided; what stopped it, if anything did."""
    with IN_FLIGHT.hold(key):
        if office().journal.replayed(key) is not None:
            return ()
        carried = _carried(sheet, _act_key(key))
        if blocking(carried.findings):
            return carried.findings
        still = None if carried.record or sheet.decision.carry else _still(sheet)
        done = issue(office(), _decision(sheet, carried), idempotency=key, still=still)
        if done.record is None:
            return done.findings
        acting = sheet.ruling.acting
        note(acting.person, "decided", party=acting.party, about=done.record.id)
        return ()


def _carried(sheet: Sheet, key: Idempotency) -> Carried:
    if sheet.decision.carry:
        return sheet.decision.carry(sheet.ruling)
    if sheet.decision.draft is None:
        return Carried()
    known = office().journal.replayed(key)
    if known is not None:
        return Carried(record=known.record_id, number=sheet.typed["number"].strip())
    against = sheet.decision.check(sheet.ruling)
    if blocking(against):
        return Carried(findings=against)
    draft = sheet.decision.draft(sheet.ruling)
    if draft is None:
        return Carried(findings=(OVER,))
    done: Issued = issue(office(), addressed(draft, sheet.ruling.acting), idempotency=key, still=_still(sheet))
    if done.record is None:
        return Carried(findings=done.findings)
    acting = sheet.ruling.acting
    note(acting.person, "signed", party=acting.party, about=done.record.id)
    return Carried(record=done.record.id, number=draft.number)


def _form(sheet: Sheet, rest: Rest) -> Page:
    wrong = bool(rest) or any(each.is_wrong for each in sheet.entries)
    return _page(sheet, "desk/decide.html", 422 if wrong else 200, rest=rest)


def _page(sheet: Sheet, template: str, status: int, **values: object) -> Page:
    return page(
        sheet.request,
        template,
        status=status,
        title=gettext(sheet.decision.title),
        explains=gettext(sheet.decision.explains),
        case=sheet.ruling.case,
        reading=sheet.reading,
        after=sheet.after,
        entries=sheet.entries,
        hidden=[(KEY, sheet.typed[KEY])],
        **values,
    )
