"""SD-JWT and SD-JWT VC: the published disclosure cases, key binding, and what must be refused."""

import json
import os
import random
from datetime import timedelta
from pathlib import Path

import pytest

from entrepot.base.canonical import canonical
from entrepot.base.digest import b64url
from entrepot.base.error import UsageError
from entrepot.document.proof import open_secured, sdjwt
from entrepot.document.proof.securing import Terms
from entrepot.party.did import did_key, key_method_id
from entrepot.party.jws import sign_jws, verify_jws
from entrepot.party.key import Curve, KeyPair

DATA = os.environ.get("ENTREPOT_TEST_DATA")
ROOT = Path(DATA or "/") / "identity-documents" / "sd-jwt"
CASES = sorted(each.parent.name for each in ROOT.glob("*/specification.yml")) if DATA else []
ENTROPY = random.Random(3).randbytes
HOLDER = KeyPair.generate(Curve.P256, ENTROPY)


class Sd:
    """What the published cases mark as selectively disclosable."""

    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return isinstance(other, Sd) and other.value == self.value

    def __hash__(self):
        return hash(str(self.value))


def load(name):
    yaml = pytest.importorskip("yaml")

    class Loader(yaml.SafeLoader):
        pass

    def construct(loader, node):
        if isinstance(node, yaml.ScalarNode):
            # A tag on a plain scalar hides its type: find it again as if it had none.
            kind = loader.resolve(yaml.ScalarNode, node.value, (node.style is None, node.style is not None))
            return Sd(loader.construct_object(yaml.ScalarNode(kind, node.value, style=node.style), deep=True))
        if isinstance(node, yaml.SequenceNode):
            return Sd(loader.construct_sequence(node, deep=True))
        return Sd(loader.construct_mapping(node, deep=True))

    Loader.add_constructor("!sd", construct)
    return yaml.load((ROOT / name / "specification.yml").read_text(), Loader)


def unmarked(value, path=(), hidden=None):
    """The claims without marks, and the paths that were marked."""
    if isinstance(value, dict):
        made = {}
        for key, each in value.items():
            name = key.value if isinstance(key, Sd) else key
            if isinstance(key, Sd):
                hidden.add((*path, name))
            made[name] = unmarked(each, (*path, name), hidden)
        return made
    if isinstance(value, list):
        made = []
        for number, each in enumerate(value):
            if isinstance(each, Sd):
                hidden.add((*path, number))
            made.append(unmarked(each.value if isinstance(each, Sd) else each, (*path, number), hidden))
        return made
    return value


def pointers(wanted, path=""):
    """JSON Pointers of what the case discloses."""
    if wanted is True:
        yield path
    items = wanted.items() if isinstance(wanted, dict) else enumerate(wanted) if isinstance(wanted, list) else ()
    for name, each in items:
        if each not in (False, None, "None"):
            inner = f"{path}/{name}"
            yield from pointers(each, inner)


@pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
@pytest.mark.parametrize("name", CASES)
def test_published_case(name, desk):
    case = load(name)
    hidden = set()
    claims = unmarked(case["user_claims"], (), hidden)
    key = desk.KEYS[Curve.P256]
    text = sdjwt.issue(
        {**claims, "cnf": {"jwk": HOLDER.public.to_jwk()}},
        {"typ": "example+sd-jwt", **case.get("extra_header_parameters", {})},
        key,
        hide=lambda path: path in hidden,
        entropy=ENTROPY,
    )
    held = sdjwt.read_sd_jwt(text)
    assert (held.fault, held.hidden, len(held.shown)) == ("", 0, len(hidden))
    assert {name: each for name, each in held.claims.items() if name != "cnf"} == claims
    binding = (HOLDER, "https://verifier.example", "1234567890", 1) if case.get("key_binding") else None
    shown = sdjwt.present(held, list(pointers(case["holder_disclosed_claims"])), binding=binding)
    if case.get("serialization_format") == "json":
        shown = as_json(shown)
        read = sdjwt.read_json_form(shown)
    else:
        read = sdjwt.read_sd_jwt(shown)
    assert read.fault == ""
    assert verify_jws(read.jws, key.public)
    assert not verify_jws(read.jws, HOLDER.public)
    claims = {name: each for name, each in read.claims.items() if name != "cnf"}
    assert claims == case["expect_verified_user_claims"]
    asked = {"audience": "https://verifier.example", "nonce": "1234567890"}
    assert sdjwt.binding_fault(read, **asked)[0] == ("" if binding else "binding-missing")


@pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
def test_keys_of_the_settings_sign():
    """The keys of the other program's settings are read, belong together, and sign what the one of them can hold."""
    import yaml

    settings = yaml.safe_load((ROOT / "settings.yml").read_text())["key_settings"]
    issuer, holder = (KeyPair.from_jwk(each) for each in (settings["issuer_keys"][0], settings["holder_key"]))
    text = sdjwt.issue({"a": 1}, {"typ": "dc+sd-jwt"}, issuer, hide=lambda _: True, entropy=ENTROPY)
    assert verify_jws(sdjwt.read_sd_jwt(text).jws, issuer.public)
    assert not verify_jws(sdjwt.read_sd_jwt(text).jws, holder.public)


def as_json(text):
    """The compact form as the flattened JSON form."""
    token, *disclosures, bound = text.split("~")
    protected, payload, signature = token.split(".")
    header = {"disclosures": disclosures} | ({"kb_jwt": bound} if bound else {})
    return {"payload": payload, "protected": protected, "signature": signature, "header": header}


def test_all_cases_were_found():
    if DATA:
        assert len(CASES) == 17


def credential(desk, **changes):
    return desk.foreign(
        **{"credentialSubject": {"origin": "MY", "goods": [{"name": "durian"}, {"name": "rice"}]}, **changes}
    )


def signed(desk, curve=Curve.P256, document=None, **terms):
    key = desk.KEYS[curve]
    document = document or credential(desk, issuer=did_key(key.public))
    return desk.secured(
        "dc+sd-jwt", curve, document=document, terms=Terms(entropy=ENTROPY, holder=HOLDER.public, **terms)
    ).decode()


@pytest.mark.parametrize("curve", [Curve.ED25519, Curve.P256])
def test_whole_and_part_are_valid(desk, curve):
    text = signed(desk, curve)
    report = desk.judged(text.encode())
    assert report.is_valid, desk.status(report)
    assert report.securing == ("dc+sd-jwt",)
    part = sdjwt.present(sdjwt.read_sd_jwt(text), ["/credentialSubject/goods/1/name"])
    assert desk.judged(part.encode()).is_valid
    opened, _ = open_secured(part.encode())
    assert opened.vc["credentialSubject"] == {"goods": [{"name": "rice"}]}
    assert opened.is_partial
    assert opened.vc["vct"] == "Certificate"


def test_record_comes_back_from_the_whole_and_not_from_a_part(desk):
    text = desk.secured("dc+sd-jwt", Curve.P256, terms=Terms(entropy=ENTROPY)).decode()
    report = desk.judged(text.encode())
    assert report.record == desk.record(Curve.P256)
    assert report.is_valid
    part = sdjwt.present(sdjwt.read_sd_jwt(text), ["/credentialSubject/number"])
    report = desk.judged(part.encode())
    assert (report.is_valid, report.record) == (True, None)


def test_binding_shows_to_whom_and_when(desk):
    held = sdjwt.read_sd_jwt(signed(desk))
    text = sdjwt.present(held, ["/credentialSubject/origin"], binding=(HOLDER, "bank", "n-1", 5))
    judged = lambda text, **more: desk.judged(text.encode(), given=desk.given(**more)).results["integrity"].code  # noqa: E731
    assert judged(text, audience="bank", nonce="n-1") == "signature-holds"
    assert judged(text) == "signature-holds"
    assert judged(text, audience="other", nonce="n-1") == "binding-audience"
    assert judged(text, audience="bank", nonce="n-2") == "binding-nonce"
    assert judged(text.rpartition("~")[0] + "~", audience="bank", nonce="n-1") == "binding-missing"
    more = sdjwt.present(held, ["/credentialSubject"], binding=None)
    assert judged(more + text.rpartition("~")[2], audience="bank", nonce="n-1") == "binding-other"
    other = KeyPair.generate(Curve.P256, ENTROPY)
    with pytest.raises(UsageError):
        sdjwt.present(held, [], binding=(other, "bank", "n-1", 5))
    plain = text.rpartition("~")[0] + "~"
    claims = {"iat": 5, "aud": "bank", "nonce": "n-1", "sd_hash": sdjwt._digest(plain, "sha-256")}
    forged = sign_jws({"typ": "kb+jwt"}, canonical(claims), other)
    assert judged(plain + forged) == "binding-wrong"
    wrong_type = sign_jws({"typ": "JWT"}, canonical(claims), HOLDER)
    assert judged(plain + wrong_type) == "binding-malformed"
    assert judged(plain + "x.y.z") == "proof-malformed"
    assert judged(desk.signed(desk.foreign()).decode(), audience="bank") == "binding-missing"


