"""Files that go with a message: chosen in its form, kept with its draft, and given to its readers as files alone.

A file of somebody else is never shown as a page: it is always an attachment (RFC 6266), of a type that is harmless to
open or of none, is not sniffed, and has no rights where a browser opens it all the same (CSP, sandbox).
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from entrepot.document.file_type import BY_MEDIA_TYPE, TYPES
from entrepot.flow.kinds import read_record
from entrepot.flow.reading import has_sale, is_readable
from entrepot.journal.port import Attachment
from entrepot.node.account.acting import READERS, me
from entrepot.node.account.models import Person
from entrepot.node.page.answer import error_page
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.entry import Entry
from entrepot.node.page.sale.context import Context
from entrepot.node.running import office
from entrepot.node.upload.models import Upload
from entrepot.node.upload.taking import kept_files, take
from entrepot.sale.message import Message

NAME = "files"
"""Name of the field: what is sent under it is a file; as a text it holds the digests of those that are kept."""
SAFE = frozenset(BY_MEDIA_TYPE) - {"application/xml"}
"""Media types under which files are given; others go as ``application/octet-stream``."""
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


def file_entry() -> Entry:
    """The field by which files are chosen."""
    return Entry(
        name=NAME,
        label=gettext("Files"),
        help=gettext("At most five, of 3 MB each: %(endings)s.") % {"endings": ", ".join(TYPES)},
        kind="files",
        required=False,
        most=500,
        path="$.files",
    )


def take_sent(request: HttpRequest, person: Person, typed: dict[str, str], entry: Entry) -> None:
    """Keep the files that came with a form, let go of those that are to be left out, and note in ``typed`` which are
    kept, and at the field ``entry`` what is wrong with those that are not."""
    wanted = [each for each in typed.get(NAME, "").split() if not typed.pop(f"without-{each[:16]}", "")]
    taken = take(person, request.FILES.getlist(NAME), wanted)
    typed[NAME] = " ".join(taken.digests)
    entry.problems += taken.problems
    entry.unscanned = taken.unscanned


def show_kept(entry: Entry, person: Person, typed: Mapping[str, str]) -> None:
    """Put the kept files into the field: digest and name of each."""
    kept = kept_files(person, typed.get(NAME, "").split())
    entry.options = tuple((each.digest, each.name) for each in kept)
    entry.value = typed.get(NAME, "")


def enclosed(context: Context, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The chosen files as the payload of a message names them; of one that is not kept any more the digest alone is
    known, and the check of the record finds that it is missing."""
    digests = typed.get(NAME, "").split()
    kept = {each.digest: each for each in kept_files(context.acting.person, digests)}
    return [_named(each, kept.get(each)) for each in digests]


def _named(digest: str, kept: Upload | None) -> dict[str, Any]:
    name, media_type, size = (kept.name, kept.media_type, kept.size) if kept else ("?", "application/octet-stream", 0)
    return {"digest": digest, "name": name, "mediaType": media_type, "size": size}


def attachments(context: Context, typed: Mapping[str, str]) -> tuple[Attachment, ...]:
    """The kept files with their bytes."""
    digests = typed.get(NAME, "").split()
    kept = Upload.objects.filter(person=context.acting.person, digest__in=digests)
    return tuple(Attachment(digest=each.digest, media_type=each.media_type, body=bytes(each.body)) for each in kept)


@require_safe
@acting_for(READERS)
def sale_file(request: HttpRequest, sale: str, message: str, file: str) -> HttpResponseBase:
    """A file that goes with a message of the sale, for those who may read the message."""
    here, readers = office(), me(request).readers
    if not has_sale(here.journal, sale, readers) or not is_readable(here.journal, message, readers):
        return error_page(request, 404)
    found = here.journal.record(message)
    said = None if found is None or found.erased else read_record(found)[0]
    named = {each.digest: each for each in said.files} if isinstance(said, Message) else {}
    kept = here.journal.attachment(file) if file in here.journal.attachments(message) else None
    if found is None or sale not in found.sales or kept is None or file not in named:
        return error_page(request, 404)
    media_type = named[file].media_type
    answer = HttpResponse(kept.body, content_type=media_type if media_type in SAFE else "application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=named[file].name) or ""
    answer["Content-Security-Policy"] = POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
