"""The acceptance cases of time and of bundles by the command line: made there, verified there, the network cut."""

import io
import json
import shutil
import subprocess
import sys
import threading
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from rig.past import Authority, Exporter, Log, day, pair

from entrepot.document.proof import secure
from entrepot.document.status import entry_of, new_list
from entrepot.party import keystore
from entrepot.party.did import did_key, document_of, key_method_id

WEB = "did:web:chamber.example"


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch):
    monkeypatch.setattr(keystore.os, "fsync", lambda _: None)


def run(*words):
    from entrepot.cli import examine, main

    examine._desk.cache_clear()  # what a process has fetched it does not fetch again; each run is a process here
    out, err = io.StringIO(), io.StringIO()
    told, sys.argv = sys.argv, ["entrepot", *map(str, words)]
    try:
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
    finally:
        sys.argv = told
    assert "Traceback" not in out.getvalue() + err.getvalue()
    return SimpleNamespace(code=ended.value.code, out=out.getvalue(), err=err.getvalue())


def verify(*words):
    done = run("document", "verify", "--json", "--offline", *words)
    return done.code, json.loads(done.out) if done.out else done.err


@pytest.fixture
def case(tmp_path):
    """Files of a document signed three rotations ago: itself, the log, and a receipt of day 5 and of day 40."""
    exporter, logs = Exporter(tmp_path / "data"), (Log(tmp_path, "early"), Log(tmp_path, "late"))
    receipts = [log.take(exporter.record(), number) for log, number in zip(logs, (5, 40), strict=True)]
    signed = exporter.signed(0)
    for number in (10, 20, 30):
        exporter.rotate(number)
    files = {
        "invoice.json": signed,
        "did.jsonl": exporter.log,
        "early.json": json.dumps(receipts[0]).encode(),
        "late.json": json.dumps(receipts[1]).encode(),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return SimpleNamespace(folder=tmp_path, early=logs[0].did, late=logs[1].did, exporter=exporter)


def test_signed_three_rotations_ago_and_back_dated(case):
    known = [case.folder / "invoice.json", "--did-log", case.folder / "did.jsonl"]
    code, report = verify(*known, "--evidence", case.folder / "early.json", "--trust-time", case.early,
                          "--require", "time")  # fmt: skip
    assert (code, report["valid"], report["results"]["issuer"]["code"]) == (0, True, "method-listed-then")
    code, report = verify(*known)
    assert (code, report["results"]["issuer"]["status"]) == (1, "unknown")
    assert report["results"]["time"]["code"] == "evidence-missing"
    code, report = verify(*known, "--evidence", case.folder / "late.json", "--trust-time", case.late)
    assert (code, report["results"]["issuer"]["code"]) == (1, "evidence-late")
    code, report = verify(*known, "--at", "2026-01-05T00:00:00Z")
    assert (code, report["results"]["issuer"]["code"]) == (1, "method-ceased"), "back-dating the question helps nobody"


END = " So far tells the log in the bundle, which ends at "


def bar_its_end(told):
    """The report without what it adds of a log that came with the document: where it ends."""
    code, report = told
    reason = report["results"]["issuer"]["reason"]
    assert END in reason
    report["results"]["issuer"]["reason"] = reason.partition(END)[0]
    return code, report


def test_a_bundle_gives_the_same_report_without_network(case):
    given = ["--did-log", case.folder / "did.jsonl", "--evidence", case.folder / "early.json"]
    options = ["--trust-time", case.early, "--at", "2026-03-01T00:00:00Z"]
    before = verify(case.folder / "invoice.json", *given, *options)
    out = case.folder / "bundle.json"
    done = run("document", "bundle", case.folder / "invoice.json", *given, "--offline", "--out", out)
    assert done.code == 0, done.err
    assert bar_its_end(verify("--bundle", out, *options)) == before
    assert verify("--bundle", out, "--trust-bundle", *options) == before
    assert before[1]["valid"]
    assert bar_its_end(verify(case.folder / "invoice.json", "--bundle", out, *options)) == before
    assert verify("--bundle", out, "--at", "2026-03-01T00:00:00Z")[0] == 1, "a bundle does not say whom to trust"
    again = run("document", "bundle", case.folder / "invoice.json", *given, "--offline", "--out", out)
    assert again.code == 64


def test_a_part_that_was_changed_is_named(case):
    given = ["--did-log", case.folder / "did.jsonl", "--evidence", case.folder / "early.json", "--offline"]
    out = case.folder / "bundle.json"
    assert run("document", "bundle", case.folder / "invoice.json", *given, "--out", out).code == 0
    whole = json.loads(out.read_text())
    for number, part in enumerate(whole["parts"]):
        changed = json.loads(out.read_text())
        changed["parts"][number]["text"] += " "
        (case.folder / "changed.json").write_text(json.dumps(changed))
        code, told = verify("--bundle", case.folder / "changed.json")
        assert code == 2
        assert f"$.parts[{number}]" in told
        assert part["role"] in told
    for junk in (b"", b"{}", b"[]", b"\xff", json.dumps({**whole, "version": 2}).encode(),
                 json.dumps({**whole, "parts": whole["parts"][1:]}).encode()):  # fmt: skip
        (case.folder / "changed.json").write_bytes(junk)
        assert verify("--bundle", case.folder / "changed.json")[0] == 2, junk


def test_a_did_web_document_in_a_bundle_is_a_strangers_word(tmp_path):
    """Whoever makes the bundle could make the document, too."""
    thief = pair("thief")
    vc = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"], "issuer": WEB,
          "credentialSubject": {"id": "urn:x:1"}}  # fmt: skip
    data = secure(vc, thief, method_id=f"{WEB}#key-1", securing="eddsa-jcs-2022", created=day(1))
    (tmp_path / "forged.json").write_bytes(data)
    (tmp_path / "did.json").write_text(json.dumps(document_of(WEB, {"key-1": thief.public})))
    out = tmp_path / "bundle.json"
    done = run("document", "bundle", tmp_path / "forged.json", "--did-doc", tmp_path / "did.json", "--offline",
               "--out", out)  # fmt: skip
    assert done.code == 0, done.err
    code, report = verify("--bundle", out)
    assert (code, report["results"]["issuer"]["code"]) == (1, "document-unvouched")
    assert report["results"]["integrity"]["status"] == "valid"
    code, report = verify("--bundle", out, "--trust-bundle")
    assert (code, report["results"]["issuer"]["code"]) == (0, "method-listed")


