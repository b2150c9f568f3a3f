"""What proofs cost beside programs of others: function against function, the same documents, in one run, on one core.

    bench/proofs.py [--count N] [--rounds N] [--json]

The clients are those of ``make interop``, set up by it. What is compared is processor time, so that a busy machine does
not decide. Two figures of each: the first pass, in which every document is seen once, as a verifier sees it; and the
quickest of several passes over the same ones, when every program has warmed up. Goals, for both figures:
eddsa-jcs-2022 verification at least as fast as openvc-core and 4 times @digitalbazaar; ecdsa-sd-2023 issued (all
mandatory) 3 times, verified 1.5 times as fast as TrustVC. Beside it: full reports a second on one core and on all, and
the share of the time that is the bare signature check.

Exit 0: every goal is met. 1: one is not. 77: a client is missing.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "proof" / "interop"))

import peers
from documents import CONTEXT, CONTEXTS, TERMS, documents
from rounds import Signer

from entrepot.cli.examine import Asked, examine
from entrepot.document.proof.context import CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2, carried
from entrepot.document.proof.integrity import holds, proof_signature
from entrepot.document.proof.securing import Terms, secure
from entrepot.document.proof.selective import derive, verify_derived
from entrepot.document.verify import Given, verify
from entrepot.party.did import document_of
from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolve import DidResolver

MISSING = 77
AT = datetime(2026, 5, 1, tzinfo=UTC)
WEB = "did:web:chamber.example"
MULTIKEY = {"@context": {"@protected": True, "id": "@id", "type": "@type"}}


def clients():
    """The processes of ``make interop``."""
    places = ROOT / ".interop"
    folder = Path(os.environ.get("ENTREPOT_NODE_PEERS") or places / "node").resolve()
    python = os.environ.get("ENTREPOT_OPENVC_PYTHON") or str(places / "openvc" / "bin" / "python")
    return peers.node(folder), peers.openvc(python)


def timed(function, items, rounds):
    """Seconds of processor time that ``function`` takes for one item: in the first round, and in the quickest."""
    took = []
    for _ in range(rounds):
        started = time.process_time()
        for each in items:
            function(each)
        took.append((time.process_time() - started) / len(items))
    return took[0], min(took)


def papers(count, issuer, rng):
    """The documents of ``make interop`` with amounts as trade has them, and without lists that not everybody signs."""
    for number, each in enumerate(documents(count, issuer, rng)):
        each["credentialSubject"] |= {"amount": 100 * number + 0.5}
        each["credentialSubject"].pop("steps", None)
        yield json.loads(json.dumps(each).replace("\\t", " "))


class Bench:
    """One run: the same documents for everybody."""

    def __init__(self, count, rounds) -> None:
        self.count, self.rounds = count, rounds
        self.rng = random.Random(20260501)
        ed, ec = (KeyPair.generate(curve, self.rng.randbytes) for curve in (Curve.ED25519, Curve.P256))
        self.one, self.hosted = Signer(ed), Signer(ec, WEB, "key-ec")
        self.web = document_of(WEB, {"key-ec": ec.public})
        self.node, self.openvc = clients()
        self.start()

    def start(self) -> None:
        """Give the clients what they may read; raises :class:`peers.Missing` where one does not start."""
        contexts = {url: carried(url) for url in (CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2)}
        contexts |= {TERMS: CONTEXT, "https://w3id.org/security/multikey/v1": MULTIKEY}
        name = self.one.method.split("#")[1]
        dids = {self.one.issuer: document_of(self.one.issuer, {name: self.one.key.public}), WEB: self.web}
        packages = list(json.loads((peers.HERE / "package.json").read_text())["dependencies"])
        for answer in (
            self.node.ask(do="start", contexts=contexts, dids=dids, packages=packages),
            self.openvc.ask(do="start", contexts={TERMS: CONTEXT}),
        ):
            if "versions" not in answer:
                raise peers.Missing(str(answer))
            print("  ".join(f"{name} {version}" for name, version in answer["versions"].items()))

    def theirs(self, peer, questions):
        """Seconds a question takes there; raises ``ValueError`` where an answer was no."""
        found = peer.ask(do="time", questions=questions, rounds=self.rounds)
        if found.get("accepted") != len(questions):
            raise ValueError(f"a client refuses what it is timed with: {found}")
        return tuple(found["seconds"])

    def jcs(self):
        """Name of a figure -> seconds, for eddsa-jcs-2022."""
        signer, terms = self.one, Terms(contexts=CONTEXTS)
        self.files = [
            secure(each, signer.key, method_id=signer.method, securing="eddsa-jcs-2022", created=AT, terms=terms)
            for each in papers(self.count, signer.issuer, self.rng)
        ]
        made, key = [json.loads(each) for each in self.files], signer.key.public
        asked = [
            {"do": "verify", "client": "bazaar", "suite": "eddsa-jcs-2022", "document": each, **signer.asked()}
            for each in made
        ]
        signatures = [(proof_signature(each["proof"]), bytes(64)) for each in made]
        ours = timed(lambda each: holds(each, each["proof"], key), made, self.rounds)
        assert all(holds(each, each["proof"], key) for each in made)
        return {
            "eddsa-jcs-2022 verify, ours": ours,
            "eddsa-jcs-2022 verify, openvc-core": self.theirs(self.openvc, asked),
            "eddsa-jcs-2022 verify, @digitalbazaar": self.theirs(self.node, asked),
            "bare Ed25519 check": timed(lambda each: key.verify(*each), signatures, self.rounds),
        }

    def selective(self):
        """The same for ecdsa-sd-2023, all of it mandatory."""
        signer = self.hosted
        terms = Terms(mandatory=[""], entropy=self.rng.randbytes, contexts=CONTEXTS)

        def issue(document):
            return secure(
                document, signer.key, method_id=signer.method, securing="ecdsa-sd-2023", created=AT, terms=terms
            )

        # TrustVC gives each document an id of its own.
        made = papers(self.count, signer.issuer, self.rng)
        plain = [{name: value for name, value in each.items() if name != "id"} for each in made]
        bases = [json.loads(issue(each)) for each in plain]
        derived = [derive(each, each["proof"], [], CONTEXTS) for each in bases]
        key = signer.key.public
        common = {"client": "trustvc", "suite": "ecdsa-sd-2023", "mandatory": [""], **signer.asked()}
        return {
            "ecdsa-sd-2023 issue, ours": timed(issue, plain, self.rounds),
            "ecdsa-sd-2023 issue, TrustVC": self.theirs(
                self.node, [{"do": "sign", "document": each, **common} for each in plain]
            ),
            "ecdsa-sd-2023 verify, ours": timed(
                lambda each: verify_derived(each, each["proof"], key, CONTEXTS), derived, self.rounds
            ),
            "ecdsa-sd-2023 verify, TrustVC": self.theirs(
                self.node, [{"do": "verify", "document": each, **common} for each in derived]
            ),
        }

    def reports(self):
        """Reports a second: one core (processor time), and all of them (the command over files, by the clock)."""
        resolver, given = DidResolver(), Given(contexts=CONTEXTS)
        one, _ = timed(lambda each: verify(each, resolver=resolver, at=AT, given=given), self.files, self.rounds)
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for number in range(max(2000, self.count)):
                path = Path(folder) / f"{number}.json"
                path.write_bytes(self.files[number % len(self.files)])
                files.append(path)
            started = time.monotonic()
            codes = [each.code for each in examine(tuple(files), Asked(at=AT, offline=True, as_json=True))]
            took = time.monotonic() - started
        assert not any(codes)
        return one, len(files) / took


GOALS = (
    ("eddsa-jcs-2022 verify, ours", "eddsa-jcs-2022 verify, openvc-core", 1.0),
    ("eddsa-jcs-2022 verify, ours", "eddsa-jcs-2022 verify, @digitalbazaar", 4.0),
    ("ecdsa-sd-2023 issue, ours", "ecdsa-sd-2023 issue, TrustVC", 3.0),
    ("ecdsa-sd-2023 verify, ours", "ecdsa-sd-2023 verify, TrustVC", 1.5),
)


def main() -> int:
    """Measure, print, and say which goals are met."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--count", type=int, default=200)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--json", action="store_true")
    wish = asked.parse_args()
    try:
        bench = Bench(wish.count, wish.rounds)
    except peers.Missing as wrong:
        print(f"a client is missing (make interop sets them up): {wrong}", file=sys.stderr)
        return MISSING
    figures = bench.jcs() | bench.selective()
    one, every = bench.reports()
    bench.node.close()
    bench.openvc.close()
    print(f"{'a second, processor time':<42}{'first pass':>12}{'warmed up':>12}")
    for name, (first, warm) in figures.items():
        print(f"{name:<42}{1 / first:>12.0f}{1 / warm:>12.0f}")
    print(f"{'full report (eddsa-jcs-2022), one core':<42}{1 / one:>12.0f}")
    print(f"full report, the command, {os.cpu_count()} cores{every:>24.0f} by the clock")
    print(f"share of a report that is the bare signature check: {figures['bare Ed25519 check'][0] / one:.0%}")
    bare, ours = figures["bare Ed25519 check"], figures["eddsa-jcs-2022 verify, ours"]
    shares = f"{bare[0] / ours[0]:.0%}, warmed up {bare[1] / ours[1]:.0%}"
    print(f"share of eddsa-jcs-2022 verify that is the bare signature check: {shares}")
    # Theirs looks the key up and checks the data model, too; so does a whole report of ours, and more.
    theirs = figures["eddsa-jcs-2022 verify, @digitalbazaar"]
    print(f"full report against @digitalbazaar's: {theirs[0] / one:.2f} times, its warmed up {theirs[1] / one:.2f}")
    missed = 0
    for ours, theirs, goal in GOALS:
        first, warm = (figures[theirs][at] / figures[ours][at] for at in (0, 1))
        is_met = min(first, warm) >= goal
        missed += not is_met
        title = f"{ours.removesuffix(', ours')} against {theirs.split(', ')[1]}"
        print(f"{title}: {first:.2f} times, warmed up {warm:.2f}; goal {goal}{'' if is_met else '  MISSED'}")
    if wish.json:
        print(json.dumps({**figures, "report": one, "reports all cores": every}))
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
