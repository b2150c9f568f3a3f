"""Bitstring Status List: issued, changed, asked; too short, too old, out of range, by another signer."""

import gzip
import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.base.digest import b64url, from_b64url
from entrepot.base.error import UsageError
from entrepot.document.proof import secure
from entrepot.document.status import (
    ENTRIES_MIN,
    StatusError,
    StatusLists,
    decoded,
    encoded,
    entry_of,
    new_list,
    value_at,
    with_status,
)
from entrepot.document.verify import Given, verify
from entrepot.party.did import did_key, key_method_id
from entrepot.party.error import FetchError
from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolve import DidResolver

AT = datetime(2026, 5, 1, tzinfo=UTC)
URL = "https://chamber.example/status/1"
KEY, OTHER = (KeyPair(Curve.ED25519, hashlib.sha256(each).digest()) for each in (b"one", b"two"))
CREDENTIALS = ["https://www.w3.org/ns/credentials/v2"]


def signed(document, key=KEY, securing="eddsa-jcs-2022"):
    return secure(document, key, method_id=key_method_id(key.public), securing=securing, created=AT)


def listed(purpose="revocation", key=KEY, issued=AT - timedelta(hours=1), **changes):
    return {**new_list(url=URL, issuer=did_key(key.public), purpose=purpose, issued=issued), **changes}


def document(*entries):
    return signed(
        {
            "@context": CREDENTIALS,
            "type": ["VerifiableCredential"],
            "issuer": did_key(KEY.public),
            "credentialSubject": {"id": "urn:goods:1"},
            "credentialStatus": list(entries) if len(entries) != 1 else entries[0],
        }
    )


def judged(data, *lists, at=AT, fetch=None, fresh=None, **more):
    held = StatusLists(lists, fetch=fetch, fresh_max=fresh)
    report = verify(data, resolver=DidResolver(), at=at, given=Given(lists=held), **more)
    result = report.results["status"]
    return report.is_valid, str(result.status), result.code


@pytest.mark.parametrize(("purpose", "word"), [("revocation", "revoked"), ("suspension", "suspended")])
@pytest.mark.parametrize("securing", ["eddsa-jcs-2022", "vc+jwt", "eddsa-rdfc-2022"])
def test_set_and_asked(purpose, word, securing):
    plain = listed(purpose)
    data = document(entry_of(plain, 94567))
    assert judged(data, signed(plain, securing=securing)) == (True, "valid", "status-clear")
    changed = with_status(plain, 94567, 1, issued=AT)
    assert judged(data, signed(changed, securing=securing)) == (False, "invalid", word)
    assert judged(document(entry_of(plain, 94568)), signed(changed, securing=securing))[0]
    if purpose == "suspension":
        again = with_status(changed, 94567, 0, issued=AT)
        assert judged(data, signed(again))[0]
    else:
        with pytest.raises(UsageError):
            with_status(changed, 94567, 0, issued=AT)


def test_both_lists_are_asked():
    revocation, suspension = listed(), listed("suspension", id=URL + "/s")
    suspension["credentialSubject"]["id"] = URL + "/s#list"
    data = document(entry_of(revocation, 1), entry_of(suspension, 2))
    set_one = with_status(suspension, 2, 1, issued=AT)
    assert judged(data, signed(revocation), signed(suspension))[0]
    assert judged(data, signed(revocation), signed(set_one)) == (False, "invalid", "suspended")
    assert judged(data, signed(revocation)) == (False, "unknown", "STATUS_RETRIEVAL_ERROR")


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_the_order_of_editions_does_not_decide(purpose):
    old = listed(purpose, issued=AT - timedelta(days=9))
    now = with_status(old, 7, 1, issued=AT - timedelta(days=1))
    data = document(entry_of(old, 7))
    for editions in ([old, now], [now, old]):
        assert judged(data, *map(signed, editions))[:2] == (False, "invalid")
    # An edition made after it, in which the place is clear.
    later = with_status(listed(purpose, issued=AT - timedelta(hours=1)), 8, 1, issued=AT - timedelta(hours=1))
    expected = (False, "invalid") if purpose == "revocation" else (True, "valid")
    for editions in ([now, later], [later, now]):
        assert judged(data, *map(signed, editions))[:2] == expected, "what is final stays, what is not may end"


def test_an_edition_that_does_not_hold_leaves_it_unknown():
    plain = listed()
    data = document(entry_of(plain, 7))
    forged = signed(plain, OTHER)
    for editions in ([signed(plain), forged], [forged, signed(plain)]):
        assert judged(data, *editions)[:2] == (False, "unknown")


