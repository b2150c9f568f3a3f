import hashlib
import random

import pytest

from entrepot.journal.entry import json_text
from entrepot.journal.port import Attachment, Idempotency, JournalError, Message, Outcome, Proof


def digest(text):
    return hashlib.sha256(text).hexdigest()


NEVER_CAME = digest(b"never came")


def said(number):
    """What record ``number`` says: it names its file, and number 2 one that did not come with it."""
    payload = {"postings": {"cash:a": 7}, "text": f"t{number}", "file": digest(b"attachment %d" % number)}
    return payload | ({"files": [{"digest": NEVER_CAME}]} if number == 2 else {})


def fill(kit, journal):
    for number in range(12):
        body = b"attachment %d" % number
        journal.append(
            kit.item(
                number,
                kind="order" if number % 2 else "invoice",
                streams={"sale:1": -1, f"other:{number % 3}": -1},
                after=[kit.record(0, kind="invoice", **said(0)).id] if number == 5 else [],
                **said(number),
                assessment={"n": number},
                personal=number == 7,
                outbox=[Message(peer="p", lane="1", key=str(number), body={"n": number})],
                attachments=[Attachment(digest=digest(body), media_type="a/b", body=body)],
                idempotency=Idempotency(scope="s", key=str(number), digest="d"),
            )
        )
        if number in (4, 9):
            journal.seal()
    late = kit.item(8, kind="invoice", **said(8), proofs=[Proof(securing="vc+jwt", body=b"came later", method="k#2")],
                    assessment={"n": 8, "again": True})  # fmt: skip
    assert journal.append(late).outcome is Outcome.KNOWN
    journal.erase(kit.record(3, **said(3)).id, "x", kit.item(99, kind="tombstone"))


def unguard(journal, db):
    if journal._database.name == "sqlite":
        for (name,) in db.rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {name}")
        return
    for name, table in db.rows(
        "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal "
        "AND tgrelid = ANY (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)"
    ):
        db.execute(f"DROP TRIGGER {name} ON {table}")


NOTHING = json_text({"absent": [], "assessments": [], "attachments": [], "proofs": []})
TAMPERED = [
    ("UPDATE content SET body = ? WHERE seq = 2", b"{}", "02 01"),
    ("UPDATE content SET body = ? WHERE seq = 8", b"x" * 60, "02"),
    ("DELETE FROM content_key WHERE seq = ? + 8", 0, "02"),
    ("DELETE FROM content WHERE seq = ? + 2", 0, "02"),
    ("UPDATE content SET number = ? WHERE seq = 2", "other", "15"),
    ("UPDATE content SET erased = ? WHERE seq = 2", 1, "13"),
    ("DELETE FROM cause WHERE seq = ? + 6", 0, "15"),
    ("UPDATE entry SET kind = ? WHERE seq = 2", "other", "03"),
    ("UPDATE entry SET received_ms = ? WHERE seq = 2", 1, "03 05"),
    ("UPDATE entry SET digest = ? WHERE seq = 2", "0" * 64, "03 04"),
    ("UPDATE entry SET seq = ? WHERE seq = 13", 20, "05"),
    ("UPDATE entry_stream SET prev_digest = ? WHERE seq = 4 AND stream = 'sale:1'", "0" * 64, "03 04"),
    ("DELETE FROM entry_stream WHERE stream = 'sale:1' AND version = ? + 4", 0, "03 04"),
    ("UPDATE proof SET body = ? WHERE seq = 2", b"other", "14"),
    ("UPDATE attachment SET body = ? WHERE seq = 2", b"other", "14"),
    ("UPDATE assessment SET body = ? WHERE seq = 2", "{}", "14"),
    ("UPDATE leaf SET hash = ? WHERE number = 3", bytes(32), "06 07"),
    ("UPDATE leaf SET number = number + ? WHERE number = 9", 5, "16"),
    ("UPDATE node SET hash = ? WHERE level = 2 AND position = 0", bytes(32), "07 08"),
    ("DELETE FROM node WHERE level = ? + 1 AND position = 0", 0, "02"),
    ("UPDATE tree_head SET root = ? WHERE id = 2", "0" * 64, "08 09"),
    ("UPDATE tree_head SET signature = ? WHERE id = 2", "a.b.c", "09"),
    ("UPDATE outbox SET body = ? WHERE id = 2", "{}", "11"),
    ("UPDATE view_row SET row = ? WHERE view = 'ledger'", '{"records":9}', "10"),
    ("UPDATE view_balance SET value = value + ? WHERE account = 'cash:a'", 1, "10"),
    ("DELETE FROM view_balance WHERE view = 'kinds' AND value > ?", 0, "10"),
    ("UPDATE epoch SET number = number + ?", 3, "17"),
    ("DELETE FROM tombstone WHERE seq > ?", 0, "13"),
    ("DELETE FROM tree_head WHERE id = ? + 2", 0, "25"),
    ("DELETE FROM tree_head WHERE id > ?", 0, "25"),
    ("DELETE FROM tree_head WHERE id = ? + 1", 0, "26"),
    ("UPDATE leaf SET seq = ? WHERE number = 9", 99, "27"),
    ("DELETE FROM assessment WHERE seq = ? + 2", 0, "18"),
    ("DELETE FROM assessment WHERE seq = 9 AND version = ? + 2", 0, "18"),
    ("DELETE FROM assessment WHERE seq = 9 AND version = ? + 1", 0, "18"),
    ("DELETE FROM assessment WHERE seq = ? + 4", 0, "18"),
    ("DELETE FROM attachment WHERE seq = ? + 2", 0, "18"),
    ("DELETE FROM attachment WHERE seq = ? + 8", 0, "18"),
    ("DELETE FROM proof WHERE seq = ? + 2", 0, "18 24"),
    ("DELETE FROM proof WHERE seq = 9 AND method = ?", "k#2", "18"),
    ("DELETE FROM beside WHERE seq = ? + 2", 0, "18 20"),
    ("UPDATE beside SET parts = ? WHERE seq = 2", NOTHING, "19 20"),
    ("UPDATE beside SET parts = ? WHERE seq = 2", "{}", "02"),
    ("UPDATE beside SET parts = replace(parts, ?, '') WHERE seq = 3", f'"{NEVER_CAME}"', "20"),
    ("INSERT INTO proof SELECT 3, digest, securing, method, body FROM proof WHERE seq = ? + 2", 0, "19"),
]


