"""Interoperation with openvc-core, a Python program of other authors, in an environment of its own.

    ENTREPOT_OPENVC_PYTHON=/path/to/venv/bin/python python tests/proof/interop_openvc.py [COUNT]

Both directions: it judges our documents, we judge its; of each, one altered copy must be refused by both. What its
version does not read is said, not hidden. Exit 0: all as expected. 1: a difference. 77: the peer is missing.
"""

# ruff: noqa: T201 - what it prints is its report

import copy
import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime

MISSING = 77
AT = datetime(2026, 5, 1, tzinfo=UTC)
SUITES = {"eddsa-jcs-2022": "Ed25519", "ecdsa-jcs-2019": "P-256"}


def peer() -> None:
    """Runs under the peer's interpreter: one question per line, one answer per line."""
    import openvc
    from openvc.keys import signing_key_from_jwk
    from openvc.proof.di_jcs import EcdsaJcsProofSuite, EddsaJcsProofSuite
    from openvc.proof.vc_jwt import VcJwtProofSuite
    from openvc.verify import VerificationPolicy, verify_credential

    suites = {"eddsa-jcs-2022": EddsaJcsProofSuite(), "ecdsa-jcs-2019": EcdsaJcsProofSuite()}
    policy = VerificationPolicy(now=AT)
    print(json.dumps({"version": openvc.__version__}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if asked["do"] == "verify":
                verify_credential(asked["document"], policy=policy)
                answer = {"accepted": True}
            elif asked["do"] == "signature":
                VcJwtProofSuite().verify(asked["document"], public_key_jwk=asked["jwk"])
                answer = {"accepted": True}
            else:
                key = signing_key_from_jwk(asked["jwk"], asked["method"])
                suite = suites[asked["suite"]]
                made = suite.add_proof(
                    asked["document"], signing_key=key, verification_method=asked["method"], created=AT
                )
                answer = {"document": made}
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
            raise OSError("it does not start; is openvc-core installed there?")
        self.version = json.loads(first)["version"]

    def ask(self, **question):
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(10)


def documents(count, issuer, rng):
    """Credentials with and without subject id, flat and nested, with numbers and texts of several scripts."""
    texts = ["durian", "榴莲", "ทุเรียน", "sầu riêng", "a\u2028b", "\U0001f600", '"\\/\b\f\n']
    numbers = [0, 1, -1, 1.5, 1e21, 1e-7, 0.1, 123456789012, 5e-324, 333333333.33333329]
    for number in range(count):
        subject = {"name": rng.choice(texts), "count": rng.choice(numbers), "flags": [True, None, rng.choice(texts)]}
        if number % 2:
            subject["id"] = f"urn:goods:{number}"
        if number % 3:
            subject["parts"] = [{"é": rng.choice(texts), "z": {"deep": rng.choice(numbers)}} for _ in range(3)]
        yield {
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://chamber.example/context"],
            "id": f"urn:document:{number}",
            "type": ["VerifiableCredential", "Certificate"],
            "issuer": issuer,
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": subject,
        }


def altered(document, rng):
    """A copy in which one leaf of the subject says something else."""
    other = copy.deepcopy(document)
    name = rng.choice(["name", "count"])
    other["credentialSubject"][name] = f"not {other['credentialSubject'][name]}"
    return other


def run(peer, count):
    """All questions of one run; the number of unexpected answers."""
    from entrepot.base.digest import b64url
    from entrepot.document.proof import secure
    from entrepot.document.verify import verify
    from entrepot.party.did import did_key, key_method_id
    from entrepot.party.jws import sign_jws
    from entrepot.party.key import Curve, KeyPair
    from entrepot.party.resolve import DidResolver

    rng, unexpected = random.Random(20260501), 0
    for suite, curve in SUITES.items():
        key = KeyPair.generate(Curve(curve), rng.randbytes)
        method, jwk = key_method_id(key.public), {**key.public.to_jwk(), "d": b64url(key.secret)}
        tally = dict.fromkeys(("theirs by us", "ours by them", "altered by us", "altered by them"), 0)
        for document in documents(count, did_key(key.public), rng):
            ours = json.loads(secure(document, key, method_id=method, securing=suite, created=AT))
            theirs = peer.ask(do="sign", document=document, suite=suite, method=method, jwk=jwk)["document"]
            bent = altered(ours, rng)
            tally["ours by them"] += peer.ask(do="verify", document=ours)["accepted"]
            tally["theirs by us"] += verify(json.dumps(theirs).encode(), resolver=DidResolver(), at=AT).is_valid
            tally["altered by them"] += peer.ask(do="verify", document=bent)["accepted"]
            tally["altered by us"] += verify(json.dumps(bent).encode(), resolver=DidResolver(), at=AT).is_valid
        print(f"{suite}: of {count} accepted:", ", ".join(f"{name} {number}" for name, number in tally.items()))
        unexpected += sum(abs(number - (0 if "altered" in name else count)) for name, number in tally.items())
        vc = next(documents(1, did_key(key.public), rng))
        token = secure(vc, key, method_id=method, securing="vc+jwt", created=AT).decode()
        answer = peer.ask(do="verify", document=token)
        print(f"vc+jwt ({curve}) by them: {answer.get('reason', 'accepted')}")
        # Its own token form keeps the credential in a claim vc; the signature layer below is the same.
        claims = json.dumps({"iss": did_key(key.public), "vc": vc}).encode()
        signed = sign_jws({"typ": "JWT", "kid": method}, claims, key)
        held = peer.ask(do="signature", document=signed, jwk=key.public.to_jwk())
        print(f"JWS ({curve}) by them: {'accepted' if held['accepted'] else held['reason']}")
        unexpected += not held["accepted"]
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
