"""What a durable append costs, against a loop that writes the same rows without hashing, checking or reading.

    bench/append.py [--dir DIR] [--appends N] [--callers N] [--json]

Both sides use the same tables, triggers, settings and library, and both write their JSON columns from values, as any
program must that keeps such rows; digests and numbers the loop has ready. ``ready_rows_ratio`` is against a loop whose
rows are ready bytes, which no program has: it bounds what could still be won. Rounds alternate, so that a disk that
slows down slows all. Goals: one caller at least 0.8 of the loop; 32 callers at least 3 times the loop where the disk
makes fewer than 2,000 syncs a second (where syncs are cheaper, the processor decides, and the figure is only printed).
"""

import argparse
import hashlib
import json
import os
import secrets
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from entrepot.base.digest import b64url
from entrepot.base.record import Content, Record, record_of
from entrepot.journal import Journal, Setup, Writer, open_journal
from entrepot.journal._sqlite import SqliteDatabase
from entrepot.journal.entry import json_text
from entrepot.journal.port import ANY, Append, Idempotency, Message, Proof, Reducer, Signer, ViewTx
from entrepot.journal.transfer import COLUMNS

ROUND = 100
"""Appends of one side before the other has its turn."""
ROWS = ("entry", "entry_stream", "content", "proof", "assessment", "beside", "outbox", "idempotency")
JSON = {"assessment": "body", "beside": "parts", "outbox": "body", "idempotency": "answer"}
"""The column of a table that holds JSON."""
SALE_RECORDS = 10
SALES = "FROM entry_stream WHERE stream LIKE 'sale:%'"


def reduce_sale(tx: ViewTx, record: Record) -> None:
    """A row per sale and a balance, as the state of a sale needs."""
    row = tx.get(record.sales[0]) or {"records": 0}
    row["records"] += 1
    tx.put(record.sales[0], row)
    tx.add("turnover", 1, floor=0)


def item(number: int, callers: int) -> Append:
    """One append as the flow makes it: proof, assessment, message, key; the canonical bytes passed along."""
    caller, place = number % callers, number // callers
    sale = hashlib.sha256(f"{caller} {place // SALE_RECORDS}".encode()).hexdigest()
    record = record_of(
        Content(
            kind="invoice",
            version=1,
            issuer="did:web:seller.example",
            number=f"N-{number}",
            nonce=b64url(hashlib.sha256(str(number).encode()).digest()[:16]),
            issued=datetime(2026, 3, 1, tzinfo=UTC),
            sales=(sale,),
            payload={"lines": [{"name": "fresh durian", "amount": "120.00", "n": each} for each in range(12)]},
        )
    )
    return Append(
        record=record,
        body=record.to_bytes(),
        streams={f"sale:{sale}": place % SALE_RECORDS, "account:seller": ANY},
        proofs=(Proof(securing="vc+jwt", body=b"p" * 900, method="did:web:seller.example#1"),),
        assessment={"findings": [], "rules": {"core": "1"}},
        outbox=(Message(peer="did:web:buyer.example", lane=sale, key=record.id, body={"record": record.id}),),
        idempotency=Idempotency(scope="seller/shop/issue", key=record.id, digest=record.id),
        answer={"record": record.id},
    )


def signer() -> Signer:
    """A real Ed25519 signature over the promise, as a node makes it."""
    key = Ed25519PrivateKey.generate()
    head = b64url(b'{"alg":"Ed25519"}')

    def sign(payload: bytes) -> str:
        text = f"{head}.{b64url(payload)}"
        return f"{text}.{b64url(key.sign(text.encode()))}"

    return sign


def opened(directory: Path, *, signed: bool) -> Journal:
    """An empty journal with one view."""
    return open_journal(
        directory,
        Setup(
            reducers=(Reducer("sale", 1, reduce_sale),),
            clock=lambda: datetime.now(UTC),
            entropy=secrets.token_bytes,
            sign=signer() if signed else None,
            log_id="did:web:node.example",
        ),
    )


class Loop:
    """Writes rows whose digests are there already, one commit per append."""

    def __init__(self, directory: Path, rows: list) -> None:
        self._database = SqliteDatabase(directory)
        self._db = self._database.writer()
        self._rows = iter(rows)

    def append(self) -> None:
        """Write the next rows, durably."""
        db = self._db
        db.begin(write=True)
        for sql, values, place in next(self._rows):
            row = values if place is None else (*values[:place], json_text(values[place]), *values[place + 1 :])
            db.execute(sql, row)
        db.commit()
        self._database.maintain()

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def rows_of(journal: Journal, *, ready: bool) -> list:
    """What each append wrote, in order: statements with their values, and the place of the one that is to be written
    as JSON (None where all are ``ready``)."""
    found: dict[int, list] = {}
    with journal.reading() as db:
        for table in ROWS:
            names = COLUMNS[table].split()
            of, place = names.index("seq"), None if ready or table not in JSON else names.index(JSON[table])
            marks = ", ".join("?" * len(names))
            sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
            for row in db.rows(f"SELECT {', '.join(names)} FROM {table} ORDER BY seq"):
                values = row if place is None else (*row[:place], json.loads(row[place]), *row[place + 1 :])
                found.setdefault(row[of], []).append((sql, values, place))
        sales = {seq: (of, at) for seq, of, at in db.rows(f"SELECT seq, stream, version {SALES}")}
    for seq, statements in found.items():
        view = (
            "INSERT INTO view_row (view, generation, key, row) VALUES ('sale', 1, ?, ?) "
            "ON CONFLICT (view, generation, key) DO UPDATE SET row = excluded.row"
        )
        # The count that the journal's view has then: SQLite writes no page for a row that stays as it was.
        of, at = sales[seq]
        statements.append((view, (of, json_text({"records": at}) if ready else {"records": at}), None if ready else 1))
        balance = (
            "INSERT INTO view_balance (view, generation, account, value, floor) VALUES ('sale', 1, 'turnover', 1, 0) "
            "ON CONFLICT (view, generation, account) DO UPDATE SET value = view_balance.value + 1"
        )
        statements.append((balance, (), None))
    return [found[seq] for seq in sorted(found)]


