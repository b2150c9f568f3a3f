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
