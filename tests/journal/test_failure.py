"""Machines that fail: second writers, full disks, locks, unknown commits. Nothing is lost, nothing half done."""

import multiprocessing
import os
import signal

import apsw
import pytest

from entrepot.base.error import UsageError
from entrepot.journal import _sqlite
from entrepot.journal.port import ANY, JournalDamaged, JournalFull, JournalLocked, JournalMissing, Outcome


def test_a_second_writer_is_refused_and_told_who_writes(lite):
    lite.open()
    with pytest.raises(JournalLocked, match=str(os.getpid())):
        lite.open()


def test_a_reader_needs_no_lock_and_cannot_write(kit):
    journal = kit.open()
    done = journal.append(kit.item(1))
    reader = kit.open(read_only=True)
    assert reader.record(done.record_id) is not None
    assert reader.verify(kit.check) == ()
    with pytest.raises(UsageError):
        reader.append(kit.item(2))
    journal.append(kit.item(2))
    assert len(reader.entries()) == 2


def test_a_reader_never_checkpoints(lite):
    journal = lite.open()
    journal.append(lite.item(1))
    log = lite.location / "journal.db-wal"
    size = log.stat().st_size
    reader = lite.open(read_only=True)
    assert len(reader.entries()) == 1
    reader.close()
    assert log.stat().st_size == size > 0


def test_the_settings_that_durability_rests_on(lite):
    journal = lite.open()
    with journal.reading():
        pass
    for connection in (journal._writer, *journal._idle):
        pragma = {
            name: connection.rows(f"PRAGMA {name}")[0][0]
            for name in ("journal_mode", "wal_autocheckpoint", "trusted_schema", "foreign_keys")
        }
        assert pragma == {"journal_mode": "wal", "wal_autocheckpoint": 0, "trusted_schema": 0, "foreign_keys": 1}
        assert connection.rows("PRAGMA mmap_size") in ([], [(0,)])
    assert journal._writer.rows("PRAGMA synchronous") == [(2,)]
    tables = journal._writer.rows("SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main'")
    assert {name for name, strict in tables if not strict} <= {"sqlite_schema"}


def hold_lock(location, ready, kit_class):
    kit = kit_class(location, "sqlite")
    journal = kit.open()
    journal.append(kit.item(1))
    ready.set()
    signal.pause()


def test_the_lock_ends_with_its_holder(lite):
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    child = context.Process(target=hold_lock, args=(lite.location, ready, type(lite)))
    child.start()
    try:
        assert ready.wait(20)
        with pytest.raises(JournalLocked, match=str(child.pid)):
            lite.open()
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.join()
    journal = lite.open()
    assert len(journal.entries()) == 1
    assert journal.verify(lite.check) == ()


def test_a_full_disk_keeps_nothing_of_the_append(lite):
    journal = lite.open()
    journal.append(lite.item(1))
    pages = journal._writer.rows("PRAGMA page_count")[0][0]
    journal._writer.rows(f"PRAGMA max_page_count={pages + 3}")
    before = list(journal.export())
    with pytest.raises(JournalFull):
        journal.append(lite.item(2, text="x" * 100_000, streams={"s": 0}))
    assert list(journal.export()) == before
    assert journal.append(lite.item(1)).outcome is Outcome.KNOWN
    journal._writer.rows("PRAGMA max_page_count=1000000")
    assert journal.append(lite.item(2, text="x" * 100_000, streams={"s": 0})).outcome is Outcome.APPENDED
    assert journal.verify(lite.check) == ()


def test_a_full_disk_in_the_middle_of_a_batch(lite):
    journal = lite.open()
    pages = journal._writer.rows("PRAGMA page_count")[0][0]
    journal._writer.rows(f"PRAGMA max_page_count={pages + 8}")
    with pytest.raises(JournalFull), journal.transaction():
        journal.append(lite.item(1))
        journal.append(lite.item(2, text="x" * 100_000))
    assert journal.entries() == ()
    journal.append(lite.item(3))
    assert journal.verify(lite.check) == ()


def test_another_process_in_the_database_is_waited_for_then_reported(lite, monkeypatch):
    journal = lite.open()
    other = apsw.Connection(str(lite.location / "journal.db"))
    other.execute("BEGIN IMMEDIATE")
    journal._writer.raw.set_busy_timeout(1)
    with pytest.raises(JournalLocked):
        journal.append(lite.item(1))
    other.execute("ROLLBACK")
    other.close()
    assert journal.append(lite.item(1)).seq == 1


def test_a_lock_on_postgresql_is_waited_for_then_reported(large):
    import psycopg

    journal = large.open()
    with psycopg.connect(large.location) as other:
        other.execute("LOCK TABLE meta IN EXCLUSIVE MODE")
        journal._writer.execute("SET lock_timeout = 1")
        with pytest.raises(JournalLocked):
            journal.append(large.item(1))
    assert journal.append(large.item(1)).seq == 1


