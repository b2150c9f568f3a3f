import hashlib
import json

import pytest

from entrepot.base.error import UsageError
from entrepot.journal import migrate_journal, open_journal, restore_journal
from entrepot.journal._schema import POSTGRES_WORDS, SCHEMA_VERSION, SQLITE_WORDS
from entrepot.journal.entry import json_text
from entrepot.journal.journal import database_at
from entrepot.journal.migration import migrate
from entrepot.journal.peer import Peer
from entrepot.journal.port import (
    Attachment,
    CatchUpNeeded,
    JournalDamaged,
    JournalError,
    JournalMissing,
    JournalTooNew,
    JournalTooOld,
    Message,
    Proof,
)


def fill(kit, journal):
    for number in range(8):
        message = Message(peer="p", lane="1", key=str(number), body={"n": number})
        journal.append(kit.item(number, postings={"cash:a": 2}, personal=number == 3, outbox=[message]))
    journal.seal()
    journal.hold(b"waits", ["a" * 64])
    journal.put_peer(Peer(id="p", url="u", status="accepted", key="k", body={}))


def test_an_export_fills_another_journal(kit, journal, tmp_path):
    fill(kit, journal)
    lines = list(journal.export())
    other = open_journal(tmp_path / "other", kit.setup(sign=None))
    other.import_(line + "\n" for line in lines)
    assert list(other.export()) == lines
    for view in ("ledger", "kinds"):
        assert other.dump_view(view) == journal.dump_view(view)
    assert other.verify(kit.check) == ()
    assert other.record(kit.record(3, postings={"cash:a": 2}).id) is not None
    with pytest.raises(UsageError):
        other.import_(lines)
    other.close()


@pytest.mark.parametrize("fault", ["cut", "changed", "nonsense", "list", "table", "newer"])
def test_a_broken_export_is_refused_whole(kit, journal, fault):
    lines = [
        '{"journal":{"epoch":1,"logId":"x","schema":1}}',
        '{"row":{"number":1,"opened_ms":1,"reason":"x"},"table":"epoch"}',
        '{"end":{"lines":2,"sha256":"' + "0" * 64 + '"}}',
    ]
    broken = {
        "cut": lines[:2],
        "changed": lines,
        "nonsense": ["{"],
        "list": ["[]"],
        "table": ['{"row":{},"table":"sqlite_schema"}'],
        "newer": [lines[0].replace('"schema":1', '"schema":99')],
    }[fault]
    with pytest.raises(JournalTooNew if fault == "newer" else JournalDamaged):
        journal.import_(broken)
    assert journal.entries() == ()
    journal.append(kit.item(1))


def test_a_backup_is_made_while_others_write_and_restored_as_a_new_epoch(kit, journal, tmp_path):
    fill(kit, journal)
    entries = journal.entries()
    copy = journal.backup(tmp_path / "copy")
    assert copy.is_file()
    journal.append(kit.item(50))
    kit.tick(days=1)
    epoch = restore_journal(tmp_path / "copy", tmp_path / "new", kit.setup(log_id="")) if copy.suffix == ".db" else None
    if epoch is None:
        epoch = restore_journal(copy, tmp_path / "new", kit.setup(log_id=""))
    again = open_journal(tmp_path / "new", kit.setup())
    try:
        assert again.epoch == epoch > 1
        assert again.entries() == entries
        assert again.needs_catch_up
        with pytest.raises(CatchUpNeeded):
            again.append(kit.item(60))
        assert again.append(kit.item(1, postings={"cash:a": 2})).outcome == "known"
        recovered = again.append(kit.item(50, recovered=True))
        assert again.entry(recovered.record_id).epoch == epoch
        again.caught_up()
        again.append(kit.item(60))
        assert not again.needs_catch_up
        assert again.seal().epoch == epoch
        assert again.verify(kit.check) == ()
    finally:
        again.close()


def test_two_restores_of_one_copy_are_two_epochs(lite, tmp_path):
    journal = lite.open()
    journal.append(lite.item(1))
    journal.backup(tmp_path / "copy")
    one = restore_journal(tmp_path / "copy", tmp_path / "one", lite.setup(log_id=""))
    lite.tick(hours=1)
    two = restore_journal(tmp_path / "copy" / "journal.db", tmp_path / "two", lite.setup(log_id=""))
    assert one != two
    with pytest.raises(UsageError):
        restore_journal(tmp_path / "copy", tmp_path / "two", lite.setup(log_id=""))
    with pytest.raises(UsageError):
        restore_journal(tmp_path / "nothing", tmp_path / "three", lite.setup(log_id=""))
    with pytest.raises(UsageError):
        restore_journal(tmp_path / "copy", "postgresql://nowhere", lite.setup(log_id=""))


