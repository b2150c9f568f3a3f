"""``entrepot journal``."""

import json
import os
import secrets
import shutil
from dataclasses import replace

import apsw
import pytest
from rig.outside import Node

from entrepot.cli.folder import open_folder


@pytest.fixture
def copy(command, tmp_path):
    """A copy of the folder that a test may spoil."""
    folder = tmp_path / "node"
    shutil.copytree(command.data, folder)
    return folder


def test_verify_finds_the_log_whole(command):
    done = command("journal", "verify", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    proofs = {"valid": 4, "unknown": 0, "invalid": 0}
    assert json.loads(done.stdout) == {"whole": True, "sealed": 2, "proofs": proofs, "findings": []}
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
    assert done.stdout.count("nothing to do") == 2


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
    found = entrepot("journal", "verify", "--data", str(copy))
    assert found.returncode == 0, found.stdout
    assert command.sale in entrepot("sale", "list", "--data", str(copy)).stdout


def in_log(copy, act):
    """Change the log as nobody may: without its guards."""
    with open_folder(copy, read_only=False) as journal, journal.transaction() as db:
        for (name,) in db.rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {name}")
        act(journal, db)


def forge(journal, db):
    record_id = journal.entries()[0].record_id
    kept = journal.proofs(record_id)[0]
    db.execute("DELETE FROM proof WHERE seq = 1")
    journal.prove(record_id, [replace(kept, body=b"forged")])


def swap(journal, db):
    one, two = (each.record_id for each in journal.entries())
    db.execute("DELETE FROM proof WHERE seq = 1")
    journal.prove(one, journal.proofs(two))


def test_verify_finds_a_forged_proof(entrepot, copy):
    """Its digest is right; what it is, is not."""
    for act, number in ((forge, 1), (swap, 2)):
        in_log(copy, act)
        done = entrepot("journal", "verify", "--data", str(copy), "--json")
        assert done.returncode == 1
        told = json.loads(done.stdout)
        assert told["whole"] is False
        assert {each["id"] for each in told["findings"]} == {"ENT-CORE-JOURNAL-18", "ENT-CORE-JOURNAL-28"}
        assert told["proofs"]["invalid"] == number


def test_verify_finds_a_missing_proof(entrepot, copy):
    in_log(copy, lambda journal, db: db.execute("DELETE FROM proof WHERE seq = 1"))
    done = entrepot("journal", "verify", "--data", str(copy))
    assert done.returncode == 1
    assert "ENT-CORE-JOURNAL-24" in done.stdout


def test_a_proof_whose_issuer_is_out_of_reach_is_unknown(entrepot, copy):
    """The key files of the parties are gone: nothing here knows their documents any more."""
    for each in (copy / "keys").glob("*.key.json"):
        if each.name != "node.key.json":
            each.unlink()
    assert entrepot("journal", "rebuild", "--data", str(copy)).returncode == 0
    done = entrepot("journal", "verify", "--data", str(copy), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["whole"], told["findings"]) == (1, None, [])
    assert told["proofs"] == {"valid": 0, "unknown": 4, "invalid": 0}
    text = entrepot("journal", "verify", "--data", str(copy)).stdout
    assert "4 of 4 proofs are unknown" in text
    assert "whole" not in text


LOST = {"gone": lambda file: file.unlink(), "empty": lambda file: file.write_bytes(b"")}


@pytest.mark.parametrize("how", LOST)
def test_a_lost_log_is_told_and_not_replaced(entrepot, copy, tmp_path, how):
    for each in copy.glob("journal.db*"):
        LOST[how](each) if each.name == "journal.db" else each.unlink()
    before = held(copy)
    port = str(Node(tmp_path / "port").port)
    for words in (["journal", "rebuild"], ["journal", "verify"], ["journal", "backup"], ["journal", "export"],
                  ["journal", "migrate"], ["sale", "list"], ["serve", "--port", port]):  # fmt: skip
        done = entrepot(*words, "--data", str(copy))
        assert (done.returncode, done.stdout) == (2, ""), words
        assert "journal-missing" in done.stderr, words
        assert "entrepot journal restore" in done.stderr, words
        assert held(copy) == before, words


@pytest.fixture
def schema(monkeypatch):
    """An empty PostgreSQL schema, which the commands take for the journal's place."""
    import psycopg

    url = os.environ.get("ENTREPOT_TEST_POSTGRES")
    if not url:
        pytest.skip("ENTREPOT_TEST_POSTGRES names no database")
    name = "t" + secrets.token_hex(8)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE SCHEMA {name}")
        monkeypatch.setenv("ENTREPOT_JOURNAL", f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}")
        yield name
        admin.execute("SET client_min_messages = error")
        admin.execute(f"DROP SCHEMA {name} CASCADE")


def test_a_lost_postgresql_log_is_told_and_restored(entrepot, command, copy, tmp_path, schema, monkeypatch):
    out = tmp_path / "node.jsonl"
    with monkeypatch.context() as without:
        without.delenv("ENTREPOT_JOURNAL")
        assert entrepot("journal", "export", "--data", str(copy), "--out", str(out)).returncode == 0
    port = str(Node(tmp_path / "port").port)
    for words in (["journal", "rebuild"], ["journal", "verify"], ["sale", "list"], ["serve", "--port", port]):
        done = entrepot(*words, "--data", str(copy))
        assert (done.returncode, done.stdout) == (2, ""), words
        assert "journal-missing" in done.stderr, words
    done = entrepot("journal", "restore", "--data", str(copy), "--from", str(out))
    assert done.returncode == 0, done.stderr
    found = entrepot("journal", "verify", "--data", str(copy))
    assert found.returncode == 0, found.stdout
    assert command.sale in entrepot("sale", "list", "--data", str(copy)).stdout


def test_a_log_is_begun_anew_when_that_is_said(entrepot, copy):
    for each in copy.glob("journal.db*"):
        each.unlink()
    vague = entrepot("journal", "begin", "--data", str(copy))
    assert vague.returncode == 64
    assert "--without-peers" in vague.stderr
    done = entrepot("journal", "begin", "--data", str(copy), "--without-peers", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["epoch"] > 1
    assert entrepot("sale", "list", "--data", str(copy)).returncode == 0
    again = entrepot("journal", "begin", "--data", str(copy), "--without-peers")
    assert again.returncode == 64
    assert "has a log already" in again.stderr


def test_the_newest_whole_backup_is_taken(entrepot, command, copy):
    assert entrepot("journal", "backup", "--data", str(copy)).returncode == 0
    (copy / "backups" / "99990101T000000").mkdir()
    (copy / "backups" / "99990202T000000").mkdir()
    (copy / "backups" / "99990202T000000" / "journal.db.partial").write_bytes(b"SQLite format 3")
    done = entrepot("journal", "restore", "--data", str(copy), "--replace")
    assert done.returncode == 0, done.stderr
    assert "99990101T000000" in done.stderr
    assert "99990202T000000" in done.stderr
    assert command.sale in entrepot("sale", "list", "--data", str(copy)).stdout


def test_an_export_that_fails_leaves_the_one_before(entrepot, copy, tmp_path):
    out = tmp_path / "export.jsonl"
    out.write_text("the export of yesterday")
    in_log(copy, lambda journal, db: db.execute("DROP TABLE waiting_for"))
    done = entrepot("journal", "export", "--data", str(copy), "--out", str(out))
    assert done.returncode == 2
    assert out.read_text() == "the export of yesterday"
    assert [each.name for each in tmp_path.glob("export*")] == ["export.jsonl"]


def test_keys_of_personal_content_lie_wrapped(copy):
    db = apsw.Connection(str(copy / "journal.db"))
    found = [length for (length,) in db.execute("SELECT length(secret) FROM content_key")]
    assert found == [40, 40]


def test_postgresql_takes_no_copy_of_a_file(entrepot, copy, tmp_path, monkeypatch):
    assert entrepot("journal", "backup", "--data", str(copy), "--out", str(tmp_path / "b")).returncode == 0
    monkeypatch.setenv("ENTREPOT_JOURNAL", "postgresql:///nowhere")
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