def short(bits):
    plain = listed()
    plain["credentialSubject"]["encodedList"] = encoded(bytes(bits // 8))
    return plain


def entry(**changes):
    return {**entry_of(listed(), 5), **changes}


@pytest.mark.parametrize(
    ("made", "status_list", "code"),
    [
        (entry(), short(1024), "STATUS_LIST_LENGTH_ERROR"),
        (entry(statusListIndex=str(ENTRIES_MIN)), listed(), "RANGE_ERROR"),
        (entry(statusListIndex="-1"), listed(), "STATUS_VERIFICATION_ERROR"),
        (entry(statusListIndex=5), listed(), "STATUS_VERIFICATION_ERROR"),
        (entry(statusListIndex="٣"), listed(), "STATUS_VERIFICATION_ERROR"),
        (entry(statusListIndex="9" * 30), listed(), "STATUS_VERIFICATION_ERROR"),
        (entry(statusPurpose="suspension"), listed(), "STATUS_VERIFICATION_ERROR"),
        (entry(statusSize=2), listed(), "STATUS_LIST_LENGTH_ERROR"),
        (entry(statusSize=0), listed(), "STATUS_VERIFICATION_ERROR"),
        (entry(statusListCredential=5), listed(), "STATUS_VERIFICATION_ERROR"),
        (entry(statusListCredential=URL + "x"), listed(), "STATUS_RETRIEVAL_ERROR"),
        (entry(), listed(type=["VerifiableCredential"]), "STATUS_VERIFICATION_ERROR"),
        (entry(), listed(credentialSubject={"id": "urn:x"}), "STATUS_VERIFICATION_ERROR"),
        (entry(), listed(validUntil="2026-04-30T00:00:00Z"), "STATUS_VERIFICATION_ERROR"),
        (entry(type="StatusList2021Entry"), listed(), "status-unchecked"),
        ({}, listed(), "status-unchecked"),
    ],
)
def test_what_a_list_does_not_say_stays_unknown(made, status_list, code):
    assert judged(document(made), signed(status_list)) == (False, "unknown", code)


def test_list_of_another_signer_says_nothing():
    data = document(entry())
    assert judged(data, signed(listed(key=OTHER), OTHER)) == (False, "unknown", "STATUS_VERIFICATION_ERROR")
    forged = signed(listed(), OTHER)
    assert judged(data, forged) == (False, "unknown", "STATUS_VERIFICATION_ERROR")
    altered = json.loads(signed(with_status(listed(), 5, 1, issued=AT)))
    altered["credentialSubject"]["encodedList"] = listed()["credentialSubject"]["encodedList"]
    assert judged(data, json.dumps(altered).encode()) == (False, "unknown", "STATUS_VERIFICATION_ERROR")
    unsigned = json.dumps(listed()).encode()
    assert judged(data, unsigned) == (False, "unknown", "STATUS_VERIFICATION_ERROR")
    assert judged(data, b"junk") == (False, "unknown", "STATUS_RETRIEVAL_ERROR")


def aged(**made):
    """A list of ours without what it says of its own age, made so long before the moment asked for."""
    plain = listed(issued=AT - timedelta(**made))
    del plain["credentialSubject"]["ttl"]
    return plain


STALE = (False, "unknown", "status-stale")


def test_how_fresh_a_copy_must_be():
    data, old = document(entry()), signed(aged(days=2))
    assert judged(data, old)[0]
    assert judged(data, old, fresh=timedelta(days=2))[0]
    assert judged(data, old, fresh=timedelta(days=1)) == STALE
    assert judged(data, signed(aged(days=10)))[0]
    assert judged(data, signed(aged(days=10, seconds=1))) == STALE
    assert judged(data, signed(aged(days=400)), at=AT - timedelta(days=395))[0], "as of the time of the list"
    assert judged(data, signed(aged(days=400)), fresh=timedelta(days=400))[0], "who verifies says how old"
    plain = aged(minutes=2)
    plain["credentialSubject"]["ttl"] = 60_000
    assert judged(data, signed(plain)) == STALE
    assert judged(data, signed(plain), fresh=timedelta(hours=1))[0]
    assert judged(data, signed(listed(issued=AT - timedelta(hours=24))))[0]
    assert judged(data, signed(listed(issued=AT - timedelta(hours=25)))) == STALE, "ours say a day"
    undated = listed()
    del undated["validFrom"]
    assert judged(data, signed(undated), fresh=timedelta(days=1)) == STALE
    assert judged(data, signed(undated)) == STALE


def test_a_list_from_its_host_is_current():
    data, old = document(entry()), signed(aged(days=400))
    assert judged(data, fetch=lambda _: old)[0]
    assert judged(data, fetch=lambda _: old, fresh=timedelta(days=399)) == STALE
    ended = signed({**aged(days=400), "validUntil": "2026-04-30T00:00:00Z"})
    assert judged(data, fetch=lambda _: ended) == (False, "unknown", "STATUS_VERIFICATION_ERROR")


def test_who_vouches_for_a_bundle_says_when_its_list_was_current():
    data, old = document(entry()), signed(aged(days=400))
    for known, expected in ((AT - timedelta(days=3), True), (AT - timedelta(days=11), False), (None, False)):
        lists = StatusLists(brought=[old], known=known)
        assert verify(data, resolver=DidResolver(), at=AT, given=Given(lists=lists)).is_valid is expected


def test_an_old_list_still_tells_what_is_final():
    revoked = with_status(aged(days=400), 5, 1, issued=AT - timedelta(days=399))
    assert judged(document(entry()), signed(revoked)) == (False, "invalid", "revoked")
    suspended = with_status(listed("suspension"), 5, 1, issued=AT - timedelta(days=399))
    assert judged(document(entry_of(listed("suspension"), 5)), signed(suspended)) == STALE, "it may have ended since"


def test_a_later_list_tells_what_is_final_had_not_happened():
    data = document(entry())
    later = AT + timedelta(days=1)
    assert judged(data, signed(listed(issued=later))) == (True, "valid", "status-clear")
    changed = with_status(listed(), 5, 1, issued=later)
    assert judged(data, signed(changed)) == (False, "unknown", "status-later")
    suspension = document(entry_of(listed("suspension"), 5))
    assert judged(suspension, signed(listed("suspension", issued=later))) == (False, "unknown", "status-later")


def test_fetched_as_of_the_moment_and_once():
    asked = []

    def fetch(url):
        asked.append(url)
        return signed(listed())

    lists = StatusLists(fetch=fetch)
    for _ in range(3):
        report = verify(document(entry()), resolver=DidResolver(), at=AT, given=Given(lists=lists))
        assert report.is_valid
    assert asked == [URL + "?timestamp=2026-05-01T00%3A00%3A00Z"]

    def broken(url):
        raise FetchError("no answer")

    assert judged(document(entry()), fetch=broken) == (False, "unknown", "STATUS_RETRIEVAL_ERROR")
    assert judged(document(entry()), fetch=lambda _: signed(listed(id=URL + "x")))[2] == "STATUS_VERIFICATION_ERROR"


def test_without_lists_it_stays_unknown():
    report = verify(document(entry()), resolver=DidResolver(), at=AT)
    assert (report.is_valid, report.results["status"].code) == (False, "status-unchecked")


def test_messages_and_sizes():
    plain = new_list(url=URL, issuer=did_key(KEY.public), purpose="message", issued=AT, size=2)
    made = entry_of(plain, 3, size=2) | {"statusMessage": [{"status": "0x2", "message": "in transit"}]}
    changed = with_status(plain, 3, 2, issued=AT, size=2)
    assert judged(document(made), signed(changed)) == (True, "valid", "status-message")
    with pytest.raises(UsageError):
        with_status(plain, 3, 4, issued=AT, size=2)


@pytest.mark.parametrize("text", [None, 5, "", "u", "u!!!", "uAAAA", "u" + b64url(b"\x1f\x8b\x08"), "zAAAA"])
def test_list_of_another_form_is_refused(text):
    with pytest.raises(StatusError):
        decoded(text)


def test_a_bomb_is_not_unpacked():
    bomb = "u" + b64url(gzip.compress(bytes(1 << 25)))
    with pytest.raises(StatusError):
        decoded(bomb)
    double = "u" + b64url(gzip.compress(b"a") + gzip.compress(b"b"))
    with pytest.raises(StatusError):
        decoded(double)


def test_bit_zero_is_the_left_most():
    plain = with_status(listed(), 0, 1, issued=AT)
    bits = decoded(plain["credentialSubject"]["encodedList"])
    assert bits[0] == 0x80
    assert len(bits) == 16 * 1024
    assert gzip.decompress(from_b64url(plain["credentialSubject"]["encodedList"][1:])) == bits


@settings(max_examples=30, deadline=None)
@given(places=st.dictionaries(st.integers(0, ENTRIES_MIN - 1), st.integers(0, 7), max_size=6), size=st.just(3))
def test_what_was_set_is_read_and_nothing_else(places, size):
    plain = new_list(url=URL, issuer="did:example:i", purpose="message", issued=AT, size=size)
    for place, value in places.items():
        plain = with_status(plain, place, value, issued=AT, size=size)
    bits = decoded(plain["credentialSubject"]["encodedList"])
    for place in {*places, 0, ENTRIES_MIN - 1, *(each + 1 for each in places if each + 1 < ENTRIES_MIN)}:
        assert value_at(bits, place, size) == places.get(place, 0)


@pytest.mark.parametrize("wrong", [{"purpose": "other"}, {"entries": 8}, {"size": 0}, {"size": 33}])
def test_wrong_wishes(wrong):
    with pytest.raises(UsageError):
        new_list(**{"url": URL, "issuer": "did:example:i", "purpose": "revocation", "issued": AT, **wrong})
    with pytest.raises(UsageError):
        with_status(listed(), ENTRIES_MIN, 1, issued=AT)
