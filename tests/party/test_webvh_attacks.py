"""Every way in which a did:webvh can be wrong is refused, each under a code of its own."""

import json
from datetime import timedelta

import pytest

from entrepot.party._webvh10.address import parse_webvh
from entrepot.party._webvh10.fault import REASONS, Fault, Refused
from entrepot.party._webvh10.history import ENTRIES_MAX, LOG_BYTES_MAX
from entrepot.party.key import Curve, KeyPair

SCID = "QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ"
ATTACKS = {}
"""Name -> (code, what makes the newest version of it)."""


def attack(code):
    """A function of the forge that gives entries, or (entries, arguments of the reader)."""

    def register(function):
        assert function.__name__ not in ATTACKS
        ATTACKS[function.__name__] = (code, function)
        return function

    return register


@attack("webvh-witness-duplicate")
def duplicate_witness(forge):
    return [forge.first(witness=forge.witness(1, 2, 2))]


@attack("webvh-witness-duplicate")
def duplicate_witness_in_two_spellings(forge):
    twice = [{"id": forge.dids[2]}, {"id": forge.multikeys[2]}]
    return [forge.first(witness={"threshold": 1, "witnesses": twice})]


@attack("webvh-witness-threshold")
def threshold_zero(forge):
    return [forge.first(witness=forge.witness(0, 2))]


@attack("webvh-witness-threshold")
def threshold_beyond_the_witnesses(forge):
    return forge.next([forge.first()], witness=forge.witness(3, 2, 3))


@attack("webvh-witness-form")
def witness_of_another_kind(forge):
    return [forge.first(witness={"threshold": 1, "witnesses": [{"id": "did:web:example.com"}]})]


@attack("webvh-witness-form")
def witness_without_threshold(forge):
    return [forge.first(witness={"witnesses": [{"id": forge.dids[2]}]})]


@attack("webvh-scid-mismatch")
def first_entry_of_another_scid(forge):
    first = forge.first()
    bent = {**first, "versionTime": "2026-01-01T00:00:01Z"}
    return [forge.sealed(bent, first["parameters"]["scid"], 1, 0)]


@attack("webvh-scid-mismatch")
def log_of_another_identifier(forge):
    return [forge.first()], {"did": f"did:webvh:{SCID}:example.com"}


@attack("webvh-scid-changed")
def move_that_changes_the_scid(forge):
    first = forge.first(portable=True)
    state = {"id": f"did:webvh:{SCID}:example.org", "alsoKnownAs": [first["state"]["id"]]}
    return forge.next([first], state=state)


@attack("webvh-scid-repeated")
def scid_stated_again(forge):
    first = forge.first()
    return forge.next([first], scid=first["parameters"]["scid"])


@attack("webvh-hash-algorithm")
def scid_by_another_hash(forge):
    first = forge.first()
    text = json.dumps(first).replace(first["parameters"]["scid"], "Qm" + "1" * 44)
    return [json.loads(text)], {"did": first["state"]["id"]}


@attack("webvh-hash-algorithm")
def entry_by_another_hash(forge):
    second = forge.next([forge.first()])
    second[1]["versionId"] = "2-" + "1" * 46
    return second


@attack("webvh-did-mismatch")
def log_found_at_another_place(forge):
    first = forge.first()
    return [first], {"did": first["state"]["id"].replace("example.com", "example.org")}


@attack("webvh-not-portable")
def move_of_what_may_not_move(forge):
    first = forge.first()
    old = first["state"]["id"]
    return forge.next([first], state={"id": old.replace(".com", ".org"), "alsoKnownAs": [old]})


@attack("webvh-not-portable")
def move_in_the_entry_that_forbids_it(forge):
    first = forge.first(portable=True)
    old = first["state"]["id"]
    return forge.next([first], state={"id": old.replace(".com", ".org"), "alsoKnownAs": [old]}, portable=False)


@attack("webvh-move-alias")
def move_that_hides_where_from(forge):
    first = forge.first(portable=True)
    return forge.next([first], state={"id": first["state"]["id"].replace(".com", ".org")})


@attack("webvh-portable-late")
def made_portable_later(forge):
    return forge.next([forge.first()], portable=True)


