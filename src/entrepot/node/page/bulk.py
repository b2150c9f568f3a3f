"""Many offers or orders at once, from files: look at what each row becomes, make them, take the report along."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.flow.bulk import Batch, Brought, Fate, Planned, PlannedFile, make, planned_file, report
from entrepot.flow.bulk.column import COLUMNS, EXAMPLE
from entrepot.node.account.acting import WRITERS, Acting, me, note
from entrepot.node.page.answer import Page, form_page, page
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.entry import Entry, examine, fill_in
from entrepot.node.page.kept import typed_in
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.sale.context import party_of
from entrepot.node.page.sale.enclosing import NAME, show_kept, take_sent
from entrepot.node.running import office
from entrepot.node.upload.models import Upload
from entrepot.party.party import Party

AT_ONCE = 100
"""Rows that are made in one answer; the page goes on with the rest."""
FATES = {
    Fate.READY: gettext_noop("can be made"),
    Fate.MADE: gettext_noop("made"),
    Fate.KNOWN: gettext_noop("was made before"),
    Fate.WRONG: gettext_noop("not made"),
}


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
    typed = typed_in(request) if request.method == "POST" else {NAME: request.GET.get("report", "")}
    problems = take_sent(request, acting.person, typed) if request.method == "POST" else []
    entries = _entries(kind)
    entries[0].problems += problems
    show_kept(entries[0], acting.person, typed)
    if "report" in request.GET:
        fill_in(entries, request.GET.dict() | typed)
        return _table("report.csv", report(row for each in _planned(acting, kind, entries) for row in each.rows))
    if request.method != "POST" or not examine(entries, typed):
        fill_in(entries, typed)
        return _page(request, kind, title, entries, ())
    files = _planned(acting, kind, entries)
    if request.POST.get("act") == "make" and not problems:
        files = _made(acting, files)
    return _page(request, kind, title, entries, files)


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


def _planned(acting: Acting, kind: str, entries: list[Entry]) -> list[PlannedFile]:
    """What becomes of each kept file."""
    said = {each.name: each.value for each in entries}
    batch = Batch(kind=kind, issuer=_issuer(acting), today=office().clock().date())
    kept = Upload.objects.filter(person=acting.person, digest__in=said[NAME].split()).order_by("name")
    return [planned_file(office(), batch, _brought(each, said)) for each in kept]


def _issuer(acting: Acting) -> Party:
    return party_of(acting.party) or Party(name=acting.party[:200], did=acting.party)


def _brought(upload: Upload, said: Mapping[str, str]) -> Brought:
    side = "buyer" if said.get("side") == "buyer" else "seller"
    body = bytes(upload.body)
    return Brought(
        name=upload.name, body=body, side="buyer" if side == "buyer" else "seller", other=said.get("other", "")
    )


def _made(acting: Acting, files: list[PlannedFile]) -> list[PlannedFile]:
    """Make the next rows that are ready."""
    left, done = AT_ONCE, []
    for file in files:
        rows = []
        for row in file.rows:
            after = make(office(), row) if left and row.fate is Fate.READY else row
            left -= after is not row
            if after.fate is Fate.MADE:
                note(acting.person, "signed", party=acting.party, about=after.record)
            rows.append(after)
        done.append(replace(file, rows=tuple(rows)))
    return done


def _page(
    request: HttpRequest, kind: str, title: str, entries: list[Entry], files: list[PlannedFile] | tuple[()]
) -> Page:
    home = "/offers" if kind == "offer" else "/sales"
    rows = [row for each in files for row in each.rows]
    shown = [(each, [_line(row, home) for row in each.rows]) for each in files]
    counts = [(gettext(words), sum(row.fate is fate for row in rows)) for fate, words in FATES.items()]
    return page(
        request,
        "bulk.html",
        status=422 if any(each.is_wrong for each in entries) else 200,
        title=title,
        home="/offers/mine" if kind == "offer" else "/sales",
        entries=entries,
        columns=[(each.name, each.required) for each in COLUMNS[kind]],
        files=shown,
        counts=[each for each in counts if each[1]],
        is_ready=any(row.fate is Fate.READY for row in rows),
        kept={each.name: each.value for each in entries},
    )


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
