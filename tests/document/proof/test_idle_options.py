"""Every proof with every option: it does something, or it is refused with a sentence."""

import json

import pytest

from entrepot.cli.fitting import TAKEN_BY, WHY
from entrepot.document.proof.securing import SECURINGS

VALUES = {
    "--purpose": ["--purpose", "authentication"],
    "--created": ["--created", "2026-02-01T00:00:00Z"],
    "--mandatory": ["--mandatory", "/issuer"],
    "--holder-key": ["--holder-key", "P-256.jwk"],
    "--schema-only": ["--schema-only"],
    "--proof-set": ["--proof-set"],
}
DERIVING = {
    "--aud": ["--aud", "bank"],
    "--nonce": ["--nonce", "n-1"],
    "--holder-key": ["--holder-key", "P-256.jwk"],
    "--created": ["--created", "2026-02-01T00:00:00Z"],
    "--context": ["--context", "terms.json"],
}


def words(files, named):
    return [files / each if each.endswith((".jwk", "terms.json")) else each for each in named]


def key_of(securing):
    return "Ed25519.json" if securing.startswith("eddsa") else "P-256.json"


def test_the_table_names_every_option():
    assert set(TAKEN_BY) == set(WHY) == set(VALUES)
    assert set().union(*TAKEN_BY.values()) == set(SECURINGS)


@pytest.mark.parametrize("option", VALUES)
@pytest.mark.parametrize("securing", SECURINGS)
def test_an_option_that_does_nothing_is_refused(files, run, securing, option):
    given = ["--key", files / key_of(securing), "--context", files / "terms.json", "--proof", securing]
    plain = run("secure", files / "vc.json", *given)
    code, out, err = run("secure", files / "vc.json", *given, *words(files, VALUES[option]))
    assert plain[0] == 0
    if securing not in TAKEN_BY[option]:
        assert (code, out) == (64, "")
        assert f"{option} does nothing for {securing}: {WHY[option]}" in err
    else:
        assert code == 0, err
        # What is taken shows in what was made; the last two change what is refused, and where a second proof goes.
        assert out != plain[1] or option in ("--schema-only", "--proof-set")


def test_an_option_serves_where_one_of_several_proofs_takes_it(files, run):
    given = ["--key", files / "P-256.json", "--context", files / "terms.json", "--out", files / "out"]
    both = ["--proof", "vc+jwt", "--proof", "dc+sd-jwt"]
    assert run("secure", files / "vc.json", *given, *both, "--mandatory", "/issuer")[0] == 0


def test_a_key_that_signs_nothing_is_refused(files, run):
    given = ["--key", files / "P-256.json", "--key", files / "Ed25519.json", "--proof", "ecdsa-jcs-2019"]
    code, out, err = run("secure", files / "vc.json", *given, "--context", files / "terms.json")
    assert (code, out) == (64, "")
    assert "a --key was given" in err


@pytest.mark.parametrize("option", DERIVING)
@pytest.mark.parametrize("securing", ["ecdsa-sd-2023", "dc+sd-jwt"])
def test_deriving_takes_what_it_uses(files, run, securing, option):
    given = ["--key", files / "P-256.json", "--context", files / "terms.json", "--proof", securing]
    assert run("secure", files / "vc.json", *given, "--out", files / "base")[0] == 0
    needed = ["--context", files / "terms.json"] if (securing, option) != ("ecdsa-sd-2023", "--context") else []
    needed = needed if securing == "ecdsa-sd-2023" else []
    code, out, err = run("derive", files / "base", "--reveal", "/issuer", *needed, *words(files, DERIVING[option]))
    if (securing, option) == ("ecdsa-sd-2023", "--context"):
        assert code == 0, err
    else:
        assert (code, out) == (64, "")
        # Of an SD-JWT the first four need each other.
        assert option in err


UNDEFINED = {"color": "green", "a b": 1}


@pytest.mark.parametrize("securing", SECURINGS)
def test_what_no_context_defines_is_not_signed(files, run, securing):
    document = json.loads((files / "vc.json").read_text())
    document["credentialSubject"] |= UNDEFINED
    text = json.dumps(document).encode()
    given = ["--key", files / key_of(securing), "--context", files / "terms.json", "--proof", securing]
    code, out, err = run("secure", "-", *given, stdin=text)
    assert (code, out) == (1, "")
    assert "ENT-CORE-TERM-01" in err
    assert "$.credentialSubject.color: " in err
    assert "$.credentialSubject['a b']: " in err
    code, out, _ = run("secure", "-", *given, "--schema-only", stdin=text)
    assert code == (0 if securing in TAKEN_BY["--schema-only"] else 64)
    assert bool(out) is (code == 0)


@pytest.mark.parametrize("securing", sorted(TAKEN_BY["--schema-only"]))
def test_a_context_that_is_not_known_is_warned_of(files, run, securing):
    """Whether a term is defined is then unknown, which is no reason to refuse what is signed by form."""
    code, out, err = run("secure", files / "vc.json", "--key", files / key_of(securing), "--proof", securing)
    assert code == 0
    assert out
    assert "warning ENT-CORE-TERM-02" in err
    code, _, err = run("secure", files / "vc.json", "--key", files / key_of(securing), "--proof", securing,
                       "--context", files / "terms.json")  # fmt: skip
    assert (code, err) == (0, "")


def test_a_context_inside_the_document_is_refused_in_a_proof_set_too(files, run):
    document = json.loads((files / "vc.json").read_text())
    document["@context"] = [document["@context"][0], {"x": "urn:x"}]
    given = ["--key", files / "P-256.json", "--proof", "ecdsa-jcs-2019", "--proof-set"]
    for more in ([], ["--schema-only"]):
        assert run("secure", "-", *given, *more, stdin=json.dumps(document).encode())[0] == 64
