"""Restoring: only a whole log of this node is put in place, and whatever goes wrong, the place is as it was."""

import hashlib
import json
import shutil
from pathlib import Path

import apsw
import pytest

from entrepot.base.error import UsageError
from entrepot.journal import Journal, open_journal, restore_journal
from entrepot.journal.core import kept_log
from entrepot.journal.port import JournalDamaged, JournalError, JournalLocked, JournalTooNew, OtherLog

NODE, OTHER = "did:web:node.example", "did:web:other.example"


def state(folder):
    return {
        each.relative_to(folder).as_posix(): hashlib.sha256(each.read_bytes()).hexdigest()
        for each in sorted(folder.rglob("*"))
        if each.is_file() and each.name != "journal.lock"
    }


def again(kit, location, **more):
    return open_journal(location, kit.setup(**more))


@pytest.fixture
def backup(lite, tmp_path):
    """A backup of three records; the log itself goes on with a fourth, and is closed."""
    journal = lite.open()
    for number in range(3):
        journal.append(lite.item(number, personal=number == 1))
    journal.seal()
    made = journal.backup(tmp_path / "backup")
    (tmp_path / "export.jsonl").write_text("".join(line + "\n" for line in journal.export()))
    journal.append(lite.item(9))
    journal.close()
    return made


def spoil(file, *statements):
    db = apsw.Connection(str(file))
    for (name,) in list(db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")):
        db.execute(f'DROP TRIGGER "{name}"')
    for each in statements:
        db.execute(each)
    db.close()


def foreign(backup, lite, tmp_path):
    restore_journal(backup, tmp_path / "foreign", lite.setup(log_id=""))
    spoil(tmp_path / "foreign" / "journal.db", f"UPDATE meta SET value = '{OTHER}' WHERE key = 'log-id'")
    return tmp_path / "foreign" / "journal.db"


def changed(text):
    def write(backup, lite, tmp_path):
        file = tmp_path / "changed"
        file.write_bytes(text((tmp_path / "export.jsonl").read_bytes()))
        return file

    return write


def statement(text):
    def write(backup, lite, tmp_path):
        spoil(backup, text)
        return backup

    return write


def empty_database(backup, lite, tmp_path):
    db = apsw.Connection(str(tmp_path / "empty.db"))
    db.execute("CREATE TABLE t (n)")
    db.execute("DROP TABLE t")
    db.close()
    return tmp_path / "empty.db"


def torn(backup, lite, tmp_path):
    backup.write_bytes(backup.read_bytes()[:20_000])
    return backup


def of_other(data):
    """A whole export of another log."""
    lines = data.decode().splitlines()[:-1]
    lines[0] = lines[0].replace(NODE, OTHER)
    body = "".join(line + "\n" for line in lines).encode()
    end = {"end": {"lines": len(lines), "sha256": hashlib.sha256(body).hexdigest()}}
    return body + json.dumps(end, separators=(",", ":")).encode() + b"\n"


UNFIT = {
    "newer": (statement("UPDATE meta SET value = '99' WHERE key = 'schema'"), JournalTooNew),
    "other-log": (foreign, OtherLog),
    "changed-row": (statement("UPDATE entry SET digest = 'x' WHERE seq = 2"), JournalDamaged),
    "lost-row": (statement("DELETE FROM content WHERE seq = 3"), JournalDamaged),
    "no-journal": (empty_database, JournalDamaged),
    "torn": (torn, JournalError),
    "text": (changed(lambda data: b"neither of both"), JournalDamaged),
    "nothing": (changed(lambda data: b""), JournalDamaged),
    "cut-export": (changed(lambda data: data[:-30]), JournalDamaged),
    "without-end": (changed(lambda data: b"".join(data.splitlines(keepends=True)[:-1])), JournalDamaged),
    "changed-export": (changed(lambda data: data.replace(b"N-1", b"N-7")), JournalDamaged),
    "binary-export": (changed(lambda data: b"{\xff\xfe" + data), JournalDamaged),
    "headless-export": (changed(lambda data: data.split(b"\n", 1)[1]), JournalDamaged),
    "other-export": (changed(of_other), OtherLog),
}


@pytest.mark.parametrize("name", UNFIT)
def test_an_unfit_source_leaves_everything_as_it_was(name, backup, lite, tmp_path):
    make, error = UNFIT[name]
    source = make(backup, lite, tmp_path)
    before = state(lite.location)
    with pytest.raises(error) as refused:
        restore_journal(source, lite.location, lite.setup(), aside=lite.location / "aside")
    assert source.name in refused.value.message
    assert state(lite.location) == before
    assert not (lite.location / "aside").exists()
    assert not (lite.location / "restoring").exists()
    assert len(lite.open().entries()) == 4


@pytest.mark.parametrize("source", ["backup", "backup/journal.db", "export.jsonl"])
def test_the_old_log_is_moved_aside(source, backup, lite, tmp_path):
    before = state(lite.location)
    lite.tick(days=1)
    aside = lite.location / "aside"
    epoch = restore_journal(tmp_path / source, lite.location, lite.setup(), aside=aside)
    assert state(aside) == before
    assert (lite.location / "journal.db").stat().st_mode & 0o777 == 0o600
    assert {each.name for each in lite.location.iterdir()} == {"aside", "journal.db", "journal.lock"}
    journal = lite.open()
    assert (journal.epoch, len(journal.entries()), journal.needs_catch_up) == (epoch, 3, True)
    assert journal.verify(lite.check) == ()


def test_backups_can_be_read_by_their_owner_alone(backup):
    assert backup.stat().st_mode & 0o777 == 0o600


def test_an_export_is_imported_into_an_empty_database_of_either_kind(kit, tmp_path):
    journal = again(kit, tmp_path / "first")
    journal.append(kit.item(1))
    lines = list(journal.export())
    journal.close()
    file = tmp_path / "node.jsonl"
    file.write_text("".join(line + "\n" for line in lines))
    kit.tick(days=1)
    epoch = restore_journal(file, kit.location, kit.setup())
    restored = kit.open()
    assert (restored.epoch, len(restored.entries()), restored.needs_catch_up) == (epoch, 1, True)
    restored.close()
    with pytest.raises((UsageError, JournalError)):
        restore_journal(file, kit.location, kit.setup())
    assert len(kit.open().entries()) == 1


def test_a_failure_at_the_last_step_moves_the_old_log_back(backup, lite, monkeypatch):
    before = state(lite.location)
    rename = Path.rename

    def fails(path, target):
        if path.parent.name == "restoring":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="No space"):
        restore_journal(backup, lite.location, lite.setup(log_id=""), aside=lite.location / "aside")
    assert state(lite.location) == before
    assert not (lite.location / "aside").exists()


