import hashlib

import pytest

from entrepot.base.error import UsageError
from entrepot.journal.port import (
    ANY,
    NONE,
    Attachment,
    FloorBroken,
    Idempotency,
    KeyReused,
    Message,
    Outcome,
    Proof,
    StreamConflict,
)


def test_an_append_keeps_record_streams_views_and_outbox(kit, journal):
    item = kit.item(
        1,
        streams={"sale:1": NONE, "account:a": ANY},
        postings={"a": 5},
        outbox=[Message(peer="did:web:b.example", lane="1", key="k", body={"x": 1})],
        assessment={"findings": []},
        note={"who": "clerk"},
    )
    done = journal.append(item)
    assert (done.outcome, done.seq, done.record_id) == (Outcome.APPENDED, 1, item.record.id)
    assert done.received == kit.now
    assert journal.record(item.record.id) == item.record
    assert journal.body(item.record.id) == item.record.to_bytes()
    assert journal.proofs(item.record.id) == tuple(item.proofs)
    assert journal.stream("sale:1") == (1, (item.record.id,))
    assert journal.stream("account:a") == (1, (item.record.id,))
    assert journal.view("ledger").balance("a") == 5
    assert journal.view("kinds").balance("kind:order") == 1
    assert journal.assessment(item.record.id) == {"findings": []}
    assert journal.note(item.record.id) == {"who": "clerk"}
    assert [each.key for each in journal.due(kit.now)] == ["k"]
    assert kit.check(done.promise) is not None
    entry = journal.entry(item.record.id)
    assert entry.prev == {"sale:1": (1, "0" * 64), "account:a": (1, "0" * 64)}
    assert journal.verify(kit.check) == ()


def test_entries_are_chained_in_each_stream(kit, journal):
    first = journal.append(kit.item(1, streams={"a": NONE, "b": NONE}))
    second = journal.append(kit.item(2, streams={"b": 1}))
    digest = journal.entry(first.record_id).digest
    assert journal.entry(second.record_id).prev == {"b": (2, digest)}
    assert [each.seq for each in journal.entries()] == [1, 2]
    assert [each.seq for each in journal.entries(after_seq=1, limit=1)] == [2]


def test_a_wrong_expected_version_keeps_nothing(kit, journal):
    journal.append(kit.item(1, streams={"a": NONE}))
    before = list(journal.export())
    for streams in ({"a": NONE}, {"b": NONE, "a": 2}, {"b": 1}):
        with pytest.raises(StreamConflict):
            journal.append(kit.item(2, streams=streams, postings={"x": 1}))
    assert list(journal.export()) == before
    assert journal.stream("b") == (0, ())
    assert journal.view("ledger").balance("x") is None


def test_the_same_record_again_has_no_effect_but_keeps_new_proofs(kit, journal):
    item = kit.item(1, postings={"a": 5}, streams={"s": NONE})
    first = journal.append(item)
    other = Proof(securing="eddsa-jcs-2022", body=b"another", method="k#2")
    again = journal.append(kit.item(1, postings={"a": 5}, streams={"s": NONE}, proofs=(other, *item.proofs)))
    assert (again.outcome, again.seq, again.received) == (Outcome.KNOWN, first.seq, first.received)
    assert journal.view("ledger").balance("a") == 5
    assert journal.stream("s")[0] == 1
    assert {each.securing for each in journal.proofs(item.record.id)} == {"vc+jwt", "eddsa-jcs-2022"}
    assert journal.verify(kit.check) == ()


def test_an_idempotency_key_replays_its_answer_and_refuses_another_request(kit, journal):
    key = Idempotency(scope="p/c/order", key="1", digest="d1")
    first = journal.append(kit.item(1, idempotency=key, answer={"id": "one"}))
    again = journal.append(kit.item(2, idempotency=key, answer={"id": "two"}))
    assert (again.outcome, again.answer, again.record_id) == (Outcome.REPLAYED, {"id": "one"}, first.record_id)
    assert journal.replayed(key) == again
    assert journal.replayed(Idempotency(scope="p/c/order", key="2", digest="d1")) is None
    with pytest.raises(KeyReused):
        journal.replayed(Idempotency(scope="p/c/order", key="1", digest="d2"))
    with pytest.raises(KeyReused):
        journal.append(kit.item(3, idempotency=Idempotency(scope="p/c/order", key="1", digest="d2")))
    other_scope = Idempotency(scope="p/d/order", key="1", digest="d2")
    assert journal.append(kit.item(3, idempotency=other_scope)).outcome is Outcome.APPENDED
    assert len(journal.entries()) == 2


