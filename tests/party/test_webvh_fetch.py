"""did:webvh through a fetcher: which addresses are asked, how often, and what a failed fetch says."""

from datetime import UTC, datetime

import pytest

from entrepot.party.error import FetchError
from entrepot.party.fetch import Fetcher
from entrepot.party.resolve import DidResolver


class Web:
    """A small web: what lies where, and what was asked for."""

    def __init__(self, **pages):
        self.pages, self.asked = pages, []

    def __call__(self, url):
        self.asked.append(url)
        if url not in self.pages:
            raise FetchError("it answers 404", code="fetch-status")
        return self.pages[url]


def at(day):
    return datetime(2026, 1, day, tzinfo=UTC)


@pytest.fixture
def published(forge):
    entries = forge.next(forge.next([forge.first(witness=forge.witness(1, 2))]))
    proofs = forge.approvals((entries[2]["versionId"], [2]))
    place = "https://example.com/.well-known"
    web = Web(**{f"{place}/did.jsonl": forge.bytes(*entries), f"{place}/did-witness.json": proofs})
    return web, entries[0]["state"]["id"]


def test_the_log_is_fetched_once_and_serves_every_moment(forge, published):
    web, did = published
    resolver = DidResolver(fetch=web, clock=lambda: forge.now)
    numbers = [resolver.resolve(did, at(day)).metadata["versionNumber"] for day in (3, 1, 2, 9)]
    assert numbers == [3, 1, 2, 3]
    assert resolver.resolve(did).metadata["versionNumber"] == 3
    assert web.asked == [
        "https://example.com/.well-known/did.jsonl",
        "https://example.com/.well-known/did-witness.json",
    ]


def test_a_log_without_witnesses_asks_for_no_proofs(forge):
    first = forge.first(location="example.com:dids:issuer")
    web = Web(**{"https://example.com/dids/issuer/did.jsonl": forge.bytes(first)})
    assert DidResolver(fetch=web, clock=lambda: forge.now).resolve(first["state"]["id"]).document is not None
    assert len(web.asked) == 1


def test_what_is_out_of_reach_is_unknown_and_not_refused(forge, published):
    web, did = published
    for missing, code in (("did-witness.json", "webvh-witness-absent"), ("did.jsonl", "fetch-status")):
        web.pages = {url: page for url, page in web.pages.items() if not url.endswith(missing)}
        found = DidResolver(fetch=web, clock=lambda: forge.now).resolve(did)
        assert (found.code, found.standard_error, found.is_refused) == (code, "notFound", False)


def test_without_fetch_it_is_offline(published):
    found = DidResolver().resolve(published[1])
    assert (found.code, found.standard_error) == ("offline", "notFound")


def test_without_a_clock_nothing_newer_than_the_moment_is_served(forge):
    entries = forge.next([forge.first()], time="2999-01-01T00:00:00Z")
    place = "https://example.com/.well-known/did.jsonl"
    resolver = DidResolver(fetch=Web(**{place: forge.bytes(*entries)}))
    assert resolver.resolve(entries[0]["state"]["id"], at(5)).metadata["versionNumber"] == 1


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "64:ff9b::a00:1"])
def test_a_host_that_leads_inside_is_not_asked(forge, address):
    fetcher = Fetcher(lookup=lambda *_: [address])
    found = DidResolver(fetch=fetcher.document, clock=lambda: forge.now).resolve(forge.first()["state"]["id"])
    assert (found.code, found.standard_error) == ("fetch-refused", "notFound")


def test_a_port_that_is_not_allowed_is_not_asked(forge):
    fetcher = Fetcher(lookup=lambda *_: ["93.184.216.34"])
    did = forge.first(location="example.com%3A8443")["state"]["id"]
    assert DidResolver(fetch=fetcher.document, clock=lambda: forge.now).resolve(did).code == "fetch-refused"
