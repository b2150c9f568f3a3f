"""Keys of personal content are wrapped: the files of the log alone do not open it, wherever they are copied to."""

import pytest

from entrepot.base.digest import sha256
from entrepot.journal import migrate_journal, open_journal, restore_journal
from entrepot.journal._schema import SCHEMA_VERSION
from entrepot.journal.port import Attachment, JournalError, KeysWrapped
from entrepot.party.keystore import KeyLock
from entrepot.party.wrapping import ContentKeys

OURS, OTHERS = (ContentKeys(KeyLock(bytes([each]) * 32)) for each in (1, 2))
SECRET = "Jane Example, 1 Harbour Road"
FILE = Attachment(digest=sha256(b"a scan"), media_type="a/b", body=b"a scan")


def personal(kit, number=1):
    return kit.item(number, personal=True, text=SECRET, attachments=(FILE,))


def kept_keys(journal):
    with journal.reading() as db:
        return [bytes(secret) for (secret,) in db.rows("SELECT secret FROM content_key ORDER BY seq")]


@pytest.fixture
def wrapped(kit):
    """A journal with wrapped keys, and what the entropy gave for them."""
    given = []

    def entropy(count):
        given.append(bytes([len(given) + 7]) * count)
        return given[-1]

    journal = kit.open(wrapping=OURS, entropy=entropy)
    journal.append(personal(kit))
    return journal, given


def test_no_key_lies_open(kit, wrapped, tmp_path):
    journal, given = wrapped
    (key,) = [each for each in given if len(each) == 32]
    assert len(kept_keys(journal)[0]) == 40
    made = journal.backup(tmp_path / "copy")
    import base64

    held = made.read_bytes() + "".join(journal.export()).encode()
    if kit.kind == "sqlite":
        held += b"".join(each.read_bytes() for each in kit.location.glob("journal.db*"))
    assert key not in held
    assert base64.b64encode(key) not in held
    assert journal.record(personal(kit).record.id).payload["text"] == SECRET
    assert journal.verify(kit.check) == ()


def everything(journal, record_id):
    return (
        journal.record(record_id),
        journal.body(record_id),
        journal.proofs(record_id),
        journal.attachment(FILE.digest),
    )


def test_they_open_with_the_right_key_alone(kit, wrapped):
    journal, _ = wrapped
    made = personal(kit).record
    whole = everything(journal, made.id)
    journal.close()
    again = kit.open(wrapping=OURS)
    assert everything(again, made.id) == whole
    again.close()
    for wrong in (None, OTHERS):
        again = kit.open(wrapping=wrong, read_only=True, reducers=())
        for read in (again.record, again.body, again.proofs):
            with pytest.raises(KeysWrapped):
                read(made.id)
        assert {each.id for each in again.verify(kit.check)} == {"ENT-CORE-JOURNAL-02"}
        again.close()


def test_a_wrapped_key_opens_for_its_own_record_alone(kit, wrapped):
    journal, _ = wrapped
    journal.append(personal(kit, 2))
    one, two = kept_keys(journal)
    ids = [personal(kit, number).record.id for number in (1, 2)]
    OURS.unwrap(two, ids[1])
    for wrapped_key, record_id in ((two, ids[0]), (one[:-1] + bytes([one[-1] ^ 1]), ids[0]), (b"x" * 9, ids[0])):
        with pytest.raises(ValueError, match="does not open"):
            OURS.unwrap(wrapped_key, record_id)


def test_proofs_that_come_later_lie_under_the_same_key(kit, wrapped):
    from entrepot.journal.port import Proof

    journal, _ = wrapped
    made = personal(kit).record
    assert journal.prove(made.id, [Proof(securing="vc+jwt", body=b"later", method="k#2")]) == 1
    assert {each.body for each in journal.proofs(made.id)} >= {b"later"}
    assert journal.verify(kit.check) == ()


def test_erasing_drops_the_key(kit, wrapped):
    journal, _ = wrapped
    journal.erase(personal(kit).record.id, "asked for", kit.item(9, kind="tombstone"))
    assert kept_keys(journal) == []
    assert journal.verify(kit.check) == ()


def test_exports_and_backups_carry_wrapped_keys(kit, wrapped, tmp_path):
    journal, _ = wrapped
    record_id = personal(kit).record.id
    whole = everything(journal, record_id)
    sources = [journal.backup(tmp_path / "copy"), tmp_path / "export.jsonl"]
    journal.export_to(sources[1])
    for number, source in enumerate(sources):
        with pytest.raises(JournalError):
            restore_journal(source, tmp_path / f"wrong {number}", kit.setup(wrapping=OTHERS))
        restore_journal(source, tmp_path / f"new {number}", kit.setup(wrapping=OURS))
        with open_journal(tmp_path / f"new {number}", kit.setup(wrapping=OURS, read_only=True)) as again:
            assert everything(again, record_id) == whole
            assert kept_keys(again) == kept_keys(journal)


def test_keys_that_lie_open_are_wrapped_on_import(kit, tmp_path):
    journal = kit.open()
    journal.append(personal(kit))
    whole = everything(journal, personal(kit).record.id)
    assert len(kept_keys(journal)[0]) == 32
    journal.export_to(tmp_path / "export.jsonl")
    restore_journal(tmp_path / "export.jsonl", tmp_path / "new", kit.setup(wrapping=OURS))
    with open_journal(tmp_path / "new", kit.setup(wrapping=OURS, read_only=True)) as again:
        assert len(kept_keys(again)[0]) == 40
        assert everything(again, personal(kit).record.id) == whole


def test_keys_of_an_older_journal_are_wrapped_by_the_migration(kit):
    journal = kit.open()
    journal.append(personal(kit))
    whole = everything(journal, personal(kit).record.id)
    (key,) = kept_keys(journal)
    journal.close()
    kit.set_back()
    assert migrate_journal(kit.location, OURS) == (1, SCHEMA_VERSION)
    again = kit.open(wrapping=OURS)
    assert len(kept_keys(again)[0]) == 40
    assert everything(again, personal(kit).record.id) == whole
    again.tend()
    if kit.kind == "sqlite":
        assert key not in b"".join(each.read_bytes() for each in kit.location.glob("journal.db*"))
    with pytest.raises(JournalError, match="append-only"), again.transaction() as db:
        db.execute("UPDATE content_key SET secret = secret")
    assert again.verify(kit.check) == ()