def test_catching_up_survives_a_restart(lite, tmp_path):
    journal = lite.open()
    journal.backup(tmp_path / "copy")
    restore_journal(tmp_path / "copy", tmp_path / "new", lite.setup(log_id=""))
    lite.location = tmp_path / "new"
    for _ in range(2):
        again = lite.open()
        assert again.needs_catch_up
        again.close()


def set_version(kit, version):
    journal = kit.open()
    with journal.transaction() as db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(version),))
    journal.close()


def test_a_newer_database_is_refused(kit):
    set_version(kit, SCHEMA_VERSION + 1)
    with pytest.raises(JournalTooNew, match=f"version {SCHEMA_VERSION + 1}"):
        kit.open()
    with pytest.raises(JournalTooNew):
        migrate_journal(kit.location)
    with pytest.raises(JournalTooNew):
        kit.open(read_only=True)


def add_table(db, name, wrapping):
    words = SQLITE_WORDS if name == "sqlite" else POSTGRES_WORDS
    db.execute("CREATE TABLE added (n {int} PRIMARY KEY) {strict}".format(**words))


STEPS = {0: add_table} | {number: lambda db, name, wrapping: None for number in range(1, SCHEMA_VERSION)}


def test_an_older_database_is_migrated_first(kit):
    set_version(kit, 0)
    with pytest.raises(JournalTooOld):
        kit.open()
    with pytest.raises(JournalTooOld):
        migrate_journal(kit.location)
    assert migrate(database_at(kit.location), None, STEPS) == (0, SCHEMA_VERSION)
    assert migrate_journal(kit.location) == (SCHEMA_VERSION, SCHEMA_VERSION)
    journal = kit.open()
    with journal.reading() as db:
        assert db.rows("SELECT n FROM added") == []


def test_a_migration_that_fails_changes_nothing(kit):
    def fails(db, name, wrapping):
        add_table(db, name, wrapping)
        db.execute("nonsense")

    set_version(kit, 0)
    with pytest.raises(JournalError):
        migrate(database_at(kit.location), None, {**STEPS, 0: fails})
    assert migrate(database_at(kit.location), None, STEPS) == (0, SCHEMA_VERSION)


def test_nothing_is_migrated_where_nothing_is(kit, tmp_path):
    with pytest.raises(JournalMissing):
        migrate_journal(kit.location)
    if kit.kind == "sqlite":
        assert not (kit.location / "journal.db").exists()


def filled(kit):
    """A log with all that lies beside entries: files, one that did not come, an erased record, a later proof."""
    journal = kit.open()
    digests = [hashlib.sha256(each).hexdigest() for each in (b"here", b"not here")]
    file = Attachment(digest=digests[0], media_type="a/b", body=b"here")
    journal.append(kit.item(1, text=digests[0], other=[digests[1]], attachments=[file], personal=True))
    journal.append(kit.item(2, text="plain"))
    journal.prove(kit.record(2, text="plain").id, [Proof(securing="vc+jwt", body=b"later", method="k#2")])
    journal.append(kit.item(3, text=digests[1]))
    journal.erase(kit.record(3, text=digests[1]).id, "x", kit.item(4, kind="tombstone"))
    assert journal.verify(kit.check) == ()
    return journal


def lists(journal):
    with journal.reading() as db:
        return db.rows("SELECT seq, parts FROM beside ORDER BY seq")


def test_a_log_of_the_first_version_gets_the_lists_of_what_lies_beside_its_entries(kit):
    journal = filled(kit)
    before = lists(journal)
    journal.close()
    kit.set_back()
    with pytest.raises(JournalTooOld):
        kit.open()
    assert migrate_journal(kit.location) == (1, SCHEMA_VERSION)
    again = kit.open()
    assert lists(again) == before
    assert again.verify(kit.check) == ()


def test_an_export_of_the_first_version_is_taken(kit, lite, tmp_path):
    journal = filled(kit)
    old, digest = [], hashlib.sha256()
    for line in journal.export():
        value = json.loads(line)
        if value.get("table") == "beside" or "end" in value:
            continue
        if "journal" in value:
            value["journal"]["schema"] = 1
        old.append(json_text(value))
        digest.update(old[-1].encode() + b"\n")
    old.append(json_text({"end": {"lines": len(old), "sha256": digest.hexdigest()}}))
    lite.location = tmp_path / "taken"
    taken = lite.open()
    taken.import_(old)
    assert lists(taken) == lists(journal)
    assert taken.verify(kit.check) == ()