def test_two_processes_may_write_postgresql(large):
    one, two = large.open(), large.open()
    for number in range(6):
        (one, two)[number % 2].append(large.item(number, streams={"s": number}, postings={"a": 1}))
    assert two.append(large.item(0, postings={"a": 1})).outcome is Outcome.KNOWN
    assert one.seal().size == 6
    assert two.seal() is None
    assert one.stream("s")[0] == 6
    assert one.verify(large.check) == two.verify(large.check) == ()


def test_many_threads_of_two_processes_write_postgresql(large):
    from concurrent.futures import ThreadPoolExecutor

    from entrepot.journal import Writer, WriterSettings

    journals = [large.open(), large.open()]
    writers = [Writer(each, WriterSettings(tick_s=0.01, seal_ms=1)) for each in journals]

    def one(thread):
        for number in range(12):
            # Every record comes from two threads, and each stream has two writers.
            made = large.item(f"{thread % 4}-{number}", streams={f"s{thread % 4}": ANY}, postings={"a": 1})
            writers[thread % 2].submit(made).result(60)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, [0, 1, 2, 3, 5, 4, 7, 6]))
    for writer in writers:
        writer.close()
        assert writer.trouble is None
    assert journals[0].view("ledger").balance("a") == 48
    assert journals[1].head().size == 48
    assert journals[0].verify(large.check) == ()


class FailingSync(apsw.VFS):
    """A file layer whose syncs fail on demand, as those of a dying disk do."""

    def __init__(self, name):
        self.failing = False
        super().__init__(name, "")

    def xOpen(self, name, flags):  # noqa: N802 - named by SQLite
        layer = self

        class File(apsw.VFSFile):
            def __init__(self):
                super().__init__("", name, flags)

            def xSync(self, sync_flags):  # noqa: N802 - named by SQLite
                if layer.failing:
                    raise apsw.IOError("sync failed")
                return super().xSync(sync_flags)

        return File()


def test_after_a_failed_sync_nothing_is_written_until_it_is_opened_again(lite):
    from entrepot.journal.core import Setup
    from entrepot.journal.journal import Journal

    layer = FailingSync("failing-sync")
    setup = Setup(reducers=(), clock=lite.clock, entropy=bytes, sign=None, log_id="did:web:node.example")
    journal = Journal(_sqlite.SqliteDatabase(lite.location, vfs="failing-sync"), setup)
    journal.append(lite.item(1))
    layer.failing = True
    with pytest.raises(JournalDamaged):
        journal.append(lite.item(2))
    layer.failing = False
    with pytest.raises(JournalDamaged, match="unknown state"):
        journal.append(lite.item(3))
    journal.close()
    again = lite.open()
    assert again.entries()[0].record_id == lite.item(1).record.id
    assert again.verify(lite.check) == ()
    assert again.append(lite.item(2)).outcome in (Outcome.APPENDED, Outcome.KNOWN)


def test_a_place_that_cannot_be_written(tmp_path, lite):
    (tmp_path / "file").write_text("not a directory")
    lite.location = tmp_path / "file"
    with pytest.raises(OSError, match="exist"):
        lite.open()


def test_a_file_that_is_no_database(lite):
    lite.location.mkdir()
    (lite.location / "journal.db").write_bytes(b"nonsense " * 1000)
    with pytest.raises(JournalDamaged):
        lite.open()
    (lite.location / "journal.db").unlink()
    lite.open()  # the lock was let go


def test_a_reader_of_nothing_is_told(lite):
    with pytest.raises(JournalMissing, match="not there"):
        lite.open(read_only=True)


def test_a_large_log_is_checkpointed_by_the_writer(lite, monkeypatch):
    monkeypatch.setattr(_sqlite, "CHECKPOINT_PAGES", 20)
    journal = lite.open()
    for number in range(60):
        journal.append(lite.item(number, text="x" * 3000))
    pages = (lite.location / "journal.db-wal").stat().st_size // 4096
    assert pages < 100
    journal.tend()
    assert len(journal.entries()) == 60


def test_a_probe_finds_a_disk_that_fails(lite):
    """What the health of a node rests on: an empty transaction would go through."""
    from entrepot.journal.core import Setup
    from entrepot.journal.journal import Journal

    layer = FailingSync("probed")
    setup = Setup(reducers=(), clock=lite.clock, entropy=bytes, sign=None, log_id="did:web:node.example")
    journal = Journal(_sqlite.SqliteDatabase(lite.location, vfs="probed"), setup)
    layer.failing = True
    with journal.transaction():
        pass
    with pytest.raises(JournalDamaged):
        journal.probe()
    layer.failing = False
    journal.close()
