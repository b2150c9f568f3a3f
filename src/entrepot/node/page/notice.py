"""The notices of a person for the party she acts for, and how she wants to be told."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.base.record import Record
from entrepot.document.agency.model import DECISION, AgencyDecision
from entrepot.flow.kinds import read_record
from entrepot.flow.reading import is_readable, steps_open
from entrepot.node.account.acting import READERS, Acting, me, name_of
from entrepot.node.notice.models import Notice, What, Wish
from entrepot.node.notice.telling import ANSWERS
from entrepot.node.notice.unread import mark_read
from entrepot.node.notice.words import WORDS
from entrepot.node.page.answer import form_page, onward, page
from entrepot.node.page.entrance import acting_for, signed_in
from entrepot.node.page.entry import Entry, examine, fill_in
from entrepot.node.page.kept import kept_draft, let_go, typed_in
from entrepot.node.page.language import LANGUAGES, language_of
from entrepot.node.page.sale.board import page_from
from entrepot.node.page.sale.deal import deal_of
from entrepot.node.page.sale.words import KINDS, word
from entrepot.node.running import office
from entrepot.sale.message import MESSAGE

PAGE = 50


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the list; ``step``: the kind of record that is waited for, empty where nothing is."""

    title: str
    number: str
    issuer: str
    words: str
    at: datetime
    is_new: bool
    address: str
    step: str = ""


@require_http_methods(["GET", "POST"])
@acting_for(READERS)
def notices(request: HttpRequest) -> HttpResponseBase:
    """What the person was told, newest first; sent as a form: all of it is read."""
    acting = me(request)
    if request.method == "POST":
        mark_read(acting)
        return onward(request, "/notices")
    offset = page_from(request)
    told = Notice.objects.filter(person=acting.person, party=acting.party).order_by("-at", "-pk")
    shown = list(told[offset : offset + PAGE + 1])
    return page(
        request,
        "notices.html",
        lines=[_told(each, acting) for each in shown[:PAGE]],
        next=offset + PAGE if len(shown) > PAGE else None,
    )


def _told(notice: Notice, acting: Acting) -> Told:
    here = office()
    record = here.journal.record(notice.about) if is_readable(here.journal, notice.about, acting.readers) else None
    waits = _waits(notice, acting)
    words = gettext(WORDS[What(notice.what)])
    if notice.what == What.STEP and not waits:
        words = gettext("was answered, or needs no answer any more")
    issuer = "" if record is None else record.content.issuer
    about = "" if record is None else _decided(record)
    sale = notice.sale or _sale_of(about, acting)
    return Told(
        title=word(KINDS, notice.kind),
        number="" if record is None else record.content.number,
        issuer=deal_of(sale, acting.readers).name(issuer) if sale and issuer else name_of(issuer),
        words=words,
        at=notice.at,
        is_new=notice.read is None,
        address=f"/sales/{sale}#d{notice.about}" if about and sale else _address(notice, about),
        step=f"/sales/{notice.sale}/{ANSWERS[notice.kind]}" if waits and acting.may_write else "",
    )


def _waits(notice: Notice, acting: Acting) -> bool:
    """Whether what was asked still waits for its answer."""
    if notice.what != What.STEP:
        return False
    here = office()
    return ANSWERS[notice.kind] in steps_open(here.journal, notice.sale, acting.readers, recall=here.recall)


def _decided(record: Record) -> str:
    """The record that an agency decided about; empty where this is no decision of one."""
    says = None if record.erased or record.kind != DECISION else read_record(record)[0]
    return says.about[0].record if isinstance(says, AgencyDecision) else ""


def _sale_of(about: str, acting: Acting) -> str:
    """The sale to which the record belongs, where the reader may see it."""
    journal = office().journal
    record = journal.record(about) if about and is_readable(journal, about, acting.readers) else None
    if record is None or record.kind == "offer":
        return ""
    return next(iter(record.sales), "")


def _address(notice: Notice, about: str) -> str:
    if not notice.sale:
        offer = about if _is_offer(about) else notice.about if notice.kind == "offer" else ""
        return f"/offers/{offer}" if offer else ""
    rest = "/messages" if notice.kind == MESSAGE else ""
    return f"/sales/{notice.sale}{rest}#r{notice.about}"


def _is_offer(about: str) -> bool:
    record = office().journal.record(about) if about else None
    return record is not None and record.kind == "offer"


@require_http_methods(["GET", "POST"])
@signed_in
def notice_settings(request: HttpRequest) -> HttpResponseBase:
    """Whether the person wants letters, and in which language."""
    person = me(request).person
    wish = Wish.objects.filter(person=person).first() or Wish(person=person, language=language_of(request).code)
    letters = Entry(
        name="letters",
        label=gettext("Write me a letter when something comes in"),
        kind="checkbox",
        value="yes" if wish.letters else "",
    )
    language = Entry(
        name="language",
        label=gettext("Language of the letters"),
        kind="select",
        options=tuple((each.code, each.name) for each in LANGUAGES),
        value=wish.language,
    )
    draft = typed_in(request) or kept_draft(person, request.path_info)
    if draft and request.method == "GET":
        letters.value = draft.get("letters", "")
        fill_in([language], draft)
    if request.method == "POST" and examine([letters, language], request.POST.dict()):
        wished = {"letters": bool(request.POST.get("letters")), "language": language.value}
        Wish.objects.update_or_create(person=person, defaults=wished)
        let_go(person, request.path_info)
        return onward(request, "/account")
    return form_page(request, [letters, language], title=gettext("How you are told"), button=gettext("Keep it so"))
