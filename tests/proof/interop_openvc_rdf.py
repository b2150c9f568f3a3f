"""Interoperation with openvc-core over statements: the ``rdfc`` suites, and ``ecdsa-sd-2023`` base and derived.

    ENTREPOT_OPENVC_PYTHON=/path/to/venv/bin/python python tests/proof/interop_openvc_rdf.py [COUNT]

Beside ``interop_openvc``, which holds the suites over canonical JSON. Both directions; altered copies must be refused
by both. Exit 0: all as expected. 1: a difference. 77: the peer is missing (it needs PyLD and cbor2 there, too).
"""

# ruff: noqa: T201 - what it prints is its report

import json
import os
import random
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

MISSING = 77
AT = datetime(2026, 5, 1, tzinfo=UTC)
# Not P-384: there this peer names nodes by SHA-256, where the suite takes SHA-384 (as Digital Bazaar's does).
SUITES = (("eddsa-rdfc-2022", "Ed25519"), ("ecdsa-rdfc-2019", "P-256"))


def peer() -> None:
    """Runs under the peer's interpreter: one question per line, one answer per line."""
    import openvc
    from openvc.keys import signing_key_from_jwk
    from openvc.proof.data_integrity import DataIntegrityProofSuite
    from openvc.proof.di_ecdsa_rdfc import EcdsaRdfcProofSuite
    from openvc.proof.ecdsa_sd import EcdsaSdProofSuite

    suites = {
        "eddsa-rdfc-2022": DataIntegrityProofSuite(),
        "ecdsa-rdfc-2019": EcdsaRdfcProofSuite(),
        "ecdsa-sd-2023": EcdsaSdProofSuite(),
    }
    print(json.dumps({"version": openvc.__version__}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        suite, extra = suites[asked["suite"]], asked["contexts"]
        try:
            if asked["do"] == "verify":
                suite.verify(asked["document"], public_key_jwk=asked["jwk"], now=AT, extra_contexts=extra)
                answer = {"accepted": True}
            elif asked["do"] == "derive":
                made = suite.derive_proof(asked["document"], selective_pointers=asked["reveal"], extra_contexts=extra)
                answer = {"document": made}
            else:
                key = signing_key_from_jwk(asked["jwk"], asked["method"])
                more = {"mandatory_pointers": asked["mandatory"]} if asked["suite"] == "ecdsa-sd-2023" else {}
                add = suite.add_base_proof if more else suite.add_proof
                answer = {
                    "document": add(
                        asked["document"],
                        signing_key=key,
                        verification_method=asked["method"],
                        created=AT,
                        extra_contexts=extra,
                        **more,
                    )
                }
        except Exception as wrong:  # noqa: BLE001 - whatever the peer raises is its answer
            answer = {"accepted": False, "reason": f"{type(wrong).__name__}: {wrong}"[:200]}
        print(json.dumps(answer), flush=True)


class Peer:
    """The peer's process, asked line by line."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, __file__, "--peer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        first = self._process.stdout.readline()
        if not first:
            raise OSError("it does not start; are openvc-core, PyLD and cbor2 installed there?")
        self.version = json.loads(first)["version"]

    def ask(self, **question):
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(10)


def run(peer, count):  # noqa: C901 - one question after the other
    """All questions of one run; the number of unexpected answers."""
    from interop_node import CONTEXT, CONTEXTS, TERMS, bent, documents, subject_leaves

    from entrepot.base.digest import b64url
    from entrepot.document.proof.context import DATA_INTEGRITY_V2, carried
    from entrepot.document.proof.securing import Terms, secure
    from entrepot.document.proof.selective import derive
    from entrepot.document.verify import Given, verify
    from entrepot.party.did import did_key, key_method_id
    from entrepot.party.key import Curve, KeyPair
    from entrepot.party.resolve import DidResolver

    rng, unexpected, extra = random.Random(20260501), 0, {TERMS: CONTEXT, DATA_INTEGRITY_V2: carried(DATA_INTEGRITY_V2)}

    def judged(document):
        body = json.dumps(document).encode()
        return verify(body, resolver=DidResolver(), at=AT, given=Given(contexts=CONTEXTS)).is_valid

    def holds(document):
        """The signature alone: what it derives names subjects without id ``_:b0``, which the data model refuses."""
        body = json.dumps(document).encode()
        report = verify(body, resolver=DidResolver(), at=AT, given=Given(contexts=CONTEXTS))
        return report.results["integrity"].code == "signature-holds"

    def plain(value):
        """Without the characters that the peer's way through N-Quads text does not bring back."""
        if isinstance(value, dict):
            return {name: plain(each) for name, each in value.items()}
        if isinstance(value, list):
            return [plain(each) for each in value]
        return value.translate(dict.fromkeys(map(ord, '"\\\n\t\u2028'), " ")) if isinstance(value, str) else value

    for suite, curve in (*SUITES, ("ecdsa-sd-2023", "P-256")):
        key = KeyPair.generate(Curve(curve), rng.randbytes)
        method, issuer, public = key_method_id(key.public), did_key(key.public), key.public.to_jwk()
        whole = {**public, "d": b64url(key.secret)}
        tally, reasons = Counter(), Counter()

        def count_it(name, answer, *, wanted, tally=tally, reasons=reasons):
            accepted = bool(answer["accepted"] if isinstance(answer, dict) else answer)
            tally[name] += accepted
            if accepted is not wanted:
                reasons[answer.get("reason", name)[:90] if isinstance(answer, dict) else name] += 1
            return accepted is not wanted

        def theirs_on(document, suite=suite, public=public):
            return peer.ask(do="verify", suite=suite, document=document, jwk=public, contexts=extra)

        is_selective = suite == "ecdsa-sd-2023"
        for number, document in enumerate(documents(count, issuer, rng)):
            # What PyLD, under the peer, does otherwise than JSON-LD says: 2.0 is the integer 2. Selective: no lists.
            document["credentialSubject"]["amount"] = number + 0.5
            if is_selective:
                document["credentialSubject"].pop("steps", None)
                document = plain(document)  # noqa: PLW2901
            mandatory = [["/issuer", "/validFrom", "/credentialSubject"], ["/issuer", "/validFrom"]][number % 2]
            terms = Terms(mandatory=mandatory, entropy=rng.randbytes, contexts=CONTEXTS)
            ours = json.loads(secure(document, key, method_id=method, securing=suite, created=AT, terms=terms))
            given = peer.ask(do="sign", suite=suite, document=document, jwk=whole, method=method, mandatory=mandatory,
                             contexts=extra)  # fmt: skip
            theirs = given.get("document")
            if theirs is None:
                reasons[f"does not sign: {given['reason']}"[:200]] += 1
                unexpected += 1
                continue
            if is_selective:
                reveal = ["/credentialSubject"]
                base, ours = ours, derive(ours, ours["proof"], reveal, CONTEXTS)
                shown = peer.ask(do="derive", suite=suite, document=base, reveal=reveal, contexts=extra)
                # It does not derive from a document with objects inside the subject, not even from its own.
                tally["not derived by them"] += "document" not in shown
                if "document" in shown:
                    derived = holds(shown["document"])
                    unexpected += count_it("our base derived by them, by us (signature)", derived, wanted=True)
                unexpected += count_it("their base by us", judged(theirs), wanted=True)
                cut = derive(theirs, theirs["proof"], reveal, CONTEXTS)
                unexpected += count_it("their base derived by us, by them", theirs_on(cut), wanted=True)
                shown = peer.ask(do="derive", suite=suite, document=theirs, reveal=reveal, contexts=extra)
                theirs = shown.get("document")
            unexpected += count_it("ours by them", theirs_on(ours), wanted=True)
            if theirs is not None:
                found = holds(theirs) if is_selective else judged(theirs)
                unexpected += count_it("theirs by us", found, wanted=True)
            other = bent(ours, rng.choice(subject_leaves(ours)))
            unexpected += count_it("altered by them", theirs_on(other), wanted=False)
            unexpected += count_it("altered by us", judged(other), wanted=False)
        said = ", ".join(f"{name} {number}" for name, number in tally.items())
        print(f"{suite} {curve}: documents {count}, {said}", dict(reasons) if reasons else "", flush=True)
    return unexpected


def main() -> int:
    """Find the peer, run, and say what came out."""
    python = os.environ.get("ENTREPOT_OPENVC_PYTHON", "")
    try:
        other = Peer(python)
    except OSError as wrong:
        print(f"peer missing: openvc-core at ENTREPOT_OPENVC_PYTHON={python!r}: {wrong}", file=sys.stderr)
        return MISSING
    print(f"openvc-core {other.version}")
    unexpected = run(other, int(sys.argv[1]) if len(sys.argv) > 1 else 100)
    other.close()
    print(f"{unexpected} unexpected answers")
    return 1 if unexpected else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--peer"]:
        peer()
    else:
        sys.exit(main())
