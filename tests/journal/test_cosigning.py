"""What a journal cosigns of its peers' logs, what it keeps of its own, and that it survives restarts."""

import hashlib
import itertools
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.base import merkle
from entrepot.base.cosignature import TYPE, cosignature_payload, read_cosignature, verify_cosignature
from entrepot.base.digest import b64url, from_b64url
from entrepot.base.head import TreeHead, receipt_from_json, verify_receipt
from entrepot.journal import cosigning, migrate_journal, open_journal, restore_journal
from entrepot.journal._schema import SCHEMA_VERSION
from entrepot.journal.peer import Verdict

OWN, PEER, WITNESS = "did:web:node.example", "did:web:peer.example", "did:web:witness.example"
SIZE = 12


def signer(who):
    """Signs as ``who``: a compact JWS whose third part stands for a signature."""

    def sign(payload):
        start = b64url(json.dumps({"kid": who, "typ": TYPE}).encode()) + "." + b64url(payload)
        return start + "." + b64url(hashlib.sha256(f"{who}:{start}".encode()).digest())

    return sign


def check(who, jws):
    payload = from_b64url(jws.split(".")[1])
    return payload if signer(who)(payload) == jws else None


class Log:
    """A log of so many entries; ``name`` makes its entries its own."""

    def __init__(self, name, entries):
        self.kept = {}
        self.roots = {0: hashlib.sha256(b"").hexdigest()}
        for number, entry in enumerate(entries):
            leaf = self.kept[0, number] = merkle.leaf_hash(f"{name}{entry}".encode())
            for level, position, node in merkle.completed(number, leaf, self.lookup):
                self.kept[level, position] = node
            self.roots[number + 1] = merkle.root(self.lookup, number + 1).hex()

    def lookup(self, *at):
        return self.kept[at]

    def head(self, size, time, *, epoch=1):
        root = self.roots[size]
        mark = f"signed {root} {size} {epoch} {time}"
        return TreeHead(log_id=PEER, epoch=epoch, size=size, root=root, time=time, signature=mark)

    def proof(self, first, second):
        if not 0 < first < second:
            return []
        return [step.hex() for step in merkle.consistency(self.lookup, first, second)]


TRUE = Log("true ", range(SIZE))
FORK = Log("true ", [*range(5), *(f"other {n}" for n in range(5, SIZE))])
"""The same first five entries, and then others."""


def ask(journal, log, size, *, base=None, time=None, epoch=1):
    kept = journal.peer_head("p", PEER)
    lead = base if base is not None else kept.size if kept is not None else 0
    head = log.head(size, time or journal.setup.clock(), epoch=epoch)
    return journal.cosign("p", head, log.proof(lead, size), base=lead, sign=signer(OWN))


def test_a_growing_log_is_cosigned_and_the_same_tree_gets_the_same_word(kit, journal):
    first = ask(journal, TRUE, 3)
    made = read_cosignature(first.cosignature)
    assert (made.witness, made.log_id, made.size, made.root, made.seen) == (OWN, PEER, 3, TRUE.roots[3], kit.now)
    assert verify_cosignature(made, lambda jws: check(OWN, jws))
    kit.tick()
    assert ask(journal, TRUE, 3).cosignature == first.cosignature
    second = ask(journal, TRUE, 9)
    assert read_cosignature(second.cosignature).seen == kit.now
    assert [(each.newest.size, each.count) for each in journal.cosigned_logs()] == [(9, 2)]
    assert journal.cosigners() == ()


def test_what_is_not_good_is_not_cosigned(kit, journal):
    assert ask(journal, TRUE, 7).cosignature
    kit.tick()
    unproven = ask(journal, TRUE, 9, base=3)
    assert (unproven.verdict, unproven.known, unproven.cosignature) == (Verdict.UNPROVEN, 7, "")
    assert ask(journal, TRUE, 5).verdict is Verdict.SHRUNK
    assert ask(journal, FORK, 9).verdict is Verdict.FORKED
    assert ask(journal, FORK, 7).verdict is Verdict.FORKED
    late = ask(journal, TRUE, 6, time=kit.now - timedelta(minutes=5))  # an honest one of the past
    assert late.cosignature == ""
    assert [each.size for each in journal.cosignatures()] == [7]
    assert ask(journal, TRUE, 7).cosignature == ""  # it showed two roots of this size
    assert ask(journal, TRUE, 8).cosignature


