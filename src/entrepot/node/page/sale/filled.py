"""A form of a sale before one person: what was typed, the document that it makes, and the pages that show it."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from entrepot.base.finding import Finding, Severity
from entrepot.base.money import Money
from entrepot.base.record import Record
from entrepot.flow.issue import Draft
from entrepot.node.account.acting import name_of
from entrepot.node.page.answer import Page, onward, page
from entrepot.node.page.entry import Entry, status_of
from entrepot.node.page.kept import kept_draft, let_go
from entrepot.node.page.once import KEY
from entrepot.node.page.sale.context import Context
from entrepot.node.page.sale.enclosing import NAME as FILES
from entrepot.node.page.sale.forms import Form, number_of
from entrepot.node.page.sale.showing import shown
from entrepot.node.page.sale.telling import say
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
    brought: str = ""
    """The signed record that came as text, where the key lies elsewhere."""

    @property
    def place(self) -> str:
        """The address of the form, under which its draft is kept."""
        return self.request.path_info

    @property
    def waiting_place(self) -> str:
        """Where the record is kept that waits for its signature, beside the draft."""
        return f"record:{self.place}"

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


def is_held(sheet: Sheet) -> bool:
    """Whether this node holds the key of whoever speaks; else it lies with the party, wherever that lives."""
    return office().custodies().get(sheet.context.acting.party) == "held"


def end(sheet: Sheet) -> None:
    """Forget the draft and what was kept with it: it was said, or thrown away."""
    person = sheet.context.acting.person
    forget(person, sheet.typed.get(FILES, "").split())
    let_go(person, sheet.place)
    let_go(person, sheet.waiting_place)


def told(sheet: Sheet, record: str, *, before: bool = False) -> HttpResponseBase:
    """On to where the record of that id is shown, now that it is said; ``before``: it was said already, and the page
    says so."""
    again = "?again=1" if before else ""
    if sheet.context.deal is None:
        return onward(sheet.request, f"{sheet.form.home}/{record}{again}")
    rest = "/messages" if sheet.form.kind == MESSAGE else ""
    return onward(sheet.request, f"/sales/{sheet.context.deal.sale}{rest}{again}#r{record}")


def are_sides_named(sheet: Sheet) -> bool:
    """Whether an order says from whom; inside a sale that is known."""
    named = {each.name: each for each in sheet.entries}
    if "did" not in named or sheet.typed.get("seller") or sheet.typed.get("did", "").strip():
        return True
    named["seller"].problems.append(gettext("Choose a business, or give the DID of one."))
    return False


def form_answer(sheet: Sheet, rest: list[tuple[str, bool]]) -> Page:
    """The form, with what stands against it: ``rest``, and what stands beside its fields."""
    status = status_of(sheet.entries)
    return sheet_page(sheet, "sale/step.html", 422 if rest and status == 200 else status, rest=rest)


def look_answer(
    sheet: Sheet, template: str, record: Record, findings: tuple[Finding, ...], *, status: int = 200, **values: object
) -> Page:
    """What ``record`` says, to whom, and what was found and does not stop it."""
    readers = [did for did in record.content.audience if did != sheet.context.acting.party]
    stated = record.payload.get("totals", {}).get("payable")
    told = {
        "total": None if stated is None else Money.from_json(stated),
        "readers": [_name(sheet, each, record) for each in readers],
        "lines": shown(sheet.request, sheet.entries),
        "checks": [say(each) for each in findings if each.severity is not Severity.BLOCKING],
    }
    return sheet_page(sheet, template, status, **told, **values)


def _name(sheet: Sheet, did: str, record: Record) -> str:
    """How a reader is called: as the sale knows it, else as what is about to be said names it."""
    deal, said = sheet.context.deal, record.payload
    called = deal.name(did) if deal else name_of(did)
    named = (said.get("seller", {}), *(each["party"] for each in said.get("parties", ())))
    return next((str(each["name"]) for each in named if called == did == each.get("did")), called)


def sheet_page(sheet: Sheet, template: str, status: int, **values: object) -> Page:
    """A page about the form, as ``template`` makes it."""
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
        script="step.js send.js" if sheet.form.takes_files or sheet.form.encloses else "step.js",
        **values,
    )
