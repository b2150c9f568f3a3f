"""Interoperation with programs of others: they judge our documents, we judge theirs, both refuse what was altered.

    make interop                                     sets the clients up, and runs
    python tests/proof/interop [--count N] [--only TEXT] [--jobs N]

Several exchanges run at once, each with clients of its own; by default as many as there are cores. The clients are
where ENTREPOT_NODE_PEERS (a folder with node_modules) and ENTREPOT_OPENVC_PYTHON (an interpreter) say. Nothing is
fetched. Exit 0: all as expected. 1: an answer that is not. 77: a client is missing, or did not run.
"""

# ruff: noqa: T201 - what it prints is its report

import argparse
import json
import os
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path

import didwebvh
import peers
from documents import CONTEXT, TERMS
from kinds import URLS, Kinds
from rounds import Enveloped, Selective, Signer, Tokens, Whole, Wrapped

from entrepot.document.proof.context import CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2, carried
from entrepot.party.did import document_of
from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolve import DidResolver

MISSING = 77
WEB = "did:web:chamber.example"
MULTIKEY = {"@context": {"@protected": True, "id": "@id", "type": "@type"}}
PACKAGES = {
    ("bazaar", "eddsa-jcs-2022"): "@digitalbazaar/eddsa-jcs-2022-cryptosuite",
    ("bazaar", "eddsa-rdfc-2022"): "@digitalbazaar/eddsa-rdfc-2022-cryptosuite",
    ("bazaar", "ecdsa-rdfc-2019"): "@digitalbazaar/ecdsa-rdfc-2019-cryptosuite",
    ("bazaar", "ecdsa-sd-2023"): "@digitalbazaar/ecdsa-sd-2023-cryptosuite",
    ("trustvc", "ecdsa-sd-2023"): "@trustvc/w3c-vc",
    ("sd-jwt", "dc+sd-jwt"): "@sd-jwt/sd-jwt-vc",
    ("transmute", "vc+jwt"): "@transmute/verifiable-credentials",
    ("tradetrust", "openattestation-2"): "@tradetrust-tt/tradetrust",
}
QUESTIONS = (
    "ours by them",
    "read by them as written",
    "theirs by us",
    "our base derived by them, by us",
    "our base derived by them, by us (signature)",
    "their base by us",
    "their base derived by us, by them",
    "theirs by us (signature)",
    "altered by them",
    "altered by us",
    "broken by them",
    "broken by us",
)
REFUSED = ("altered", "broken")


def rounds(node, openvc, count):
    """Every exchange, not yet run."""
    rng = random.Random(1)
    ed, ec, large = (KeyPair.generate(curve, rng.randbytes) for curve in Curve)
    web = document_of(WEB, {"key-ed": ed.public, "key-ec": ec.public})
    resolver = DidResolver(documents=[web])
    one, two, three, hosted = Signer(ed), Signer(ec), Signer(large), Signer(ec, WEB, "key-ec")
    contexts = {url: carried(url) for url in (CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2)}
    ours = {TERMS: CONTEXT, **{url: carried(url) for url in URLS}}
    contexts |= {**ours, "https://w3id.org/security/multikey/v1": MULTIKEY}
    dids = {
        each.issuer: document_of(each.issuer, {each.method.split("#")[1]: each.key.public})
        for each in (one, two, three)
    }
    packages = list(json.loads((peers.HERE / "package.json").read_text())["dependencies"])
    started = [
        node.ask(do="start", contexts=contexts, dids={**dids, WEB: web}, packages=packages),
        openvc.ask(do="start", contexts={**ours, DATA_INTEGRITY_V2: carried(DATA_INTEGRITY_V2)}),
    ]
    for each in started:
        if "versions" not in each:
            raise peers.Missing(f"a client does not start: {each}")
    plan = [
        (Whole, node, "bazaar", "eddsa-jcs-2022", one),
        (Whole, node, "bazaar", "eddsa-rdfc-2022", one),
        (Whole, node, "bazaar", "ecdsa-rdfc-2019", two),
        (Whole, node, "bazaar", "ecdsa-rdfc-2019", three),
        (Selective, node, "bazaar", "ecdsa-sd-2023", hosted),
        (Selective, node, "trustvc", "ecdsa-sd-2023", hosted),
        (Tokens, node, "sd-jwt", "dc+sd-jwt", two),
        (Enveloped, node, "transmute", "vc+jwt", one),
        (Enveloped, node, "transmute", "vc+jwt", two),
        (Enveloped, node, "transmute", "vc+jwt", three),
        (Wrapped, node, "tradetrust", "openattestation-2", one),
        (Whole, openvc, "openvc", "eddsa-jcs-2022", one),
        (Whole, openvc, "openvc", "ecdsa-jcs-2019", two),
        (Whole, openvc, "openvc", "eddsa-rdfc-2022", one),
        (Whole, openvc, "openvc", "ecdsa-rdfc-2019", two),
        # Not P-384: this peer names nodes by SHA-256 there, where the suite takes SHA-384 (as Digital Bazaar's does).
        (Selective, openvc, "openvc", "ecdsa-sd-2023", two),
        (Kinds, node, "bazaar", "eddsa-jcs-2022", one),
        (Kinds, node, "bazaar", "eddsa-rdfc-2022", one),
        (Kinds, node, "bazaar", "ecdsa-rdfc-2019", two),
        (Kinds, node, "bazaar", "ecdsa-sd-2023", hosted),
        (Kinds, node, "trustvc", "ecdsa-sd-2023", hosted),
        (Kinds, openvc, "openvc", "eddsa-jcs-2022", one),
        (Kinds, openvc, "openvc", "eddsa-rdfc-2022", one),
        (Kinds, openvc, "openvc", "ecdsa-rdfc-2019", two),
    ]
    versions = {name: each for found in started for name, each in found["versions"].items()}
    hashes = {name: each for found in started for name, each in found.get("hashes", {}).items()}
    return versions, hashes, [kind(*rest, resolver, count=count) for kind, *rest in plan]


