"""What must hold after every step, and at the end. Only what changed is looked at, so that it can be often."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from random import Random
from typing import Any

from entrepot.base.cosignature import Cosignature
from entrepot.base.record import Record
from entrepot.flow.headwatch import signed_by
from entrepot.flow.kinds import SALELESS
from entrepot.flow.sight import LEDGER_VIEW, SALE_VIEW, Recall, state_of
from entrepot.journal.entry import json_text
from entrepot.journal.journal import Journal
from entrepot.journal.reading import sql_view
from simulated.community import Broken, Community
from simulated.node import Node

Sale = tuple[str, tuple[tuple[str, str | None], ...]]
"""A sale and a set of its facts: the ids, each with why it cannot be read, where it cannot."""


@dataclass
class Memory:
    """What the inspector has seen of one node."""

    seq: int = 0
    received: datetime | None = None
    ids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    erased: int = 0
    was_up: bool = True


@dataclass
class Inspector:
    """Compares what nodes say with each other, and with what the facts alone make."""

    community: Community
    memories: dict[str, Memory] = field(default_factory=lambda: defaultdict(Memory))
    states: dict[Sale, str] = field(default_factory=dict)
    rows: dict[tuple[str, str | None], str] = field(default_factory=dict)
    parsed: dict[str, dict[str, Any]] = field(default_factory=dict)
    recall: Recall = field(default_factory=Recall)
    books: dict[tuple[str, frozenset[str]], Any] = field(default_factory=dict)
    agreed: int = 0
    """How often a node had a set of facts that another had had before, and the same state."""

    def look(self) -> None:
        """After a step: at every node that runs."""
        for node in self.community.world.nodes.values():
            memory = self.memories[node.name]
            if node.office is None:
                memory.was_up = False
                continue
            if not memory.was_up:
                self._nothing_lost(node, memory)
            memory.was_up = True
            self._changed(node, memory)
        self._cosigned()

    def _cosigned(self) -> None:
        """What a node kept of a witness is what that witness wrote down: one tree for a size, none smaller
        later, a head that it judged good. Witnesses that are down are asked when they run again."""
        up = {node.identity.did: node.at_work.journal for node in self.community.world.up}
        given = {did: [each for each in journal.cosignatures() if each.witness == did] for did, journal in up.items()}
        for did, words in given.items():
            seen = [(each.log_id, each.epoch, each.size, each.seen) for each in words]
            if any(one[0] == two[0] and one[3] > two[3] for one, two in pairwise(seen)):
                raise Broken(f"{did} saw a larger tree before a smaller one")
        for did, journal in up.items():
            for each in journal.cosignatures():
                if each.witness != did and each.witness in up and each not in given[each.witness]:
                    raise Broken(f"{did} keeps a cosignature of size {each.size} that {each.witness} has no record of")
                if each.witness in up and each.witness != did:
                    self._was_good(up[each.witness], each)

    def _was_good(self, witness: Journal, each: Cosignature) -> None:
        with witness.reading() as db:
            sql = "SELECT DISTINCT root, verdict FROM peer_head WHERE log_id = ? AND epoch = ? AND size = ?"
            rows = db.rows(sql, (each.log_id, each.epoch, each.size))
        good = {root for root, verdict in rows if verdict in ("first", "consistent", "new-epoch")}
        if good != {each.root}:
            raise Broken(f"{each.witness} cosigned size {each.size} of {each.log_id}, and its record of it is {rows}")

    def _nothing_lost(self, node: Node, memory: Memory) -> None:
        with node.at_work.journal.reading() as db:
            kept = {row[0] for row in db.rows("SELECT record_id FROM entry")}
        lost = memory.ids.keys() - kept
        if lost:
            raise Broken(f"{node.name} lost {sorted(lost)} over a restart")

    def _changed(self, node: Node, memory: Memory) -> None:
        journal = node.at_work.journal
        fresh = journal.entries(memory.seq, 1000)
        touched: set[str] = set()
        for each in fresh:
            if each.seq != memory.seq + 1 or each.record_id in memory.ids:
                raise Broken(f"{node.name} kept {each.record_id} twice, or left a gap")
            if memory.received is not None and each.received < memory.received:
                raise Broken(f"{node.name}: received time goes back at {each.seq}")
            record = journal.record(each.record_id)
            if record is None:
                raise Broken(f"{node.name} has an entry without its record")
            self._meant_for(node, record)
            memory.seq, memory.received = each.seq, each.received
            memory.ids[each.record_id] = sales = () if record.kind in SALELESS else record.sales
            if not record.erased:
                self.community.records.setdefault(each.record_id, record)
            touched.update(sales or self._followers(journal, each.record_id))
        with journal.reading() as db:
            erased = db.row("SELECT count(*) FROM tombstone")[0]
            orphans = db.row(
                "SELECT count(*) FROM outbox o "
                "WHERE o.seq IS NULL OR NOT EXISTS (SELECT 1 FROM entry e WHERE e.seq = o.seq)"
            )[0]
        if orphans:
            raise Broken(f"{node.name} has {orphans} messages without a record that caused them")
        if erased != memory.erased:
            memory.erased = erased
            touched = {sale for sales in memory.ids.values() for sale in sales}
        for sale in sorted(touched):
            self._sale(node, memory, sale)
        if any(each.kind in ("settlement", "refund") for each in fresh):
            self._book(node, memory)

    def _meant_for(self, node: Node, record: Record) -> None:
        """A node gets nothing that none of its parties may read."""
        content, hosted = record.content, node.keys.hosted()
        if content.issuer in hosted or record.kind == "offer" or not hosted.isdisjoint(content.audience):
            return
        if content.audience or record.id not in self.community.rogue:
            raise Broken(f"{node.name} got {record.kind} {record.id}, which no party of it may read")

    def _followers(self, journal: Any, offer: str) -> Iterable[str]:
        return {key.split("/")[1] for key, row in journal.view(SALE_VIEW).scan("fact/") if offer in row["after"]}

    def _sale(self, node: Node, memory: Memory, sale: str) -> None:
        """The state is what the facts of the sale make, byte for byte, whoever holds them, however they came."""
        with node.at_work.journal.snapshot() as db:
            view = sql_view(db, SALE_VIEW)
            texts = [text for _, text in view.texts(f"fact/{sale}/")]
            rows = [self._row(node, text) for text in texts]
            expected = {record_id for record_id, sales in memory.ids.items() if sale in sales}
            if {row["id"] for row in rows} != expected:
                raise Broken(f"{node.name}: the facts of {sale} are not those of its records")
            lone = {cause for row in rows if row["kind"] == "order" for cause in row["after"]} - expected
            found = (view.texts(f"lone/{cause}") for cause in sorted(lone))
            rows += [self._row(node, text) for pairs in found for _, text in pairs]
            state = view.texts(f"sale/{sale}")[0][1]
        key = sale, tuple(sorted((row["id"], row["unread"]) for row in rows))
        if key in self.states:
            self.agreed += 1
        else:
            self.states[key] = self._expected(rows, sale)
        if state != self.states[key]:
            raise Broken(f"{node.name}: the state of {sale} is not what its {len(rows)} facts make")

    def _row(self, node: Node, text: str) -> dict[str, Any]:
        row = self.parsed.get(text)
        if row is None:
            row = self.parsed[text] = json.loads(text)
        if self.rows.setdefault((row["id"], row["unread"]), text) != text:
            raise Broken(f"{node.name} reads {row['id']} as another fact than others do")
        return row

    def _expected(self, rows: list[dict[str, Any]], sale: str) -> str:
        """What these facts make, computed in another order; one in three with nothing remembered."""
        facts = [self.recall.fact(row) for row in rows]
        Random(len(self.states)).shuffle(facts)
        state = state_of(facts, self.recall if len(self.states) % 3 else None, sale=sale)
        return json_text({**state.to_json(), "facts": len(facts)})

    def _book(self, node: Node, memory: Memory) -> None:
        """Money is neither made nor lost; the keeper's own accounts stay above their floors; copies agree."""
        view = node.at_work.journal.view(LEDGER_VIEW)
        sums: dict[tuple[str, str], int] = defaultdict(int)
        by_keeper: dict[str, dict[str, int]] = defaultdict(dict)
        for name, value, _ in view.balances():
            keeper, asset, account = name.split("|")
            sums[keeper, asset] += value
            by_keeper[keeper][name] = value
            if value < 0 and account != keeper and keeper in node.keys.hosted():
                raise Broken(f"{node.name}: {name} fell to {value}")
        if any(sums.values()):
            raise Broken(f"{node.name}: money was made or lost: {dict(sums)}")
        records = self.community.records
        for keeper, balances in by_keeper.items():
            ids = frozenset(
                each
                for each in memory.ids
                if each in records
                and records[each].kind in ("settlement", "refund")
                and records[each].content.issuer == keeper
            )
            if self.books.setdefault((keeper, ids), balances) != balances:
                raise Broken(f"{node.name}: its copy of the book of {keeper} differs from another's")

    def close(self) -> None:
        """At the end, after everything was healed and delivered."""
        for node in self.community.world.nodes.values():
            journal = node.at_work.journal
            found = journal.verify(lambda jws, node=node: signed_by(node.identity.did, jws), signed_by)
            if found:
                raise Broken(f"{node.name}: {found[0].text}")
            if journal.suspect_heads():
                raise Broken(f"{node.name} suspects {journal.suspect_heads()[0]}")
            self._delivered(node)
            self._waiting(node)

    def _delivered(self, node: Node) -> None:
        community, memory = self.community, self.memories[node.name]
        for record_id, issuer in community.issued.items():
            record = community.records[record_id]
            readers = set(record.content.audience)
            if record_id in memory.ids or record_id in community.erased:
                continue
            if not readers or readers & node.keys.hosted():
                raise Broken(f"{node.name} hosts a reader of {record.kind} {record_id} of {issuer} and lacks it")
        with node.at_work.journal.reading() as db:
            due = db.row("SELECT count(*) FROM outbox WHERE state = 'due'")[0]
        if due:
            raise Broken(f"{node.name} still has {due} messages to send")
        for each in node.at_work.journal.undeliverable(10_000):
            about = str(each.body.get("record", each.record_id))
            meant = about in community.rogue or about in community.erased or each.reason == "erased"
            if not meant:
                kind = community.records[about].kind
                raise Broken(f"{node.name} gave up {kind} {about}: {each.reason}")

    def _waiting(self, node: Node) -> None:
        """Nothing waits but what a rogue sent without its causes."""
        for each in node.at_work.journal.waiting():
            if each.key not in self.community.rogue:
                raise Broken(f"{node.name}: a record of an honest party waits for {each.missing}")