def test_a_known_record_under_a_new_key_stores_the_answer(kit, journal):
    journal.append(kit.item(1))
    key = Idempotency(scope="s", key="1", digest="d")
    assert journal.append(kit.item(1, idempotency=key, answer={"a": 1})).outcome is Outcome.KNOWN
    assert journal.append(kit.item(9, idempotency=key)).answer == {"a": 1}


def test_a_floor_holds_and_nothing_is_kept(kit, journal):
    journal.append(kit.item(1, postings={"cash:a": 10}))
    with pytest.raises(FloorBroken):
        journal.append(kit.item(2, postings={"b": 11, "cash:a": -11}, streams={"x": NONE}))
    with pytest.raises(FloorBroken):
        journal.append(kit.item(3, postings={"cash:new": -1}))
    assert journal.view("ledger").balance("cash:a") == 10
    assert journal.view("ledger").balance("b") is None
    assert journal.stream("x") == (0, ())
    journal.append(kit.item(4, postings={"cash:a": -10}))
    assert journal.view("ledger").balance("cash:a") == 0
    assert journal.verify(kit.check) == ()


def test_a_balance_beyond_64_bits_is_refused(kit, journal):
    from entrepot.base.error import LimitError

    journal.append(kit.item(1, postings={"a": 2**53 - 1}))
    view = journal.view("ledger")
    with pytest.raises(LimitError), journal.transaction() as db:
        from entrepot.journal.view import SqlView

        tx = SqlView(db, "ledger", 1)
        tx.add("a", 2**63 - 1)
    assert view.balance("a") == 2**53 - 1


def test_received_time_never_goes_back(kit, journal):
    first = journal.append(kit.item(1))
    kit.tick(days=-1)
    second = journal.append(kit.item(2))
    assert second.received == first.received
    kit.tick(days=2)
    assert journal.append(kit.item(3)).received == kit.now


def test_many_are_kept_together_or_not_at_all(kit, journal):
    done = journal.append_many([kit.item(1, streams={"s": NONE}), kit.item(2, streams={"s": 1})])
    assert [each.seq for each in done] == [1, 2]
    with pytest.raises(StreamConflict):
        journal.append_many([kit.item(3, streams={"s": 2}), kit.item(4, streams={"s": 2})])
    assert journal.stream("s")[0] == 2


def test_a_transaction_inside_another_is_undone_alone(kit, journal):
    with journal.transaction():
        journal.append(kit.item(1, streams={"s": NONE}))
        with pytest.raises(StreamConflict):
            journal.append(kit.item(2, streams={"s": NONE}))
        assert journal.stream("s")[0] == 1
        assert journal.view("ledger").get(kit.record(1).id)["records"] == 1
    assert journal.stream("s")[0] == 1


def test_a_reducer_that_fails_undoes_the_append(kit):
    from entrepot.journal.port import Reducer

    def broken(tx, record):
        tx.put("x", {})
        raise RuntimeError("no")

    journal = kit.open(reducers=[Reducer("broken", 1, broken)])
    with pytest.raises(RuntimeError):
        journal.append(kit.item(1))
    assert journal.entries() == ()
    assert journal.view("broken").scan() == []


def test_attachments_are_kept_by_digest(kit, journal):
    body = b"<Order/>"
    digest = hashlib.sha256(body).hexdigest()
    item = kit.item(1, attachments=[Attachment(digest=digest, media_type="application/xml", body=body)])
    journal.append(item)
    assert journal.attachment(digest).body == body
    assert journal.attachments(item.record.id) == (digest,)
    assert journal.attachment("0" * 64) is None
    with pytest.raises(UsageError):
        journal.append(kit.item(2, attachments=[Attachment(digest="0" * 64, media_type="a/b", body=body)]))


