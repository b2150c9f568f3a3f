"""Backups and exports: whole or not there, whatever goes wrong while they are written."""

import os

import apsw
import pytest

from entrepot.journal import _sqlite, restore_journal
from entrepot.journal.backup import backup_file, drafted, is_ended
from entrepot.journal.port import JournalFull


@pytest.fixture
def filled(kit):
    journal = kit.open()
    for number in range(5):
        journal.append(kit.item(number, text="x" * 3000, postings={"cash:a": 2}, personal=number == 3))
    journal.seal()
    return journal


def held(folder):
    return {each.name: each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def fail(kit, monkeypatch):
    """Let writing a backup fail after some of it: the real error of SQLite, or one of the system."""
    if kit.kind == "sqlite":
        connect = apsw.Connection

        def small(path, *words, **more):
            made = connect(path, *words, **more)
            if not words and not more:
                made.execute("PRAGMA max_page_count=3")
            return made

        monkeypatch.setattr(_sqlite.apsw, "Connection", small)
        return pytest.raises(JournalFull, match="full")
    from entrepot.journal.transfer import Transfer

    export = Transfer.export

    def cut(journal):
        for number, line in enumerate(export(journal)):
            if number == 7:
                raise OSError(28, "No space left on device")
            yield line

    monkeypatch.setattr(Transfer, "export", cut)
    return pytest.raises(OSError, match="No space")


def test_a_failed_backup_leaves_nothing(kit, filled, tmp_path, monkeypatch):
    with fail(kit, monkeypatch):
        filled.backup(tmp_path / "backups" / "20260301T080000")
    assert not (tmp_path / "backups").exists()


def test_a_failed_backup_leaves_the_one_before(kit, filled, tmp_path, monkeypatch):
    filled.backup(tmp_path / "copy")
    before = held(tmp_path / "copy")
    filled.append(kit.item(9))
    with fail(kit, monkeypatch):
        filled.backup(tmp_path / "copy")
    assert held(tmp_path / "copy") == before
    monkeypatch.undo()
    filled.backup(tmp_path / "copy")
    assert held(tmp_path / "copy") != before
    assert len(held(tmp_path / "copy")) == 1


def test_a_full_disk_is_named(lite, tmp_path, monkeypatch):
    journal = lite.open()
    journal.append(lite.item(1, text="x" * 30_000))
    with fail(lite, monkeypatch) as told:
        journal.backup(tmp_path / "copy")
    assert "not an error" not in str(told.value)


def test_what_is_drafted_has_its_name_when_it_is_on_the_disk(tmp_path, monkeypatch):
    done = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: done.append(os.fstat(handle).st_ino) or sync(handle))
    with drafted(tmp_path / "file") as draft:
        draft.write_text("all of it")
        assert not (tmp_path / "file").exists()
        assert done == []
    assert done == [(tmp_path / "file").stat().st_ino, tmp_path.stat().st_ino]
    assert (tmp_path / "file").read_text() == "all of it"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_only_a_backup_that_was_written_to_its_end_counts(kit, filled, tmp_path):
    made = filled.backup(tmp_path / "copy")
    assert is_ended(tmp_path / "copy")
    whole = made.read_bytes()
    for cut in (0, 50, len(whole) // 2, len(whole) - 30):
        made.write_bytes(whole[:cut])
        assert not is_ended(tmp_path / "copy"), cut
    made.unlink()
    assert not is_ended(tmp_path / "copy")
    assert not is_ended(tmp_path / "none")


def test_a_restored_log_has_its_views(kit, filled, tmp_path):
    """In the transaction that fills it: whoever reads before the node serves sees them."""
    views = [filled.dump_view(name) for name in ("ledger", "kinds")]
    assert all(views)
    source = backup_file(filled.backup(tmp_path / "copy").parent)
    filled.close()
    kit.tick(days=1)
    restored = tmp_path / "new"
    restore_journal(source, restored, kit.setup())
    kit.location = restored
    reader = kit.open(read_only=True)
    assert [reader.dump_view(name) for name in ("ledger", "kinds")] == views
    assert reader.verify(kit.check) == ()


def test_a_restored_postgresql_log_has_its_views(large, tmp_path):
    journal = large.open()
    journal.append(large.item(1, postings={"cash:a": 2}))
    views = [journal.dump_view(name) for name in ("ledger", "kinds")]
    source = journal.backup(tmp_path / "copy")
    with journal.transaction() as db:
        schema = db.row("SELECT current_schema()")[0]
        db.execute(f"DROP SCHEMA {schema} CASCADE")
        db.execute(f"CREATE SCHEMA {schema}")
    journal.close()
    large.tick(days=1)
    restore_journal(source, large.location, large.setup())
    reader = large.open(read_only=True)
    assert [reader.dump_view(name) for name in ("ledger", "kinds")] == views
    assert reader.verify(large.check) == ()


def test_views_that_were_spoilt_are_computed_anew(lite, tmp_path):
    journal = lite.open()
    journal.append(lite.item(1, postings={"cash:a": 2}))
    views = journal.dump_view("ledger")
    with journal.transaction() as db:
        db.execute("UPDATE view_balance SET value = 9")
    source = journal.backup(tmp_path / "copy")
    restore_journal(source, tmp_path / "new", lite.setup())
    journal.close()
    lite.location = tmp_path / "new"
    assert lite.open(read_only=True).dump_view("ledger") == views
