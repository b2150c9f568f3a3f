"""What a node brings along when it verifies a document for somebody: its contexts, anchors, and status lists."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from entrepot.base.moment import parse_moment
from entrepot.document.status import StatusLists
from entrepot.document.verify import Given
from entrepot.flow.office import Office
from entrepot.flow.status_list import list_url, published
from entrepot.party.error import FetchError

LISTS_MAX = 4
"""Status lists that are fetched for one document: a stranger's document must not make a node ask without end."""

BACKING_MAX = 4
"""Mandates and identity anchors that are fetched for one document."""


def brought(office: Office, *, audience: str | None = None, nonce: str | None = None) -> Given:
    """What verifying is given. ``audience``, ``nonce``: as in :class:`~entrepot.document.verify.Given`."""
    return Given(
        contexts=office.contexts,
        lists=StatusLists(fetch=lists_of(office), fresh_max=office.status_age_max),
        audience=audience,
        nonce=nonce,
        anchors=office.anchors,
        fetch=None if office.fetch is None else _bounded(office.fetch),
    )


def _bounded(get: Callable[[str], bytes]) -> Callable[[str], bytes]:
    """Mandates and identity anchors by address, a few for one document."""
    fetched: list[str] = []

    def fetch(url: str) -> bytes:
        fetched.append(url)
        if len(fetched) > BACKING_MAX:
            raise FetchError("nothing further is fetched for this document", code="fetch-failed")
        return get(url)

    return fetch


def lists_of(office: Office, most: int = LISTS_MAX) -> Callable[[str], bytes]:
    """Status lists by address: the node's own from its journal, ``most`` of others through the guarded fetcher."""
    fetched: list[str] = []

    def fetch(url: str) -> bytes:
        address, _, query = url.partition("?")
        name = address.removeprefix(list_url(office, ""))
        if name != address:
            found = published(office, name, parse_moment(parse_qs(query)["timestamp"][0]))
            if found is None:
                raise FetchError("there is no such list here", code="fetch-failed")
            return found
        fetched.append(urlsplit(url).netloc)
        if office.fetch is None or len(fetched) > most:
            raise FetchError("no further list is fetched for this document", code="fetch-failed")
        return office.fetch(url)

    return fetch