def test_what_was_bent_is_refused(desk):
    text = signed(desk)
    token, *disclosures, _ = text.split("~")
    swapped = b64url(canonical(["salt", "origin", "TH"]))
    bad = {
        "altered": "~".join((token, swapped, *disclosures[1:], "")),
        "added": "~".join((token, *disclosures, swapped, "")),
        "twice": "~".join((token, *disclosures, disclosures[0], "")),
        "not base64url": "~".join((token, disclosures[0] + "=", *disclosures[1:], "")),
        "not JSON": "~".join((token, b64url(b"{"), *disclosures[1:], "")),
        "reserved": "~".join((token, b64url(canonical(["s", "_sd", []])), *disclosures[1:], "")),
        "orphan": "~".join((token, *[each for each in disclosures if b"name" in _raw(each)], "")),
    }
    for name, each in bad.items():
        report = desk.judged(each.encode())
        assert not report.is_valid, name
        assert report.results["integrity"].status == "invalid", name
    assert not desk.judged(text[:-1].encode()).is_valid


def _raw(text):
    from entrepot.base.digest import from_b64url

    return from_b64url(text)


@pytest.mark.parametrize(
    ("payload", "disclosures"),
    [
        ({"_sd": "x"}, []),
        ({"_sd": [5]}, []),
        ({"_sd": ["a", "a"]}, []),
        ({"a": {"...": "x"}}, []),
        ({"_sd_alg": "md5"}, []),
        ({"origin": "MY", "_sd": ["@0"]}, [["s", "origin", "TH"]]),
        ({"_sd": ["@0"]}, [["s", "element"]]),
        ({"a": [{"...": "@0"}]}, [["s", "name", "member"]]),
        ({"_sd": ["@0", "@0"]}, [["s", "x", 1]]),
    ],
)
def test_forms_that_rfc_9901_forbids(desk, payload, disclosures):
    key = desk.KEYS[Curve.P256]
    texts = [b64url(canonical(each)) for each in disclosures]
    body = json.dumps({"iss": did_key(key.public), "vct": "T", **payload})
    for number, each in enumerate(texts):
        body = body.replace(f"@{number}", sdjwt._digest(each, "sha-256"))
    token = sign_jws({"typ": "dc+sd-jwt", "kid": key_method_id(key.public)}, body.encode(), key)
    report = desk.judged("~".join((token, *texts, "")).encode())
    assert (str(report.results["integrity"].status), report.results["integrity"].code) == ("invalid", "proof-malformed")


def test_plain_claims_without_a_credential_are_judged_too(desk):
    key = desk.KEYS[Curve.P256]

    def made(header, **claims):
        body = {"iss": did_key(key.public), "vct": "https://x.example/licence", "number": 7, **claims}
        head = {"typ": "dc+sd-jwt", "kid": key_method_id(key.public), **header}
        return sdjwt.issue(body, head, key, hide=lambda path: path == ("number",), entropy=ENTROPY).encode()

    assert desk.judged(made({})).is_valid
    now = int(desk.AT.timestamp())
    assert desk.judged(made({}, exp=now - 1)).results["validity"].code == "expired"
    assert desk.judged(made({}, exp=now), at=desk.AT - timedelta(days=1)).is_valid
    assert desk.judged(made({}, vct="")).results["schema"].code == "ENT-CORE-VC-14"
    assert desk.judged(made({}, status={"status_list": {"idx": 1, "uri": "https://x.example"}})).is_valid is False
    assert desk.judged(made({"typ": "JWT"})).results["integrity"].code == "proof-malformed"
    assert desk.judged(made({"typ": "vc+sd-jwt"})).is_valid
    assert desk.judged(made({}, iss="did:web:other.example")).results["issuer"].status == "unknown"
    assert desk.judged(json.dumps(as_json(made({}).decode())).encode()).is_valid


def test_issuing_refuses_reserved_names_and_hides_no_registered_claim(desk):
    key = desk.KEYS[Curve.P256]
    with pytest.raises(UsageError):
        sdjwt.issue({"_sd": []}, {}, key, hide=lambda _: False, entropy=ENTROPY)
    text = signed(desk, mandatory=())
    payload = json.loads(_raw(text.split("~")[0].split(".")[1]))
    assert {"iss", "vct", "iat", "cnf", "issuer", "type", "@context"} <= set(payload)
    assert "origin" not in json.dumps(payload)
    whole = signed(desk, mandatory=("",))
    assert whole.count("~") == 1