def show(each, versions, hashes, seconds) -> None:
    """The figures of one exchange."""
    package = PACKAGES.get((each.client, each.suite), "openvc-core")
    digest = hashes.get(package) or peers.locked(package)[1]
    print(f"{each.client} {each.suite} {each.signer.key.public.curve}  ({package} {versions[package]}, {digest[:60]})")
    for question in QUESTIONS:
        if each.asked[question]:
            is_refusal = question.startswith(REFUSED)
            number = each.asked[question] - each.accepted[question] if is_refusal else each.accepted[question]
            print(f"    {question:<45}{'refused' if is_refusal else 'accepted'} {number} of {each.asked[question]}")
    kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(each.mutated.items()))
    print(f"    altered: {kinds}; {seconds:.0f} s")
    for reason, number in each.reasons.most_common(6):
        print(f"    note ({number}): {reason}")
    sys.stdout.flush()


class Unlocked(Exception):
    """A client is not of the version that the lock file states."""


def places():
    """Where the clients in Node.js lie, and the interpreter of the other."""
    folder = Path(os.environ.get("ENTREPOT_NODE_PEERS") or "/nonexistent").resolve()
    return folder, os.environ.get("ENTREPOT_OPENVC_PYTHON", "")


@cache
def desk(count, _process):
    """The clients of one process, and every exchange with them: two that shared a pipe would get each other's answers.

    Raises :class:`peers.Missing`, :class:`Unlocked`.
    """
    folder, python = places()
    versions, hashes, plan = rounds(peers.node(folder), peers.openvc(python), count)
    different = [name for name, found in versions.items() if name != "openvc-core" and peers.locked(name)[0] != found]
    if different:
        raise Unlocked(", ".join(different))
    return versions, hashes, plan


def exchanged(count, number):
    """What came of one exchange, as it is printed, and how many answers were not expected."""
    versions, hashes, plan = desk(count, os.getpid())
    each, started = plan[number], time.monotonic()
    each.run()
    judged = max(each.asked["ours by them"], each.asked["theirs by us"])
    with redirect_stdout(StringIO()) as told:
        show(each, versions, hashes, time.monotonic() - started)
    return told.getvalue(), each.unexpected + max(0, each.count - judged)


def histories(count):
    """The same of the exchange of DID logs."""
    started = time.monotonic()
    with redirect_stdout(StringIO()) as told:
        unexpected = didwebvh.exchange(places()[0], count)
        print(f"    {time.monotonic() - started:.0f} s")
    return told.getvalue(), unexpected


def main() -> int:
    """Find the clients, run, and say what came out."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--count", type=int, default=500)
    asked.add_argument("--only", default="", help="only exchanges in whose name this stands")
    asked.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="exchanges at once")
    wish = asked.parse_args()
    unexpected = 0
    try:
        names = [f"{each.client} {each.suite}" for each in desk(wish.count, os.getpid())[2]]
        with ProcessPoolExecutor(wish.jobs) as pool:
            done = [pool.submit(exchanged, wish.count, at) for at, name in enumerate(names) if wish.only in name]
            done += [pool.submit(histories, wish.count)] if wish.only in "didwebvh" else []
            for each in done:
                text, found = each.result()
                print(text, end="", flush=True)
                unexpected += found
    except Unlocked as wrong:
        print(f"not the locked version: {wrong}", file=sys.stderr)
        return 1
    except (peers.Missing, OSError) as wrong:
        print(f"a client did not run: {wrong}", file=sys.stderr)
        return MISSING
    print(f"{unexpected} unexpected answers")
    return int(bool(unexpected))


if __name__ == "__main__":
    sys.exit(main())
