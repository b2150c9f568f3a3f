"""What must hold of a journal, judged from outside the node: against what its clients were told."""

import json
import secrets
import time
from collections import Counter
from datetime import UTC, datetime

from kills_node import Fault

from entrepot.flow.headwatch import signed_by
from entrepot.journal import open_journal
from entrepot.journal.journal import database_at
from entrepot.journal.port import JournalUnavailable
from entrepot.node.custody import open_keys
from entrepot.node.keysource import key_source
from entrepot.node.opening import setup_of
from entrepot.payment.ledger import account_key

DRAIN_S, RESTART_S = 240.0, 30.0


def _rows(node, *queries):
    """The answers of several queries in one snapshot, beside the running node. A back end that is killed at the other
    node's turn restarts the server of both, under this reader too: then it asks again."""
    deadline = time.monotonic() + RESTART_S
    while True:
        try:
            return _read(node, *queries)
        except JournalUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _read(node, *queries):
    reader = database_at(node.journal or node.folder).reader()
    try:
        reader.begin(write=False)
        found = [reader.rows(query) for query in queries]
        reader.rollback()
        return found
    finally:
        reader.close()


def check_beside(node, book):
    """While the node runs again: nothing acknowledged is lost, nothing doubled. The number of acknowledged records."""
    told = book.acknowledged(node.name)
    by_key = "SELECT i.key, e.record_id FROM idempotency i JOIN entry e ON e.seq = i.seq"
    doubled = "SELECT issuer, number, count(*) FROM content GROUP BY issuer, number HAVING count(*) > 1"
    keys, twice, twice_kept = _rows(
        node, by_key, doubled, "SELECT record_id FROM entry GROUP BY record_id HAVING count(*) > 1"
    )
    of_key = Counter(key for key, _ in keys)
    kept = dict(keys)
    lost = sorted(key for key, record in told.items() if kept.get(key) != record)
    if lost:
        raise Fault(f"{node.name}: {len(lost)} acknowledged records are lost, the first of {lost[0]}: {told[lost[0]]}")
    if twice or twice_kept or max(of_key.values(), default=0) > 1:
        raise Fault(f"{node.name}: doubled: {(twice or twice_kept or of_key.most_common(1))[0]}")
    return len(told)


def await_drained(nodes):
    """Wait until each outbox is empty: everything reached the peer. How many messages each delivered."""
    deadline = time.monotonic() + DRAIN_S
    while True:
        found = {node.name: dict(_rows(node, "SELECT state, count(*) FROM outbox GROUP BY state")[0]) for node in nodes}
        given_up = {name: states["undeliverable"] for name, states in found.items() if states.get("undeliverable")}
        if given_up:
            raise Fault(f"messages were given up: {given_up}")
        if not any(states.get("due") for states in found.values()):
            return {name: states.get("delivered", 0) for name, states in found.items()}
        if time.monotonic() > deadline:
            raise Fault(f"not everything was delivered in {DRAIN_S:.0f} s: {found}")
        time.sleep(0.2)


def opened(node):
    """The journal of a stopped node, as its own commands open it."""
    keys = open_keys(node.folder, key_source(node.folder, {}), entropy=secrets.token_bytes, now=datetime.now(UTC))
    return keys, open_journal(node.journal or node.folder, setup_of(keys, clock=lambda: datetime.now(UTC)))


def check_stopped(node, book):
    """The whole journal of a stopped node: verified, its views rebuilt to the same bytes. What the peer must equal."""
    check_beside(node, book)
    keys, journal = opened(node)
    with journal:
        findings = journal.verify(lambda jws: signed_by(keys.node.did, jws), signed_by)
        if findings:
            raise Fault(f"{node.name}: journal verify: {[each.text for each in findings[:3]]}")
        names = [each.name for each in journal.setup.reducers]
        before = {name: journal.dump_view(name) for name in names}
        journal.rebuild()
        changed = [name for name in names if journal.dump_view(name) != before[name]]
        if changed:
            raise Fault(f"{node.name}: rebuilt to other bytes: {changed}")
        if journal.waiting():
            raise Fault(f"{node.name}: envelopes still wait for their causes")
        balances = {account: balance for account, balance, _ in journal.view("ledger").balances()}
        records = {each[0] for each in _rows(node, "SELECT record_id FROM entry")[0]}
    return {"records": records, "sales": before["sale"], "balances": balances, "dumps": before}


def check_pair(found, book, dids):
    """Both nodes hold the same records and states, and money moved once per settlement."""
    left, right = found
    if left["records"] != right["records"]:
        raise Fault(f"the nodes hold different records: {len(left['records'] ^ right['records'])} on one side alone")
    if left["sales"] != right["sales"]:
        raise Fault("the nodes compute different states from the same records")
    told = {act.record for act in book.acts.values()} - {""}
    unasked = left["records"] - told
    if unasked or told - left["records"]:
        raise Fault(f"{len(unasked)} records that no client was told of, {len(told - left['records'])} are missing")
    moved = Counter()
    for act in book.acts.values():
        for each in act.body["payload"].get("postings", ()) if act.body["kind"] == "settlement" else ():
            moved[account_key(dids["settlement"], each["asset"], each["account"])] += each["minor"]
    for side in found:
        if {key: value for key, value in side["balances"].items() if value} != {k: v for k, v in moved.items() if v}:
            raise Fault(f"the book does not add up: {json.dumps(side['balances'])} instead of {json.dumps(moved)}")