def test_after_a_cut_no_empty_log_takes_the_place(backup, lite):
    """The moment between moving the old log out and the new one in."""
    (lite.location / "restoring").mkdir()
    (lite.location / "journal.db").unlink()
    with pytest.raises(JournalDamaged, match="cut off"):
        lite.open()
    restore_journal(backup, lite.location, lite.setup())
    assert len(lite.open().entries()) == 3


def test_remains_of_a_log_are_not_mixed_with_the_new_one(backup, lite):
    (lite.location / "journal.db").unlink()
    (lite.location / "journal.db-wal").write_bytes(b"old")
    with pytest.raises(UsageError, match=r"journal\.db-wal"):
        restore_journal(backup, lite.location, lite.setup(log_id=""))


def test_a_log_in_use_is_neither_source_nor_place(lite, tmp_path, backup):
    lite.open()
    with pytest.raises(JournalLocked):
        restore_journal(backup, lite.location, lite.setup(log_id=""), aside=lite.location / "aside")
    with pytest.raises(JournalLocked, match="writes"):
        restore_journal(lite.location, tmp_path / "new", lite.setup(log_id=""))
    assert not (tmp_path / "new" / "journal.db").exists()


def test_a_log_is_no_backup_of_itself(backup, lite):
    with pytest.raises(UsageError, match="itself"):
        restore_journal(lite.location, lite.location, lite.setup(log_id=""), aside=lite.location / "aside")


def test_the_folder_of_a_killed_node_is_copied_with_its_write_ahead_log(lite, tmp_path):
    journal = lite.open()
    journal.append(lite.item(1))
    shutil.copytree(lite.location, tmp_path / "killed")
    assert (tmp_path / "killed" / "journal.db-wal").stat().st_size
    restore_journal(tmp_path / "killed", tmp_path / "new", lite.setup())
    restored = again(lite, tmp_path / "new")
    assert len(restored.entries()) == 1
    restored.close()


def test_heads_signed_by_another_key_are_refused_where_the_log_has_no_name(backup, lite, tmp_path):
    spoil(backup, "DELETE FROM meta WHERE key = 'log-id'")
    with pytest.raises(JournalDamaged, match="signature"):
        restore_journal(backup, tmp_path / "new", lite.setup(), check=lambda jws: None)
    restore_journal(backup, tmp_path / "new", lite.setup(), check=lite.check)


def test_a_journal_keeps_its_name(kit):
    kit.open().close()
    for read_only in (False, True):
        with pytest.raises(OtherLog, match="other"):
            kit.open(log_id=OTHER, read_only=read_only)
    kit.open().close()


def test_an_older_journal_takes_the_name_of_who_opens_it(kit):
    journal = kit.open()
    with journal.transaction() as db:
        db.execute("DELETE FROM meta WHERE key = 'log-id'")
    journal.close()
    reader = kit.open(log_id=OTHER, read_only=True)
    with reader.reading() as db:
        assert kept_log(db) == "", "a reader names nothing"
    reader.close()
    kit.open().close()
    with pytest.raises(OtherLog):
        kit.open(log_id=OTHER)


def test_an_export_of_another_log_is_not_imported(kit, tmp_path):
    other = again(kit, tmp_path / "other", log_id=OTHER)
    lines = list(other.export())
    other.close()
    journal = kit.open()
    with pytest.raises(OtherLog):
        journal.import_(lines)
    assert isinstance(journal, Journal)
    assert journal.append(kit.item(1)).record_id


def test_a_probe_writes_and_not_too_often(kit):
    def written():
        with journal.reading() as db:
            return db.row("SELECT value FROM meta WHERE key = 'probe'")

    journal = kit.open()
    found = []
    for seconds in (0, 0, 0.5, 0.6, -60):
        kit.tick(seconds=seconds)
        journal.probe()
        found.append(written())
    assert found[0] == found[1] == found[2] != found[3] != found[4]
