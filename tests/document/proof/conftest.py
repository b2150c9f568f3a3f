"""What the tests of this folder share: two keys, a record, a foreign credential, and ways to bend them."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from entrepot.base.canonical import canonical
from entrepot.base.digest import b64url, from_b64url
from entrepot.base.record import Content, record_of
from entrepot.document.proof import credential_of, secure
from entrepot.document.proof.meaning import CARRIED
from entrepot.document.verify import Given, verify
from entrepot.party.anchor import Anchor
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import SECRET_LENGTH, Curve, KeyPair
from entrepot.party.resolve import DidResolver

TERMS = {"@context": {"Receipt": "urn:t:Receipt", "title": "urn:t:title", "lines": "urn:t:lines", "amount": "urn:t:a"}}
URL = "https://chamber.example/terms/v1"
AT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
PAYLOAD = {
    "goods": [{"name": "fresh durian", "price": {"amount": "12.30", "currency": "MYR"}, "count": 3}],
    "note": "ké 榴莲",
    "flag": True,
    "none": None,
    "ratio": 1.5,
}


class Desk:
    """Secures and judges at 2026-05-01T08:30Z."""

    AT = AT

    KEYS: ClassVar = {
        curve: KeyPair(curve, hashlib.sha512(curve.value.encode()).digest()[: SECRET_LENGTH[curve]]) for curve in Curve
    }

    @staticmethod
    def record(curve=Curve.ED25519, **changes):
        fields = {
            "kind": "statement",
            "version": 1,
            "issuer": did_key(Desk.KEYS[curve].public),
            "number": "INV-1",
            "nonce": "n" * 22,
            "issued": AT,
            "payload": PAYLOAD,
        }
        return record_of(Content(**fields | changes))

    @staticmethod
    def secured(securing, curve, document=None, method_id=None, **more):
        key = Desk.KEYS[curve]
        method_id = method_id or key_method_id(key.public)
        return secure(document or Desk.record(curve), key, method_id=method_id, securing=securing, created=AT, **more)

    @staticmethod
    def judged(data, at=AT, documents=(), **more):
        return verify(data, resolver=DidResolver(documents=documents), at=at, **more)

    @staticmethod
    def given(contexts=CARRIED, **more):
        return Given(contexts=contexts, **more)

    @staticmethod
    def status(report):
        return {name: str(each.status) for name, each in report.results.items()}

    @staticmethod
    def leaves(value, path=()):
        if isinstance(value, dict) and value:
            for name, inner in value.items():
                yield from Desk.leaves(inner, (*path, name))
        elif isinstance(value, list) and value:
            for index, inner in enumerate(value):
                yield from Desk.leaves(inner, (*path, index))
        else:
            yield path

    @staticmethod
    def changed(value, path, new):
        copy = json.loads(json.dumps(value))
        inner = copy
        for step in path[:-1]:
            inner = inner[step]
        if new is None and isinstance(inner, dict):
            del inner[path[-1]]
        else:
            inner[path[-1]] = new
        return copy

    @staticmethod
    def parts(data):
        """The JSON parts of secured bytes: the document, or header and payload."""
        if data.startswith(b"{"):
            return [json.loads(data)]
        return [json.loads(from_b64url(each)) for each in data.decode().split(".")[:2]]

    @staticmethod
    def joined(data, altered):
        if data.startswith(b"{"):
            return canonical(altered[0])
        head, body = (b64url(canonical(each)) for each in altered)
        return f"{head}.{body}.{data.decode().split('.')[2]}".encode()

    @staticmethod
    def signed(vc, curve=Curve.ED25519, securing="vc+jwt", method_id=None):
        return Desk.secured(securing, curve, document=vc, method_id=method_id)

    @staticmethod
    def vc_of(**changes):
        return {**credential_of(Desk.record()), **changes}

    @staticmethod
    def foreign(**changes):
        """A credential of no record: what others issue."""
        plain = {
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://chamber.example/context"],
            "type": ["VerifiableCredential", "Certificate"],
            "issuer": did_key(Desk.KEYS[Curve.ED25519].public),
            "credentialSubject": {"id": "did:example:goods", "origin": "MY"},
        }
        return {**plain, **changes}

    @staticmethod
    def token(header, payload, key=None):
        key = key or Desk.KEYS[Curve.ED25519]
        body = payload if isinstance(payload, bytes) else canonical(payload)
        start = f"{b64url(json.dumps(header).encode())}.{b64url(body)}"
        return f"{start}.{b64url(key.sign(start.encode()))}".encode()

    @staticmethod
    def anchor(did, **changes):
        return Anchor(**{"did": did, "role": "chamber", "name": "Chamber", "since": AT - timedelta(days=1), **changes})

    HEADER: ClassVar = {"alg": "EdDSA", "typ": "vc+jwt", "kid": key_method_id(KEYS[Curve.ED25519].public)}


@pytest.fixture(scope="session")
def desk():
    return Desk


@pytest.fixture
def run(in_process):
    def call(*words, stdin=b""):
        code, out, err = in_process("document", *words, stdin=stdin)
        return code, out.decode(), err.decode()

    return call


@pytest.fixture
def files(desk, tmp_path):
    for curve in Curve:
        key = desk.KEYS[curve]
        pair = {
            "type": "Multikey",
            "publicKeyMultibase": key.public.multikey,
            "secretKeyMultibase": key.to_secret_multikey(),
        }
        (tmp_path / f"{curve}.json").write_text(json.dumps(pair))
        (tmp_path / f"{curve}.jwk").write_text(json.dumps({**key.public.to_jwk(), "d": b64url(key.secret)}))
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2", URL],
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential"],
        "issuer": did_key(desk.KEYS[Curve.P256].public),
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"type": "Receipt", "title": "durian", "lines": [{"title": "a", "amount": 1}]},
    }
    (tmp_path / "vc.json").write_text(json.dumps(document))
    (tmp_path / "terms.json").write_text(json.dumps(TERMS))
    return tmp_path
