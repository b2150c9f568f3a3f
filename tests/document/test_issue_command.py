"""``entrepot document schema`` and ``issue``: the form of a document; files that others can verify."""

import json
import shutil
from pathlib import Path

import jsonschema_rs
import pytest

from entrepot.base.digest import b64url, from_b64url
from entrepot.document.issuer import PLACES, check_issuer
from entrepot.document.kinds import kinds
from entrepot.document.vocabulary.table import table
from entrepot.party.key import Curve, KeyPair

SAMPLES = Path(__file__).parents[2] / "examples" / "durian"
EVERY = ("vc+jwt", "eddsa-jcs-2022", "eddsa-rdfc-2022", "dc+sd-jwt")


@pytest.fixture
def run(in_process):
    def call(*words, stdin=b""):
        code, out, err = in_process(*words, stdin=stdin)
        return code, out.decode(), err.decode()

    return call


@pytest.fixture
def firm(run, tmp_path):
    _, out, _ = run("party", "create", "--name", "Kebun", "--economy", "MY", "--data", tmp_path / "node", "--json")
    return json.loads(out)


def sample(kind, did):
    name = f"{kind}-import" if kind == "customs-declaration" else kind
    text = (SAMPLES / f"{name}.json").read_text("utf-8")
    payload = json.loads(text)
    for member in PLACES[kind].values():
        payload[member]["did"] = did
    return payload


@pytest.mark.parametrize("kind", sorted(table().kinds.values()))
def test_a_document_of_every_kind_is_issued_and_verifies(run, firm, tmp_path, kind):
    source = tmp_path / "in.json"
    source.write_text(json.dumps(sample(kind, firm["did"])), "utf-8")
    proofs = [word for name in EVERY for word in ("--proof", name)]
    words = ("document", "issue", kind, "--in", source, "--issuer", firm["id"], *proofs, "--out", tmp_path / "out")
    code, out, err = run(*words, "--data", tmp_path / "node", "--json")
    answer = json.loads(out)
    assert (code, answer["findings"], err) == (0, [], "")
    assert [Path(each).name for each in answer["files"]] == [
        f"{answer['id']}.{name}"
        for name in ("vc-jwt.jwt", "eddsa-jcs-2022.json", "eddsa-rdfc-2022.json", "dc-sd-jwt.sd-jwt")
    ]
    code, out, _ = run("document", "verify", "--offline", "--json", *answer["files"])
    assert code == 0
    assert [json.loads(line)["valid"] for line in out.splitlines()] == [True] * 4


def test_all_findings_stop_it_and_nothing_is_written(run, firm, tmp_path):
    payload = sample("packing-list", firm["did"])
    payload["totals"]["packages"] = 1
    del payload["units"][0]["packages"]["code"]
    payload["buyer"]["did"] = firm["did"]
    out = tmp_path / "out"
    words = ("document", "issue", "packing-list", "--in", "-", "--issuer", firm["id"], "--proof", "vc+jwt")
    code, text, err = run(*words, "--out", out, "--data", tmp_path / "node", stdin=json.dumps(payload).encode())
    assert (code, text, out.exists()) == (1, "", False)
    for each in ("PACKING-02 $.totals.packages", "PACKING-09 $.units[0].packages.code", "TRADE-24 $.buyer.did"):
        assert f"ENT-CORE-{each}" in err


def test_an_issuer_that_the_document_does_not_name_is_warned_of(run, firm, tmp_path):
    words = ("document", "issue", "bill-of-lading", "--in", SAMPLES / "transport-document.json", "--issuer", firm["id"])
    code, _, err = run(*words, "--proof", "vc+jwt", "--out", tmp_path / "out", "--data", tmp_path / "node")
    assert code == 0
    assert "warning ENT-CORE-ISSUER-01 $.carrier" in err


@pytest.mark.parametrize("data", [b"", b"[1]", b'{"a": 1, "a": 2}', b"\xff"])
def test_what_cannot_be_read_is_said(run, firm, tmp_path, data):
    words = ("document", "issue", "invoice", "--in", "-", "--issuer", firm["id"], "--proof", "vc+jwt")
    code, _, err = run(*words, "--out", tmp_path / "out", "--data", tmp_path / "node", stdin=data)
    assert code == 2
    assert err.startswith("entrepot: -:")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("cargo", "--proof", "vc+jwt"), "there is no kind"),
        (("invoice", "--proof", "rot13"), "--proof knows"),
        (("invoice", "--proof", "ecdsa-rdfc-2019"), "does not take a key"),
        (("invoice", "--proof", "ecdsa-rdfc-2019"), "eddsa-jcs-2022, eddsa-rdfc-2022, or a token"),
        (("invoice", "--proof", "vc+jwt", "--proof-set"), "--proof-set takes"),
        (("invoice", "--proof", "vc+jwt", "--mandatory", "/issuer"), "--mandatory does nothing for vc+jwt"),
        (("invoice", "--proof", "eddsa-jcs-2022", "--holder-key", "absent"), "--holder-key does nothing"),
        (("invoice", "--proof", "dc+sd-jwt", "--holder-key", "absent"), "--holder-key absent"),
    ],
)
def test_wrong_use(run, firm, tmp_path, words, told):
    kind, *more = words
    source = tmp_path / "in.json"
    source.write_text(json.dumps(sample("invoice", firm["did"])), "utf-8")
    rest = ("--in", source, "--issuer", firm["id"], "--out", tmp_path / "out", "--data", tmp_path / "node")
    code, _, err = run("document", "issue", kind, *more, *rest)
    assert code == 64
    assert told in err


