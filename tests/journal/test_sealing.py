from dataclasses import replace

import pytest

from entrepot.base.error import UsageError
from entrepot.base.head import head_payload, verify_consistency, verify_head, verify_receipt
from entrepot.journal.peer import Peer, Verdict


def fill(kit, journal, count, *, start=0):
    return [journal.append(kit.item(start + each)).record_id for each in range(count)]


def test_a_receipt_shows_the_entry_under_a_signed_head(kit, journal):
    ids = fill(kit, journal, 7)
    assert journal.receipt(ids[0]) is None
    head = journal.seal()
    assert head.size == 7
    assert verify_head(head, kit.check)
    for number, record_id in enumerate(ids):
        receipt = journal.receipt(record_id)
        assert receipt.leaf == number == journal.entry(record_id).leaf
        assert verify_receipt(receipt, record_id, kit.check)
        assert not verify_receipt(receipt, ids[number - 1], kit.check)
        assert not verify_receipt(replace(receipt, leaf=receipt.leaf ^ 1), record_id, kit.check)
        assert not verify_receipt(replace(receipt, path=(*receipt.path, "0" * 64)), record_id, kit.check)
        assert not verify_receipt(replace(receipt, path=("zz",)), record_id, kit.check)
        assert not verify_receipt(replace(receipt, entry=b"nonsense"), record_id, kit.check)
        assert not verify_receipt(replace(receipt, head=replace(head, size=8)), record_id, kit.check)
        assert receipt.to_json()["head"]["size"] == 7
    assert journal.seal() is None
    kit.tick()
    assert journal.seal(renew=True).time == kit.now
    assert journal.verify(kit.check) == ()


def test_leaf_numbers_are_contiguous_over_many_seals(kit, journal):
    ids = []
    for size in (1, 2, 5, 1, 8):
        ids += fill(kit, journal, size, start=len(ids))
        journal.seal()
    assert [journal.entry(each).leaf for each in ids] == list(range(17))
    sizes = [head.size for head in journal.heads()]
    assert sizes == [1, 3, 8, 9, 17]
    heads = journal.heads()
    for first in heads:
        for second in heads:
            if first.size <= second.size:
                path = journal.consistency(first.size, second.size)
                assert verify_consistency(first, second, path)
    assert journal.consistency(0, 3) == ()
    for first, second in ((1, 18), (3, 2), (-1, 2)):
        with pytest.raises(UsageError):
            journal.consistency(first, second)


def test_an_unsigned_log_seals_too(kit):
    journal = kit.open(sign=None)
    done = journal.append(kit.item(1))
    assert done.promise is None
    assert journal.seal().signature == ""
    assert journal.head().size == 1


def test_the_promise_names_entry_and_deadline(kit, journal):
    import json

    done = journal.append(kit.item(1))
    promise = json.loads(kit.check(done.promise))
    assert promise == {
        "digest": journal.entry(done.record_id).digest,
        "epoch": journal.epoch,
        "logId": "did:web:node.example",
        "received": "2026-03-01T08:00:00Z",
        "recordId": done.record_id,
        "sealBy": "2026-03-01T08:01:00Z",
    }


def head_of(kit, log, size, *, root=None, epoch=1, seconds=0):
    from datetime import timedelta

    from entrepot.base.head import TreeHead

    head = TreeHead(
        log_id="did:web:peer.example",
        epoch=epoch,
        size=size,
        root=root or log[size],
        time=kit.now + timedelta(seconds=seconds),
        signature="",
    )
    return replace(head, signature=kit.sign(head_payload(head)))


@pytest.fixture
def other_log():
    """Roots by size, and proofs, of a log of 9 entries."""
    from entrepot.base import merkle

    kept, roots = {}, {}

    def lookup(*at):
        return kept[at]

    for number in range(9):
        leaf = kept[0, number] = merkle.leaf_hash(b"%d" % number)
        for level, position, node in merkle.completed(number, leaf, lookup):
            kept[level, position] = node
        roots[number + 1] = merkle.root(lookup, number + 1).hex()
    return roots, lambda a, b: [step.hex() for step in merkle.consistency(lookup, a, b)]