@attack("webvh-prerotation-keys")
def prerotation_without_update_keys(forge):
    return forge.next([forge.first(nextKeyHashes=[forge.hashes[1]])], signer=0, nextKeyHashes=[forge.hashes[2]])


@attack("webvh-prerotation-keys")
def prerotation_with_no_update_key(forge):
    first = forge.first(nextKeyHashes=[forge.hashes[1]])
    return forge.next([first], signer=1, updateKeys=[], nextKeyHashes=[])


@attack("webvh-prerotation-next")
def prerotation_without_the_next_hash(forge):
    return forge.next([forge.first(nextKeyHashes=[forge.hashes[1]])], signer=1, updateKeys=[forge.multikeys[1]])


@attack("webvh-prerotation-hash")
def prerotation_to_a_key_nobody_committed_to(forge):
    first = forge.first(nextKeyHashes=[forge.hashes[1]])
    keys = [forge.multikeys[1], forge.multikeys[3]]
    return forge.next([first], signer=1, updateKeys=keys, nextKeyHashes=[forge.hashes[2]])


@attack("webvh-cryptosuite")
def another_cryptosuite(forge):
    first = forge.first()
    first["proof"][0]["cryptosuite"] = "eddsa-rdfc-2022"
    return [first]


@attack("webvh-proof-purpose")
def another_purpose(forge):
    first = forge.first()
    first["proof"][0]["proofPurpose"] = "authentication"
    return [first]


@attack("webvh-key-fragment")
def body_and_fragment_differ(forge):
    first = forge.first()
    first["proof"][0]["verificationMethod"] = f"{forge.dids[0]}#{forge.multikeys[1]}"
    return [first]


@attack("webvh-key-fragment")
def method_of_another_did(forge):
    first = forge.first()
    first["proof"][0]["verificationMethod"] = f"did:web:example.com#{forge.multikeys[0]}"
    return [first]


@attack("webvh-key-not-authorized")
def signed_by_a_stranger(forge):
    return forge.next([forge.first()], signer=5)


@attack("webvh-key-not-authorized")
def signed_by_the_key_it_brings(forge):
    return forge.next([forge.first()], signer=1, updateKeys=[forge.multikeys[1]])


@attack("webvh-key-not-authorized")
def signed_by_a_key_rotated_away(forge):
    rotated = forge.next([forge.first()], signer=0, updateKeys=[forge.multikeys[1]])
    return forge.next(rotated, signer=0)


@attack("webvh-key-not-authorized")
def second_proof_of_a_stranger(forge):
    first = forge.first()
    first["proof"] += forge.first(signer=3)["proof"]
    return [first]


@attack("webvh-signature")
def signature_of_another_entry(forge):
    entries = forge.next([forge.first()])
    entries[1]["proof"] = entries[0]["proof"]
    return entries


@attack("webvh-proof-form")
def no_proof(forge):
    return [{name: value for name, value in forge.first().items() if name != "proof"}]


@attack("webvh-proof-form")
def no_proof_in_the_list(forge):
    return [{**forge.first(), "proof": []}]


@attack("webvh-proof-form")
def proof_by_another_curve(forge):
    first, key = forge.first(), KeyPair(Curve.P256, b"\x01" * 32).public.multikey
    first["proof"][0]["verificationMethod"] = f"did:key:{key}#{key}"
    return [first]


@attack("webvh-time-order")
def time_stands_still(forge):
    return forge.next([forge.first()], time="2026-01-01T00:00:00Z")


@attack("webvh-time-order")
def time_goes_back(forge):
    return forge.next([forge.first()], time="2025-01-01T00:00:00Z")


@attack("webvh-time-future")
def time_to_come(forge):
    return forge.next([forge.first()], time="2026-06-01T00:00:01Z")


@attack("webvh-time-form")
def time_of_another_zone(forge):
    return forge.next([forge.first()], time="2026-01-02T00:00:00+08:00")


@attack("webvh-time-form")
def time_that_is_none(forge):
    return forge.next([forge.first()], time="yesterday")


@attack("webvh-method-version")
def unknown_method_version(forge):
    return [forge.first(method="did:webvh:2.0")]