@pytest.mark.parametrize(("sql", "value", "expected"), TAMPERED, ids=[sql[:60] for sql, _, _ in TAMPERED])
def test_every_tampering_is_found(kit, sql, value, expected):
    journal = kit.open()
    fill(kit, journal)
    assert journal.verify(kit.check) == ()
    with journal.transaction() as db:
        unguard(journal, db)
        if journal._database.name == "sqlite":
            db.execute("PRAGMA defer_foreign_keys=ON")
    if journal._database.name == "sqlite":
        journal._writer.execute("PRAGMA foreign_keys=OFF")
    elif "SET seq" in sql:
        with pytest.raises(JournalError), journal.transaction() as db:  # rows refer to each other
            db.execute(sql, (value,))
        return
    with journal.transaction() as db:
        assert db.execute(sql, (value,))
    found = journal.verify(kit.check)
    ids = {each.id for each in found}
    assert {f"ENT-CORE-JOURNAL-{number}" for number in expected.split()} <= ids, [each.text for each in found]
    assert all("{" not in each.text for each in found)


def test_a_file_that_is_taken_out_of_its_list_as_well_is_named_by_the_content(kit):
    """Content is bound to the entry and the entry to the tree: the list alone cannot make a file forgotten."""
    journal = kit.open()
    fill(kit, journal)
    with journal.transaction() as db:
        unguard(journal, db)
        db.execute("DELETE FROM attachment WHERE seq = 2")
        db.execute("UPDATE beside SET parts = ? WHERE seq = 2", (json_text(
            {"absent": [], "assessments": [one for (one,) in db.rows("SELECT digest FROM assessment WHERE seq = 2")],
             "attachments": [], "proofs": [one for (one,) in db.rows("SELECT digest FROM proof WHERE seq = 2")]}
        ),))  # fmt: skip
    found = journal.verify(kit.check)
    assert [each.id for each in found] == ["ENT-CORE-JOURNAL-20"]
    assert digest(b"attachment 1") in found[0].text


def test_a_file_that_comes_later_is_not_missing_any_more(kit):
    journal = kit.open()
    fill(kit, journal)
    came = Attachment(digest=NEVER_CAME, media_type="a/b", body=b"never came")
    again = kit.item(2, kind="invoice", **said(2), attachments=[came], assessment={"n": 2, "again": True})
    before = len(journal.assessments(again.record.id))
    for _ in range(2):
        assert journal.append(again).outcome is Outcome.KNOWN
        assert len(journal.assessments(again.record.id)) == before + 1
    assert journal.attachment(NEVER_CAME).body == b"never came"
    assert journal.verify(kit.check) == ()
    with journal.transaction() as db:
        unguard(journal, db)
        assert db.execute("DELETE FROM attachment WHERE digest = ?", (NEVER_CAME,))
    assert [each.id for each in journal.verify(kit.check)] == ["ENT-CORE-JOURNAL-18"]


def everything(journal):
    views = [journal.dump_view("ledger"), journal.dump_view("kinds")]
    return [line for line in journal.export() if '"end"' not in line], views


HAVE_FREE_COLUMNS = {"outbox", "idempotency", "epoch", "attachment", "tombstone", "content", "assessment"}
"""Tables with columns that no digest covers: states, answers, media types, reasons, notes, times of assessments."""


def test_a_flipped_byte_is_found_or_changes_nothing(lite):
    journal = lite.open()
    fill(lite, journal)
    whole = everything(journal)
    journal.close()
    file = lite.location / "journal.db"
    original = file.read_bytes()
    rng, hits = random.Random(7), 0
    places = [place for place, byte in enumerate(original) if byte]
    for _ in range(60):
        place = rng.choice(places)
        changed = bytearray(original)
        changed[place] ^= 1 << rng.randrange(8)
        file.write_bytes(changed)
        try:
            again = lite.open()
        except JournalError:
            hits += 1
            continue
        try:
            found = again.verify(lite.check)
            hits += bool(found)
            if not found:
                assert differs(whole, everything(again)) <= HAVE_FREE_COLUMNS, place
        finally:
            again.close()
    assert hits > 30


def differs(one, two):
    import json

    if one[1] != two[1]:
        return {"views"}
    return {json.loads(line).get("table") for line in set(one[0]) ^ set(two[0])}
