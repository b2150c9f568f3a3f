"""A counter-signature or a head under a did:webvh names the version that lists its key, and the verifier holds it to
that: the version must be in the log, list this very key, and have been there at the moment that is stated."""

import json

import pytest
from rig.past import Exporter, day

from entrepot.base.digest import from_b64url
from entrepot.base.head import head_from_json, head_payload
from entrepot.base.moment import format_moment
from entrepot.cli import main
from entrepot.document.evidence.countersignature import countersign
from entrepot.document.evidence.sighting import Timekeepers
from entrepot.document.verify import Given, verify
from entrepot.party.jws import sign_jws
from entrepot.party.resolve import DidResolver
from entrepot.party.webvh import given_log


@pytest.fixture
def witness(tmp_path):
    """A notary with a history: versions of days 0, 10 and 20; the key of the first is listed until day 10."""
    made = Exporter(tmp_path / "witness", domain="notary.example")
    made.ids = [newest(made.log)]
    for number in (10, 20):
        made.rotate(number)
        made.ids.append(newest(made.log))
    return made


def newest(log):
    return json.loads(log.strip().splitlines()[-1])["versionId"]


@pytest.fixture
def time_by(veteran, witness):
    """The answer on time by a counter-signature that names ``version`` and states day ``number``."""

    def asked(version, number, *, key=2, cut=None, made=countersigned):
        secret, method = witness.stolen[key]
        named = method.replace("#", f"?versionId={version}#") if version else method
        log = b"".join(witness.log.splitlines(keepends=True)[:cut])
        data = veteran.signed(0)
        logs = [given_log(veteran.log), given_log(log)]
        given = Given(evidence=(made(data, secret, named, number),), timekeepers=Timekeepers(dids={witness.did}))
        report = verify(data, resolver=DidResolver(logs=logs, clock=lambda: day(90)), at=day(90), given=given)
        result = report.results["time"]
        return str(result.status), result.code, result.reason

    return asked


def countersigned(data, key, method, number):
    return countersign(data, key, method_id=method, now=day(number)).encode()


def test_the_version_that_lists_the_key_may_be_named(witness, time_by):
    assert time_by(witness.ids[2], 25)[:2] == time_by("", 25)[:2] == ("valid", "evidence-holds")


@pytest.mark.parametrize(
    ("version", "number", "reason"),
    [
        (2, 19, "made at 2026-01-21T00:00:00Z, and states 2026-01-20T00:00:00Z"),
        (0, 25, "names version 1, which does not list its key"),
        ("3-QmOther", 25, "names a version that is not in its log"),
        ("nonsense", 25, "names a version that is not in its log"),
    ],
)
def test_a_version_that_does_not_fit_makes_it_no_evidence(witness, time_by, version, number, reason):
    named = version if isinstance(version, str) else witness.ids[version]
    status, code, said = time_by(named, number)
    assert (status, code) == ("invalid", "evidence-version")
    assert reason in said


def test_a_version_after_the_end_of_the_log_at_hand_is_unknown(witness, time_by):
    """The key of version 2 signs, and names version 3: whoever gave the log held that back."""
    status, code, said = time_by(witness.ids[2], 25, key=1, cut=2)
    assert (status, code) == ("unknown", "timekeeper-unknown")
    assert "does not reach" in said


def test_the_head_of_a_log_with_a_history_is_held_to_it_as_well(witness, log, veteran, time_by):
    receipt = log.take(veteran.record(), 25)

    def headed(_, key, method, number):
        head = {**receipt["head"], "logId": witness.did, "time": format_moment(day(number))}
        payload = head_payload(head_from_json(head))
        return json.dumps({**receipt, "head": {**head, "signature": sign_jws({"kid": method}, payload, key)}}).encode()

    assert time_by(witness.ids[2], 25, made=headed)[:2] == ("valid", "evidence-holds")
    assert time_by(witness.ids[2], 19, made=headed)[:2] == ("invalid", "evidence-version")


def test_the_command_names_the_newest_version_of_the_log(witness, veteran, tmp_path, monkeypatch, capsysbinary):
    key, method = witness.stolen[-1]
    files = {name: tmp_path / name for name in ("doc", "key", "log")}
    files["doc"].write_bytes(veteran.signed(0))
    files["log"].write_bytes(witness.log)
    multikey = {"id": method, "type": "Multikey", "publicKeyMultibase": key.public.multikey}
    files["key"].write_text(json.dumps({**multikey, "secretKeyMultibase": key.to_secret_multikey()}))
    words = ["document", "countersign", files["doc"], "--key", files["key"], "--did-log", files["log"]]
    monkeypatch.setattr("sys.argv", ["entrepot", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    header = capsysbinary.readouterr().out.partition(b".")[0]
    assert json.loads(from_b64url(header.decode()))["kid"] == method.replace("#", f"?versionId={witness.ids[2]}#")
    files["log"].write_bytes(veteran.log)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 64
