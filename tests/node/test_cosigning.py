"""Two real nodes over HTTP cosign each other's heads, and a verifier elsewhere believes the clock of the second.

All by the command line: the exporter's key is on its own machine, and is changed three times.
"""

import io
import json
import shutil
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import pytest
from rig import paper
from rig.outside import Client, admit, eventually, running
from rig.person import PHRASE, Person, published, register

from entrepot.cli import examine, main

pytestmark = pytest.mark.long

QUICK = {"ENTREPOT_COSIGN_SECONDS": "1"}


@pytest.fixture(scope="module")
def host():
    yield from published()


@pytest.fixture(scope="module")
def case(tmp_path_factory, host):
    """Two nodes that admitted each other, and an exporter who lives on the first."""
    folder = tmp_path_factory.mktemp("cosigning")
    with running(folder, "export", "witness", **QUICK) as nodes, pytest.MonkeyPatch.context() as typing:
        dids = admit(*nodes)
        typing.setattr("click.prompt", lambda *_, **__: PHRASE)
        person = Person(folder / "machine")
        yield SimpleNamespace(
            folder=folder,
            export=nodes[0],
            witness=nodes[1],
            log=dids[1],
            cosigner=dids[0],
            person=person,
            host=host,
            clerk=settle(person, nodes[0], host, typing),
        )


def settle(person, node, host, typing):
    """The exporter makes an identifier with a history, publishes it, and lives on the node."""
    made = person.create(typing, "--method", "webvh", "--domain", f"entrepot.localhost:{host.server_port}")
    written = person.reside(node)["files"]
    host.RequestHandlerClass.files["/.well-known/did.jsonl"] = Path(written["log"]).read_bytes()
    return register(node, person, "exporter", made["did"])[1]


def entrepot(*words):
    """Exit code of the command, and what it printed; each is a process, which does not remember what others fetched."""
    examine._desk.cache_clear()
    out, err, told = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["entrepot", *map(str, words)]
    try:
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
    finally:
        sys.argv = told
    assert "Traceback" not in err.getvalue()
    return ended.value.code, out.getvalue()


def issue(case):
    """A record that is signed on the exporter's machine; its id, and the secured document."""
    did = case.clerk.party
    draft = {**paper.order(did, "did:web:seller.example"), "audience": [did]}
    record = case.person.sign(case.export, draft, "--yes")[0]["id"]
    return record, case.clerk.get(f"/api/v1/records/{record}/secured/vc+jwt").content


def standing(node):
    return json.loads(entrepot("journal", "cosignatures", "--json", "--data", node.folder)[1])


def cosigned(case, record):
    """The receipt of a record, once its log has brought along a peer's word."""

    def ask():
        code, out = entrepot("journal", "receipt", record, "--data", case.export.folder)
        return out if code == 0 and "cosigned" in json.loads(out) else None

    file = case.folder / f"{record[:8]}.receipt.json"
    file.write_text(eventually(ask))
    return file


def rotate(case, times):
    for _ in range(times):
        time.sleep(1.1)  # a history counts whole seconds
        case.person.run("party", "rotate", case.person.id)
    (case.folder / "did.jsonl").write_bytes(case.person.log)
    case.host.RequestHandlerClass.files["/.well-known/did.jsonl"] = case.person.log
    case.export.stop()  # so that it fetches the history anew at once
    case.export.start()


def judge(case, document, code, *words):
    file = case.folder / "document.jwt"
    file.write_bytes(document)
    log = case.folder / "did.jsonl"
    done, told = entrepot("document", "verify", file, "--offline", "--json", "--did-log", log, *words)
    assert done == code, told
    return json.loads(told)["results"]


def test_signed_three_rotations_ago_and_back_dated_with_a_stolen_key(case):
    stolen = case.person.secret
    record, document = issue(case)
    receipt = cosigned(case, record)
    case.witness.stop()
    late, late_document = issue(case)
    eventually(lambda: Client(case.export.url).get("/healthz").json()["uncosignedSince"])
    rotate(case, 3)
    case.witness.start()
    late_receipt = cosigned(case, late)
    assert case.person.secret != stolen

    trusted = ("--trust-log", case.log, "--trust-time", case.cosigner)
    held = judge(case, document, 0, "--evidence", receipt, *trusted, "--require", "time")
    assert held["issuer"]["code"] == "method-listed-then"
    assert f"{case.cosigner} cosigned, by the clock of the latter" in held["time"]["reason"]
    assert judge(case, document, 1)["time"]["code"] == "evidence-missing"
    for wrong in (trusted[:2], trusted[2:], ("--trust-time", case.clerk.party)):
        assert judge(case, document, 1, "--evidence", receipt, *wrong)["issuer"]["code"] == "method-ceased"

    bundle = case.folder / "document.bundle.json"
    (case.folder / "document.jwt").write_bytes(document)
    given = (case.folder / "document.jwt", "--did-log", case.folder / "did.jsonl", "--evidence", receipt)
    assert entrepot("document", "bundle", *given, "--offline", "--out", bundle)[0] == 0
    assert entrepot("document", "verify", "--bundle", bundle, "--offline", *trusted, "--require", "time")[0] == 0

    # Signed by the same key, and sealed by a log that says so, before it was changed: but no witness saw it by then.
    back_dated = judge(case, late_document, 1, "--evidence", late_receipt, *trusted)
    assert back_dated["issuer"]["code"] == "evidence-late"
    # The receipt of the first is none of the second.
    assert judge(case, late_document, 1, "--evidence", receipt, *trusted)["time"]["code"] == "evidence-elsewhere"


def test_a_thief_of_the_old_key_gets_nothing_into_the_log(case):
    """Who copied the machine before the key was changed signs as before; the node asks for the key that is in force."""
    thief = Person.__new__(Person)
    thief.__dict__ |= case.person.__dict__ | {"folder": case.folder / "thief"}
    shutil.copytree(case.person.folder, thief.folder)
    rotate(case, 1)
    before = standing(case.export)["sealed"]
    did = case.clerk.party
    draft = {**paper.order(did, "did:web:seller.example"), "audience": [did]}
    told = thief.sign(case.export, draft, "--yes", code=1)[1]
    assert "ENT-CORE-PROOF" in told
    assert standing(case.export)["sealed"] == before
    cosigned(case, case.person.sign(case.export, draft, "--yes")[0]["id"])


def test_who_cosigned_what_is_shown_and_survives_a_kill(case):
    record, _ = issue(case)
    cosigned(case, record)
    mine = eventually(lambda: done if (done := standing(case.export))["uncosignedSince"] is None else None)
    theirs = standing(case.witness)
    (taken,), (given,) = mine["witnesses"], theirs["given"]
    assert taken["witness"] == case.cosigner
    assert given["log"] == case.log
    assert {name: taken[name] for name in ("size", "root", "seen")} == {
        name: given[name] for name in ("size", "root", "seen")
    }
    assert taken["size"] == mine["sealed"]
    assert mine["silent"] == []
    case.witness.kill()
    case.witness.start()
    assert standing(case.witness)["given"] == theirs["given"]
    again, _ = issue(case)
    cosigned(case, again)
    health = Client(case.export.url).get("/healthz").json()
    assert health["notices"] == []
    assert health["cosigned"] > taken["size"]
    for node in (case.export, case.witness):
        told = entrepot("journal", "verify", "--json", "--data", node.folder)[1]
        assert json.loads(told)["findings"] == []
