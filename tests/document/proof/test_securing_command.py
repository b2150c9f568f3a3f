"""``entrepot document secure``, ``derive``, the status commands and the new options of ``verify``."""

import json

import pytest

from entrepot.base.digest import b64url
from entrepot.cli.examine import ALONE_MAX
from entrepot.party.key import Curve, KeyPair

URL = "https://chamber.example/terms/v1"


@pytest.mark.parametrize(
    ("securing", "key"),
    [
        ("vc+jwt", "P-256.json"),
        ("dc+sd-jwt", "P-256.jwk"),
        ("vc+jwt", "P-384.jwk"),
        ("dc+sd-jwt", "P-384.json"),
        ("ecdsa-jcs-2019", "P-256.jwk"),
        ("ecdsa-rdfc-2019", "P-256.json"),
        ("ecdsa-sd-2023", "P-256.json"),
        ("ecdsa-jcs-2019", "P-384.jwk"),
        ("ecdsa-rdfc-2019", "P-384.json"),
        ("eddsa-jcs-2022", "Ed25519.jwk"),
        ("eddsa-rdfc-2022", "Ed25519.json"),
    ],
)
def test_each_securing_by_each_kind_of_key(files, run, securing, key):
    document = json.loads((files / "vc.json").read_text())
    pair = json.loads((files / key.replace("jwk", "json")).read_text())
    document["issuer"] = "did:key:" + pair["publicKeyMultibase"]
    context = ["--context", f"{URL}={files / 'terms.json'}"]
    words = ["--key", files / key, "--proof", securing, *context]
    words += ["--created", "2026-02-01T00:00:00Z"] if securing != "vc+jwt" else []
    code, out, _ = run("secure", "-", *words, stdin=json.dumps(document).encode())
    assert code == 0
    code, report, _ = run("verify", "-", "--offline", "--json", *context, stdin=out.encode())
    assert (code, json.loads(report)["valid"]) == (0, True)
    if securing.startswith("e") and "jcs" not in securing:
        code, report, _ = run("verify", "-", "--offline", "--json", stdin=out.encode())
        assert (code, json.loads(report)["results"]["integrity"]["code"]) == (1, "context-unknown")


def test_several_securings_give_several_files(files, run):
    words = ["--key", files / "P-256.json", "--context", files / "terms.json", "--out", files / "out"]
    code, out, _ = run("secure", files / "vc.json", *words, "--proof", "vc+jwt", "--proof", "ecdsa-rdfc-2019")
    assert code == 0
    names = sorted(each.name for each in (files / "out").iterdir())
    assert names == ["urn-uuid-1.ecdsa-rdfc-2019.json", "urn-uuid-1.vc-jwt.jwt"]
    assert len(out.splitlines()) == 2
    assert (
        run("verify", *(files / "out" / name for name in names), "--context", files / "terms.json", "--offline")[0] == 0
    )


def test_proof_set_grows(files, run):
    words = ["--context", files / "terms.json", "--proof-set"]
    one = files / "one.json"
    run("secure", files / "vc.json", "--key", files / "P-256.json", "--proof", "ecdsa-jcs-2019", *words, "--out", one)
    two = files / "two.json"
    more = ["--key", files / "P-384.json", "--key", files / "Ed25519.json"]
    proofs = ["--proof", "eddsa-rdfc-2022", "--proof", "ecdsa-rdfc-2019"]
    assert run("secure", one, *more, *proofs, *words, "--out", two)[0] == 0
    stated = json.loads(two.read_text())["proof"]
    assert [each["cryptosuite"] for each in stated] == ["ecdsa-jcs-2019", "eddsa-rdfc-2022", "ecdsa-rdfc-2019"]
    assert run("verify", two, "--context", files / "terms.json", "--offline")[0] == 0
    assert run("secure", one, *more, "--proof", "vc+jwt")[0] == 64


def test_derive_shows_a_part(files, run):
    base, part = files / "base.json", files / "part.json"
    words = ["--context", files / "terms.json"]
    key = [
        "--key",
        files / "P-256.json",
        "--proof",
        "ecdsa-sd-2023",
        "--mandatory",
        "/issuer",
        "--mandatory",
        "/validFrom",
    ]
    run("secure", files / "vc.json", *key, *words, "--out", base)
    assert run("derive", base, "--reveal", "/credentialSubject/lines/0/amount", *words, "--out", part)[0] == 0
    shown = json.loads(part.read_text())
    assert shown["credentialSubject"] == {"type": "Receipt", "lines": [{"amount": 1}]}
    code, out, _ = run("verify", part, *words, "--offline", "--json")
    assert (code, json.loads(out)["results"]["schema"]["code"]) == (0, "part-of-a-document")
    assert run("derive", base, "--reveal", "/nothing", *words)[0] == 1
    assert run("derive", files / "vc.json", "--reveal", "/issuer", *words)[0] == 1
    assert run("derive", files / "absent")[0] == 2


