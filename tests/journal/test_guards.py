"""What the database itself refuses: changing, removing or replacing what is kept; also when moved up from version 1."""

import pytest

from entrepot.base.digest import sha256
from entrepot.journal import migrate_journal
from entrepot.journal._schema import APPEND_ONLY, ERASABLE, SCHEMA_VERSION, UNIQUE
from entrepot.journal.port import Attachment, Idempotency, JournalError

TABLES = (*APPEND_ONLY, *ERASABLE)


def fill(kit):
    """At least one row in every guarded table; the last record is erased."""
    journal = kit.open()
    first = kit.item(1, personal=True, idempotency=Idempotency(scope="s", key="1", digest="d"), answer={"a": 1},
                     attachments=(Attachment(digest=sha256(b"x"), media_type="a/b", body=b"x"),))  # fmt: skip
    journal.append(first)
    for number in (2, 3, 4):
        journal.append(kit.item(number, after=[first.record.id]))
    journal.seal()
    journal.erase(kit.item(4, after=[first.record.id]).record.id, "asked for", kit.item(9, kind="tombstone"))
    return journal


def first_row(db, table):
    """A row of the table that belongs to no erased record."""
    where = "WHERE seq = 1" if table in ERASABLE else ""
    order = UNIQUE[table][0]
    names = order.split(", ")
    return names, db.row(f"SELECT {order} FROM {table} {where} ORDER BY {order} LIMIT 1")


def refused(journal, sql, values=()):
    with pytest.raises(JournalError, match="append-only"), journal.transaction() as db:
        db.execute(sql, values)


@pytest.fixture(params=["new", "moved up"])
def guarded(request, kit):
    fill(kit).close()
    if request.param == "moved up":
        kit.set_back()
        with kit_database(kit) as db:
            assert db.execute("UPDATE assessment SET made_ms = made_ms WHERE seq = 1") == 1, "version 1 let it through"
        assert migrate_journal(kit.location, None) == (1, SCHEMA_VERSION)
    return kit, kit.open()


def kit_database(kit):
    from contextlib import contextmanager

    from entrepot.journal.journal import database_at

    @contextmanager
    def opened():
        database = database_at(kit.location)
        try:
            yield database.writer(make=False)
        finally:
            database.close()

    return opened()


def test_nothing_that_is_kept_changes(guarded):
    kit, journal = guarded
    for table in TABLES:
        with journal.reading() as db:
            names, key = first_row(db, table)
        where = " AND ".join(f"{name} = ?" for name in names)
        refused(journal, f"UPDATE {table} SET {names[0]} = {names[0]} WHERE {where}", key)
        refused(journal, f"DELETE FROM {table} WHERE {where}", key)
        if kit.kind == "sqlite":
            for same in UNIQUE[table]:
                with journal.reading() as db:
                    every = [name for (name,) in db.rows(f"SELECT name FROM pragma_table_info('{table}')")]
                    row = db.row(
                        f"SELECT {', '.join(every)} FROM {table} {'WHERE seq = 1' if table in ERASABLE else ''}"
                    )
                other = [each if name in same else other_value(each) for name, each in zip(every, row, strict=True)]
                marks = ", ".join("?" * len(every))
                refused(journal, f"INSERT OR REPLACE INTO {table} VALUES ({marks})", other)
        else:
            refused(journal, f"TRUNCATE {table} CASCADE")
    assert journal.verify(kit.check) == ()


def other_value(value):
    return value + 1000 if isinstance(value, int) else value


def test_erasing_still_works(guarded):
    kit, journal = guarded
    found = journal.entries(0, 1)[0].record_id
    journal.erase(found, "asked for", kit.item("gone", kind="tombstone"))
    assert journal.record(found).erased
    assert journal.assessments(found)[0].body == {"erased": True}
    assert journal.replayed(Idempotency(scope="s", key="1", digest="d")).answer is None
    assert journal.verify(kit.check) == ()


def test_the_list_of_what_lies_beside_an_entry_stays(guarded):
    kit, journal = guarded
    refused(journal, "DELETE FROM beside WHERE seq = 1")
    if kit.kind == "sqlite":
        refused(journal, "INSERT OR REPLACE INTO beside (seq, parts) VALUES (1, '{}')")
    else:
        refused(journal, "TRUNCATE beside")
