"""Every command that makes something takes ``--json``: it ends as without, and prints one JSON value."""

import json
import shutil

import pytest

from entrepot.party.did import did_key
from entrepot.party.key import Curve, KeyPair

KEY = KeyPair(Curve.P256, b"\x07" * 32)
SIGN = "secure vc.json --key key.json --proof"


@pytest.fixture
def run(in_process):
    def call(words):
        code, out, _ = in_process(*words)
        return code, out.decode()

    return call


@pytest.fixture
def folder(run, monkeypatch, tmp_path):
    """A folder with a key, a credential, what was made of it, two status lists, and a party."""
    start = tmp_path / "start"
    start.mkdir()
    monkeypatch.chdir(start)
    secret, public = KEY.to_secret_multikey(), KEY.public.multikey
    pair = {"type": "Multikey", "publicKeyMultibase": public, "secretKeyMultibase": secret}
    (start / "key.json").write_text(json.dumps(pair))
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential"],
        "issuer": did_key(KEY.public),
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "urn:goods:1"},
    }
    (start / "vc.json").write_text(json.dumps(document))
    for words in (
        f"{SIGN} ecdsa-sd-2023 --out base.json",
        f"{SIGN} vc+jwt --out vc.jwt",
        f"{SIGN} dc+sd-jwt --out vc.sd-jwt",
        "status-list --list r.json --url https://chamber.example/r --key key.json",
        "status-list --list s.json --url https://chamber.example/s --status-purpose suspension --key key.json",
    ):
        assert run(["document", *words.split()])[0] == 0
    code, out = run(["party", "create", "--name", "Kedai", "--economy", "MY", "--data", "node", "--json"])
    assert code == 0
    (start / "party").write_text(json.loads(out)["id"])
    return start


def one_text(value):
    return set(value) == {"document"} and bool(value["document"]) and isinstance(value["document"], str)


def several(value):
    return [type(each) for each in value["documents"]] == [str, dict]


def proven(value):
    return "proof" in value


def files(*names):
    return {"files": list(names)}


def change(name, purpose, value):
    return {"id": "7", "list": name, "purpose": purpose, "value": value}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (f"document {SIGN} vc+jwt", one_text),
        (f"document {SIGN} vc+jwt --out a", files("a")),
        (f"document {SIGN} vc+jwt --proof ecdsa-jcs-2019", several),
        (
            f"document {SIGN} vc+jwt --proof ecdsa-jcs-2019 --out a",
            files("a/urn-uuid-1.vc-jwt.jwt", "a/urn-uuid-1.ecdsa-jcs-2019.json"),
        ),
        (f"document {SIGN} ecdsa-jcs-2019", proven),
        (f"document {SIGN} ecdsa-jcs-2019 --proof-set --out a", files("a")),
        ("document derive base.json --reveal /credentialSubject", proven),
        ("document derive base.json --reveal /credentialSubject --out a", files("a")),
        ("document derive vc.sd-jwt --reveal /credentialSubject", one_text),
        ("document revoke 7 --list r.json --key key.json", change("r.json", "revocation", 1)),
        ("document suspend 7 --list s.json --key key.json", change("s.json", "suspension", 1)),
        ("document reinstate 7 --list s.json --key key.json", change("s.json", "suspension", 0)),
        ("document bundle vc.jwt --offline", lambda value: "parts" in value),
        ("document bundle vc.jwt --offline --out a", files("a") | {"missing": []}),
        ("document render vc.jwt", one_text),
        ("document render vc.jwt --out a", files("a")),
        ("document countersign vc.jwt --key key.json", one_text),
        ("document countersign vc.jwt --key key.json --out a", files("a")),
        ("document schema packing-list", lambda value: "$schema" in value),
        ("document status-list --list a --url https://a.example/l --key key.json", files("a", "a.register")),
        ("document status-entry urn:uuid:1 --list r.json", lambda value: value["statusPurpose"] == "revocation"),
        ("party export PARTY --data node", lambda value: value["party"]["id"].startswith("p")),
        ("party export PARTY --data node --out a", files("a")),
        ("document secure absent --key key.json --proof vc+jwt", 2),
        ("document derive vc.json", 1),
        ("document revoke 7 --list s.json --key key.json", 64),
        ("document bundle absent", 2),
        ("document render absent", 2),
        ("document countersign absent --key key.json", 2),
        ("document schema unheard", 64),
    ],
)
def test_json_ends_as_without_and_prints_one_value(folder, run, monkeypatch, words, expected):
    given = words.replace("PARTY", (folder / "party").read_text()).split()
    ended = []
    for name, more in (("plain", []), ("json", ["--json"])):
        shutil.copytree(folder, folder.parent / name)
        monkeypatch.chdir(folder.parent / name)
        ended.append(run([*given, *more]))
    (code, _), (code_json, out) = ended
    assert code_json == code
    if isinstance(expected, int):
        assert (code, out) == (expected, "")
        return
    assert code == 0
    value = json.loads(out)
    assert expected(value) if callable(expected) else value == expected
    for each in value.get("files", ()):
        assert (folder.parent / "json" / each).is_file()
