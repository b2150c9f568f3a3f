"""``entrepot journal``."""

import json
import shutil

import apsw
import pytest
from rig.outside import Node


@pytest.fixture
def copy(command, tmp_path):
    """A copy of the folder that a test may spoil."""
    folder = tmp_path / "node"
    shutil.copytree(command.data, folder)
    return folder


def test_verify_finds_the_log_whole(command):
    done = command("journal", "verify", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == {"whole": True, "sealed": 2, "findings": []}
    assert "whole" in command("journal", "verify").stdout


def test_a_receipt_is_evidence_for_a_stranger(entrepot, command, tmp_path):
    """What the node has logged is shown to have existed, to whoever names its log; nobody else says so."""
    receipt = tmp_path / "receipt.json"
    assert command("journal", "receipt", command.sale, "--out", str(receipt)).returncode == 0
    log = json.loads(receipt.read_text("utf-8"))["head"]["logId"]
    invoice = tmp_path / "order.jwt"
    invoice.write_bytes(command.secured)
    words = ["document", "verify", str(invoice), "--offline", "--json", "--evidence", str(receipt)]
    time = json.loads(entrepot(*words, "--trust-time", log).stdout)["results"]["time"]
    assert (time["status"], time["code"]) == ("valid", "evidence-holds")
    time = json.loads(entrepot(*words).stdout)["results"]["time"]
    assert (time["status"], time["code"]) == ("unknown", "timekeeper-not-trusted")
    assert command("journal", "receipt", "f" * 64).returncode == 1


def test_verify_finds_a_changed_assessment(entrepot, copy):
    db = apsw.Connection(str(copy / "journal.db"))
    for (name,) in list(db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")):
        db.execute(f'DROP TRIGGER "{name}"')
    db.execute("UPDATE assessment SET body = replace(body, 'valid', 'fine')")
    db.close()
    done = entrepot("journal", "verify", "--data", str(copy), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"]


def test_rebuild_gives_the_same_sale(entrepot, command, copy):
    before = command("sale", "show", command.sale, "--json").stdout
    assert entrepot("journal", "rebuild", "--data", str(copy)).returncode == 0
    assert entrepot("sale", "show", command.sale, "--data", str(copy), "--json").stdout == before


def test_export_backup_and_restore(entrepot, command, copy, tmp_path):
    out = tmp_path / "export.jsonl"
    assert entrepot("journal", "export", "--data", str(copy), "--out", str(out)).returncode == 0
    assert out.stat().st_mode & 0o077 == 0
    assert all(json.loads(line) for line in out.read_text("utf-8").splitlines())
    backup = tmp_path / "backup"
    assert entrepot("journal", "backup", "--data", str(copy), "--out", str(backup)).returncode == 0
    taken = entrepot("journal", "restore", "--data", str(copy), "--from", str(backup))
    assert taken.returncode == 64, "a journal that is there is not replaced"
    for each in copy.glob("journal.db*"):
        each.unlink()
    done = entrepot("journal", "restore", "--data", str(copy), "--from", str(backup))
    assert done.returncode == 0, done.stderr
    assert "restored, epoch" in done.stdout
    assert command.sale in entrepot("sale", "list", "--data", str(copy)).stdout


def test_migrate_says_that_nothing_is_to_be_done(entrepot, copy):
    done = entrepot("journal", "migrate", "--data", str(copy))
    assert done.returncode == 0, done.stderr
    before, after = done.stdout.removeprefix("version ").split(" -> ")
    assert int(before) == int(after)


def test_a_newer_journal_is_refused_clearly(entrepot, copy, tmp_path):
    db = apsw.Connection(str(copy / "journal.db"))
    db.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    db.close()
    port = str(Node(tmp_path / "port").port)
    for words in (["journal", "verify"], ["sale", "list"], ["journal", "migrate"], ["serve", "--port", port]):
        done = entrepot(*words, "--data", str(copy))
        assert done.returncode == 2, done.stderr
        assert "journal-too-new" in done.stderr
        assert "newer" in done.stderr


def test_a_damaged_journal_is_refused_clearly(entrepot, copy):
    (copy / "journal.db").write_bytes(b"this is no database at all" * 1000)
    done = entrepot("sale", "list", "--data", str(copy))
    assert (done.returncode, done.stdout) == (2, "")
    assert "journal-damaged" in done.stderr


def held(folder):
    """What a folder holds, without the files of locks."""
    return {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_file() and each.suffix != ".lock"
    }


def newer(entrepot, copy, tmp_path):
    shutil.copyfile(copy / "journal.db", tmp_path / "newer.db")
    db = apsw.Connection(str(tmp_path / "newer.db"))
    db.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    db.close()
    return tmp_path / "newer.db", "journal-too-new"


def cut(entrepot, copy, tmp_path):
    out = tmp_path / "cut.jsonl"
    assert entrepot("journal", "export", "--data", str(copy), "--out", str(out)).returncode == 0
    out.write_bytes(out.read_bytes()[:-20])
    return out, "journal-damaged"


def foreign(entrepot, copy, tmp_path):
    folder = tmp_path / "foreign"
    Node(folder).start().stop()
    return folder / "journal.db", "journal-other-log"


@pytest.mark.parametrize("make", [newer, cut, foreign])
def test_what_cannot_be_restored_changes_nothing(entrepot, copy, tmp_path, make):
    source, code = make(entrepot, copy, tmp_path)
    before = held(copy)
    done = entrepot("journal", "restore", "--data", str(copy), "--from", str(source), "--replace")
    assert done.returncode == 2, done.stderr
    assert code in done.stderr
    assert source.name in done.stderr
    assert held(copy) == before


def test_an_export_is_restored(entrepot, command, copy, tmp_path):
    out = tmp_path / "node.jsonl"
    assert entrepot("journal", "export", "--data", str(copy), "--out", str(out)).returncode == 0
    done = entrepot("journal", "restore", "--data", str(copy), "--from", str(out), "--replace")
    assert done.returncode == 0, done.stderr
    assert (copy / "journal.db").stat().st_mode & 0o777 == 0o600
    assert "journal.db" in [each.name for each in copy.glob("replaced-*/*")]
    assert entrepot("journal", "rebuild", "--data", str(copy)).returncode == 0
    assert entrepot("journal", "verify", "--data", str(copy)).returncode == 0
    assert command.sale in entrepot("sale", "list", "--data", str(copy)).stdout


def test_postgresql_takes_no_copy_of_a_file(entrepot, copy, tmp_path, monkeypatch):
    assert entrepot("journal", "backup", "--data", str(copy), "--out", str(tmp_path / "b")).returncode == 0
    monkeypatch.setenv("ENTREPOT_JOURNAL", "postgresql://nowhere")
    done = entrepot("journal", "restore", "--data", str(copy), "--from", str(tmp_path / "b"))
    assert done.returncode == 64
    assert "export" in done.stderr


def test_a_journal_of_another_node_is_refused(entrepot, copy, tmp_path):
    other = tmp_path / "other"
    node = Node(other).start()
    node.stop()
    shutil.copyfile(copy / "journal.db", other / "journal.db")
    for words in (["journal", "rebuild"], ["journal", "verify"], ["serve", "--port", str(node.port)]):
        done = entrepot(*words, "--data", str(other))
        assert done.returncode == 2, done.stderr
        assert "journal-other-log" in done.stderr


@pytest.mark.parametrize("words", [["journal", "verify"], ["sale", "list"], ["journal", "restore"], ["serve"]])
def test_a_lost_key_encryption_key_is_not_replaced(entrepot, copy, tmp_path, words):
    (copy / "secret" / "kek").unlink()
    before = held(copy)
    more = ["--port", str(Node(tmp_path / "port").port)] if words == ["serve"] else []
    done = entrepot(*words, *more, "--data", str(copy))
    assert done.returncode == 2, done.stderr
    assert "key-encryption key" in done.stderr
    assert "ENTREPOT_KEY_FILE" in done.stderr
    assert {name: data for name, data in held(copy).items() if name.startswith(("keys/", "secret/", "journal"))} == {
        name: data for name, data in before.items() if name.startswith(("keys/", "secret/", "journal"))
    }


def test_reading_makes_no_keys(entrepot, tmp_path):
    (tmp_path / "keys").mkdir()
    done = entrepot("journal", "verify", "--data", str(tmp_path))
    assert done.returncode in (2, 64)
    assert list(tmp_path.rglob("*")) == [tmp_path / "keys"]
