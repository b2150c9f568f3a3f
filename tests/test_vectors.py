"""Every published vector, through the command that takes it; none is passed over (``vectors.toml``)."""

import io
import json
import os
import shlex
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from entrepot.cli import main
from entrepot.document.proof import secure
from entrepot.party.did import did_key, document_of, key_method_id
from entrepot.party.key import Curve, KeyPair, PublicKey

DATA = os.environ.get("ENTREPOT_TEST_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
ROOT = Path(DATA or "/") / "identity-documents"
LIST = tomllib.loads((Path(__file__).parent / "vectors.toml").read_text("utf-8"))["set"]
COMMANDS = [(each, vector) for each in LIST if "command" in each for vector in each["vectors"]]
KEY = KeyPair(Curve.ED25519, bytes(range(32)))
TESTS = {}
for _set in LIST:
    if "test" in _set:
        TESTS.setdefault(_set["test"], []).extend(file for (file,) in _set["vectors"])


@pytest.fixture
def run(monkeypatch, capsysbinary):
    """Runs the command line in this process, through its own entry point."""

    def call(words, stdin):
        monkeypatch.setattr(sys, "argv", ["entrepot", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsysbinary.readouterr()
        return left.value.code, out.decode(), err.decode()

    return call


def completed(file):
    """The example as its suite issues it: with an issuer where it has none, and its two dates filled in; in a
    presentation the credentials inside are issued first."""
    value = json.loads(file.read_bytes())
    if file.name.startswith("presentation"):
        inner = value.get("verifiableCredential", [])
        found = [_issued(each) for each in (inner if isinstance(inner, list) else [inner])]
        return json.dumps({**value, "verifiableCredential": found}).encode()
    value.setdefault("issuer", "did:example:issuer")
    if isinstance(value["issuer"], dict):
        value["issuer"].setdefault("id", "did:example:issuer")
    for name, date in (("validFrom", "2999-01-01T00:00:00Z"), ("validUntil", "2000-01-01T00:00:00Z")):
        if str(value.get(name, "")).endswith("DATE"):
            value[name] = date
    return json.dumps(value).encode()


def _issued(credential):
    if credential.get("type") != ["VerifiableCredential"]:
        return credential
    made = secure(
        {**credential, "issuer": did_key(KEY.public)},
        KEY,
        method_id=key_method_id(KEY.public),
        securing="eddsa-jcs-2022",
        created=datetime(2026, 5, 1, tzinfo=UTC),
    )
    return json.loads(made)


def did_in(file):
    """The identifier that a file is about: of a did:key case, of a log, of the answer of another program."""
    if file.parent.name == "did-key":
        return json.loads(file.read_bytes())["did"]
    document = json.loads((file.parent / "did.jsonl").read_text().splitlines()[-1])["state"]
    return document["id"]


@pytest.fixture(scope="session")
def trustvc(tmp_path_factory):
    """The DID document of TrustVC's examples, with the key that it publishes for them."""
    key = PublicKey.from_multikey("zDnaemDNwi4G5eTzGfRooFFu5Kns3be6yfyVNtiaMhWkZbwtc")
    file = tmp_path_factory.mktemp("trustvc") / "did.json"
    file.write_text(json.dumps(document_of("did:web:trustvc.github.io:did:1", {"multikey-1": key})))
    return file


def words_for(command, file, trustvc):
    """The words of the command line."""
    number = file.name.split(".")[1]
    proofs = file.parent / "did-witness.json"
    places = {"file": file, "root": ROOT, "folder": file.parent, "trustvc": trustvc}
    places["witness"] = f"--witness {proofs}" if proofs.exists() else ""
    places["version"] = f"--version-number {number}" if number.isdigit() else ""
    places["did"] = did_in(file) if "{did}" in command else ""
    return shlex.split(command.format(**places))


@pytest.mark.parametrize(("kind", "vector"), COMMANDS, ids=[vector[0] for _, vector in COMMANDS])
def test_vector_gives_what_the_standard_says(run, trustvc, kind, vector):
    name, code, wanted, authority = vector
    file = ROOT / name
    stdin = completed(file) if kind.get("complete") else b""
    found, out, err = run(words_for(kind["command"], file, trustvc), stdin)
    assert found == code, err
    assert authority
    assert "Traceback" not in err
    for each in wanted.split("; "):
        Judge(file, stdin, out, err).holds(each)


class Judge:
    """Holds one sentence of what must come out."""

    def __init__(self, file, given, out, err) -> None:
        self._file, self._given, self._out, self._err = file, given, out, err

    def holds(self, sentence):
        first, *rest = sentence.split()
        if first == "finding":
            assert f"{rest[0]} {rest[1]}:" in self._err
        elif first == "signed":
            self._signed()
        elif first in ("didDocument", "key", "error"):
            getattr(self, f"_{first.lower()}")(*rest)
        elif first == "at":
            assert self._report()["schema"]["reason"].startswith(f"{rest[0]}: ")
        else:
            result = self._report()[first]
            assert [result["status"], result["code"]] == rest, result

    def _report(self):
        report = json.loads(self._out)
        # Nothing of what others published is valid here: each lacks a proof, a key or an issuer that can be asked.
        assert report["valid"] is False
        return report["results"]

    def _signed(self):
        made = json.loads(self._out)
        assert made.pop("proof")["cryptosuite"] == "eddsa-jcs-2022"
        assert made == json.loads(self._given)

    def _diddocument(self):
        told, wanted = json.loads(self._out), json.loads(self._file.read_bytes())
        did = wanted["didDocument"]["id"]
        assert absolute(told["didDocument"], did) == absolute(wanted["didDocument"], did)
        names = ("versionId", "created", "deactivated")
        metadata, expected = told["didDocumentMetadata"], wanted["didDocumentMetadata"]
        assert {each: metadata[each] for each in names if each in expected} == {
            each: expected[each] for each in names if each in expected
        }

    def _key(self, *_):
        told = json.loads(self._out)["didDocument"]
        wanted = json.loads(self._file.read_bytes())["expected"]["didDocument"]
        assert told["id"] == wanted["id"]
        assert (
            told["verificationMethod"][0]["publicKeyMultibase"] == wanted["verificationMethod"][0]["publicKeyMultibase"]
        )
        for purpose in ("authentication", "assertionMethod", "capabilityDelegation", "capabilityInvocation"):
            assert told[purpose] == wanted[purpose]

    def _error(self, error, code=None):
        told = json.loads(self._out)
        assert told["didDocument"] is None
        assert told["didResolutionMetadata"]["error"] == error
        assert code is None or told["didResolutionMetadata"]["code"] == code


def absolute(value, did):
    """With relative ids made absolute: one of the programs writes those of implied services in full."""
    if isinstance(value, dict):
        return {
            name: did + each if name == "id" and str(each).startswith("#") else absolute(each, did)
            for name, each in value.items()
        }
    return [absolute(each, did) for each in value] if isinstance(value, list) else value


def test_no_file_is_unlisted_and_none_listed_twice():
    listed = [vector[0] for each in LIST for vector in each["vectors"]]
    others = ("MANIFEST.md", "LICENSE", "LICENSE.md")
    there = {
        str(each.relative_to(ROOT))
        for each in ROOT.rglob("*")
        if each.is_file() and each.name not in others and not each.name.startswith("LicenseRef")
    }
    assert sorted(listed) == sorted(there)


PLUGIN = """
import json, os, sys
opened = set()
def seen(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.startswith(os.environ["VECTORS_ROOT"]):
            opened.add(os.path.relpath(path, os.environ["VECTORS_ROOT"]))
sys.addaudithook(seen)
now = {}
def pytest_runtest_logstart(nodeid, location):
    opened.clear()
def pytest_runtest_logfinish(nodeid, location):
    now.setdefault(nodeid.split("[")[0], set()).update(opened)
def pytest_sessionfinish(session):
    with open(os.environ["VECTORS_OPENED"], "w") as file:
        json.dump({name: sorted(each) for name, each in now.items()}, file)
"""


@pytest.mark.timeout(300)
def test_named_tests_exist_pass_and_open_the_files_that_they_are_named_for(tmp_path):
    """The tests run in a process of their own, in which every file that is opened is noted."""
    (tmp_path / "opened_files.py").write_text(PLUGIN)
    repository = Path(__file__).parents[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "VECTORS_ROOT": os.path.realpath(ROOT),
        "VECTORS_OPENED": str(tmp_path / "opened.json"),
    }
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "opened_files",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        *TESTS,
    ]
    done = subprocess.run(words, cwd=repository, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    opened = json.loads((tmp_path / "opened.json").read_text())
    missed = {test: sorted(set(files) - set(opened.get(test, ()))) for test, files in TESTS.items()}
    assert {test: files for test, files in missed.items() if files} == {}