def test_a_smaller_tree_is_good_and_not_cosigned_where_a_larger_one_is_known(kit, journal):
    """The larger one came with an answer, and was never cosigned."""
    journal.observe_head("p", TRUE.head(9, kit.now))
    older = TRUE.head(6, kit.now - timedelta(minutes=1))
    answer = journal.cosign("p", older, TRUE.proof(6, 9), base=9, sign=signer(OWN))
    assert (answer.verdict, answer.known, answer.cosignature) == (Verdict.CONSISTENT, 9, "")


@pytest.mark.parametrize("size", [6, 7])
def test_what_was_cosigned_is_enough_to_refuse_another_root(kit, journal, size):
    """Also where the heads of the peer that were kept are gone."""
    assert ask(journal, TRUE, 7).cosignature
    with journal.transaction() as db:
        db.execute("DELETE FROM peer_head")
    kit.tick()
    assert ask(journal, FORK, size).cosignature == ""
    assert [each.root for each in journal.cosignatures()] == [TRUE.roots[7]]


def test_a_restored_log_begins_anew_in_its_epoch(kit, journal):
    assert ask(journal, TRUE, 7).cosignature
    kit.tick()
    assert ask(journal, TRUE, 4, epoch=9).cosignature
    assert ask(journal, TRUE, 8).cosignature == ""
    assert [(each.epoch, each.size) for each in journal.cosignatures()] == [(1, 7), (9, 4)]


def test_the_empty_tree_is_not_cosigned(journal):
    assert ask(journal, TRUE, 0).cosignature == ""