def test_a_log_whose_document_a_stranger_brings_is_not_believed(case):
    """A trusted log with a did:web: its key must not come from the bundle."""
    thief, log = pair("thief"), "did:web:log.example"
    (case.folder / "log.json").write_text(json.dumps(document_of(log, {"key-1": thief.public})))
    seen = run("document", "countersign", case.folder / "invoice.json", "--key", key_file(case.folder, "thief"),
               "--verification-method", f"{log}#key-1", "--out", case.folder / "seen.jwt")  # fmt: skip
    assert seen.code == 0, seen.err
    out = case.folder / "bundle.json"
    words = ["--did-log", case.folder / "did.jsonl", "--did-doc", case.folder / "log.json", "--evidence",
             case.folder / "seen.jwt", "--offline", "--out", out]  # fmt: skip
    assert run("document", "bundle", case.folder / "invoice.json", *words).code == 0
    code, report = verify("--bundle", out, "--trust-time", log)
    assert (code, report["results"]["time"]["code"]) == (1, "timekeeper-unknown")


def key_file(folder, name):
    file, key = folder / f"{name}.key.json", pair(name)
    written = {"publicKeyMultibase": key.public.multikey, "secretKeyMultibase": key.to_secret_multikey()}
    file.write_text(json.dumps(written))
    return file


def test_a_counter_signature_of_now(case):
    key = key_file(case.folder, "witness")
    seen = case.folder / "seen.jwt"
    assert run("document", "countersign", case.folder / "invoice.json", "--key", key, "--out", seen).code == 0
    known = [case.folder / "invoice.json", "--did-log", case.folder / "did.jsonl", "--evidence", seen]
    code, report = verify(*known, "--trust-time", did_key(pair("witness").public))
    assert (code, report["results"]["time"]["code"]) == (1, "evidence-holds"), "seen, but after the key was gone"
    assert report["results"]["issuer"]["code"] == "evidence-late"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make tokens with")
