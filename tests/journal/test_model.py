"""The journal against a model of plain dicts, under random sequences of everything it offers."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from entrepot.base.head import verify_consistency, verify_receipt
from entrepot.journal.port import (
    ANY,
    FloorBroken,
    Idempotency,
    KeyReused,
    Message,
    Outcome,
    StreamConflict,
)

STREAMS = ("a", "b", "c")
ACCOUNTS = ("cash:x", "cash:y", "free")


class JournalMachine(RuleBasedStateMachine):
    """Subclasses say where the journal lies; ``kit`` is made anew for each run."""

    numbers = Bundle("numbers")

    def __init__(self):
        super().__init__()
        self.kit = self.make_kit()
        self.journal = self.kit.open()
        self.ids, self.specs, self.erased = [], {}, set()
        self.streams = {name: [] for name in STREAMS}
        self.balances, self.keys, self.lanes, self.heads = {}, {}, {}, []

    @rule(
        target=numbers,
        number=st.integers(0, 30),
        names=st.sets(st.sampled_from(STREAMS), min_size=1),
        offset=st.sampled_from([None, 0, 0, 0, 1]),
        postings=st.dictionaries(st.sampled_from(ACCOUNTS), st.integers(-4, 6), max_size=2),
        key=st.none() | st.integers(0, 5),
        send=st.booleans(),
        personal=st.booleans(),
    )
    def append(self, number, names, offset, postings, key, send, personal):
        streams = {name: ANY if offset is None else len(self.streams[name]) + offset for name in names}
        idempotency = None if key is None else Idempotency(scope="s", key=str(key), digest=str(number % 2))
        item = self.kit.item(
            number,
            streams=streams,
            postings=postings,
            idempotency=idempotency,
            answer={"number": number},
            personal=personal,
            outbox=[Message(peer="p", lane=str(number % 3), key=f"k{len(self.ids)}", body={})] if send else [],
        )
        expected = self.expect(item, postings, key, str(number % 2))
        try:
            done = self.journal.append(item)
        except (StreamConflict, FloorBroken, KeyReused) as refused:
            assert type(refused) is expected
            return item.record.id
        assert done.outcome is expected
        self.take(item, done, postings, key, number)
        return item.record.id

    def expect(self, item, postings, key, digest):
        if key in self.keys:
            return Outcome.REPLAYED if self.keys[key][0] == digest else KeyReused
        if item.record.id in self.specs:
            return Outcome.KNOWN
        if any(version not in (ANY, len(self.streams[name])) for name, version in item.streams.items()):
            return StreamConflict
        for account, delta in postings.items():
            if account.startswith("cash:") and self.balances.get(account, 0) + delta < 0:
                return FloorBroken
        return Outcome.APPENDED

    def take(self, item, done, postings, key, number):
        if done.outcome is Outcome.REPLAYED:
            assert (done.record_id, done.answer) == self.keys[key][1:]
            return
        if key is not None:
            self.keys[key] = (str(number % 2), item.record.id, {"number": number})
        if done.outcome is Outcome.KNOWN:
            return
        self.ids.append(item.record.id)
        assert done.seq == len(self.ids)
        self.specs[item.record.id] = (item.record, postings)
        for name in item.streams:
            self.streams[name].append(item.record.id)
        for account, delta in postings.items():
            self.balances[account] = self.balances.get(account, 0) + delta
        for message in item.outbox:
            self.lanes.setdefault(message.lane, []).append((message.key, item.record.id))

    @rule(lane=st.integers(0, 2), well=st.booleans())
    def deliver(self, lane, well):
        due = {each.lane: each for each in self.journal.due(self.kit.now)}
        assert {name: each.key for name, each in due.items()} == {
            name: queue[0][0] for name, queue in self.lanes.items() if queue
        }
        if str(lane) in due:
            if well:
                self.journal.delivered(due[str(lane)].id)
            else:
                self.journal.failed(due[str(lane)].id, "refused")
            self.lanes[str(lane)].pop(0)

    @rule(seconds=st.integers(-5, 60))
    def wait(self, seconds):
        if seconds > 0:
            self.kit.now += timedelta(seconds=seconds)

    @rule()
    def seal(self):
        head = self.journal.seal()
        if head is not None:
            assert head.size == len(self.ids)
            self.heads.append(head)
            for earlier in self.heads:
                assert verify_consistency(earlier, head, self.journal.consistency(earlier.size, head.size))

    @rule(record_id=numbers)
    def receipt(self, record_id):
        receipt = self.journal.receipt(record_id)
        sealed = self.heads[-1].size if self.heads else 0
        if record_id in self.ids[:sealed]:
            assert verify_receipt(receipt, record_id, self.kit.check)
        else:
            assert receipt is None

    @rule(record_id=numbers)
    def erase(self, record_id):
        if record_id not in self.specs or record_id in self.erased:
            return
        postings = self.specs[record_id][1]
        left = {name: self.balances.get(name, 0) - delta for name, delta in postings.items()}
        if any(name.startswith("cash:") and value < 0 for name, value in left.items()) or postings:
            return  # a posting that others built on is not personal
        tomb = self.kit.item(f"tomb {record_id[:12]}", kind="tombstone", streams={"a": ANY})
        self.journal.erase(record_id, "asked for", tomb)
        self.erased.add(record_id)
        self.ids.append(tomb.record.id)
        self.specs[tomb.record.id] = (tomb.record, {})
        self.streams["a"].append(tomb.record.id)
        for name, queue in self.lanes.items():
            self.lanes[name] = [entry for entry in queue if entry[1] != record_id]

    @rule()
    def rebuild(self):
        before = self.journal.dump_view("ledger")
        self.journal.rebuild()
        assert self.journal.dump_view("ledger") == before

    @rule()
    def reopen(self):
        self.journal.close()
        self.journal = self.kit.open()

    @invariant()
    def same_log(self):
        assert [each.record_id for each in self.journal.entries()] == self.ids
        for name, ids in self.streams.items():
            assert self.journal.stream(name) == (len(ids), tuple(ids))
        for account in ACCOUNTS:
            assert self.journal.view("ledger").balance(account) == self.balances.get(account)

    def teardown(self):
        for record_id, (record, _) in self.specs.items():
            kept = self.journal.record(record_id)
            assert kept.erased is (record_id in self.erased)
            if not kept.erased:
                assert kept == record
        assert self.journal.verify(self.kit.check) == ()
        for journal in self.kit.opened:
            journal.close()


def test_sqlite_agrees_with_the_model(lite):
    root = Path(tempfile.mkdtemp(dir=lite.location.parent))
    made = []

    class OnSqlite(JournalMachine):
        def make_kit(self):
            made.append(root / str(len(made)))
            return type(lite)(made[-1], "sqlite")

    run_state_machine_as_test(
        OnSqlite, settings=settings(max_examples=15, stateful_step_count=25, deadline=None, derandomize=True)
    )
    shutil.rmtree(root)


def test_postgresql_agrees_with_the_model(large):
    import psycopg

    from entrepot.journal._schema import TABLES

    tables = [line.split()[2] for line in TABLES.splitlines() if line.startswith("CREATE TABLE")]

    class OnPostgres(JournalMachine):
        def make_kit(self):
            with psycopg.connect(large.location, autocommit=True) as admin:
                if admin.execute("SELECT to_regclass('meta')").fetchone() != (None,):
                    admin.execute("SET session_replication_role = replica")  # without the guards
                    admin.execute(f"TRUNCATE {', '.join(set(tables) - {'meta'})} CASCADE")
            return type(large)(large.location, "postgresql")

    run_state_machine_as_test(
        OnPostgres, settings=settings(max_examples=5, stateful_step_count=20, deadline=None, derandomize=True)
    )
