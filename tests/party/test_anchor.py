"""Lists of trust anchors: yes, no and unknown, in time; signed lists by named signers only."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from entrepot.base.canonical import canonical
from entrepot.party.anchor import ANCHORS_TYPE, Anchors, Standing, read_anchors
from entrepot.party.jws import sign_jws
from entrepot.party.key import Curve, KeyPair

AT = datetime(2026, 5, 1, tzinfo=UTC)
SIGNER = KeyPair(Curve.ED25519, b"\x03" * 32)
TOML = b"""
version = 1
economy = "MY"
sequence = 4
issued = 2026-01-01T00:00:00Z
complete = ["customs"]

[[anchors]]
did = "did:web:chamber.example"
role = "chamber"
name = "A chamber"
since = 2025-01-01T00:00:00Z
until = 2026-12-31T00:00:00Z
source = "the chamber's register"

[[anchors]]
did = "did:web:customs.example"
role = "customs"
name = "A customs office"
since = 2025-01-01T00:00:00Z

[[anchors]]
did = "did:web:gone.example"
role = "chamber"
name = "A chamber that was withdrawn"
since = 2025-01-01T00:00:00Z
withdrawn = true
"""


def listed():
    found, findings = read_anchors(TOML)
    assert findings == ()
    return found


def in_json():
    from entrepot.base.shape import dump

    return dump(listed())


@pytest.mark.parametrize(
    ("did", "role", "economy", "answer"),
    [
        ("did:web:chamber.example", "chamber", "MY", "yes"),
        ("did:web:chamber.example", None, None, "yes"),
        ("did:web:chamber.example", "customs", "MY", "no"),
        ("did:web:chamber.example", "carrier", "MY", "unknown"),
        ("did:web:chamber.example", "chamber", "SG", "unknown"),
        ("did:web:customs.example", "customs", "MY", "yes"),
        ("did:web:other.example", "customs", "MY", "no"),
        ("did:web:other.example", "chamber", "MY", "unknown"),
        ("did:web:other.example", None, None, "unknown"),
        ("did:web:gone.example", "chamber", "MY", "no"),
        ("did:web:gone.example", None, None, "no"),
    ],
)
def test_standing(did, role, economy, answer):
    assert str(Anchors((listed(),)).anchored(did, role, economy, at=AT)) == answer


def test_standing_holds_in_its_time_alone():
    anchors = Anchors((listed(),))
    for at, answer in (
        (AT, Standing.YES),
        (AT + timedelta(days=365), Standing.NO),
        (AT - timedelta(days=700), Standing.NO),
    ):
        assert anchors.anchored("did:web:chamber.example", "chamber", "MY", at=at) is answer


def test_list_may_be_json():
    found, findings = read_anchors(json.dumps(in_json()).encode())
    assert (found, findings) == (listed(), ())


def test_signed_list_counts_for_named_signers_only():
    text = sign_jws({"typ": ANCHORS_TYPE}, canonical(in_json()), SIGNER).encode()
    found, _ = read_anchors(text, signers=[SIGNER.public])
    assert found.signer == SIGNER.public.multikey
    assert found.anchors == listed().anchors
    stranger = KeyPair(Curve.P256, b"\x03" * 32)
    for signers in ((), (stranger.public,)):
        found, findings = read_anchors(text, signers=signers)
        assert found is None
        assert findings[0].id == "ENT-CORE-ANCHOR-02"
    other_type = sign_jws({"typ": "vc+jwt"}, canonical(in_json()), SIGNER).encode()
    assert read_anchors(other_type, signers=[SIGNER.public])[0] is None
    broken = text[:-4] + b"AAAA"
    assert read_anchors(broken, signers=[SIGNER.public])[0] is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"x = ",
        b"[]",
        TOML.replace(b"version = 1", b"version = 2"),
        TOML.replace(b"00Z\ncomplete", b"00\ncomplete"),
    ],
)
def test_list_of_another_form_is_refused(data):
    found, findings = read_anchors(data)
    assert found is None
    assert findings


def test_list_does_not_name_its_own_signer():
    found, findings = read_anchors(json.dumps({**in_json(), "signer": SIGNER.public.multikey}).encode())
    assert found is None
    assert findings[0].id == "ENT-CORE-ANCHOR-03"
