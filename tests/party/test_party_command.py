"""``entrepot party`` for identifiers with a history, run as a stranger runs it."""

import json
from pathlib import Path

import pytest

from entrepot.party.jwk import did_jwk
from entrepot.party.key import Curve, KeyPair


@pytest.fixture
def run(in_process):
    """Exit code, standard output as JSON where it is, standard error."""

    def call(*words, stdin=b""):
        code, out, err = in_process("party", *words, stdin=stdin)
        return code, json.loads(out) if out.startswith(b"{") else out, err.decode()

    return call


@pytest.fixture
def made(run, tmp_path):
    """A party with pre-rotation, made on the first of January."""
    words = ("create", "--name", "Kedai 榴莲", "--economy", "MY", "--method", "webvh", "--domain", "kedai.example")
    code, told, _ = run(*words, "--prerotate", "--at", "2026-01-01T00:00:00Z", "--data", tmp_path, "--json")
    assert code == 0
    return told


@pytest.fixture
def act(run, made, tmp_path):
    def call(name, *more):
        code, told, err = run(name, made["id"], *more, "--data", tmp_path, "--json")
        assert code == 0, err
        return told

    return call


def test_the_whole_life(run, made, act, tmp_path):
    assert set(made["files"]) == {"key", "didDocument", "log", "updateKey", "nextKey"}
    assert made["publishAt"] == "https://kedai.example/.well-known/did.jsonl"
    assert made["publishWebAt"] == "https://kedai.example/.well-known/did.json"
    assert act("rotate", "--at", "2026-02-01T00:00:00Z")["method"] == made["did"] + "#key-2"
    moved = act("move", "--domain", "shop.example", "--at", "2026-03-01T00:00:00Z")
    assert moved["did"] == made["did"].replace("kedai", "shop")
    assert moved["id"] == made["id"]
    marks = act("compromise", "--since", "2026-02-15T00:00:00Z")["compromised"]
    assert [each["method"] for each in marks] == [made["did"] + "#key-2"]
    ended = act("deactivate", "--at", "2026-04-01T00:00:00Z")
    given = ("--log", ended["files"]["log"], "--json")
    code, found, _ = run("resolve", made["did"], *given)
    assert (code, found["didDocumentMetadata"]["deactivated"]) == (0, True)
    code, found, _ = run("resolve", made["did"], *given, "--at", "2026-02-10T00:00:00Z")
    assert (code, found["didDocument"]["assertionMethod"]) == (0, [made["did"] + "#key-2"])
    version = found["didDocumentMetadata"]["versionId"]
    by_id = run("resolve", made["did"], *given, "--version-id", version)
    assert by_id[1] == run("resolve", made["did"], *given, "--version-number", "2")[1] == found
    code, found, _ = run("resolve", made["did"], *given, "--compromised", ended["files"]["compromised"])
    assert found["didResolutionMetadata"]["compromised"] == marks


def failure(found):
    assert found["didDocument"] is None
    told = found["didResolutionMetadata"]
    assert told["reason"]
    return told["error"], told["code"]


@pytest.mark.parametrize(
    ("more", "code", "expected"),
    [
        (("--at", "2025-01-01T00:00:00Z"), 1, ("notFound", "webvh-time-before")),
        (("--version-number", "2"), 1, ("notFound", "webvh-version-unknown")),
        (("--version-id", "1-Qm"), 1, ("notFound", "webvh-version-unknown")),
    ],
)
def test_versions_that_are_not_there(run, made, more, code, expected):
    left, found, _ = run("resolve", made["did"], "--log", made["files"]["log"], "--json", *more)
    assert (left, failure(found)) == (code, expected)