def loops(folder: Path, items: list) -> tuple[Loop, Loop]:
    """Two loops over the rows that a journal makes of ``items``: one writes its JSON itself, one has it ready."""
    with opened(folder / "model", signed=False) as model:
        model.append_many(items)
        return Loop(folder / "loop", rows_of(model, ready=False)), Loop(folder / "ready", rows_of(model, ready=True))


def one_caller(folder: Path, items: list, *, signed: bool) -> tuple[float, float, float]:
    """Appends a second of the journal, of the loop, and of the loop over ready rows, their rounds in turn; ``signed``:
    each promise is asked for."""
    journal, (loop, ready) = opened(folder / "journal", signed=signed), loops(folder, items)
    spent = [0.0, 0.0, 0.0]
    for begin in range(0, len(items), ROUND):
        part = items[begin : begin + ROUND]
        at = [time.perf_counter()]
        for each in part:
            journal.append(each).promise  # noqa: B018 - it is signed when it is asked for
        at.append(time.perf_counter())
        for side in (loop, ready):
            for _ in part:
                side.append()
            at.append(time.perf_counter())
        spent = [before + at[place + 1] - at[place] for place, before in enumerate(spent)]
    for each in (journal, loop, ready):
        each.close()
    return len(items) / spent[0], len(items) / spent[1], len(items) / spent[2]


def many_callers(folder: Path, items: list, callers: int) -> tuple[float, float]:
    """Appends a second through the writer thread, each caller waiting for its answer; and of the loop, in turn."""
    (loop, ready), size, spent = loops(folder, items), callers * 20, [0.0, 0.0]
    ready.close()
    with opened(folder / "journal", signed=False) as journal, Writer(journal) as writer:

        def caller(part: list) -> None:
            for each in part:
                writer.submit(each).result()

        for begin in range(0, len(items), size):
            part = items[begin : begin + size]
            threads = [threading.Thread(target=caller, args=(part[place::callers],)) for place in range(callers)]
            started = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            middle = time.perf_counter()
            for _ in range(len(part) // 4):
                loop.append()
            spent[0] += middle - started
            spent[1] += 4 * (time.perf_counter() - middle)
    loop.close()
    return len(items) / spent[0], len(items) / spent[1]


def syncs(folder: Path) -> float:
    """Writes of 4 KiB that the disk syncs in a second, each at the end of one file."""
    file = os.open(folder / "syncs", os.O_CREAT | os.O_WRONLY)
    started, count = time.perf_counter(), 0
    while time.perf_counter() - started < 1:
        os.write(file, b"x" * 4096)
        os.fdatasync(file)
        count += 1
    os.close(file)
    return count / (time.perf_counter() - started)


def measure(directory: Path | None, appends: int, callers: int) -> dict:
    """All figures: syncs and appends a second, each with those of the loop beside it, and their ratios."""
    with tempfile.TemporaryDirectory(dir=directory) as name:
        folder = Path(name)
        rate = syncs(folder)
        plain, loop, ready = one_caller(folder / "plain", [item(each, 1) for each in range(appends)], signed=False)
        signed, beside, _ = one_caller(folder / "signed", [item(each, 1) for each in range(appends)], signed=True)
        many, third = many_callers(folder / "many", [item(each, callers) for each in range(appends)], callers)
        rate = (rate + syncs(folder)) / 2
    return {
        "syncs": round(rate),
        "one_caller": round(plain),
        "one_caller_loop": round(loop),
        "one_caller_ratio": round(plain / loop, 2),
        "ready_rows_ratio": round(plain / ready, 2),
        "with_promise": round(signed),
        "with_promise_ratio": round(signed / beside, 2),
        "callers": callers,
        "many_callers": round(many),
        "many_callers_loop": round(third),
        "many_callers_ratio": round(many / third, 2),
    }


def main() -> int:
    """Print the figures. Exit status 1 where a goal that applies is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, help="where the databases lie (default: the temporary directory)")
    parser.add_argument("--appends", type=int, default=3200)
    parser.add_argument("--callers", type=int, default=32)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.dir, options.appends, options.callers)
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        for name, value in found.items():
            sys.stdout.write(f"{name:26} {value:>9}\n")
    applies = found["syncs"] < 2000
    return 0 if found["one_caller_ratio"] >= 0.8 and (found["many_callers_ratio"] >= 3 or not applies) else 1


if __name__ == "__main__":
    sys.exit(main())