@attack("webvh-method-version")
def unknown_method_version_later(forge):
    return forge.next([forge.first()], method="did:webvh:0.5")


@attack("webvh-method-version")
def no_method_version(forge):
    return [forge.first(method=...)]


@attack("webvh-parameter-unknown")
def unknown_parameter(forge):
    return [forge.first(prerotation=True)]


@attack("webvh-parameter-form")
def no_update_keys_at_first(forge):
    return [forge.first(updateKeys=...)]


@attack("webvh-parameter-form")
def update_key_that_is_none(forge):
    return [forge.first(updateKeys=[forge.multikeys[0], "z6Mk"])]


@attack("webvh-parameter-form")
def ttl_below_zero(forge):
    return [forge.first(ttl=-1)]


@attack("webvh-parameter-form")
def portable_in_words(forge):
    return [forge.first(portable="true")]


@attack("webvh-after-deactivation")
def entry_after_the_end(forge):
    return forge.next(forge.next([forge.first()], deactivated=True))


@attack("webvh-witness-foreign")
def witness_proofs_of_another_log(forge):
    first, other = forge.first(witness=forge.witness(1, 2)), forge.first(location="example.org")
    return [first], {"witness": forge.approvals((other["versionId"], [2]))}


@attack("webvh-cut-short")
def log_that_lacks_what_its_witness_approved(forge):
    entries = forge.next([forge.first(witness=forge.witness(1, 2))])
    return entries[:1], {"witness": forge.approvals((entries[1]["versionId"], [2]))}


@attack("webvh-witness-signature")
def witness_proofs_renamed(forge):
    first, other = forge.first(witness=forge.witness(1, 2)), forge.first(location="example.org")
    stolen = json.loads(forge.approvals((other["versionId"], [2])))
    stolen[0]["versionId"] = first["versionId"]
    return [first], {"witness": json.dumps(stolen).encode()}


@attack("webvh-witness-unmet")
def one_witness_twice(forge):
    first = forge.first(witness=forge.witness(2, 2, 3))
    return [first], {"witness": forge.approvals((first["versionId"], [2, 2]))}


@attack("webvh-witness-unmet")
def strangers_as_witnesses(forge):
    first = forge.first(witness=forge.witness(1, 2))
    return [first], {"witness": forge.approvals((first["versionId"], [4]))}


@attack("webvh-witness-unmet")
def new_witnesses_approve_themselves(forge):
    entries = forge.next([forge.first(witness=forge.witness(1, 2))], witness=forge.witness(1, 3))
    approved = forge.approvals((entries[0]["versionId"], [2]), (entries[1]["versionId"], [3]))
    return entries, {"witness": approved}


@attack("webvh-witness-unmet")
def witnesses_dismissed_without_them(forge):
    entries = forge.next([forge.first(witness=forge.witness(1, 2))], witness={})
    return entries, {"witness": forge.approvals((entries[0]["versionId"], [2]))}


@attack("webvh-witness-absent")
def no_witness_proofs(forge):
    return [forge.first(witness=forge.witness(1, 2))]


@attack("webvh-witness-file")
def witness_proofs_cut_off(forge):
    return [forge.first(witness=forge.witness(1, 2))], {"witness": b'[{"versionId": "1-'}


@attack("webvh-witness-file")
def witness_proofs_without_end(forge):
    return [forge.first(witness=forge.witness(1, 2))], {"witness": b"[" + b"{}," * 400_000 + b"{}]"}


@attack("webvh-version-number")
def head_cut_off(forge):
    entries = forge.next([forge.first()])
    return [forge.sealed({**entries[0], "parameters": entries[0]["parameters"]}, "x", 2, 0)], {
        "did": entries[0]["state"]["id"]
    }


@attack("webvh-version-number")
def middle_cut_out(forge):
    entries = forge.next(forge.next([forge.first()]))
    return [entries[0], entries[2]]


@attack("webvh-version-number")
def entries_reordered(forge):
    first, second, third = forge.next(forge.next([forge.first()]))
    return [first, {**third, "versionTime": second["versionTime"]}, second]


