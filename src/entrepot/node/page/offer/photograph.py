"""The photographs of an offer, served from the digest that the offer signs, sized to the screen.

One of another node is fetched once, from the peer on which its seller lives, through the guarded fetcher, and kept only
if it has that digest and is a picture. Then this node serves it, and the peer does not learn who looks.
"""

import logging
import threading
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from entrepot.base.digest import sha256
from entrepot.document.offer.model import Picture
from entrepot.flow.error import TransportError
from entrepot.flow.offersearch import read_offer
from entrepot.flow.peer import ADMITTED, peers
from entrepot.node.account.acting import acting_of
from entrepot.node.album import album
from entrepot.node.page.answer import error_page
from entrepot.node.page.scanning import look_at
from entrepot.node.picture import SIDE_MAX, SIZES, BadPicture, require_kept
from entrepot.node.running import office

log = logging.getLogger("entrepot.node")
MISSED_S = 300
"""Seconds for which a picture that could not be fetched is not asked for again."""
WAIT_S = 3
"""Seconds for which a picture waits for its turn."""
_fetching, _waiting = threading.BoundedSemaphore(2), threading.BoundedSemaphore(6)


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture as a page shows it: ``source`` is its address, ``sources`` those for every size of screen."""

    alt: str
    width: int
    height: int
    source: str
    sources: str


def plate(offer: str, picture: Picture, *, side: int = 640) -> Plate:
    """How a page names ``picture`` of ``offer``."""
    longer = max(picture.width, picture.height)
    sizes = [each for each in SIZES if each < longer]
    base = f"/offers/{offer}/pictures/{picture.digest}"
    named = [(each, round(picture.width * each / longer)) for each in sizes]
    named.append((SIDE_MAX, picture.width))
    source = next((each for each in sizes if each >= side), SIDE_MAX)
    return Plate(
        alt=picture.alt,
        width=picture.width,
        height=picture.height,
        source=f"{base}/{source}",
        sources=", ".join(f"{base}/{each} {width}w" for each, width in named),
    )


@require_safe
def offer_picture(request: HttpRequest, offer: str, picture: str, side: str) -> HttpResponseBase:
    """A picture that an offer names, for whoever may read the offer; with the side ``SIDE_MAX`` as it was signed."""
    acting = acting_of(request)
    found = read_offer(office(), offer, acting.readers if acting else frozenset())
    named = found is not None and any(each.digest == picture for each in found[0].pictures)
    if not named or int(side) not in (*SIZES, SIDE_MAX):
        return error_page(request, 404)
    wanted = int(side) if int(side) < SIDE_MAX else 0
    body = album().get(picture, wanted)
    if body is None and _fetched(offer, picture):
        body = album().get(picture, wanted)
    return error_page(request, 404) if body is None else _answer(body)


def _answer(body: bytes) -> HttpResponse:
    answer = HttpResponse(body, content_type="image/jpeg")
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    answer["Cache-Control"] = "private, max-age=86400"  # not for good: an offer can be erased
    answer["Content-Disposition"] = 'inline; filename="picture.jpg"'
    return answer


def _fetched(offer: str, digest: str) -> bool:
    """Whether the picture came from the peer on which the offer's issuer lives, and is what was signed."""
    missed = f"picture-missed/{digest}"
    if cache.get(missed) or not _has_turn():
        return False
    try:
        body = _from_peer(offer, digest)
        if body is None or sha256(body) != digest:
            raise BadPicture("another picture than the one that was signed")
        if look_at(body).problem:
            raise BadPicture("the scanner of this node found something in it, or did not answer")
        require_kept(body)
        album().keep(body)
    except (TransportError, BadPicture) as wrong:
        log.info("a picture of offer %s did not come: %s", offer, wrong)
        cache.set(missed, "missed", timeout=MISSED_S)
        return False
    finally:
        _fetching.release()
    return True


def _has_turn() -> bool:
    """Whether one of the few places became free: a page asks for all its pictures at once, and they wait for one
    another; beyond so many that wait, none does."""
    if not _waiting.acquire(blocking=False):
        return False
    try:
        return _fetching.acquire(timeout=WAIT_S)
    finally:
        _waiting.release()


def _from_peer(offer: str, digest: str) -> bytes | None:
    record = office().journal.record(offer)
    issuer = record.content.issuer if record is not None else ""
    near = [each for each in peers(office()) if each.status == ADMITTED and issuer in each.parties]
    return office().transport.get(f"{near[0].url}/offers/{offer}/pictures/{digest}/{SIDE_MAX}") if near else None
