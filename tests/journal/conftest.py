"""What the journal's tests share: a database of each kind, a clock that only moves when told, records, reducers."""

import hashlib
import os
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from rig.older import set_back

from entrepot.base.digest import b64url
from entrepot.base.record import Content, record_of
from entrepot.journal import Setup, open_journal
from entrepot.journal.port import Append, Proof, Reducer

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def apply_ledger(tx, record):
    """A view that uses everything: a row per sale, a counter, balances with a floor; erased records are accepted."""
    sale = record.sales[0]
    row = tx.get(sale) or {"records": 0, "erased": 0, "last": ""}
    row["records"] += 1
    row["erased"] += int(record.erased)
    row["last"] = record.payload.get("text", "")
    tx.put(sale, row)
    if record.payload.get("drop"):
        tx.drop(sale)
    for account, delta in record.payload.get("postings", {}).items():
        tx.add(account, delta, floor=0 if account.startswith("cash:") else None)


def apply_kinds(tx, record):
    tx.add(f"kind:{record.kind}", 1)


LEDGER = Reducer("ledger", 1, apply_ledger)
KINDS = Reducer("kinds", 1, apply_kinds, frozenset({"order", "invoice"}))


class Stream:
    """Random bytes that are the same in every run."""

    def __init__(self, seed=0):
        self._seed, self._count = seed, 0

    def __call__(self, count):
        self._count += 1
        return hashlib.shake_256(f"{self._seed}:{self._count}".encode()).digest(count)


@dataclass
class Kit:
    """Opens journals at one location and makes records."""

    location: object
    kind: str
    now: datetime = START
    opened: list = field(default_factory=list)

    def clock(self):
        return self.now

    def tick(self, **span):
        self.now += timedelta(**(span or {"seconds": 1}))

    @staticmethod
    def sign(payload):
        return "h." + b64url(payload) + "." + hashlib.sha256(b"key" + payload).hexdigest()

    @staticmethod
    def check(jws):
        from entrepot.base.digest import from_b64url

        parts = jws.split(".")
        payload = from_b64url(parts[1]) if len(parts) == 3 else None
        return payload if payload is not None and Kit.sign(payload) == jws else None

    def setup(self, **more):
        values = {
            "reducers": (LEDGER, KINDS),
            "clock": self.clock,
            "entropy": Stream(),
            "sign": self.sign,
            "log_id": "did:web:node.example",
        }
        return Setup(**(values | more))

    def open(self, **more):
        journal = open_journal(self.location, self.setup(**more))
        self.opened.append(journal)
        return journal

    def set_back(self):
        """Make the tables what version 1 of them was: with fewer triggers, and without lists."""
        set_back(self.open(), self.kind)

    def record(self, number, *, kind="order", after=(), sales=(), issuer="did:web:seller.example", **payload):
        return record_of(
            Content(
                kind=kind,
                version=1,
                issuer=issuer,
                number=f"N-{number}",
                nonce=b64url(hashlib.sha256(f"{number}{payload}".encode()).digest()[:16]),
                issued=START,
                sales=tuple(sorted(sales)),
                after=tuple(sorted(after)),
                payload=payload,
            )
        )

    def item(self, number, *, streams=None, **more):
        fields = {
            name: more.pop(name)
            for name in tuple(more)
            if name in Append.__dataclass_fields__ and name not in ("record",)
        }
        record = self.record(number, **more)
        fields.setdefault("proofs", (Proof(securing="vc+jwt", body=b"proof of " + record.id.encode(), method="k#1"),))
        return Append(record=record, streams=streams if streams is not None else {"sale:1": -1}, **fields)


def postgres_schema():
    url = os.environ.get("ENTREPOT_TEST_POSTGRES")
    if not url:
        pytest.skip("ENTREPOT_TEST_POSTGRES names no database")
    import psycopg

    name = "t" + secrets.token_hex(8)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE SCHEMA {name}")
    return url, name, f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}"


def postgresql():
    """A kit in a schema of its own, dropped afterwards."""
    import psycopg

    url, name, location = postgres_schema()
    made = Kit(location, "postgresql")
    yield made
    for journal in made.opened:
        journal.close()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SET client_min_messages = error")
        admin.execute(f"DROP SCHEMA {name} CASCADE")


def sqlite(folder):
    made = Kit(folder / "journal", "sqlite")
    yield made
    for journal in made.opened:
        journal.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def kit(request, tmp_path):
    yield from sqlite(tmp_path) if request.param == "sqlite" else postgresql()


@pytest.fixture
def large():
    """PostgreSQL alone: for what SQLite has not, several writers and locks of tables."""
    yield from postgresql()


@pytest.fixture
def lite(tmp_path):
    """SQLite alone."""
    yield from sqlite(tmp_path)


@pytest.fixture
def journal(kit):
    return kit.open()