def test_an_unknown_party_and_a_lost_key_are_said(run, firm, tmp_path):
    words = ("document", "issue", "invoice", "--in", SAMPLES / "invoice.json", "--proof", "vc+jwt", "--out", tmp_path)
    code, _, err = run(*words, "--issuer", "p0", "--data", tmp_path / "node")
    assert code == 2
    assert "there is no party" in err
    shutil.rmtree(tmp_path / "node" / "keys")
    code, _, err = run(*words, "--issuer", firm["id"], "--data", tmp_path / "node")
    assert code == 2
    assert err.count("entrepot:") >= 1


@pytest.mark.parametrize("kind", sorted(table().kinds.values()))
def test_the_schema_accepts_the_sample_and_refuses_another(run, kind):
    code, out, _ = run("document", "schema", kind)
    assert code == 0
    validator = jsonschema_rs.validator_for(json.loads(out))
    good = sample(kind, "did:web:a.example")
    assert validator.is_valid(good)
    assert not validator.is_valid(good | {"smell": "strong"})


def test_names_of_un_cefact_lead_to_our_kinds(run):
    assert run("document", "schema", "commercial-invoice") == run("document", "schema", "invoice")
    code, _, err = run("document", "schema", "teapot")
    assert code == 64
    assert "warehouse-receipt" in err


def test_every_place_of_an_issuer_is_a_member(firm):
    for kind, places in PLACES.items():
        names = set(kinds()[kind, 1].shape.__dataclass_fields__)
        assert set(places) <= names
    assert check_issuer("order-response", None, "did:web:a.example") == ()


def test_what_was_issued_can_be_taken_back_and_ends(run, firm, tmp_path):
    source, lists = tmp_path / "in.json", tmp_path / "list.json"
    source.write_text(json.dumps(sample("invoice", firm["did"])), "utf-8")
    party = ("--party", firm["id"], "--data", tmp_path / "node")
    words = ("--list", lists, "--url", "https://kebun.example/l", *party)
    assert run("document", "status-list", *words)[0] == 0
    words = ("document", "issue", "invoice", "--in", source, "--issuer", firm["id"], "--proof", "eddsa-jcs-2022")
    more = ("--status-list", lists, "--valid-until", "2099-01-01T00:00:00Z", "--data", tmp_path / "node", "--json")
    code, out, _ = run(*words, "--out", tmp_path / "out", *more)
    assert code == 0
    file = json.loads(out)["files"][0]
    check = ("document", "verify", "--offline", "--json", "--status-list", lists, file)
    assert run(*check)[0] == 0
    assert run("document", "verify", "--offline", file)[0] == 1, "without the list its status is unknown"
    code, out, _ = run(*check, "--at", "2099-01-02T00:00:00Z")
    assert json.loads(out)["results"]["validity"]["code"] == "expired"
    named = json.loads(Path(file).read_bytes())["id"]
    assert run("document", "revoke", named, "--list", lists, *party)[0] == 0
    code, out, _ = run(*check)
    assert (code, json.loads(out)["results"]["status"]["code"]) == (1, "revoked")
    assert run("document", "revoke", named, "--list", lists)[0] == 64


def test_all_proofs_in_one_file(run, firm, tmp_path):
    source = tmp_path / "in.json"
    source.write_text(json.dumps(sample("packing-list", firm["did"])), "utf-8")
    words = ("document", "issue", "packing-list", "--in", source, "--issuer", firm["id"], "--proof", "eddsa-jcs-2022",
             "--proof", "eddsa-rdfc-2022", "--proof-set", "--out", tmp_path / "out")  # fmt: skip
    code, out, err = run(*words, "--data", tmp_path / "node", "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert [Path(each).name for each in answer["files"]] == [f"{answer['id']}.proof-set.json"]
    proofs = json.loads(Path(answer["files"][0]).read_text("utf-8"))["proof"]
    assert [each["cryptosuite"] for each in proofs] == ["eddsa-jcs-2022", "eddsa-rdfc-2022"]
    code, out, _ = run("document", "verify", "--offline", "--json", *answer["files"])
    assert (code, json.loads(out)["results"]["integrity"]["code"]) == (0, "signature-holds")
    broken = json.loads(Path(answer["files"][0]).read_text("utf-8"))
    broken["proof"][1]["proofValue"] = broken["proof"][0]["proofValue"]
    assert run("document", "verify", "--offline", "-", stdin=json.dumps(broken).encode())[0] == 1


def test_a_selective_document_is_bound_to_its_holder(run, firm, tmp_path):
    pair = KeyPair(Curve.P256, b"\x05" * 32)
    holder = tmp_path / "holder.jwk"
    holder.write_text(json.dumps({**pair.public.to_jwk(), "d": b64url(pair.secret)}))
    source = tmp_path / "in.json"
    source.write_text(json.dumps(sample("packing-list", firm["did"])), "utf-8")
    words = ("document", "issue", "packing-list", "--in", source, "--issuer", firm["id"], "--proof", "dc+sd-jwt",
             "--holder-key", holder, "--out", tmp_path / "out")  # fmt: skip
    code, out, _ = run(*words, "--data", tmp_path / "node", "--json")
    assert code == 0
    (file,) = json.loads(out)["files"]
    claims = json.loads(from_b64url(Path(file).read_text().split(".")[1]))
    assert claims["cnf"] == {"jwk": pair.public.to_jwk()}
    assert str(from_b64url(Path(file).read_text().split(".")[1])).count(b64url(pair.secret)) == 0
    shown = ("--aud", "bank", "--nonce", "n-1")
    code, out, _ = run("document", "derive", file, "--reveal", "/credentialSubject", "--holder-key", holder, *shown)
    assert code == 0
    assert run("document", "verify", "-", "--offline", *shown, stdin=out.encode())[0] == 0