def test_a_token_of_a_stamping_authority(tmp_path):
    authority, exporter = Authority(tmp_path / "tsa"), Exporter(tmp_path / "data")
    data = exporter.signed()
    (tmp_path / "invoice.json").write_bytes(data)
    (tmp_path / "did.jsonl").write_bytes(exporter.log)
    (tmp_path / "invoice.tsr").write_bytes(authority.stamp(data, "-cert"))
    known = [tmp_path / "invoice.json", "--did-log", tmp_path / "did.jsonl", "--evidence", tmp_path / "invoice.tsr"]
    late = ["--at", "2099-01-01T00:00:00Z"]
    assert verify(*known, *late, "--require", "time")[0] == 1
    code, report = verify(*known, *late, "--require", "time", "--tsa", authority.folder / "ca.pem")
    assert (code, report["results"]["time"]["status"]) == (0, "valid")
    assert verify(*known, "--tsa", tmp_path / "did.jsonl")[0] == 64
    out = tmp_path / "bundle.json"
    run("document", "bundle", *known[:1], *known[1:], "--offline", "--out", out)
    brought = ["--bundle", out, *late, "--tsa", authority.folder / "ca.pem", "--require", "time"]
    assert verify(*brought, "--log-max-age", 36_525)[0] == 0
    code, report = verify(*brought, "--log-max-age", 0)
    assert (code, report["results"]["issuer"]["code"]) == (1, "webvh-log-aged")
    assert verify(*known, *brought[2:], "--log-max-age", 0)[0] == 1, "a log that is given is held to it too"


def test_a_status_list_comes_with_the_bundle(tmp_path):
    key = pair("issuer")
    issuer, method = did_key(key.public), key_method_id(key.public)
    listed = new_list(url="https://chamber.example/list", issuer=issuer, purpose="revocation", issued=day(1))
    vc = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"], "issuer": issuer,
          "credentialSubject": {"id": "urn:x:1"}, "credentialStatus": entry_of(listed, 7)}  # fmt: skip
    for name, each in (("list.json", listed), ("vc.json", vc)):
        data = secure(each, key, method_id=method, securing="eddsa-jcs-2022", created=day(1))
        (tmp_path / name).write_bytes(data)
    out = tmp_path / "bundle.json"
    words = ["--status-list", tmp_path / "list.json", "--offline", "--out", out]
    assert run("document", "bundle", tmp_path / "vc.json", *words).code == 0
    late = ["--bundle", out, "--at", "2027-01-01T00:00:00Z"]
    assert verify("--bundle", out, "--at", "2026-01-03T00:00:00Z")[0] == 0
    code, report = verify(*late)
    assert (code, report["results"]["status"]["code"]) == (1, "status-stale"), "nobody knows what happened since"
    assert verify(*late, "--status-max-age", 366 * 24)[0] == 0
    assert verify(tmp_path / "vc.json")[0] == 1