def test_a_body_that_is_not_the_record_is_refused(kit, journal):
    item = kit.item(1)
    with pytest.raises(UsageError):
        journal.append(kit.item(1, body=b"{}"))
    assert journal.append(kit.item(1, body=item.record.to_bytes())).outcome is Outcome.APPENDED


def test_personal_content_lies_encrypted(kit, journal):
    body = b"photograph of a passport"
    digest = hashlib.sha256(body).hexdigest()
    item = kit.item(
        1, text="Siti of Melaka", personal=True, attachments=[Attachment(digest=digest, media_type="a/b", body=body)]
    )
    journal.append(item)
    assert journal.record(item.record.id) == item.record
    assert journal.proofs(item.record.id) == tuple(item.proofs)
    assert journal.attachment(digest).body == body
    with journal.reading() as db:
        for table in ("content", "proof", "attachment"):
            (kept,) = db.row(f"SELECT body FROM {table}")
            assert b"Siti" not in bytes(kept)
            assert body not in bytes(kept)
            assert b"proof of" not in bytes(kept)
    assert journal.verify(kit.check) == ()


def test_equivocation_is_kept_and_reported(kit, journal):
    one, two = kit.item(1, text="a"), kit.item(1, text="b")
    journal.append(one)
    assert journal.equivocations() == ()
    assert journal.same_number(two.record) == (one.record.id,)
    journal.append(two)
    journal.append(kit.item(1, kind="invoice"))
    journal.append(kit.item(1, issuer="did:web:other.example"))
    (found,) = journal.equivocations()
    assert found.record_ids == (one.record.id, two.record.id)
    assert (found.kind, found.number) == ("order", "N-1")


def test_heads_of_a_stream_are_what_nothing_cites(kit, journal):
    root = kit.item(1, streams={"s": ANY})
    left = kit.item(2, after=[root.record.id], streams={"s": ANY})
    right = kit.item(3, after=[root.record.id], streams={"s": ANY})
    for item in (root, left, right):
        journal.append(item)
    assert journal.heads_of_stream("s") == tuple(sorted((left.record.id, right.record.id)))
    journal.append(kit.item(4, after=[left.record.id, right.record.id], streams={"other": ANY}))
    assert journal.heads_of_stream("s") == tuple(sorted((left.record.id, right.record.id)))
    join = kit.item(5, after=[left.record.id, right.record.id], streams={"s": ANY})
    journal.append(join)
    assert journal.heads_of_stream("s") == (join.record.id,)
    assert journal.heads_of_stream("none") == ()


def test_assessments_and_proofs_may_come_later(kit, journal):
    item = kit.item(1, assessment={"v": 1})
    journal.append(item)
    assert journal.assess(item.record.id, {"v": 2}) == 2
    assert [each.body for each in journal.assessments(item.record.id)] == [{"v": 1}, {"v": 2}]
    assert journal.assessment(item.record.id) == {"v": 2}
    assert journal.prove(item.record.id, [Proof(securing="x", body=b"y", method="z")]) == 1
    assert journal.prove(item.record.id, [Proof(securing="x", body=b"y", method="z")]) == 0
    for act in (journal.assess, journal.prove):
        with pytest.raises(UsageError):
            act("0" * 64, ())


def test_what_is_not_kept_is_none(journal):
    assert journal.record("0" * 64) is None
    assert journal.body("0" * 64) is None
    assert journal.entry("0" * 64) is None
    assert journal.seq("0" * 64) is None
    assert journal.proofs("0" * 64) == ()
    assert journal.assessment("0" * 64) is None
    assert journal.receipt("0" * 64) is None
    assert journal.note("0" * 64) is None


@pytest.mark.parametrize("table", ["entry", "entry_stream", "leaf", "node", "tree_head", "epoch", "content", "proof"])
@pytest.mark.parametrize("act", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_the_database_holds_what_is_append_only(kit, journal, table, act):
    from entrepot.journal.port import JournalError

    journal.append_many([kit.item(1), kit.item(2)])
    journal.seal()
    column = {"entry": "seq", "leaf": "number", "node": "level", "tree_head": "id", "epoch": "number"}.get(table)
    sql = act.format(table, *([column or ("version" if table == "entry_stream" else "seq")] * 2))
    with pytest.raises(JournalError, match="append-only"), journal.transaction() as db:
        db.execute(sql)