def test_exit_codes_tell_a_wrong_log_from_none_at_all(run, made, tmp_path):
    log = tmp_path / "log"
    whole = Path(made["files"]["log"]).read_bytes()
    for data, code, expected in (
        (whole.replace(b'"alsoKnownAs":[', b'"alsoKnownAs":["x",'), 1, ("invalidDid", "webvh-scid-mismatch")),
        (whole + whole, 1, ("invalidDid", "webvh-scid-repeated")),
        (whole + whole[:50], 1, ("invalidDid", "webvh-line")),
        (whole[:50], 2, ("invalidDid", "webvh-line")),
        (b"", 2, ("invalidDid", "webvh-log-empty")),
        (b"\xff\xfe", 2, ("invalidDid", "webvh-line")),
    ):
        log.write_bytes(data)
        left, found, _ = run("resolve", made["did"], "--log", log, "--json")
        assert (left, failure(found)) == (code, expected)
    left, found, _ = run("resolve", made["did"], "--log", tmp_path / "none", "--json")
    assert (left, failure(found)) == (2, ("notFound", "file-unreadable"))
    left, found, _ = run("resolve", made["did"], "--offline", "--json")
    assert (left, failure(found)) == (1, ("notFound", "offline"))
    left, found, _ = run("resolve", made["did"], "--log", "-", "--json", stdin=whole)
    assert (left, found["didDocument"]["id"]) == (0, made["did"])


@pytest.mark.parametrize(
    "words",
    [
        ("resolve", "did:key:z6Mk", "--at", "2026-01-01T00:00:00Z", "--version-number", "1"),
        ("resolve", "did:key:z6Mk", "--at", "yesterday"),
        ("resolve", "did:key:z6Mk", "--version-number", "0"),
        ("create", "--name", "N", "--economy", "MY", "--method", "webvh", "--data", "x"),
        ("create", "--name", "N", "--economy", "MY", "--prerotate", "--data", "x"),
    ],
)
def test_wrong_use(run, words):
    assert run(*words)[0] == 64


def test_clear_words_and_no_traceback(run, made, tmp_path):
    for words, said in (
        (("rotate", made["id"], "--at", "2026-01-01T00:00:00Z"), "not after"),
        (("rotate", made["id"], "--at", "2999-01-01T00:00:00Z"), "future"),
        (("move", made["id"], "--domain", "127.0.0.1"), "address"),
        (("move", made["id"], "--domain", "kedai.example"), "already"),
        (("rotate", "p000000000000"), "no party"),
        (("compromise", made["id"], "--since", "2026-01-01T00:00:00Z", "--key", "key-7"), "no such key"),
        (("import", made["files"]["log"]), "not a file that this program exported"),
    ):
        code, _, err = run(*words, "--data", tmp_path)
        assert (code in (2, 64), said in err) == (True, True), words
        assert "fault of this program" not in err


def test_export_and_import_under_a_passphrase(run, made, act, tmp_path):
    phrase, out = tmp_path / "phrase", tmp_path / "party.json"
    phrase.write_text("durian kampung\n")
    code, _, err = run("export", made["id"], "--out", out, "--passphrase-file", phrase, "--data", tmp_path)
    assert code == 0, err
    code, told, err = run("import", out, "--passphrase-file", phrase, "--data", tmp_path / "other", "--json")
    assert code == 0, err
    assert told["did"] == made["did"]
    code, told, _ = run("rotate", made["id"], "--data", tmp_path / "other", "--json")
    assert (code, told["method"]) == (0, made["did"] + "#key-2")
    assert run("export", made["id"], "--data", tmp_path)[1]["party"]["id"] == made["id"]


def test_did_jwk_resolves(run):
    did = did_jwk(KeyPair(Curve.ED25519, b"\x07" * 32).public)
    code, found, _ = run("resolve", did, "--json")
    assert (code, found["didDocument"]["assertionMethod"]) == (0, [did + "#0"])
    assert run("resolve", did + "=", "--json")[0] == 1


def test_an_economy_that_there_is_not(run, tmp_path):
    words = ("create", "--name", "Kedai", "--data", tmp_path, "--economy")
    for code in ("ZZ", "EU", "XK"):
        left, _, err = run(*words, code)
        assert (left, f"no code {code}" in err) == (64, True)
        assert "like MY" in err
    assert not (tmp_path / "party").exists()
    assert run(*words, "CH", "--json")[0] == 0, "an economy without a file here may buy"
