import hashlib

import pytest

from entrepot.base.error import UsageError
from entrepot.journal import _sqlite
from entrepot.journal.port import Attachment, Idempotency, Message, Outcome, Proof

SECRET = "Siti-binti-Ahmad-of-Melaka"


def personal(kit, *, encrypted):
    body = b"passport of " + SECRET.encode()
    return kit.item(
        1,
        text=SECRET,
        postings={"a": 5},
        streams={"s": 0},
        personal=encrypted,
        proofs=[Proof(securing="vc+jwt", body=b"jwt with " + SECRET.encode(), method="k")],
        attachments=[Attachment(digest=hashlib.sha256(body).hexdigest(), media_type="a/b", body=body)],
        assessment={"findings": [{"params": {"name": SECRET}}]},
        outbox=[Message(peer="p", lane="1", key="k", body={"name": SECRET})],
        idempotency=Idempotency(scope="s", key="k", digest="d"),
        answer={"name": SECRET},
        note={"name": SECRET},
    )


@pytest.mark.parametrize("encrypted", [True, False])
def test_erasing_leaves_entry_digest_and_tombstone(kit, journal, encrypted):
    item = personal(kit, encrypted=encrypted)
    journal.append(item)
    journal.append(kit.item(2, streams={"s": 1}, after=[item.record.id]))
    journal.seal()
    entry = journal.entry(item.record.id)
    tomb = journal.erase(item.record.id, "asked for", kit.item(3, kind="tombstone", streams={"s": 2}))
    gone = journal.record(item.record.id)
    assert gone.erased
    assert gone.payload == {}
    assert gone.content.nonce != item.record.content.nonce
    assert (gone.content.number, gone.content.issuer) == (item.record.content.number, item.record.content.issuer)
    assert journal.entry(item.record.id) == entry
    assert journal.body(item.record.id) is None
    assert journal.proofs(item.record.id) == ()
    assert journal.attachments(item.record.id) == ()
    assert journal.assessment(item.record.id) == {"erased": True}
    assert journal.note(item.record.id) is None
    assert journal.tombstone(item.record.id) == ("asked for", tomb.record_id)
    assert journal.due(kit.now) == ()
    assert journal.undeliverable()[0].body == {"erased": True}
    assert SECRET not in "".join(journal.export())
    assert SECRET.encode() not in journal.dump_view("ledger")
    assert journal.view("ledger").get(item.record.id)["erased"] == 1
    assert journal.view("ledger").balance("a") is None
    journal.seal()
    assert [f.text for f in journal.verify(kit.check)] == []
    replayed = journal.append(kit.item(9, idempotency=Idempotency(scope="s", key="k", digest="d")))
    assert (replayed.outcome, replayed.answer) == (Outcome.REPLAYED, None)


def test_an_erased_record_that_comes_again_stays_erased(kit, journal):
    item = personal(kit, encrypted=True)
    journal.append(item)
    journal.erase(item.record.id, "asked for", kit.item(3, kind="tombstone"))
    assert journal.append(item).outcome is Outcome.REPLAYED
    again = journal.append(kit.item(1, text=SECRET, postings={"a": 5}, proofs=item.proofs))
    assert again.outcome is Outcome.KNOWN
    assert journal.proofs(item.record.id) == ()
    assert journal.record(item.record.id).erased
    assert SECRET not in "".join(journal.export())


def test_erasing_twice_and_erasing_nothing(kit, journal):
    journal.append(kit.item(1, text=SECRET))
    record_id = kit.item(1, text=SECRET).record.id
    journal.erase(record_id, "first", kit.item(3, kind="tombstone"))
    done = journal.erase(record_id, "second", kit.item(3, kind="tombstone"))
    assert done.outcome is Outcome.KNOWN
    assert journal.tombstone(record_id)[0] == "first"
    with pytest.raises(UsageError):
        journal.erase("0" * 64, "x", kit.item(4))
    assert journal.stream("sale:1")[0] == 2
    assert journal.tombstone(done.record_id) is None


@pytest.mark.parametrize("encrypted", [True, False])
def test_the_bytes_are_gone_from_the_files(lite, encrypted):
    journal = lite.open()
    journal.append_many([lite.item(each, text="x" * (each * 37 % 900), streams={"t": -1}) for each in range(60, 90)])
    item = personal(lite, encrypted=encrypted)
    journal.append(item)
    with journal.reading() as db:
        keys = [bytes(secret) for (secret,) in db.rows("SELECT secret FROM content_key")]
        sealed = [bytes(body) for (body,) in db.rows("SELECT body FROM content ORDER BY seq DESC LIMIT 1")]
    journal.append_many([lite.item(each, text="x" * (each * 37 % 900), streams={"t": -1}) for each in range(100, 130)])
    traces = [SECRET.encode(), *keys, *(sealed if encrypted else [])]
    assert encrypted is bool(keys)

    def found():
        files = b"".join(file.read_bytes() for file in sorted(lite.location.iterdir()))
        return [trace for trace in traces if trace in files]

    assert found() == traces
    journal.erase(item.record.id, "asked for", lite.item(3, kind="tombstone"))
    assert found() == []
    assert journal.verify(lite.check) == ()


def test_scrubbing_waits_for_readers_and_is_done_later(lite, monkeypatch):
    monkeypatch.setattr(_sqlite, "SCRUB_WAIT_MS", 1)
    journal = lite.open()
    item = personal(lite, encrypted=False)
    journal.append(item)
    reader = journal._database.reader()
    reader.begin(write=False)
    assert reader.row("SELECT count(*) FROM entry") == (1,)
    journal.erase(item.record.id, "asked for", lite.item(3, kind="tombstone"))
    assert journal.scrub() is False
    reader.rollback()
    reader.close()
    assert journal.scrub() is True
    assert SECRET.encode() not in b"".join(file.read_bytes() for file in lite.location.iterdir())


def test_erasing_inside_a_transaction_is_scrubbed_afterwards(lite):
    journal = lite.open()
    item = personal(lite, encrypted=False)
    journal.append(item)
    with journal.transaction():
        journal.erase(item.record.id, "asked for", lite.item(3, kind="tombstone"))
    journal.tend()
    assert SECRET.encode() not in b"".join(file.read_bytes() for file in lite.location.iterdir())
