"""The demo as a stranger runs it: two real nodes, one whole sale; its artefacts are judged by published schemas."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from lxml import etree

DATA = os.environ.get("ENTREPOT_TEST_DATA")
needs_data = pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
UBL = Path(DATA or "") / "invoice" / "oasis-ubl-2.1"


def run(*words: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "entrepot", "demo", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)


def valid_against(schema: Path, document: Path) -> None:
    judge = etree.XMLSchema(etree.parse(schema))
    judge.assertValid(etree.parse(document))


@pytest.fixture(scope="module")
def default(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    done = run("--dir", str(folder), "--json")
    return folder, done


@pytest.mark.xdist_group("demo-default")
class TestDefault:
    def test_the_sale_is_counted_and_every_check_holds(self, default):
        _, done = default
        result = json.loads(done.stdout.splitlines()[-1])
        assert done.returncode == 0, done.stderr[-2000:]
        assert (result["state"], result["failed"]) == ("counted", [])
        assert len(result["sale"]) == 64
        kinds = [each["kind"] for each in result["records"]]
        assert kinds.count("hand-over") == 4
        for wanted in ("offer", "order", "invoice", "certificate-of-origin", "transport-document", "settlement",
                       "customs-release", "payment-instruction", "acceptance", "count"):  # fmt: skip
            assert wanted in kinds
        assert all({"id", "kind", "digest", "issuer", "proofs", "checks"} == set(each) for each in result["records"])
        assert all(len(each["proofs"]) == 2 for each in result["records"])

    def test_unknown_law_is_said_to_be_unknown(self, default):
        result = json.loads(default[1].stdout.splitlines()[-1])
        assert result["unknown"]

    def test_a_platform_that_no_document_speaks_of_is_unknown(self, default):
        assert json.loads((default[0] / "statistics-row.json").read_text())["row"]["platform"] == "unknown"

    def test_only_the_file_that_a_record_names_is_kept_with_it(self, default):
        folder, _ = default
        message = hashlib.sha256((folder / "payment.pacs.008.xml").read_bytes()).hexdigest()
        for node in ("node-export", "node-import"):
            assert _attached(folder / node) == [message]

    def test_no_process_is_left_behind(self, default):
        assert not [each for each in Path("/proc").glob("[0-9]*/cmdline") if _names(each, default[0])]

    @needs_data
    def test_ubl_artefacts_are_valid_against_the_schemas_of_oasis(self, default):
        folder, _ = default
        valid_against(UBL / "xsdrt" / "maindoc" / "UBL-Order-2.1.xsd", folder / "order.ubl.xml")
        valid_against(UBL / "xsdrt" / "maindoc" / "UBL-Invoice-2.1.xsd", folder / "invoice.ubl.xml")

    @needs_data
    def test_the_payment_message_is_valid_against_its_schema(self, default):
        schema = Path(DATA) / "payments" / "pyiso20022-xsd" / "pacs.008.001.08.xsd"
        valid_against(schema, default[0] / "payment.pacs.008.xml")

    def test_credentials_verify_from_their_files_after_the_nodes_have_stopped(self, default):
        folder, _ = default
        files = sorted((folder / "credentials").iterdir())
        given = [word for each in sorted((folder / "did").iterdir()) for word in ("--did-doc", str(each))]
        done, reports = verified(files, *given)
        assert done.returncode == 0, done.stdout[-2000:]
        assert len(reports) == len(files)
        assert all(each["valid"] for each in reports)

    def test_without_the_issuers_document_nothing_is_called_valid(self, default):
        folder, _ = default
        done, reports = verified(sorted((folder / "credentials").glob("*invoice*")))
        assert done.returncode == 1
        assert [each["results"]["issuer"]["status"] for each in reports] == ["unknown", "unknown"]

    def test_the_sale_can_be_read_from_a_stopped_node(self, default):
        folder, done = default
        sale = json.loads(done.stdout.splitlines()[-1])["sale"]
        shown = subprocess.run(
            [sys.executable, "-m", "entrepot", "sale", "show", sale, "--data", str(folder / "node-import"), "--json"],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        page = json.loads(shown.stdout)
        assert (page["state"], page["payment"], page["fulfilment"]) == ("counted", "paid", "delivered")


def verified(files: list[Path], *words: str) -> tuple[subprocess.CompletedProcess, list[dict]]:
    command = [sys.executable, "-m", "entrepot", "document", "verify", "--json", *words, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def _names(cmdline: Path, folder: Path) -> bool:
    try:
        return str(folder).encode() in cmdline.read_bytes()
    except OSError:
        return False


@needs_data
@pytest.mark.parametrize(
    "name", [pytest.param("UBL-Order-2.0-Example.xml", marks=pytest.mark.long), "UBL-Order-2.1-Example.xml"]
)
def test_an_order_that_somebody_else_wrote(name, tmp_path):
    done = run("--dir", str(tmp_path / "demo"), "--order", str(UBL / "xml" / name), "--json")
    result = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stderr[-2000:]
    assert (result["state"], result["failed"]) == ("counted", [])
    row = json.loads((tmp_path / "demo" / "statistics-row.json").read_text())["row"]
    assert (row["flow"], row["digitalTrade"]) == ("domestic", "no")
    received = (tmp_path / "demo" / "order.received.xml").read_bytes()
    assert received == (UBL / "xml" / name).read_bytes()
    message = (tmp_path / "demo" / "payment.pacs.008.xml").read_bytes()
    for node in ("node-export", "node-import"):
        kept = [hashlib.sha256(each).hexdigest() for each in (received, message)]
        assert _attached(tmp_path / "demo" / node) == sorted(kept)


@pytest.mark.xdist_group("demo-default")
def test_an_order_whose_parties_only_others_can_sign_for_is_not_played(default, tmp_path):
    done = run("--dir", str(tmp_path / "demo"), "--order", str(default[0] / "order.ubl.xml"))
    assert done.returncode == 1
    assert "names its parties by DID" in done.stderr


def _attached(node: Path) -> list[str]:
    """Digests of all files in the journal of a stopped node."""
    with closing(sqlite3.connect(f"file:{node / 'journal.db'}?mode=ro", uri=True)) as journal:
        return sorted(digest for (digest,) in journal.execute("SELECT digest FROM attachment"))


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "precious").write_text("mine")
    done = run("--dir", str(tmp_path))
    assert done.returncode == 64
    assert (tmp_path / "precious").read_text() == "mine"
    assert "Traceback" not in done.stderr


def test_an_order_that_is_none_is_named_and_nothing_is_left_running(tmp_path):
    wrong = tmp_path / "wrong.xml"
    wrong.write_text("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
    done = run("--dir", str(tmp_path / "demo"), "--order", str(wrong))
    assert done.returncode == 1
    assert "0 records" in done.stdout
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize("text", ["<x>", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "", "{}"])
def test_no_stated_answer_is_given_to_a_file_that_cannot_be_read(tmp_path, text):
    from entrepot.cli.demo.papers import CannotPlay
    from entrepot.cli.demo.play import Stage, open_presented
    from entrepot.cli.demo.show import Show

    wrong = tmp_path / "wrong.xml"
    wrong.write_text(text)
    lines: list[str] = []
    stage = Stage(None, tmp_path, Show(lines.append), None, None)
    with pytest.raises(CannotPlay) as stopped:
        open_presented(stage, wrong, {"$.currency": "MYR", "$.buyer.name": "Nobody"})
    assert stopped.value.message
    assert not [line for line in lines if "stated answer" in line]


@pytest.mark.parametrize("text", ["answers = [", "answers = 3", "\xff"])
def test_answers_that_are_none_stop_before_anything_starts_and_name_the_place(tmp_path, text):
    wrong = tmp_path / "bad.toml"
    wrong.write_bytes(text.encode("latin-1"))
    done = run("--dir", str(tmp_path / "demo"), "--answers", str(wrong))
    assert done.returncode == 1
    assert "stopped at the start: " in done.stderr
    assert "bad.toml" in done.stderr
    assert list((tmp_path / "demo").iterdir()) == []
    assert "Traceback" not in done.stderr + done.stdout


def test_the_stated_answers_are_readable():
    from entrepot.cli import demo

    answers = tomllib.loads(Path(demo.__file__).with_name("answers.toml").read_text("utf-8"))["answers"]
    assert all(path.startswith("$.") for path in answers)
