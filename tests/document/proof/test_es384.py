"""Tokens under P-384 (ES384, RFC 7518 3.4): joserfc reads ours, and what it signs is valid here."""

import json
import secrets

import pytest

from entrepot.base.digest import b64url, from_b64url
from entrepot.document.proof import credential_of
from entrepot.document.proof.securing import Terms
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve

ALG = "ES384"
jws = pytest.importorskip("joserfc.jws")


@pytest.fixture
def theirs(desk):
    """Our key as joserfc has it."""
    from joserfc.jwk import ECKey

    key = desk.KEYS[Curve.P384]
    return ECKey.import_key({**key.public.to_jwk(), "d": b64url(key.secret)})


def test_joserfc_reads_our_credential(desk, theirs):
    token = desk.secured("vc+jwt", Curve.P384)
    read = jws.deserialize_compact(token.decode(), theirs, algorithms=[ALG])
    assert read.protected["typ"] == "vc+jwt"
    assert json.loads(read.payload) == credential_of(desk.record(Curve.P384))
    assert len(from_b64url(token.decode().split(".")[2])) == 96
    assert desk.judged(token).is_valid


@pytest.mark.parametrize("typ", ["vc+jwt", "dc+sd-jwt"])
def test_what_joserfc_signs_is_valid_here(desk, theirs, typ):
    public = desk.KEYS[Curve.P384].public
    claims = credential_of(desk.record(Curve.P384))
    if typ == "dc+sd-jwt":
        claims |= {"iss": did_key(public), "vct": "TradeRecordCredential"}
    header = {"alg": ALG, "typ": typ, "kid": key_method_id(public)}
    text = jws.serialize_compact(header, json.dumps(claims).encode(), theirs, algorithms=[ALG])
    token = (text + ("~" if typ == "dc+sd-jwt" else "")).encode()
    report = desk.judged(token)
    assert report.results["integrity"].code == "signature-holds", report.to_json()
    assert report.results["issuer"].code == "method-listed"
    head, body, signature = text.split(".")
    broken = f"{head}.{body}.{b64url(from_b64url(signature)[:-1] + b'x')}" + ("~" if typ == "dc+sd-jwt" else "")
    assert str(desk.judged(broken.encode()).results["integrity"].status) == "invalid"


def test_joserfc_reads_our_selective_token(desk, theirs):
    token = desk.secured("dc+sd-jwt", Curve.P384, terms=Terms(entropy=secrets.token_bytes))
    read = jws.deserialize_compact(token.decode().split("~")[0], theirs, algorithms=[ALG])
    assert read.protected["typ"] == "dc+sd-jwt"
    assert desk.judged(token).is_valid


def test_a_key_of_another_curve_does_not_pass_for_it(desk, theirs):
    """The header says ES384, the method named is one of P-256."""
    header = {"alg": ALG, "typ": "vc+jwt", "kid": key_method_id(desk.KEYS[Curve.P256].public)}
    body = json.dumps(credential_of(desk.record(Curve.P256))).encode()
    text = jws.serialize_compact(header, body, theirs, algorithms=[ALG])
    assert not desk.judged(text.encode()).is_valid
