"""A record is secured, opened and judged; nothing altered comes out valid."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.base.canonical import canonical
from entrepot.base.digest import b64url, from_b64url
from entrepot.base.record import Content, record_of
from entrepot.document.proof import credential_of, open_secured, record_of_credential, secure, verify_proof
from entrepot.document.verify import Verdict, verify
from entrepot.party.did import did_key, document_of, key_method_id
from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolve import DidResolver

AT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
KEYS = {curve: KeyPair(curve, hashlib.sha256(curve.value.encode()).digest()) for curve in Curve}
CASES = [
    ("vc+jwt", Curve.ED25519),
    ("vc+jwt", Curve.P256),
    ("eddsa-jcs-2022", Curve.ED25519),
    ("ecdsa-jcs-2019", Curve.P256),
]
PAYLOAD = {
    "goods": [{"name": "fresh durian", "price": {"amount": "12.30", "currency": "MYR"}, "count": 3}],
    "note": "ké 榴莲",
    "flag": True,
    "none": None,
    "ratio": 1.5,
}


def record(curve=Curve.ED25519, **changes):
    fields = {
        "kind": "invoice",
        "version": 1,
        "issuer": did_key(KEYS[curve].public),
        "number": "INV-1",
        "nonce": "n" * 22,
        "issued": AT,
        "payload": PAYLOAD,
    }
    return record_of(Content(**fields | changes))


def secured(securing, curve, document=None, method_id=None):
    key = KEYS[curve]
    method_id = method_id or key_method_id(key.public)
    return secure(document or record(curve), key, method_id=method_id, securing=securing, created=AT)


def judged(data, at=AT, documents=(), **more):
    return verify(data, resolver=DidResolver(documents=documents), at=at, **more)


def status(report):
    return {name: str(each.status) for name, each in report.results.items()}


@pytest.mark.parametrize(("securing", "curve"), CASES)
def test_secured_record_is_valid_and_comes_back_whole(securing, curve):
    report = judged(secured(securing, curve))
    assert report.is_valid
    assert report.record == record(curve)
    assert report.securing == (securing,)
    assert status(report) == {
        "integrity": "valid",
        "issuer": "valid",
        "status": "not_asked",
        "validity": "valid",
        "schema": "valid",
        "mandate": "not_asked",
        "anchor": "not_asked",
    }