STEPS = st.lists(
    st.tuples(
        st.sampled_from([TRUE, FORK]),
        st.integers(1, SIZE),
        st.one_of(st.none(), st.integers(0, SIZE)),
        st.integers(-3, 3),
        st.integers(1, 3),
        st.booleans(),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_one_root_for_a_size_and_never_backwards(lite, tmp_path_factory, steps):
    """Whatever is shown, in whatever order, and however often the node starts again."""
    lite.location = tmp_path_factory.mktemp("log")
    journal = lite.open()
    given_out, roots = [], {}
    for log, size, base, minutes, epoch, again in steps:
        lite.tick()
        if again:
            journal.close()
            journal = lite.open()
        time = lite.now + timedelta(minutes=minutes)
        text = ask(journal, log, size, base=base, time=time, epoch=epoch).cosignature
        if text:
            made = read_cosignature(text)
            assert roots.setdefault((made.epoch, made.size), made.root) == made.root
            given_out.append((made.epoch, made.size, made.seen))
    assert given_out == sorted(given_out)
    for first, second in itertools.pairwise(given_out):
        if first[0] == second[0]:
            assert any(
                [log.roots[first[1]], log.roots[second[1]]] == [roots[first[:2]], roots[second[:2]]]
                for log in (TRUE, FORK)
            )
    assert journal.verify(witness=check) == ()
    journal.close()


def word(head, *, seen, witness=WITNESS, **other):
    """A cosignature as a peer makes it; ``other``: of another head."""
    payload = cosignature_payload(replace(head, **other), witness=witness, seen=seen)
    return read_cosignature(signer(witness)(payload))


@pytest.fixture
def sealed(kit, journal):
    """A log with three heads, of sizes 2, 4 and 6."""
    for number in range(6):
        kit.tick()
        journal.append(kit.item(number))
        if number % 2:
            journal.seal()
    return journal


def test_what_peers_gave_of_this_log_is_kept_and_goes_with_the_receipt(kit, sealed):
    small, middle, _ = sealed.heads()
    third = "did:web:third.example"
    for head, witness in ((middle, WITNESS), (small, third), (middle, third)):
        assert sealed.keep_cosignature(word(head, seen=kit.now, witness=witness))
    assert [(each.newest.witness, each.newest.size, each.count) for each in sealed.cosigners()] == [
        (third, 4, 2),
        (WITNESS, 4, 1),
    ]
    first = sealed.receipt(kit.record(0).id)
    assert [(each.head.size, len(each.cosignatures)) for each in first.cosigned] == [(2, 1), (4, 1)] or [
        (each.head.size, len(each.cosignatures)) for each in first.cosigned
    ] == [(4, 1), (2, 1)]
    late = sealed.receipt(kit.record(3).id)
    assert [(each.head, len(each.cosignatures)) for each in late.cosigned] == [(middle, 2)]
    assert sealed.receipt(kit.record(5).id).cosigned == ()
    again = receipt_from_json(json.loads(json.dumps(first.to_json())))
    assert again == first
    for each in again.cosigned:
        assert verify_receipt(again.under(each), kit.record(0).id, kit.check)
    assert sealed.verify(kit.check, check) == ()


def test_nothing_is_kept_that_is_over_no_head_of_this_log(kit, sealed):
    head = sealed.heads()[1]
    wrong = (
        {"root": "ab" * 32},
        {"size": 3},
        {"epoch": 2},
        {"log_id": PEER},
        {"time": head.time + timedelta(seconds=1)},
        {"witness": OWN},
    )
    for each in wrong:
        assert not sealed.keep_cosignature(word(head, seen=kit.now, **each))
    assert sealed.cosignatures() == ()


def test_the_first_word_of_a_witness_over_a_tree_stays(kit, sealed):
    head = sealed.heads()[0]
    first = word(head, seen=kit.now)
    assert sealed.keep_cosignature(first)
    assert sealed.keep_cosignature(word(head, seen=kit.now + timedelta(hours=1)))
    assert sealed.cosignatures() == (first,)


def test_the_first_head_that_nobody_cosigned_is_told(kit, sealed):
    heads = sealed.heads()
    assert sealed.uncosigned_since() == heads[0].time
    sealed.keep_cosignature(word(heads[1], seen=kit.now))
    assert sealed.uncosigned_since() == heads[2].time
    sealed.keep_cosignature(word(heads[2], seen=kit.now))
    assert sealed.uncosigned_since() is None


def test_old_ones_are_thinned_and_the_newest_stays(kit, journal, monkeypatch):
    monkeypatch.setattr(cosigning, "KEPT_MAX", 8)
    for number in range(30):
        kit.tick()
        journal.append(kit.item(number))
        journal.keep_cosignature(word(journal.seal(), seen=kit.now))
    sizes = [each.size for each in journal.cosignatures()]
    assert len(sizes) <= 8
    assert sizes[-4:] == [27, 28, 29, 30]
    assert journal.receipt(kit.record(0).id).cosigned != ()


def test_backup_and_export_bring_them_along_and_verify_finds_what_was_changed(kit, sealed, tmp_path):
    sealed.keep_cosignature(word(sealed.heads()[0], seen=kit.now))
    assert ask(sealed, TRUE, 3).cosignature
    kept = sealed.cosignatures()
    assert len(kept) == 2
    other = open_journal(tmp_path / "export", kit.setup())
    other.import_(sealed.export())
    assert other.cosignatures() == kept
    restore_journal(sealed.backup(tmp_path / "copy"), tmp_path / "new", kit.setup())
    again = open_journal(tmp_path / "new", kit.setup())
    assert again.cosignatures() == kept
    assert again.verify(kit.check, check) == ()
    for change in ("root = '" + "0" * 64 + "'", "seen_ms = seen_ms - 60000", "log_id = 'did:web:other.example'"):
        with again.transaction() as db:
            db.execute(f"UPDATE cosignature SET {change} WHERE witness = '{WITNESS}'")
        assert {each.id for each in again.verify(kit.check)} == {"ENT-CORE-JOURNAL-21"}
    again.close()
    with other.transaction() as db:
        (text,) = db.row("SELECT signature FROM cosignature WHERE witness = ?", (WITNESS,))
        db.execute("UPDATE cosignature SET signature = ? WHERE witness = ?", (text[:-2] + "AA", WITNESS))
    assert other.verify(kit.check) == ()
    assert [each.id for each in other.verify(kit.check, check)] == ["ENT-CORE-JOURNAL-21"]
    other.close()


def test_a_log_of_an_older_version_gets_the_table(kit):
    journal = kit.open()
    journal.append(kit.item(1))
    journal.seal()
    journal.close()
    kit.set_back()
    assert migrate_journal(kit.location)[1] == SCHEMA_VERSION
    again = kit.open()
    assert again.keep_cosignature(word(again.head(), seen=kit.now))


def test_a_head_that_was_not_proven_can_be_shown_again_with_its_proof(kit, journal):
    """Another one was kept while the proof was on its way: that is no fork."""
    journal.observe_head("p", TRUE.head(3, kit.now))
    journal.observe_head("p", TRUE.head(5, kit.now), TRUE.proof(3, 5))
    head = TRUE.head(9, kit.now)
    assert journal.observe_head("p", head, TRUE.proof(3, 9), base=3) is Verdict.UNPROVEN
    assert journal.observe_head("p", head, TRUE.proof(5, 9), base=5) is Verdict.CONSISTENT
    assert journal.suspect_heads() == ()
