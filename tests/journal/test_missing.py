"""A log that is lost: nothing makes an empty one in its place, until somebody says so."""

import pytest

from entrepot.base.error import UsageError
from entrepot.journal import begin_journal, restore_journal
from entrepot.journal.port import CatchUpNeeded, JournalMissing


def nothing(kit):
    return


def without_file(kit):
    kit.location.mkdir()


def empty_file(kit):
    kit.location.mkdir()
    (kit.location / "journal.db").touch()


def lost(kit):
    kit.open().close()
    for each in kit.location.glob("journal.db*"):
        each.unlink()


def page_alone(kit):
    """A file that SQLite has begun."""
    import apsw

    kit.location.mkdir()
    db = apsw.Connection(str(kit.location / "journal.db"))
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA user_version=1")
    db.close()


def tables_alone(kit):
    """What a restore leaves in PostgreSQL, or a first start in either, that was cut off before the log was opened."""
    from entrepot.journal.journal import database_at

    database = database_at(kit.location)
    database.writer(make=True)
    database.close()


MISSING = [("sqlite", each) for each in (nothing, without_file, empty_file, page_alone, lost, tables_alone)]
MISSING += [("postgresql", nothing), ("postgresql", tables_alone)]


@pytest.fixture(params=MISSING, ids=lambda pair: f"{pair[0]}-{pair[1].__name__}")
def gone(request):
    kind, make = request.param
    kit = request.getfixturevalue("lite" if kind == "sqlite" else "large")
    make(kit)
    return kit


def files(kit):
    if kit.kind != "sqlite":
        return None
    return {each.name: each.read_bytes() for each in kit.location.glob("*") if each.name != "journal.lock"}


@pytest.mark.parametrize("read_only", [True, False])
def test_no_log_is_made_in_place_of_a_lost_one(gone, read_only):
    before = files(gone)
    with pytest.raises(JournalMissing) as told:
        gone.open(make=False, read_only=read_only)
    assert "restore" in told.value.remedy
    assert "begin" in told.value.remedy
    if before is not None and "journal.db" not in before:
        assert files(gone) == before
    with pytest.raises(JournalMissing):
        gone.open(make=False, read_only=not read_only)


def test_where_it_may_be_made_it_is(gone):
    journal = gone.open()
    assert journal.epoch == 1
    journal.close()
    gone.open(make=False).append(gone.item(1))


def test_a_log_is_begun_in_place_of_a_lost_one(kit):
    epoch = begin_journal(kit.location, kit.setup(), peers=["https://b.example", "https://a.example"])
    journal = kit.open(make=False)
    assert journal.epoch == epoch > 1
    assert journal.needs_catch_up
    assert journal.former_peers() == ("https://a.example", "https://b.example")
    with pytest.raises(CatchUpNeeded):
        journal.append(kit.item(1))
    journal.append(kit.item(2, recovered=True))
    journal.found_again("https://b.example")
    assert journal.former_peers() == ("https://a.example",)
    journal.caught_up()
    assert journal.former_peers() == ()
    journal.append(kit.item(1))
    journal.seal()
    assert journal.verify(kit.check) == ()


def test_no_log_is_begun_where_there_is_one(kit):
    kit.open().close()
    with pytest.raises(UsageError):
        begin_journal(kit.location, kit.setup())
    assert kit.open(make=False).epoch == 1


def test_what_is_left_of_a_lost_log_is_moved_aside(lite):
    empty_file(lite)
    with pytest.raises(UsageError, match=r"journal\.db"):
        begin_journal(lite.location, lite.setup())
    begin_journal(lite.location, lite.setup(), aside=lite.location / "aside")
    assert [each.name for each in (lite.location / "aside").iterdir()] == ["journal.db"]
    lite.open(make=False)


def test_a_restore_that_fails_leaves_no_empty_log(large, tmp_path):
    """The export is whole, the log in it is not."""
    import json

    from entrepot.base.digest import sha256
    from entrepot.journal.port import JournalDamaged

    journal = large.open()
    journal.append(large.item(1))
    lines = list(journal.export())[:-1]
    journal.close()
    lines = [each.replace('"kind":"order"', '"kind":"other"') if '"table":"entry"}' in each else each for each in lines]
    body = "".join(each + "\n" for each in lines)
    end = json.dumps({"end": {"lines": len(lines), "sha256": sha256(body.encode())}}, separators=(",", ":"))
    (tmp_path / "spoilt.jsonl").write_text(body + end + "\n")
    with large.open().transaction() as db:
        schema = db.row("SELECT current_schema()")[0]
        db.execute(f"DROP SCHEMA {schema} CASCADE")
        db.execute(f"CREATE SCHEMA {schema}")
    for _ in range(2):
        with pytest.raises(JournalDamaged, match="not whole"):
            restore_journal(tmp_path / "spoilt.jsonl", large.location, large.setup())
        with pytest.raises(JournalMissing):
            large.open(make=False)
