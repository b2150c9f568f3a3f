"""``entrepot migrate``: both databases go forward together, whatever cuts it off; a newer one is left alone."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys

import apsw
import pytest
from rig.older import set_accounts_back, set_back
from rig.outside import Node

from entrepot.cli.folder import open_folder
from entrepot.journal._schema import SCHEMA_VERSION


@pytest.fixture
def folder(command, tmp_path):
    """A copy of a node's folder that a test may spoil."""
    copy = tmp_path / "node"
    shutil.copytree(command.data, copy)
    return copy


@pytest.fixture(params=[1, 2])
def older(request, folder):
    """Both databases as an older program left them."""
    set_back(open_folder(folder, read_only=False), version=request.param)
    set_accounts_back(folder / "node.db")
    folder.joinpath("version").write_text(str(request.param))
    return folder


def migrate(entrepot, folder, *more):
    done = entrepot("migrate", "--data", str(folder), "--json", *more)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def journal_version(file):
    db = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return int(db.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()[0])
    finally:
        db.close()


def applied(file):
    db = sqlite3.connect(file)
    try:
        return {name for (name,) in db.execute("SELECT name FROM django_migrations WHERE app = 'access'")}
    finally:
        db.close()


def rows(folder, asked):
    db = sqlite3.connect(folder / "node.db")
    try:
        return db.execute(asked).fetchall()
    finally:
        db.close()


def held(folder):
    """What the two databases hold, as they lie there."""
    return journal_version(folder / "journal.db"), applied(folder / "node.db")


def test_both_go_forward_and_the_node_runs(entrepot, command, older):
    was = int(older.joinpath("version").read_text())
    code, told, wrong = migrate(entrepot, older, "--check")
    assert (code, wrong) == (1, "")
    assert [len(each["steps"]) for each in told["databases"]] == [SCHEMA_VERSION - was, 3]
    assert held(older) == (was, {"0001_initial"}), "a check changes nothing"
    assert not list(older.glob("before-migration-*"))
    code, told, wrong = migrate(entrepot, older)
    assert (code, wrong) == (0, "")
    assert held(older) == (SCHEMA_VERSION, {"0001_initial", "0002_act"})
    named = rows(older, "SELECT digest, name FROM account_passkey")
    assert named == [("d" * 64, "")], "a passkey of then has no name, and stays"
    closed = rows(older, "SELECT email, closed = expires FROM account_invitation")
    assert closed == [("new@example.org", 1)], "its link leads nowhere; it can be sent anew"
    (aside,) = older.glob("before-migration-*")
    assert sorted(told["copies"]) == sorted(str(each) for each in aside.iterdir())
    assert held(aside) == (was, {"0001_initial"})
    assert not [each for each in aside.iterdir() if each.stat().st_mode & 0o077]
    code, told, _ = migrate(entrepot, older, "--check")
    assert (code, told["done"]) == (0, True)
    assert entrepot("journal", "verify", "--data", str(older)).returncode == 0
    node = Node(older).start()
    assert node.stop() == 0


def test_serve_names_the_command(entrepot, older, tmp_path):
    before = held(older)
    port = str(Node(tmp_path / "port").port)
    done = entrepot("serve", "--data", str(older), "--port", port)
    assert done.returncode == 2
    assert f"entrepot migrate --data {older}" in done.stderr
    assert "journal-too-old" in done.stderr
    assert held(older) == before


def test_serve_names_the_command_for_older_accounts(entrepot, folder, tmp_path):
    set_accounts_back(folder / "node.db")
    done = entrepot("serve", "--data", str(folder), "--port", str(Node(tmp_path / "port").port))
    assert done.returncode == 2
    assert "accounts-too-old" in done.stderr
    assert f"entrepot migrate --data {folder}" in done.stderr
    assert applied(folder / "node.db") == {"0001_initial"}


def later_accounts(folder):
    db = sqlite3.connect(folder / "node.db")
    db.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('access', '9999_later', '2030-01-01')")
    db.commit()
    db.close()


def later_journal(folder):
    db = apsw.Connection(str(folder / "journal.db"))
    db.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    db.close()


@pytest.mark.parametrize("words", [(), ("--check",)])
def test_newer_accounts_beside_an_older_journal_leave_both_as_they_are(entrepot, older, words):
    later_accounts(older)
    before = held(older)
    code, told, wrong = migrate(entrepot, older, *words)
    assert (code, told) == (2, None)
    assert "accounts-too-new" in wrong
    assert "9999_later" in wrong
    assert held(older) == before
    assert not list(older.glob("before-migration-*"))


def test_a_newer_journal_beside_older_accounts_leaves_both_as_they_are(entrepot, folder):
    later_journal(folder)
    set_accounts_back(folder / "node.db")
    code, told, wrong = migrate(entrepot, folder)
    assert (code, told) == (2, None)
    assert "journal-too-new" in wrong
    assert held(folder) == (999, {"0001_initial"})


def test_a_running_node_is_noticed(entrepot, folder):
    node = Node(folder).start()
    try:
        for words in (["migrate"], ["journal", "migrate"]):
            done = entrepot(*words, "--data", str(folder))
            assert done.returncode == 2
            assert "journal-locked" in done.stderr
            assert "Stop it first" in done.stderr
        assert migrate(entrepot, folder, "--check")[0] == 0
    finally:
        node.stop()


def test_no_folder_of_a_node_is_made_one(entrepot, tmp_path):
    done = entrepot("migrate", "--data", str(tmp_path))
    assert done.returncode == 64
    assert not list(tmp_path.iterdir())


KILLS = {
    "before the journal's copy": "import entrepot.node.migration as m; m.copy_journal = kill",
    "after the copies": "import entrepot.node.migration as m; m.migrate_journal = kill",
    "in a step of the journal": """
import entrepot.journal.migration as m
last = max(m.MIGRATIONS)
real = m.MIGRATIONS[last]
m.MIGRATIONS[last] = lambda *given: (real(*given), kill())
""",
    "between the two": "import entrepot.node.migration as m; m.migrate_accounts = kill",
    "in the accounts' migration": """
from django.db.migrations.recorder import MigrationRecorder
MigrationRecorder.record_applied = kill
""",
}
SCRIPT = """
import os, signal, sys
def kill(*given, **more):
    os.kill(os.getpid(), signal.SIGKILL)
{}
sys.argv = ["entrepot", "migrate", "--data", sys.argv[1]]
from entrepot.cli import main
main()
"""


@pytest.mark.long
@pytest.mark.parametrize("where", KILLS)
def test_the_next_one_finishes_what_a_kill_cut_off(entrepot, older, where):
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("ENTREPOT_", "DJANGO_"))}
    script = [sys.executable, "-c", SCRIPT.format(KILLS[where]), str(older)]
    assert subprocess.run(script, env=environ, check=False, timeout=60).returncode == -signal.SIGKILL
    assert held(older) != (SCHEMA_VERSION, {"0001_initial", "0002_act"})
    code, told, wrong = migrate(entrepot, older)
    assert (code, wrong, told["done"]) == (0, "", True)
    assert held(older) == (SCHEMA_VERSION, {"0001_initial", "0002_act"})
    db = sqlite3.connect(older / "node.db")
    assert db.execute("SELECT count(*) FROM access_act").fetchone() == (0,)
    db.close()
    assert entrepot("journal", "verify", "--data", str(older)).returncode == 0


def test_what_cannot_be_read_is_told(entrepot, folder):
    (folder / "node.db").write_bytes(b"this is no database at all" * 1000)
    done = entrepot("migrate", "--data", str(folder))
    assert done.returncode == 2
    assert "(accounts)" in done.stderr