@attack("webvh-version-number")
def entry_replayed_as_it_is(forge):
    entries = forge.next([forge.first()])
    return [*entries, {**entries[1], "versionTime": "2026-01-05T00:00:00Z"}]


@attack("webvh-entry-hash")
def entry_replayed_under_a_new_number(forge):
    first, second = forge.next([forge.first()])
    third = forge.sealed({**second, "versionTime": "2026-01-05T00:00:00Z"}, first["versionId"], 3, 0)
    return [first, second, third]


@attack("webvh-entry-hash")
def entry_changed(forge):
    entries = forge.next([forge.first()])
    entries[1]["state"]["alsoKnownAs"] = ["did:web:example.com"]
    return entries


@attack("webvh-rollback")
def tail_cut_off(forge):
    entries = forge.next([forge.first()])
    return entries[:1], {"seen": entries[1]["versionId"]}


@attack("webvh-entry-form")
def entry_with_more_members(forge):
    return [{**forge.first(), "comment": "x"}]


@attack("webvh-entry-form")
def entry_without_state(forge):
    first = forge.first()
    del first["state"]
    return [first], {"did": f"did:webvh:{SCID}:example.com"}


@attack("webvh-entry-form")
def state_without_id(forge):
    first = forge.first()
    did = first["state"].pop("id")
    return [first], {"did": did}


@attack("webvh-not-canonical")
def number_without_canonical_form(forge):
    first = forge.first()
    first["state"]["x"] = 2**60
    return [first]


@attack("webvh-line")
def line_cut_off(forge):
    entries = forge.next([forge.first()])
    return forge.bytes(*entries)[:-40], {"did": entries[0]["state"]["id"]}


@attack("webvh-line")
def empty_line_between(forge):
    first, second = forge.next([forge.first()])
    return forge.bytes(first) + b"\n" + forge.bytes(second), {"did": first["state"]["id"]}


@attack("webvh-line")
def member_twice(forge):
    first = forge.first()
    data = forge.bytes(first).replace(b'{"versionId"', b'{"versionTime": "2026-01-01T00:00:00Z", "versionId"', 1)
    return data, {"did": first["state"]["id"]}


@attack("webvh-line")
def deep_document(forge):
    first = forge.first(state={"x": json.loads("[" * 40 + "]" * 40)})
    return [first]


@attack("webvh-log-empty")
def nothing(forge):
    return b"\n\n", {"did": f"did:webvh:{SCID}:example.com"}


@attack("webvh-log-too-large")
def huge_log(forge):
    return b"x" * (LOG_BYTES_MAX + 1), {"did": f"did:webvh:{SCID}:example.com"}


@attack("webvh-log-too-large")
def endless_log(forge):
    return b"{}\n" * (ENTRIES_MAX + 1), {"did": f"did:webvh:{SCID}:example.com"}


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_on_a_log_is_refused_under_its_code(forge, name):
    code, function = ATTACKS[name]
    made = function(forge)
    entries, more = made if isinstance(made, tuple) else (made, {})
    newest = forge.history(entries, **more).newest()
    assert isinstance(newest, Fault), "it resolves"
    assert newest.code == code, newest.reason
    assert newest.reason
    assert "{" not in newest.reason


IDENTIFIERS = {
    "webvh-did-form": [
        "did:web:example.com",
        "did:webvh:example.com",
        f"did:webvh:{SCID}",
        "did:webvh:{SCID}:a.example",
    ],
    "webvh-path": [
        f"did:webvh:{SCID}:example.com:{segment}"
        for segment in ("..", ".", "%2e%2e", "%2E%2e", "%252e%252e", "a%2f..%2fb", "a%5c..", "", "%00", "a%20b", "%zz")
    ],
    "webvh-host-address": [
        f"did:webvh:{SCID}:{host}"
        for host in (
            "127.0.0.1",
            "10.1",
            "0x7f.0.0.1",
            "2130706433",
            "%31%32%37.0.0.1",
            "%3127.0.0.1",
            "127.0.0.1%3a8080",
            "127.0.0.1%3A8080",
            "%31%30.0.0.1%3a443",
            "%5B%3A%3A1%5D",
            "%3A%3A1",
            "%5b::1%5d",
            "127%2e0%2e0%2e1",
            "%2531%32%37.0.0.1",
        )
    ],
    "webvh-fragment": [
        f"did:webvh:{SCID}:{rest}"
        for rest in (
            "example.com#key-1",
            "example.com#.evil.example",
            "example.com%23.evil.example",
            "example.com%2523.evil.example",
            "example.com%3fx",
            "example.com?versionId=1",
            "example.com/path",
            "example.com%2f@evil.example",
            "evil.example%5c.example.com",
        )
    ],
    "webvh-host-form": [
        f"did:webvh:{SCID}:{host}"
        for host in (
            "example",
            "ex%61mple.com",
            "-a.example",
            "a..example",
            "a_b.example",
            "user%40evil.example",
            "%00",
        )
    ],
    "webvh-port": [f"did:webvh:{SCID}:example.com%3A{port}" for port in ("0", "080", "65536", "x", "")],
}