def test_a_peers_head_is_followed(kit, journal, other_log):
    roots, proof = other_log
    see = journal.observe_head
    assert see("p", head_of(kit, roots, 3)) is Verdict.FIRST
    assert see("p", head_of(kit, roots, 3)) is Verdict.FIRST  # the same head again
    assert see("p", head_of(kit, roots, 3, seconds=1)) is Verdict.CONSISTENT
    assert see("p", head_of(kit, roots, 7, seconds=2), proof(3, 7)) is Verdict.CONSISTENT
    assert see("p", head_of(kit, roots, 9, seconds=3)) is Verdict.UNPROVEN
    assert journal.peer_head("p", "did:web:peer.example").size == 7
    assert see("p", head_of(kit, roots, 5, seconds=1), proof(5, 7)) is Verdict.CONSISTENT  # an older one, late
    assert journal.suspect_heads() == ()


def test_a_peer_that_lies_about_its_head_is_detected_and_recorded(kit, journal, other_log):
    roots, proof = other_log
    journal.observe_head("p", head_of(kit, roots, 7), ())
    shrunk = head_of(kit, roots, 5, seconds=9)
    assert journal.observe_head("p", shrunk, proof(5, 7)) is Verdict.SHRUNK
    forked = head_of(kit, roots, 7, root="ab" * 32, seconds=10)
    assert journal.observe_head("p", forked) is Verdict.FORKED
    rewritten = head_of(kit, roots, 9, root="cd" * 32, seconds=11)
    assert journal.observe_head("p", rewritten, proof(7, 9)) is Verdict.FORKED
    assert [(peer, verdict) for peer, _, verdict in journal.suspect_heads()] == [
        ("p", Verdict.SHRUNK),
        ("p", Verdict.FORKED),
        ("p", Verdict.FORKED),
    ]
    assert journal.suspect_heads()[0][1] == shrunk
    assert journal.peer_head("p", "did:web:peer.example").root == roots[7]


def test_a_restored_peer_says_so_with_its_epoch(kit, journal, other_log):
    roots, _ = other_log
    journal.observe_head("p", head_of(kit, roots, 7))
    assert journal.observe_head("p", head_of(kit, roots, 4, epoch=2, seconds=1)) is Verdict.NEW_EPOCH
    assert journal.peer_head("p", "did:web:peer.example").size == 4
    assert journal.observe_head("p", head_of(kit, roots, 9, seconds=5)) is Verdict.FORKED


def test_peers_are_kept(journal):
    one = Peer(id="did:web:p.example", url="https://p.example", status="invited", key="k", body={"a": 1})
    journal.put_peer(one)
    journal.put_peer(replace(one, status="accepted"))
    assert journal.peer(one.id).status == "accepted"
    assert journal.peer("other") is None
    assert len(journal.peers()) == 1


def test_peers_are_read_again_where_one_was_put_and_not_otherwise(kit, journal):
    one = Peer(id="did:web:p.example", url="https://p.example", status="invited", key="k", body={"a": 1})
    reader = kit.open(read_only=True)
    for status in ("invited", "accepted", "invited", "accepted"):
        journal.put_peer(replace(one, status=status))
        for each in (journal, reader):
            assert [found.status for found in each.peers()] == [status]
            assert each.peers() is each.peers()
    with pytest.raises(ZeroDivisionError), journal.transaction():
        journal.put_peer(replace(one, status="blocked"))
        assert journal.peer(one.id).status == "blocked"
        raise ZeroDivisionError
    assert journal.peer(one.id).status == reader.peer(one.id).status == "accepted"
    journal.put_peer(replace(one, id="did:web:other.example"))
    assert len(journal.peers()) == len(reader.peers()) == 2
