"""The exchange with didwebvh-ts, a program of other authors, from the folder in which it is installed.

Random histories of ours (rotation, pre-rotation, moves, witnesses,
watchers, deactivation) are resolved there at every version, histories of its own here; of each one altered copy must be
refused by both.
"""

# ruff: noqa: T201 - what it prints is its report

import json
import random
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from peers import locked, placed

from entrepot.party._webvh10.address import parse_webvh
from entrepot.party._webvh10.entry import PLACEHOLDER
from entrepot.party._webvh10.history import read_history
from entrepot.party._webvh10.parameter import Witnesses
from entrepot.party._webvh10.witness import approval
from entrepot.party._webvh10.write import Change, append_entry, create_log
from entrepot.party.did import did_key, document_of
from entrepot.party.key import Curve, KeyPair
from entrepot.party.revision import moved, rotated, unkeyed

START = datetime(2026, 1, 1, tzinfo=UTC)


class Peer:
    """The peer's process, asked line by line."""

    def __init__(self, folder: str) -> None:
        if not shutil.which("node") or not (Path(folder) / "node_modules" / "didwebvh-ts").is_dir():
            raise OSError("node, or node_modules/didwebvh-ts in that folder, is missing")
        script = placed(Path(__file__).with_suffix(".mjs"), Path(folder))
        self._process = subprocess.Popen(
            ["node", script.name], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        first = self._process.stdout.readline()
        if not first:
            raise OSError("it does not start")
        self.version = json.loads(first)

    def ask(self, **question):
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(10)


class Ours:
    """A random history of ours: the log, and the documents of its versions."""

    def __init__(self, rng) -> None:
        self._keys = iter([KeyPair.generate(Curve.ED25519, rng.randbytes) for _ in range(20)])
        self._witnesses = [KeyPair.generate(Curve.ED25519, rng.randbytes) for _ in range(3)]
        self._listed = Witnesses(2, tuple(did_key(each.public) for each in self._witnesses))
        self._is_witnessed, self._now = rng.random() < 0.5, START
        self._update, self._committed = next(self._keys), next(self._keys) if rng.random() < 0.5 else None
        did = f"did:webvh:{PLACEHOLDER}:ours.example:p{rng.randrange(100)}"
        texts = {"alsoKnownAs": [], "note": rng.choice(["榴莲", "ä\u2028", '"\\/'])}
        change = Change(
            update_keys=(self._update.public.multikey,),
            next_keys=(self._committed.public.multikey,) if self._committed else None,
            witnesses=self._listed if self._is_witnessed else None,
            portable=True,
        )
        state = {**document_of(did, {"key-1": next(self._keys).public}), **texts}
        self.log = create_log(state, change, signer=self._update, now=START)
        self.documents = [self.log.newest.document]
        for number in range(rng.randrange(5)):
            if not self.is_deactivated:
                self._go_on(number, rng.choice(["rotate", "move", "watch", "end"]))

    @property
    def is_deactivated(self) -> bool:
        return self.log.newest.parameters.deactivated

    @property
    def witness(self):
        """The file of witness proofs: the newest version approved by two of three."""
        version, approving = self.log.newest.id, self._witnesses[1:] if self._is_witnessed else []
        proofs = [approval(version, each, self._now) for each in approving]
        return [{"versionId": version, "proof": proofs}] if proofs else []

    def _go_on(self, number, operation) -> None:
        self._now += timedelta(days=1)
        state, change, signer = dict(self.log.newest.document), Change(), self._update
        if self._committed:
            signer = self._update = self._committed
            self._committed = None if operation == "end" else next(self._keys)
            following = (self._committed.public.multikey,) if self._committed else ()
            change = Change(update_keys=(signer.public.multikey,), next_keys=following)
        elif operation == "rotate":
            self._update = next(self._keys)
            change = Change(update_keys=(self._update.public.multikey,))
        if operation == "rotate":
            state, _ = rotated(state, next(self._keys).public, ())
        elif operation == "move":
            target = f"did:webvh:{self.log.did.scid}:moved{number}.example"
            state = moved(state, self.log.did, parse_webvh(target))
        elif operation == "watch":
            change = replace(change, watchers=(f"https://w{number}.example",))
        else:
            change, state = replace(change, deactivated=True), unkeyed(state)
        self.log = append_entry(self.log, state, change, signer=signer, now=self._now)
        self.documents.append(self.log.newest.document)


def altered(log: bytes, rng) -> bytes:
    """A copy in which one entry says something else."""
    lines = log.decode().strip().split("\n")
    place = rng.randrange(len(lines))
    entry = json.loads(lines[place])
    kind = rng.randrange(4)
    if kind == 0:
        entry["state"]["note"] = "altered"
    elif kind == 1:
        entry["versionTime"] = entry["versionTime"].replace("T00", "T01")
    elif kind == 2:
        value = entry["proof"][0]["proofValue"]
        entry["proof"][0]["proofValue"] = value[:-1] + ("1" if value[-1] != "1" else "2")
    else:
        entry["parameters"]["ttl"] = 1
    lines[place] = json.dumps(entry, ensure_ascii=False)
    return ("\n".join(lines) + "\n").encode()


def reading(log: bytes):
    """What we make of a log of the peer's: its history."""
    did = json.loads(log.partition(b"\n")[0])["state"]["id"]
    return read_history(log, parse_webvh(did), now=datetime.now(UTC))


def same(document, expected) -> bool:
    """Whether the peer gives the document that the log states, whatever services it implies."""
    return document is not None and all(document.get(name) == value for name, value in expected.items())


def judge_ours(peer, history, rng):
    """What the peer says of a history of ours: whether it resolves, how many versions do, whether an altered one does,
    and why not."""
    question = {"do": "resolve", "log": history.log.data.decode(), "witness": history.witness}
    newest = peer.ask(**question)
    right = same(newest.get("document"), history.documents[-1])
    if history.is_deactivated:
        # For what is deactivated it gives no newest document, as the standard allows.
        right = newest.get("deactivated") is True
    found = [peer.ask(**question, number=number) for number in range(1, len(history.documents) + 1)]
    versions = sum(same(each.get("document"), state) for each, state in zip(found, history.documents, strict=True))
    bent = peer.ask(**{**question, "log": altered(history.log.data, rng).decode()})["accepted"]
    return newest["accepted"] and right, versions, bent, newest.get("reason", "")


def run(peer, count) -> int:
    """The number of unexpected answers."""
    rng, reasons = random.Random(20260601), set()
    resolved = versions = all_versions = bent_there = read = bent_here = 0
    for _ in range(count):
        history = Ours(rng)
        accepted, held, bent, reason = judge_ours(peer, history, rng)
        resolved, versions, bent_there = resolved + bool(accepted), versions + held, bent_there + bent
        all_versions += len(history.documents)
        reasons.add(reason)
    for number in range(count):
        seeds = [sha256(f"{number} {each}".encode()).hexdigest() for each in range(12)]
        operations = [rng.choice(["alias", "move", "watch", "rotate"]) for _ in range(rng.randrange(5))]
        made = peer.ask(do="make", seeds=seeds, operations=operations, prerotate=bool(number % 2))
        reasons.add(made.get("reason", ""))
        if made["accepted"]:
            history = reading(made["log"].encode())
            read += history.fault is None and len(history.versions) == len(operations) + 1
            reasons.add(history.fault.reason if history.fault else "")
            bent_here += reading(altered(made["log"].encode(), rng)).fault is None
    print(f"of {count} histories of ours resolved there: {resolved}, of {all_versions} versions: {versions}")
    print(f"of {count} histories of theirs resolved here: {read}")
    print(f"altered and still resolved: of ours there {bent_there}, of theirs here {bent_here}")
    for reason in sorted(reasons - {""})[:10]:
        print("  reason:", reason)
    return 2 * count + all_versions - resolved - versions - read + bent_there + bent_here


def exchange(folder, count) -> int:
    """All questions, and what came out; the number of unexpected answers. Raises OSError where the peer is missing."""
    version, digest = locked("didwebvh-ts")
    other = Peer(str(folder))
    print(f"didwebvh did:webvh:1.0  (didwebvh-ts {other.version}, {digest[:60]})")
    unexpected = run(other, count)
    other.close()
    return unexpected + (other.version != version)