def test_derive_binds_to_an_occasion(files, run):
    holder = KeyPair(Curve.P256, b"\x05" * 32)
    (files / "holder.jwk").write_text(json.dumps({**holder.public.to_jwk(), "d": b64url(holder.secret)}))
    words = ["--key", files / "P-256.json", "--proof", "dc+sd-jwt", "--holder-key", files / "holder.jwk"]
    run("secure", files / "vc.json", *words, "--out", files / "a.sd-jwt")
    bound = ["--holder-key", files / "holder.jwk", "--aud", "bank", "--nonce", "n-1"]
    code, out, _ = run("derive", files / "a.sd-jwt", "--reveal", "/credentialSubject/title", *bound)
    assert code == 0
    text = out.encode()
    assert run("verify", "-", "--offline", "--aud", "bank", "--nonce", "n-1", stdin=text)[0] == 0
    assert run("verify", "-", "--offline", "--aud", "bank", "--nonce", "n-2", stdin=text)[0] == 1
    assert run("verify", files / "a.sd-jwt", "--offline", "--nonce", "n-1")[0] == 1
    words = ["--reveal", "/credentialSubject/title", *bound, "--created", "2999-01-01T00:00:00Z"]
    code, out, _ = run("derive", files / "a.sd-jwt", *words)
    code, out, _ = run("verify", "-", "--offline", "--aud", "bank", "--nonce", "n-1", "--json", stdin=out.encode())
    assert (code, json.loads(out)["results"]["integrity"]["code"]) == (1, "binding-future")
    assert run("derive", files / "a.sd-jwt", "--aud", "bank")[0] == 64
    assert run("derive", files / "a.sd-jwt", *bound[:2])[0] == 64
    other = ["--holder-key", files / "P-256.jwk", "--aud", "bank", "--nonce", "n-1"]
    assert run("derive", files / "a.sd-jwt", *other)[0] == 1


def test_revoked_suspended_reinstated(files, run):
    key = ["--key", files / "P-256.json"]
    lists = []
    for purpose in ("revocation", "suspension"):
        file = files / f"{purpose}.json"
        url = f"https://chamber.example/{purpose}"
        assert run("status-list", "--list", file, "--url", url, "--status-purpose", purpose, *key)[0] == 0
        assert run("status-list", "--list", file, "--url", url, *key)[0] == 64
        lists += ["--status-list", file]
    entries = [json.loads(run("status-entry", "urn:uuid:1", "--list", file)[1]) for file in lists[1::2]]
    again = json.loads(run("status-entry", "urn:uuid:1", "--list", lists[1])[1])
    assert again == entries[0]
    document = json.loads((files / "vc.json").read_text()) | {"credentialStatus": entries}
    (files / "vc.json").write_text(json.dumps(document))
    run("secure", files / "vc.json", *key, "--proof", "vc+jwt", "--out", files / "vc.jwt")

    def status():
        code, out, _ = run("verify", files / "vc.jwt", *lists, "--offline", "--json", "--fresh", "1")
        return code, json.loads(out)["results"]["status"]["code"]

    assert status() == (0, "status-clear")
    assert run("verify", files / "vc.jwt", "--offline")[0] == 1
    assert run("suspend", "urn:uuid:1", "--list", lists[3], *key)[0] == 0
    assert status() == (1, "suspended")
    assert run("reinstate", entries[1]["id"], "--list", lists[3], *key)[0] == 0
    assert status() == (0, "status-clear")
    assert run("suspend", "urn:uuid:1", "--list", lists[1], *key)[0] == 64
    assert run("revoke", "urn:uuid:unheard", "--list", lists[1], *key)[0] == 64
    assert run("revoke", files / "vc.jwt", "--list", lists[1], *key)[0] == 0
    assert status() == (1, "revoked")
    assert run("revoke", "1", "--list", files / "vc.json", *key)[0] == 2


def test_what_cannot_be_signed_is_told(files, run):
    key = ["--key", files / "P-256.json"]
    assert run("secure", files / "vc.json", *key, "--proof", "eddsa-jcs-2022")[0] == 64
    assert run("secure", files / "vc.json", *key, "--proof", "unheard")[0] == 64
    assert run("secure", files / "vc.json", *key, "--proof", "ecdsa-rdfc-2019")[0] == 1
    assert run("secure", files / "absent", *key, "--proof", "vc+jwt")[0] == 2
    assert run("secure", files / "vc.json", "--key", files / "vc.json", "--proof", "vc+jwt")[0] == 2
    wrong = json.dumps({**json.loads((files / "vc.json").read_text()), "issuer": None}).encode()
    code, _, err = run("secure", "-", *key, "--proof", "vc+jwt", stdin=wrong)
    assert (code, "ENT-CORE-VC-04" in err) == (1, True)
    twice = b'{"a":1,"a":2}'
    assert run("secure", "-", *key, "--proof", "vc+jwt", stdin=twice)[0] == 2
    inline = {
        **json.loads((files / "vc.json").read_text()),
        "@context": ["https://www.w3.org/ns/credentials/v2", {"x": "urn:x"}],
    }
    assert run("secure", "-", *key, "--proof", "vc+jwt", stdin=json.dumps(inline).encode())[0] == 64
    mismatched = {
        **json.loads((files / "P-256.json").read_text()),
        "publicKeyMultibase": json.loads((files / "P-384.json").read_text())["publicKeyMultibase"],
    }
    (files / "bad.key").write_text(json.dumps(mismatched))
    assert run("secure", files / "vc.json", "--key", files / "bad.key", "--proof", "vc+jwt")[0] == 2


def test_many_files_keep_their_order(files, run, desk):
    good, bad = desk.secured("eddsa-jcs-2022", Curve.ED25519), b"junk"
    names = []
    for number in range(ALONE_MAX + 9):
        path = files / f"{number:03}.json"
        path.write_bytes(good if number % 3 else bad)
        names.append(path)
    code, out, _ = run("verify", *names, "--json", "--offline")
    assert code == 2
    assert [json.loads(line)["valid"] for line in out.splitlines()] == [bool(n % 3) for n in range(len(names))]
