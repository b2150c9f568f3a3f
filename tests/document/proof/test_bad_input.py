"""What must be refused, each under its own code: signatures, keys, texts, contexts, issuers, hosts."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from entrepot.base.canonical import canonical
from entrepot.base.digest import b64url, from_b64url
from entrepot.base.error import UsageError
from entrepot.document.proof.context import CREDENTIALS_V2
from entrepot.document.proof.meaning import Contexts
from entrepot.document.proof.securing import Terms, secure
from entrepot.document.proof.selective import derive
from entrepot.document.verify import verify
from entrepot.party.did import did_key, document_of, key_method_id
from entrepot.party.fetch import Fetcher
from entrepot.party.key import ED25519_ORDER, GROUP_ORDER, Curve
from entrepot.party.multibase import from_multibase, to_multibase
from entrepot.party.resolve import DidResolver

WEB = "did:web:chamber.example"
SUITES = {
    ("eddsa-jcs-2022", Curve.ED25519),
    ("eddsa-rdfc-2022", Curve.ED25519),
    ("ecdsa-jcs-2019", Curve.P256),
    ("ecdsa-jcs-2019", Curve.P384),
    ("ecdsa-rdfc-2019", Curve.P256),
    ("ecdsa-rdfc-2019", Curve.P384),
    ("vc+jwt", Curve.ED25519),
    ("vc+jwt", Curve.P256),
    ("vc+jwt", Curve.P384),
}


def integrity(desk, data, **more):
    report = desk.judged(data if isinstance(data, bytes) else json.dumps(data).encode(), **more)
    assert not report.is_valid
    return f"{report.results['integrity'].status} {report.results['integrity'].code}"


def signature_of(data):
    if data.startswith(b"{"):
        return from_multibase(json.loads(data)["proof"]["proofValue"])
    return from_b64url(data.decode().split(".")[2])


def with_signature(data, made):
    """The document with other bytes, or another text, in the place of its signature."""
    if data.startswith(b"{"):
        value = json.loads(data)
        value["proof"]["proofValue"] = made if isinstance(made, str) else to_multibase(made)
        return canonical(value)
    head = data.decode().rsplit(".", 1)[0]
    return f"{head}.{made if isinstance(made, str) else b64url(made)}".encode()


def bad_signatures(raw, curve):
    """Code -> bytes or texts that must be refused under it."""
    half = len(raw) // 2
    big = "little" if curve is Curve.ED25519 else "big"
    r, s = int.from_bytes(raw[:half], big), int.from_bytes(raw[half:], big)
    made = {
        "signature-length": [raw[:-1], raw + b"\0", b"\x01"],
        "signature-wrong": [raw[:half] + (s ^ 1).to_bytes(half, big)],
    }
    if curve is Curve.ED25519:
        made["signature-range"] = [raw[:half] + (s + ED25519_ORDER).to_bytes(half, big), raw[:half] + b"\xff" * half]
        return made
    order = GROUP_ORDER[curve]
    made["signature-der"] = [encode_dss_signature(r, s)]
    made["signature-range"] = [
        b"".join(each.to_bytes(half, big) for each in pair) for pair in ((0, s), (r, 0), (order, s), (r, order))
    ]
    return made


@pytest.mark.parametrize(("securing", "curve"), sorted(SUITES))
def test_signature_of_another_form_is_refused_under_its_code(desk, securing, curve):
    data = desk.secured(securing, curve)
    assert desk.judged(data).is_valid
    for code, wrong in bad_signatures(signature_of(data), curve).items():
        for each in wrong:
            assert integrity(desk, with_signature(data, each)) == f"invalid {code}", (code, each)
    for text in ("", "z", "z0OIl", "u" + b64url(signature_of(data))):
        assert integrity(desk, with_signature(data, text)).split()[0] == "invalid"


@pytest.mark.parametrize("curve", [Curve.P256, Curve.P384])
def test_high_s_is_a_correct_signature(desk, curve):
    data = desk.secured("ecdsa-jcs-2019", curve)
    raw = signature_of(data)
    half = len(raw) // 2
    other = GROUP_ORDER[curve] - int.from_bytes(raw[half:], "big")
    assert desk.judged(with_signature(data, raw[:half] + other.to_bytes(half, "big"))).is_valid


def test_texts_of_another_form_are_refused_under_their_code(desk):
    data = desk.secured("eddsa-jcs-2022", Curve.ED25519)
    value = json.loads(data)["proof"]["proofValue"]
    for wrong in ("", "z", value[1:], "m" + value[1:], value[:-1] + "0", 7, None, [value]):
        document = json.loads(data)
        document["proof"]["proofValue"] = wrong
        assert integrity(desk, document) == "invalid signature-encoding", wrong
    # Truncated by one character it is still base58, of fewer bytes or others: never the signature.
    found = integrity(desk, with_signature(data, value[:-1]))
    assert found.split()[1] in ("signature-length", "signature-range")
    token = desk.secured("vc+jwt", Curve.P256).decode()
    loose = token[:-1] + chr(ord(token[-1]) + 1)
    for wrong in (loose, token + "=", token + "A" * 3 + "=", token[:-2] + "+/"):
        assert integrity(desk, wrong.encode()) == "invalid signature-encoding", wrong[-8:]


def test_key_of_another_curve_is_refused_under_its_code(desk):
    """The method that the proof names exists, is listed, and has a key of another kind than the suite takes."""
    keys = {str(curve): key.public for curve, key in desk.KEYS.items()}
    document = document_of(WEB, keys)
    vc = desk.foreign(issuer=WEB)
    data = desk.secured("eddsa-jcs-2022", Curve.ED25519, document=vc, method_id=f"{WEB}#Ed25519")
    assert desk.judged(data, documents=[document]).is_valid
    for curve in (Curve.P256, Curve.P384):
        moved = json.loads(data)
        moved["proof"]["verificationMethod"] = f"{WEB}#{curve}"
        assert integrity(desk, moved, documents=[document]) == "invalid key-curve"
    token = desk.token({**desk.HEADER, "kid": f"{WEB}#P-256"}, vc)
    assert integrity(desk, token, documents=[document]) == "invalid key-curve"


def test_method_that_is_not_listed_for_the_purpose(desk):
    """It signs well, and may sign in to places: it must not assert anything."""
    key = desk.KEYS[Curve.ED25519]
    document = document_of(WEB, {"key-1": key.public})
    document["authentication"], document["assertionMethod"] = document["assertionMethod"], []
    data = desk.secured("eddsa-jcs-2022", Curve.ED25519, document=desk.foreign(issuer=WEB), method_id=f"{WEB}#key-1")
    report = desk.judged(data, documents=[document])
    assert (report.results["integrity"].code, report.results["issuer"].code) == ("signature-holds", "method-not-listed")
    assert (str(report.results["issuer"].status), report.is_valid) == ("invalid", False)
    other = json.loads(
        desk.secured(
            "eddsa-jcs-2022",
            Curve.ED25519,
            document=desk.foreign(),
            terms=Terms(purpose="authentication"),
        )
    )
    assert desk.judged(json.dumps(other).encode()).results["issuer"].code == "proof-purpose"


def test_members_that_stand_twice(desk):
    data = desk.secured("eddsa-jcs-2022", Curve.ED25519, document=desk.foreign())
    twice = data.replace(b'{"@context"', b'{"issuer":"did:web:other.example","@context"', 1)
    report = desk.judged(twice)
    assert (report.is_readable, report.results["integrity"].code) == (False, "ENT-CORE-JSON-05")
    header = b'{"alg":"EdDSA","alg":"ES256","typ":"vc+jwt"}'
    token = f"{b64url(header)}.{b64url(canonical(desk.foreign()))}.{b64url(bytes(64))}".encode()
    assert not desk.judged(token).is_readable


def test_protected_terms_and_contexts_inside(desk):
    mine = {"@context": {"name": "https://evil.example/issuer"}}
    contexts = Contexts({"https://evil.example/v1": mine})
    vc = desk.foreign(**{"@context": [CREDENTIALS_V2, "https://evil.example/v1"], "type": ["VerifiableCredential"]})
    vc["credentialSubject"] = {"id": "urn:goods:1"}
    data = desk.secured("eddsa-jcs-2022", Curve.ED25519, document=vc)
    proof = {**json.loads(data)["proof"], "cryptosuite": "eddsa-rdfc-2022"}
    proof.pop("@context")
    renamed = {**vc, "proof": proof}
    assert integrity(desk, renamed, given=desk.given(contexts)) == "invalid term-redefined"
    for inline in (
        {"@context": [CREDENTIALS_V2, {"x": "https://x.example/"}]},
        {"credentialSubject": {"@context": {"x": "https://x.example/"}, "x": 1}},
    ):
        with pytest.raises(UsageError) as wrong:
            desk.secured("eddsa-jcs-2022", Curve.ED25519, document=desk.foreign(**inline))
        assert wrong.value.error_code == "context-inline"


def test_blank_nodes_are_neither_signed_nor_derived(desk):
    key, terms = desk.KEYS[Curve.P256], Terms(mandatory=["/issuer"], entropy=lambda size: bytes(range(1, size + 1)))
    vc = desk.foreign(
        **{"@context": [CREDENTIALS_V2], "type": ["VerifiableCredential"], "issuer": did_key(key.public)},
        credentialSubject={"name": "goods", "description": "fresh"},
    )
    asked = {"method_id": key_method_id(key.public), "securing": "ecdsa-sd-2023", "created": desk.AT, "terms": terms}
    with pytest.raises(UsageError) as wrong:
        secure({**vc, "credentialSubject": {"id": "_:b0", "name": "goods"}}, key, **asked)
    assert wrong.value.error_code == "blank-node"
    base = json.loads(secure(vc, key, **asked))
    made = derive(base, base["proof"], ["/credentialSubject/name"])
    assert "_:" not in json.dumps(made)
    assert desk.judged(canonical(made)).is_valid
    with pytest.raises(UsageError) as wrong:
        derive({**base, "credentialSubject": {"id": "_:b0"}}, base["proof"], ["/credentialSubject"])
    assert wrong.value.error_code == "blank-node"


@pytest.mark.parametrize("securing", ["eddsa-jcs-2022", "eddsa-rdfc-2022", "vc+jwt"])
def test_subjects_that_were_swapped(desk, securing):
    """Who gets what: the names of two subjects change places, or one document's subject goes into another's."""
    one, two = ({"id": f"urn:firm:{number}", "name": f"{number} tonnes"} for number in (1, 2))
    vc = desk.foreign(
        **{"@context": [CREDENTIALS_V2], "type": ["VerifiableCredential"], "credentialSubject": [one, two]}
    )
    data = desk.secured(securing, Curve.ED25519, document=vc)
    assert desk.judged(data).is_valid
    crossed = [{**one, "id": two["id"]}, {**two, "id": one["id"]}]
    for subjects in (crossed, [one], [one, one], {**one, "name": two["name"]}):
        parts = desk.parts(data)
        parts[-1]["credentialSubject"] = subjects
        assert integrity(desk, desk.joined(data, parts)) == "invalid signature-wrong"


def test_json_ld_bombs_end_early_under_their_code(desk):
    vc = desk.foreign(**{"@context": [CREDENTIALS_V2], "type": ["VerifiableCredential"]})
    vc["credentialSubject"] = {"id": "urn:goods:1"}
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "verificationMethod": key_method_id(desk.KEYS[Curve.ED25519].public),
        "proofPurpose": "assertionMethod",
        "proofValue": to_multibase(bytes(64)),
    }
    many = {"evidence": [{"type": "urn:t", "id": f"urn:x:{number}"} for number in range(60_000)]}
    contexts = {"@context": [CREDENTIALS_V2, *[{"a": "urn:a"}] * 50]}
    large = {"@context": [CREDENTIALS_V2, {f"t{number}": f"urn:t:{number}" for number in range(5000)}]}
    for made, code in (
        (many, "rdf-too-large"),
        (contexts, "context-too-many"),
        (large, "context-too-large"),
    ):
        assert integrity(desk, {**vc, **made, "proof": proof}) == f"unknown {code}"
    ring = [{"id": f"_:n{one}", "a": [{"id": f"_:n{two}"} for two in range(12) if two != one]} for one in range(12)]
    tangled = {"@context": [CREDENTIALS_V2, "https://a.example/v1"], "credentialSubject": ring, "proof": proof}
    given = desk.given(Contexts({"https://a.example/v1": {"@context": {"a": "urn:a"}}}))
    assert integrity(desk, {**vc, **tangled}, given=given) == "unknown rdf-too-complex"


HOSTS = {
    "did:web:127.0.0.1": "invalidDid",
    "did:web:127.0.0.1%3A8000": "invalidDid",
    "did:web:%31%32%37.0.0.1": "invalidDid",
    "did:web:2130706433": "invalidDid",
    "did:web:intranet.example": "notFound",
    "did:web:localhost": "notFound",
}


@pytest.mark.parametrize("did", HOSTS)
def test_hosts_that_lead_to_private_addresses_are_not_asked(desk, did):
    """A name that looks public and leads inside is looked up, and nothing is sent to it."""
    asked = []

    def lookup(host, port):
        asked.append(host)
        return ["10.0.0.7"]

    fetcher = Fetcher(lookup=lookup)
    vc = desk.foreign(issuer=did)
    data = desk.secured("eddsa-jcs-2022", Curve.ED25519, document=vc, method_id=f"{did}#key-1")
    report = verify(data, resolver=DidResolver(fetch=fetcher.document), at=desk.AT)
    assert not report.is_valid
    assert report.results["issuer"].code == HOSTS[did], report.results["issuer"]
    assert set(asked) <= {"intranet.example", "localhost"}