def test_a_bundle_is_judged_as_of_the_time_at_which_it_was_made(tmp_path):
    key = pair("issuer")
    issuer, method, now = did_key(key.public), key_method_id(key.public), datetime.now(UTC)
    listed = new_list(url="https://chamber.example/list", issuer=issuer, purpose="revocation", issued=now)
    vc = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"], "issuer": issuer,
          "credentialSubject": {"id": "urn:x:1"}, "credentialStatus": entry_of(listed, 7)}  # fmt: skip
    for name, each in (("list.json", listed), ("vc.json", vc)):
        data = secure(each, key, method_id=method, securing="eddsa-jcs-2022", created=now)
        (tmp_path / name).write_bytes(data)
    out = tmp_path / "bundle.json"
    words = ["--status-list", tmp_path / "list.json", "--offline", "--out", out]
    assert run("document", "bundle", tmp_path / "vc.json", *words).code == 0
    made = json.loads(out.read_text())["made"]
    code, report = verify("--bundle", out, "--at", "bundle")
    assert (code, report["results"]["validity"]["reason"]) == (0, f"It holds at {made}.")
    assert verify(tmp_path / "vc.json", "--at", "bundle")[0] == 64


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A folder that this machine publishes, and its port."""
    folder = tmp_path / "published"
    folder.mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    monkeypatch.setattr(SimpleHTTPRequestHandler, "log_message", lambda *_: None)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("ENTREPOT_ALLOW_LOOPBACK_HTTP", "1")
    yield SimpleNamespace(folder=folder, port=server.server_port)
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_is_fetched_is_gathered(tmp_path, host):
    """Log and status list come from a host; with the host gone, the bundle gives the same report."""
    exporter = Exporter(tmp_path / "data", domain=f"localhost:{host.port}")
    key, method = exporter.stolen[0]
    url = f"https://localhost:{host.port}/list"
    listed = new_list(url=url, issuer=exporter.did, purpose="revocation", issued=day(1))
    vc = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"],
          "issuer": exporter.did, "credentialSubject": {"id": "urn:x:1"},
          "credentialStatus": entry_of(listed, 7)}  # fmt: skip
    signed = [secure(each, key, method_id=method, securing="eddsa-jcs-2022", created=day(1)) for each in (listed, vc)]
    (host.folder / "trade").mkdir()
    (host.folder / "trade" / "did.jsonl").write_bytes(exporter.log)
    (host.folder / "list").write_bytes(signed[0])
    (tmp_path / "vc.json").write_bytes(signed[1])
    options = ["--at", "2026-01-03T00:00:00Z"]
    online = run("document", "verify", "--json", tmp_path / "vc.json", *options)
    assert online.code == 0, online.out
    out = tmp_path / "bundle.json"
    assert run("document", "bundle", tmp_path / "vc.json", "--out", out, *options).code == 0
    assert [each["role"] for each in json.loads(out.read_text())["parts"]] == ["document", "did-log", "status-list"]
    shutil.rmtree(host.folder / "trade")
    (host.folder / "list").unlink()
    assert run("document", "verify", "--json", tmp_path / "vc.json", *options).code == 1
    options += ["--log-max-age", 36_525]  # the day on which this runs is not known
    assert bar_its_end(verify("--bundle", out, *options)) == (0, json.loads(online.out))
    still = run("document", "verify", "--json", "--bundle", out, *options)
    told = bar_its_end((still.code, json.loads(still.out)))
    assert told == (0, json.loads(online.out)), "with a host that answers nothing"


def test_the_options_say_what_they_take(case):
    assert run("document", "verify").code == 64
    assert verify(case.folder / "invoice.json", "--trust-time", "not a did")[0] == 64
    assert verify(case.folder / "invoice.json", "--did-log", case.folder / "absent")[0] == 2
    assert verify(case.folder / "invoice.json", "--bundle", case.folder / "absent")[0] == 2
    done = run("document", "bundle", case.folder / "early.json", "--offline")
    assert done.code in (0, 2)


def test_the_network_is_cut_by_the_kernel(case):
    """In a process without any network: what was gathered is enough."""
    program = shutil.which("unshare")
    out = case.folder / "bundle.json"
    given = ["--did-log", case.folder / "did.jsonl", "--evidence", case.folder / "early.json", "--offline"]
    assert run("document", "bundle", case.folder / "invoice.json", *given, "--out", out).code == 0
    words = [sys.executable, "-m", "entrepot", "document", "verify", "--bundle", str(out), "--offline", "--trust-time",
             case.early, "--json"]  # fmt: skip
    cut = [program, "-rn"] if program else []
    done = subprocess.run([*cut, *words], capture_output=True, text=True, check=False)
    if cut and "unshare" in done.stderr:
        pytest.skip("no namespaces here")
    assert json.loads(done.stdout)["valid"], done.stderr


def test_what_a_bundle_could_not_bring_is_said(case, tmp_path):
    """Neither log nor status list nor evidence is at hand."""
    listed = new_list(url="https://chamber.example/list", issuer=case.exporter.did, purpose="revocation", issued=day(1))
    key, method = case.exporter.stolen[0]
    vc = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"],
          "issuer": case.exporter.did, "credentialSubject": {"id": "urn:x:1"},
          "credentialStatus": entry_of(listed, 7)}  # fmt: skip
    (tmp_path / "vc.json").write_bytes(secure(vc, key, method_id=method, securing="eddsa-jcs-2022", created=day(1)))
    words = ["document", "bundle", tmp_path / "vc.json", "--offline", "--json", "--out"]
    done = run(*words, tmp_path / "one")
    assert done.code == 0
    missing = {each["result"]: each["code"] for each in json.loads(done.out)["missing"]}
    assert missing == {"integrity": "key-unknown", "issuer": "offline", "status": "STATUS_RETRIEVAL_ERROR"}
    assert done.err.count("not brought") == 3
    assert "--did-log" in done.err
    done = run(*words, tmp_path / "two", "--did-log", case.folder / "did.jsonl")
    missing = {each["result"]: each["code"] for each in json.loads(done.out)["missing"]}
    assert missing == {"status": "STATUS_RETRIEVAL_ERROR", "time": "evidence-missing"}
    whole = ["document", "bundle", case.folder / "invoice.json", "--offline", "--did-log", case.folder / "did.jsonl"]
    whole += ["--evidence", case.folder / "early.json", "--trust-time", case.early, "--out", tmp_path / "three"]
    done = run(*whole, "--json")
    assert (json.loads(done.out)["missing"], done.err) == ([], "")
