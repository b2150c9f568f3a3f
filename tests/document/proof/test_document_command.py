"""``entrepot document verify`` and ``entrepot party``, run as a stranger runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from entrepot.party.did import document_of
from entrepot.party.key import Curve

DATA = os.environ.get("ENTREPOT_TEST_DATA")
WEB = "did:web:chamber.example"
RESULTS = ["integrity", "issuer", "status", "validity", "schema", "mandate", "anchor", "time"]


class Done:
    """How a command ended."""

    def __init__(self, returncode, stdout, stderr):
        self.returncode, self.stdout, self.stderr = returncode, stdout, stderr


@pytest.fixture
def run(in_process):
    return lambda *words, **more: Done(*in_process(*words, **more))


@pytest.fixture
def verify(run):
    return lambda *words, **more: run("document", "verify", "--json", "--offline", *words, **more)


@pytest.fixture
def files(desk, tmp_path):
    made = {
        "good.jwt": desk.secured("vc+jwt", Curve.P256),
        "good.json": desk.secured("eddsa-jcs-2022", Curve.ED25519),
        "bad.json": desk.secured("eddsa-jcs-2022", Curve.ED25519).replace(b"INV-1", b"INV-2"),
        "web.jwt": desk.signed(desk.foreign(issuer=WEB), method_id=f"{WEB}#key-1"),
        "web.did.json": json.dumps(document_of(WEB, {"key-1": desk.KEYS[Curve.ED25519].public})).encode(),
        "junk": b"\x00\x01",
    }
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_one_file_gives_one_object(files, verify):
    done = verify(files / "good.jwt")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert list(report) == ["valid", "results"]
    assert list(report["results"]) == RESULTS
    assert all(list(each) == ["status", "code", "reason", "remedy"] for each in report["results"].values())
    assert report["valid"] is True


def test_several_files_give_lines_in_order_and_the_worst_exit(files, verify):
    done = verify(files / "good.jwt", files / "bad.json", files / "good.json")
    assert [json.loads(line)["valid"] for line in done.stdout.splitlines()] == [True, False, True]
    assert done.returncode == 1
    done = verify(files / "good.jwt", files / "junk", files / "absent", files / "bad.json")
    assert [json.loads(line)["valid"] for line in done.stdout.splitlines()] == [True, False, False, False]
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_standard_input(files, verify):
    assert verify("-", stdin=(files / "good.json").read_bytes()).returncode == 0
    assert verify("-", stdin=b"").returncode == 2


def test_real_process_leaves_no_traceback(files):
    words = [sys.executable, "-c", "from entrepot.cli import main; main()", "document", "verify", "-", "--offline"]
    done = subprocess.run(words, input=b"\xff{", capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_words_for_people(files, run):
    done = run("document", "verify", "--offline", files / "bad.json")
    assert done.returncode == 1
    assert b"not valid" in done.stdout
    assert b"does not hold" in done.stdout


@pytest.mark.parametrize(
    "words",
    [[], ["--require", "nonsense"], ["--at", "yesterday"], ["--at", "2026-01-01"], ["--nonsense"]],
)
def test_wrong_use(files, words, verify):
    done = verify(*words, *([files / "good.jwt"] if words else []))
    assert done.returncode == 64
    assert done.stdout == b""


def test_moment_and_requirements(files, verify):
    assert verify(files / "good.jwt", "--at", "2026-05-01T08:29:59Z").returncode == 1
    assert verify(files / "good.jwt", "--at", "2030-01-01T00:00:00+08:00").returncode == 0
    assert verify(files / "good.jwt", "--require", "integrity,issuer").returncode == 0
    assert verify(files / "good.jwt", "--require", "integrity,mandate").returncode == 1


def test_given_did_document(files, verify):
    report = json.loads(verify(files / "web.jwt").stdout)
    assert report["results"]["integrity"]["status"] == report["results"]["issuer"]["status"] == "unknown"
    assert verify(files / "web.jwt", "--did-doc", files / "web.did.json").returncode == 0
    assert verify(files / "web.jwt", "--did-doc", files / "junk").returncode == 2
    assert verify(files / "web.jwt", "--did-doc", files / "absent").returncode == 2


def test_given_anchors(files, verify):
    anchors = (
        '{"version":1,"economy":"MY","sequence":1,"issued":"2026-01-01T00:00:00Z","anchors":'
        f'[{{"did":"{WEB}","role":"chamber","name":"C","since":"2026-01-01T00:00:00Z"}}]}}'
    )
    (files / "anchors.json").write_text(anchors)
    words = ["--did-doc", files / "web.did.json", "--anchors", files / "anchors.json", "--require", "anchor"]
    assert verify(files / "web.jwt", *words).returncode == 0
    assert verify(files / "good.jwt", *words).returncode == 1


@pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
def test_published_document(tmp_path, verify):
    path = Path(DATA) / "identity-documents" / "w3c-vc-di-eddsa" / "eddsa-jcs-2022" / "signedJCS.json"
    done = verify(path)
    results = json.loads(done.stdout)["results"]
    assert (done.returncode, results["integrity"]["status"], results["issuer"]["status"]) == (1, "valid", "unknown")
    (tmp_path / "x").write_bytes(path.read_bytes().replace(b"School", b"Schooi"))
    assert json.loads(verify(tmp_path / "x").stdout)["results"]["integrity"]["status"] == "invalid"


def test_party_is_created_listed_shown_and_resolved(tmp_path, run):
    made = run("party", "create", "--name", "Kedai 榴莲", "--economy", "MY", "--data", tmp_path, "--json")
    party = json.loads(made.stdout)
    assert made.returncode == 0
    assert set(party) >= {"id", "did", "files"}
    web = json.loads(
        run(
            *("party", "create", "--name", "B", "--economy", "SG", "--method", "web", "--domain", "b.example/x"),
            *("--curve", "P-256", "--data", tmp_path, "--json"),
        ).stdout
    )
    assert (web["did"], web["publishAt"]) == ("did:web:b.example:x", "https://b.example/x/did.json")
    listed = run("party", "list", "--data", tmp_path, "--json").stdout.splitlines()
    assert {json.loads(each)["id"] for each in listed} == {party["id"], web["id"]}
    assert json.loads(run("party", "show", party["id"], "--data", tmp_path, "--json").stdout) == party
    assert run("party", "show", "nobody", "--data", tmp_path).returncode == 2
    resolved = run("party", "resolve", party["did"], "--json")
    assert json.loads(resolved.stdout)["didDocument"]["id"] == party["did"]
    given = run("party", "resolve", web["did"], "--did-doc", web["files"]["didDocument"], "--json")
    assert json.loads(given.stdout)["didDocument"]["id"] == web["did"]
    absent = run("party", "resolve", web["did"], "--offline", "--json")
    assert absent.returncode == 1
    assert json.loads(absent.stdout)["didResolutionMetadata"]["error"] == "notFound"


@pytest.mark.parametrize(
    "words",
    [
        ["--name", "X"],
        ["--name", "X", "--economy", "Malaysia"],
        ["--name", "X", "--economy", "MY", "--scheme", "uen"],
        ["--name", "X", "--economy", "MY", "--method", "web"],
        ["--name", "", "--economy", "MY"],
    ],
)
def test_party_wrong_use(tmp_path, words, run):
    assert run("party", "create", *words, "--data", tmp_path).returncode == 64
    assert not list(tmp_path.rglob("*.json"))


def test_party_with_a_number_that_cannot_be_one_is_not_created(tmp_path, run):
    words = ["party", "create", "--name", "X", "--economy", "AU", "--data", tmp_path, "--scheme", "abn", "--number"]
    done = run(*words, "51 824 753 557")
    assert done.returncode == 1
    assert b"ENT-CORE-IDENTIFIER" in done.stderr
    assert not list(tmp_path.rglob("*.json"))
    assert run(*words, "51 824 753 556").returncode == 0
    assert run(*words[:-3], "--scheme", "unheard", "--number", "1").returncode == 0
