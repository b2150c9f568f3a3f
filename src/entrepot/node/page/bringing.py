"""How a document comes to the page that checks it: as a file, as text, behind a link, or in a QR code on a picture.

A link is fetched once, by the guarded fetcher, only when somebody asks for it; one that leads to an offer of this node
leads on to its page.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.translation import gettext

from entrepot.base.said import UNSAID, Said
from entrepot.node.page.language import split
from entrepot.node.picture import BadPicture, looks_like_picture, read_codes
from entrepot.node.running import office
from entrepot.node.upload.taking import shown_name
from entrepot.party.error import FetchError, unfetched

LINK_MAX = 2000
_OFFER = re.compile("/offers/[0-9a-f]{64}")


@dataclass(slots=True, kw_only=True)
class Brought:
    """``data``: the document. ``text``: what was typed. ``code``: what a QR code said. ``link``: whence it was fetched.
    ``page``: a page of this node that answers instead. ``problem``, ``why``: why there is no document."""

    data: bytes = b""
    text: str = ""
    code: str = ""
    link: str = ""
    page: str = ""
    problem: str = ""
    why: Said = UNSAID


def bring(request: HttpRequest) -> Brought:
    """The document that was sent, whichever way."""
    upload = request.FILES.get("file") or request.FILES.get("picture")
    if upload is None:
        text = request.POST.get("text", "")
        return _followed(Brought(text=text), text)
    data = upload.read()
    if not data:
        return Brought(problem=gettext("%(name)s is empty.") % {"name": shown_name(upload.name or "")})
    if not looks_like_picture(data):
        return Brought(data=data)
    code = code_in(data)
    if not code:
        return Brought(
            problem=gettext("No QR code was found in the picture. Take it from nearer, or paste what the code says.")
        )
    return _followed(Brought(code=code), code)


def code_in(data: bytes) -> str:
    """What the QR code on a picture says; empty where there is none, or no picture."""
    try:
        return next(iter(read_codes(data)), "")
    except BadPicture:
        return ""


def _followed(brought: Brought, text: str) -> Brought:
    """Where ``text`` is a link, what lies behind it; else the text itself."""
    said = text.strip()
    if len(said) > LINK_MAX or not re.fullmatch("https?://[^ \n]+", said):
        brought.data = said.encode("utf-8", "surrogatepass")
        return brought
    brought.link = said
    path = split(urlsplit(said).path)[1] if said.startswith(f"{office().url}/") else urlsplit(said).path
    if said.startswith(f"{office().url}/") and _OFFER.fullmatch(path):
        brought.page = path
    elif split(path)[1] == "/verify":
        brought.problem = gettext("This leads to a page that checks documents. Give the document itself.")
    else:
        _fetch(brought)
    return brought


def _fetch(brought: Brought) -> None:
    get = office().fetch
    try:
        brought.data = get(brought.link) if get is not None else b""
    except FetchError as wrong:
        brought.why = unfetched(wrong)
    if not brought.data:
        brought.problem = gettext("Nothing could be fetched from this link.")
