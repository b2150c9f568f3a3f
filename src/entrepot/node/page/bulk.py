"""Many offers or orders at once, from files: look at what each row becomes, make them, take the report along."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.base.digest import sha256
from entrepot.flow.bulk import (
    Batch,
    Brought,
    Fate,
    Planned,
    PlannedFile,
    make,
    packed,
    planned_file,
    report,
    rows_in,
    unpacked,
)
from entrepot.flow.bulk.column import COLUMNS, EXAMPLE
from entrepot.node.account.acting import WRITERS, Acting, me, note
from entrepot.node.page.answer import Page, error_page, form_page, onward, page, root_of
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.entry import Entry, examine, fill_in, status_of
from entrepot.node.page.kept import typed_in
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.sale.context import party_of
from entrepot.node.page.sale.enclosing import NAME, show_kept, take_sent
from entrepot.node.running import office
from entrepot.node.upload.models import Upload, Work
from entrepot.node.upload.working import Progress, begin, is_going
from entrepot.party.party import Party

LOOK, MAKE = "look", "make"
SHOWN_MAX = 100
"""Rows that a page shows, of each file those first that something stands against; the report has them all."""
FATES = {
    Fate.READY: gettext_noop("can be made"),
    Fate.MADE: gettext_noop("made"),
    Fate.KNOWN: gettext_noop("was made before"),
    Fate.WRONG: gettext_noop("not made"),
}
PHASES = {
    "": gettext_noop("It waits for its turn."),
    LOOK: gettext_noop("Rows that were looked at: %(done)s of %(total)s."),
    MAKE: gettext_noop("Rows that were signed and sent: %(done)s of %(total)s."),
}
"""What the work on the files says of itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it is shown; ``address``: of what was made."""

    planned: Planned
    words: str
    address: str


@require_http_methods(["GET", "POST"])
@acting_for(WRITERS)
def import_offers(request: HttpRequest) -> HttpResponseBase:
    """Offers from the rows of a table."""
    return _import(request, "offer", gettext("Offers from a file"))


@require_http_methods(["GET", "POST"])
@acting_for(WRITERS)
def import_orders(request: HttpRequest) -> HttpResponseBase:
    """Orders from the rows of a table, or from files in UBL."""
    return _import(request, "order", gettext("Orders from files"))


def _import(request: HttpRequest, kind: str, title: str) -> HttpResponseBase:
    acting = me(request)
    if "example" in request.GET:
        return _table("example.csv", _example(kind))
    if office().custodies().get(acting.party) != "held":
        title = gettext("This business signs with its own key")
        return form_page(request, status=409, title=title, method="none")
    if "work" in request.GET and request.method == "GET":
        return _follow(request, kind, title)
    typed = typed_in(request) if request.method == "POST" else {NAME: request.GET.get("report", "")}
    entries = _entries(kind)
    if request.method == "POST":
        take_sent(request, acting.person, typed, entries[0])
    problems = [*entries[0].problems]
    show_kept(entries[0], acting.person, typed)
    if "report" in request.GET:
        fill_in(entries, request.GET.dict() | typed)
        return _report(request, kind, entries)
    if request.method != "POST" or not examine(entries, typed):
        fill_in(entries, typed)
        return _page(request, kind, title, entries, ())
    act = MAKE if request.POST.get("act") == MAKE and not problems else LOOK
    return _answer(request, title, entries, _begin(acting, kind, act, entries))


def _begin(acting: Acting, kind: str, act: str, entries: list[Entry]) -> Work:
    """The one work that looks at these files, or makes what can be made of them."""
    said = {each.name: each.value for each in entries}
    about = _about(acting, kind, act, said)
    return begin(
        acting.person, sha256(about.encode()), about, lambda far: packed(_worked(acting, kind, said, far, act))
    )


def _about(acting: Acting, kind: str, act: str, said: Mapping[str, str]) -> str:
    return json.dumps({"party": acting.party, "kind": kind, "act": act, "said": dict(said)}, sort_keys=True)


def _worked(acting: Acting, kind: str, said: Mapping[str, str], far: Progress, act: str) -> list[PlannedFile]:
    batch = Batch(kind=kind, issuer=_issuer(acting), today=office().clock().date())
    kept = Upload.objects.filter(person=acting.person, digest__in=said[NAME].split()).order_by("name")
    files = [_brought(each, said) for each in kept]
    far.begin(LOOK, sum(rows_in(batch, each) for each in files))
    planned = [planned_file(office(), batch, each, seen=far.step) for each in files]
    return _made(acting, planned, far) if act == MAKE else planned


def _follow(request: HttpRequest, kind: str, title: str) -> HttpResponseBase:
    """How far the work is, or what came of it. What a process left lying is looked at again: what it made is made."""
    acting = me(request)
    work = Work.objects.filter(person=acting.person, name=request.GET["work"][:64]).first()
    about = json.loads(work.about) if work else {}
    if work is None or (about["party"], about["kind"]) != (acting.party, kind):
        return onward(request, request.path_info)
    entries = _entries(kind)
    show_kept(entries[0], acting.person, about["said"])
    fill_in(entries, about["said"])
    if not work.is_over and not is_going(work, office().clock()):
        work = _begin(acting, kind, LOOK, entries)
    return _answer(request, title, entries, work)


def _answer(request: HttpRequest, title: str, entries: list[Entry], work: Work) -> HttpResponseBase:
    """What came of the work; a page that follows it where it goes on."""
    again = f"{request.path_info}?work={work.name}"
    if request.method == "POST" or "work" not in request.GET:
        return onward(request, again)
    if work.is_over:
        kind = json.loads(work.about)["kind"]
        return _page(request, kind, title, entries, unpacked(work.result)) if work.result else error_page(request, 503)
    words = gettext(PHASES[work.phase]) % {"done": work.done, "total": work.total}
    again = root_of(request) + again
    return page(request, "going.html", title=title, words=words, work=work, again=again, script="follow.js")


def _report(request: HttpRequest, kind: str, entries: list[Entry]) -> HttpResponseBase:
    """What was last said of the files, as a table; they are looked at where nothing is known any more."""
    acting, said = me(request), {each.name: each.value for each in entries}
    names = [sha256(_about(acting, kind, act, said).encode()) for act in (LOOK, MAKE)]
    over = Work.objects.filter(person=acting.person, name__in=names, is_over=True).exclude(result="")
    work = over.order_by("-at").first() or _begin(acting, kind, LOOK, entries)
    if not work.result:
        return _answer(request, "", entries, work)
    return _table("report.csv", report(row for each in unpacked(work.result) for row in each.rows))


def _entries(kind: str) -> list[Entry]:
    """The files; for orders also how the party stands in a UBL file."""
    file = Entry(
        name=NAME,
        label=gettext("Files"),
        help=gettext("CSV in UTF-8 or XLSX, at most 500 rows each.")
        if kind == "offer"
        else gettext("CSV in UTF-8 or XLSX, at most 500 rows each; or orders in UBL 2.1, one file each."),
        kind="files",
        most=500,
    )
    if kind == "offer":
        return [file]
    sides = (
        ("seller", gettext("We sell: others ordered from us elsewhere")),
        ("buyer", gettext("We buy: this is our order")),
    )
    return [
        file,
        Entry(name="side", label=gettext("In UBL files"), kind="select", options=sides, value="seller"),
        Entry(name="other", label=gettext("DID of the other side, in UBL files"), required=False, most=500),
    ]


def _issuer(acting: Acting) -> Party:
    return party_of(acting.party) or Party(name=acting.party[:200], did=acting.party)


def _brought(upload: Upload, said: Mapping[str, str]) -> Brought:
    side = "buyer" if said.get("side") == "buyer" else "seller"
    body = bytes(upload.body)
    return Brought(
        name=upload.name, body=body, side="buyer" if side == "buyer" else "seller", other=said.get("other", "")
    )


def _made(acting: Acting, files: list[PlannedFile], far: Progress) -> list[PlannedFile]:
    """Make the rows that are ready."""
    far.begin(MAKE, sum(row.fate is Fate.READY for each in files for row in each.rows))
    return [replace(each, rows=tuple(_row_made(acting, row, far) for row in each.rows)) for each in files]


def _row_made(acting: Acting, row: Planned, far: Progress) -> Planned:
    if row.fate is not Fate.READY:
        return row
    after = make(office(), row)
    if after.fate is Fate.MADE:
        note(acting.person, "signed", party=acting.party, about=after.record)
    far.step()
    return after


def _page(
    request: HttpRequest, kind: str, title: str, entries: list[Entry], files: list[PlannedFile] | tuple[()]
) -> Page:
    home = "/offers" if kind == "offer" else "/sales"
    rows = [row for each in files for row in each.rows]
    most = SHOWN_MAX // max(len(files), 1)
    shown = [(each, _lines(each, home, most), max(len(each.rows) - most, 0)) for each in files]
    counts = [(gettext(words), sum(row.fate is fate for row in rows)) for fate, words in FATES.items()]
    return page(
        request,
        "bulk.html",
        status=status_of(entries),
        title=title,
        home="/offers/mine" if kind == "offer" else "/sales",
        entries=entries,
        columns=[(each.name, each.required) for each in COLUMNS[kind]],
        files=shown,
        counts=[each for each in counts if each[1]],
        is_ready=any(row.fate is Fate.READY for row in rows),
        kept={each.name: each.value for each in entries},
    )


def _lines(file: PlannedFile, home: str, most: int) -> list[Line]:
    rows = file.rows
    if len(rows) > most:
        rows = tuple(sorted(rows, key=lambda row: row.fate is not Fate.WRONG))[:most]
    return [_line(row, home) for row in rows]


def _line(row: Planned, home: str) -> Line:
    return Line(row, gettext(FATES[row.fate]), f"{home}/{row.record}" if row.record else "")


def _example(kind: str) -> bytes:
    names = [each.name for each in COLUMNS[kind]]
    cells = [EXAMPLE.get(each, "") for each in names]
    return ("\r\n".join([",".join(names), ",".join(f'"{each}"' for each in cells)]) + "\r\n").encode("utf-8-sig")


def _table(name: str, body: bytes) -> HttpResponse:
    answer = HttpResponse(body, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