@pytest.mark.parametrize(("code", "did"), [(code, did) for code, dids in IDENTIFIERS.items() for did in dids])
def test_attack_on_an_identifier_is_refused_under_its_code(code, did):
    with pytest.raises(Refused) as refused:
        parse_webvh(did)
    assert refused.value.fault.code == code, refused.value.fault.reason


def test_every_code_is_attacked():
    asked_for = {"webvh-version-unknown", "webvh-time-before", "webvh-forked"}
    assert {code for code, _ in ATTACKS.values()} | set(IDENTIFIERS) | asked_for == set(REASONS)


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("example.com", "https://example.com/.well-known/did.jsonl"),
        ("Example.COM", "https://example.com/.well-known/did.jsonl"),
        ("issuer.example.com", "https://issuer.example.com/.well-known/did.jsonl"),
        ("example.com:dids:issuer", "https://example.com/dids/issuer/did.jsonl"),
        ("example.com%3A3000:dids:issuer", "https://example.com:3000/dids/issuer/did.jsonl"),
        ("example.com%3a3000", "https://example.com:3000/.well-known/did.jsonl"),
        ("xn--jp-cd2fp15c.xn--fsq.jp:%E7%94%A8", "https://xn--jp-cd2fp15c.xn--fsq.jp/%E7%94%A8/did.jsonl"),
    ],
)
def test_where_a_log_is_published(did, url):
    parsed = parse_webvh(f"did:webvh:{SCID}:{did}")
    assert parsed.log_url == url
    assert parsed.witness_url == url.replace("did.jsonl", "did-witness.json")


def test_what_holds_before_a_fault_stays_readable_by_number_and_id(forge):
    entries = forge.next(forge.next([forge.first()]))
    history = forge.history([*entries[:2], {**entries[2], "state": entries[0]["state"] | {"x": 1}}])
    assert history.numbered(2) == history.named(entries[1]["versionId"]) == history.versions[1]
    assert history.at(history.versions[0].time).number == 1
    last = history.versions[1].time
    for open_question in (history.newest(), history.numbered(3), history.at(last), history.at(forge.now)):
        assert open_question.code == "webvh-entry-hash"


def test_versions_that_never_were(forge):
    history = forge.history([forge.first()])
    before = history.at(history.versions[0].time - timedelta(milliseconds=1))
    assert (before.code, before.error) == ("webvh-time-before", "notFound")
    for unknown in (history.numbered(0), history.numbered(2), history.named("1-Qm")):
        assert (unknown.code, unknown.error) == ("webvh-version-unknown", "notFound")


def test_later_proofs_approve_earlier_entries_and_proofs_of_the_unpublished_count_for_nothing(forge):
    entries = forge.next(forge.next([forge.first(witness=forge.witness(2, 2, 3, 4))]))
    ids = [each["versionId"] for each in entries]
    approved = forge.approvals((ids[2], [2, 4]))
    assert forge.history(entries, witness=approved).newest().number == 3
    assert forge.history(entries[:2], witness=approved).newest().code == "webvh-cut-short"


def test_an_entry_may_carry_one_proof_as_an_object_and_null_for_a_default(forge):
    first = forge.first(nextKeyHashes=None, watchers=None, witness=None)
    assert forge.history([{**first, "proof": first["proof"][0]}]).fault is None
