"""A copy of a did:webvh log that was cut off, or is old: a key that it lists last is not taken to be in force still."""

import json
from datetime import timedelta

from rig.past import Log, day, pair

from entrepot.document.evidence.countersignature import countersign
from entrepot.document.evidence.sighting import Timekeepers
from entrepot.document.proof import secure
from entrepot.document.status import StatusLists, entry_of, new_list
from entrepot.document.verify import Given, verify
from entrepot.party.bundled import BundledResolver
from entrepot.party.did import did_key, key_method_id
from entrepot.party.resolve import DidResolver
from entrepot.party.webvh import given_log


def cut(log, entries):
    return b"\n".join(log.splitlines()[:entries]) + b"\n"


def offline(brought, *, first=(), is_vouched=False, now=2000):
    """A resolver without network: ``first`` was given by the verifier, ``brought`` lay in a bundle."""
    own, others = (
        DidResolver(logs=[given_log(each) for each in logs], clock=lambda: day(now)) for logs in (first, brought)
    )
    return BundledResolver(own, others, is_vouched=is_vouched)


def judged(data, resolver, *evidence, at, trust=(), **more):
    given = Given(evidence=evidence, timekeepers=Timekeepers(dids=frozenset(trust)), **more)
    report = verify(data, resolver=resolver, at=day(at), given=given)
    return str(report.results["issuer"].status), report.results["issuer"].code, report.is_valid


def seen(data, number):
    key = pair("witness")
    return countersign(data, key, method_id=key_method_id(key.public), now=day(number)).encode()


WITNESS = did_key(pair("witness").public)
HOLDS, THEN = ("valid", "method-listed", True), ("valid", "method-listed-then", True)
AGED, CUT = ("unknown", "webvh-log-aged", False), ("unknown", "webvh-cut-short", False)


def test_an_old_copy_from_a_stranger_does_not_tell_that_no_key_was_changed(veteran):
    """The thief of the first key brings the log as it was before the first rotation."""
    data, short = veteran.signed(0), cut(veteran.log, 1)
    assert judged(data, offline([short]), at=366) == HOLDS, "nothing tells it from a log that is whole"
    assert judged(data, offline([short]), at=367) == AGED
    assert judged(data, offline([short]), at=20, now=day(367)) == AGED, "asking about an earlier day helps nobody"
    assert judged(data, offline([short]), at=20, log_age_max=timedelta(days=19)) == AGED
    assert judged(data, offline([veteran.log]), at=20)[1] == "method-ceased"


def test_who_vouches_for_a_copy_says_how_old_it_may_be(veteran):
    data, short = veteran.signed(0), cut(veteran.log, 1)
    for vouched in (offline([], first=[short]), offline([short], is_vouched=True)):
        assert judged(data, vouched, at=1500) == HOLDS
        assert judged(data, vouched, at=1500, log_age_max=timedelta(days=1499)) == AGED


def test_years_later_with_evidence(veteran, log):
    """Keys were changed; the bundle is read years later, without network."""
    resolver = offline([veteran.log])
    early = json.dumps(log.take(veteran.record(), 5)).encode()
    assert judged(veteran.signed(0), resolver, early, at=1900, trust=[log.did]) == THEN
    data = veteran.signed(0)
    assert judged(data, resolver, seen(data, 5), at=1900, trust=[WITNESS]) == THEN


def test_years_later_under_the_last_key(veteran, tmp_path):
    data, resolver = veteran.signed(), offline([veteran.log])
    assert judged(data, resolver, at=1900) == AGED
    assert judged(data, resolver, seen(data, 30 + 366), at=1900, trust=[WITNESS]) == HOLDS
    late = seen(data, 30 + 367)
    assert judged(data, resolver, late, at=1900, trust=[WITNESS]) == AGED, "a witness does not know whose key it is"
    receipt = json.dumps(Log(tmp_path, "late").take(veteran.record(), 1200)).encode()
    trusted = did_key(pair("late").public)
    assert judged(data, resolver, receipt, at=1900, trust=[trusted]) == HOLDS, "a log keeps what holds when it comes"
    assert judged(data, resolver, receipt, at=1900) == AGED, "if it is one that is trusted"


def test_a_longer_copy_shows_that_another_was_cut(veteran):
    data = veteran.signed(0)
    resolver = offline([veteran.log], first=[cut(veteran.log, 1)])
    assert judged(data, resolver, at=9) == CUT
    assert judged(data, resolver, seen(data, 5), at=90, trust=[WITNESS])[1] == "webvh-cut-short"
    host = DidResolver(fetch=lambda _: cut(veteran.log, 1), clock=lambda: day(90))
    brought = DidResolver(logs=[given_log(veteran.log)], clock=lambda: day(90))
    assert judged(data, BundledResolver(host, brought, is_vouched=False), at=90) == CUT
    assert judged(veteran.signed(), BundledResolver(brought, host, is_vouched=False), at=90) == HOLDS


def test_a_signature_that_names_a_later_version(veteran):
    key, method = veteran.stolen[0]
    ids = [json.loads(line)["versionId"] for line in veteran.log.splitlines()]

    def signed(number):
        did, mark, fragment = method.partition("#")
        named = f"{did}?versionId={ids[number - 1]}{mark}{fragment}"
        return secure(veteran.record(), key, method_id=named, securing="eddsa-jcs-2022", created=day(1))

    short = offline([cut(veteran.log, 1)])
    assert judged(signed(1), short, at=9) == HOLDS
    assert judged(signed(2), short, at=9) == CUT
    assert judged(signed(2), offline([], first=[cut(veteran.log, 1)]), at=9) == CUT


def test_a_status_list_under_a_key_that_the_log_lacks(veteran):
    """The issuer's own list of day 40 is signed under the key of day 30."""
    plain = new_list(url="https://kedai.example/list", issuer=veteran.did, purpose="revocation", issued=day(40))
    (old, first), (new, last) = veteran.stolen[0], veteran.stolen[-1]
    listed = secure(plain, new, method_id=last, securing="eddsa-jcs-2022", created=day(40))
    vc = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"],
          "issuer": veteran.did, "credentialSubject": {"id": "urn:x:1"},
          "credentialStatus": entry_of(plain, 7)}  # fmt: skip
    data = secure(vc, old, method_id=first, securing="eddsa-jcs-2022", created=day(1))
    assert judged(data, offline([cut(veteran.log, 1)]), at=50, lists=StatusLists([listed])) == CUT
    assert judged(data, offline([cut(veteran.log, 1)]), at=50)[1] == "method-listed"
    newest = secure(vc, new, method_id=last, securing="eddsa-jcs-2022", created=day(41))
    assert judged(newest, offline([veteran.log]), at=41, lists=StatusLists([listed])) == HOLDS


def test_a_timekeeper_whose_log_is_an_old_copy_could_be_a_thief(exporter, veteran):
    """The witness is a did:webvh of which the bundle alone knows."""
    data = veteran.signed(0)
    key, method = veteran.stolen[-1]
    token = countersign(data, key, method_id=method, now=day(5)).encode()
    whole = offline([veteran.log])
    assert judged(data, whole, token, at=90, trust=[veteran.did]) == THEN
    assert judged(data, whole, token, at=1900, trust=[veteran.did])[1] == "method-ceased"
