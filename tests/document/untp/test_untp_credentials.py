"""Credentials of the United Nations Transparency Protocol, as its own samples write them, signed by other software.

The samples of uncefact/spec-untp are unsigned; here joserfc signs them in the form that UNTP demands (VC-JOSE-COSE 1.0,
3.1.1: ``vc+jwt``), and our own program signs what they mean, with the contexts of the specification given by hand.
"""

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from entrepot.document.proof.meaning import Contexts
from entrepot.document.proof.named import contexts_for, read_contexts
from entrepot.document.proof.securing import Terms, secure
from entrepot.document.verify import Given, verify
from entrepot.party.did import did_key
from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolve import DidResolver

pytestmark = pytest.mark.brought
KINDS = ("dcc", "dfr", "dia", "dpp", "dte")
SEED = b"\x07" * 32
PAIR = KeyPair.generate(Curve.ED25519, lambda size: SEED[:size])
DID = did_key(PAIR.public)
METHOD = f"{DID}#{DID.removeprefix('did:key:')}"


def artefacts(kind):
    root = os.environ.get("ENTREPOT_TEST_UNTP")
    if root is None:
        pytest.skip("ENTREPOT_TEST_UNTP does not name a work tree of uncefact/spec-untp")
    return Path(root) / "data-models" / f"untp-{kind}" / "artefacts"


def sample(kind):
    """The sample under an issuer whose key is here; its own lives at an invented host."""
    value = json.loads((artefacts(kind) / f"untp-{kind}-instance.json").read_text("utf-8"))
    value["issuer"]["id"] = DID
    return value


def in_force(value):
    return datetime.fromisoformat(value["validFrom"].replace("Z", "+00:00")).astimezone(UTC) + timedelta(days=1)


def judged(data, at, contexts=None):
    given = Given() if contexts is None else Given(contexts=contexts)
    return verify(data, resolver=DidResolver(), at=at, given=given)


def by_joserfc(value):
    from joserfc import jws
    from joserfc.jwk import OKPKey

    secret = base64.urlsafe_b64encode(SEED).rstrip(b"=").decode()
    key = OKPKey.import_key({**PAIR.public.to_jwk(), "d": secret})
    head = {"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": METHOD}
    return jws.serialize_compact(head, json.dumps(value).encode(), key, algorithms=["EdDSA"]).encode()


@pytest.mark.parametrize("kind", KINDS)
def test_an_enveloped_credential_is_read(kind):
    value = sample(kind)
    report = judged(by_joserfc(value), in_force(value))
    assert {name: str(each.status) for name, each in report.results.items() if name in ("integrity", "issuer")} == {
        "integrity": "valid",
        "issuer": "valid",
    }
    assert report.results["schema"].code == "data-model"
    assert report.is_valid
    head, _, signature = by_joserfc(value).split(b".")
    value["id"] = "https://other.example/1"
    other = by_joserfc(value).split(b".")[1]
    assert not judged(b".".join((head, other, signature)), in_force(value)).is_valid


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_means_is_signed_under_the_contexts_of_the_specification(kind):
    value = sample(kind)
    url = value["@context"][1]
    named, unnamed = read_contexts([(url, (artefacts(kind) / "context.jsonld").read_bytes())])
    contexts = Contexts(contexts_for(value, named, unnamed))
    made = secure(
        value,
        PAIR,
        method_id=METHOD,
        securing="eddsa-rdfc-2022",
        created=in_force(value),
        terms=Terms(contexts=contexts),
    )
    assert judged(made, in_force(value), contexts).is_valid
    # Without them nothing is fetched, and nothing is said.
    assert str(judged(made, in_force(value)).results["integrity"].status) == "unknown"
