"""Interoperation with programs in Node.js: TrustVC, Digital Bazaar's suites and sd-jwt-js.

    ENTREPOT_NODE_PEERS=/folder/with/node_modules python tests/proof/interop_node.py [COUNT]

The packages and versions are those of ``interop_node/package.json``. Both directions: each judges our documents, we
judge theirs; altered copies must be refused by both. Exit 0: all as expected. 1: a difference. 77: a peer is missing.
"""

# ruff: noqa: T201 - what it prints is its report

import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from entrepot.base.digest import b64url
from entrepot.document.proof.context import CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2, carried
from entrepot.document.proof.meaning import Contexts
from entrepot.document.proof.sdjwt import present, read_sd_jwt
from entrepot.document.proof.securing import Terms, secure
from entrepot.document.proof.selective import derive
from entrepot.document.verify import Given, verify
from entrepot.party.did import did_key, document_of, key_method_id
from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolve import DidResolver

MISSING = 77
AT = datetime(2026, 5, 1, tzinfo=UTC)
HERE = Path(__file__).parent / "interop_node"
WEB = "did:web:chamber.example"
TERMS = "https://chamber.example/terms/v1"
CONTEXT = {
    "@context": {
        "@protected": True,
        "Receipt": {
            "@id": "https://chamber.example/terms#Receipt",
            "@context": {"@protected": True, "id": "@id", "type": "@type"},
        },
        **{
            name: f"https://chamber.example/terms#{name}"
            for name in ("title", "amount", "flag", "note", "place", "city")
        },
        "held": {"@id": "https://chamber.example/terms#held", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
        "lines": {"@id": "https://chamber.example/terms#lines", "@container": "@set"},
        "steps": {"@id": "https://chamber.example/terms#steps", "@container": "@list"},
        "words": {"@id": "https://chamber.example/terms#words", "@container": "@language"},
        "extra": {"@id": "https://chamber.example/terms#extra", "@type": "@json"},
    }
}
CONTEXTS = Contexts({TERMS: CONTEXT})
TEXTS = ["durian", "榴莲", "ทุเรียน", "sầu riêng", "a\u2028b", "\U0001f600", '"\\/\n', "tab\there"]
# Not among them: 1e-7 and the like, which jsonld.js takes for the integer 0.
NUMBERS = [0, 1, -1, 1.5, 1e21, 1.5e-7, 0.1, 123456789012, 2.0, 333333333.33333329]


class Peers:
    """The Node.js process, asked line by line."""

    def __init__(self, folder: Path) -> None:
        target = folder / "entrepot-peer.cjs"
        shutil.copyfile(HERE / "peer.cjs", target)
        self._process = subprocess.Popen(
            ["node", str(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def ask(self, **question):
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise OSError("it ended")
        return json.loads(line)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(20)


def documents(count, issuer, rng):
    """Credentials with and without subject id, flat and nested, ordered lists, languages, JSON, many scripts."""
    for number in range(count):
        subject = {"type": "Receipt", "title": rng.choice(TEXTS), "amount": rng.choice(NUMBERS), "flag": True}
        subject["held"] = f"2026-01-{number % 28 + 1:02}T00:00:00Z"
        if number % 2:
            subject["id"] = f"urn:goods:{number}"
        if number % 3:
            subject["lines"] = [
                {"title": rng.choice(TEXTS), "amount": each, "place": {"city": rng.choice(TEXTS)}}
                for each in range(rng.randrange(1, 5))
            ]
        if number % 4 == 1:
            subject["steps"] = [rng.choice(TEXTS), rng.randrange(5), "last"]
            subject["words"] = {"en": "fresh", "th": "สด"}
        if number % 5 == 1:
            subject["extra"] = {"b": [1, {"c": None}], "a": rng.choice(TEXTS)}
        yield {
            "@context": [CREDENTIALS_V2, DATA_INTEGRITY_V2, TERMS],
            "id": f"urn:uuid:{random.Random(number).randbytes(16).hex()}",
            "type": ["VerifiableCredential"],
            "issuer": issuer,
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": subject,
        }


def leaves(value, path=()):
    """The places of all leaves below ``value``."""
    if isinstance(value, dict | list) and value:
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, name))
    else:
        yield path


def bent(document, path, *, is_removed=False):
    """A copy that says something else at ``path``."""
    other = json.loads(json.dumps(document))
    inner = other
    for step in path[:-1]:
        inner = inner[step]
    if is_removed and isinstance(inner, dict):
        del inner[path[-1]]
    else:
        old = inner[path[-1]]
        inner[path[-1]] = (
            not old
            if isinstance(old, bool)
            else (old + 1 if isinstance(old, int | float) and abs(old) < 1e15 else f"not {old}")
        )
    return other


def subject_leaves(document):
    """The leaves that every client reads as statements (what lies in ``extra`` is one text)."""
    return [("credentialSubject", *path) for path in leaves(document["credentialSubject"]) if path]


def ours_judge(document, resolver):
    """Our verdict: the whole report, not only the signature."""
    body = document if isinstance(document, str) else json.dumps(document)
    return verify(body.encode(), resolver=resolver, at=AT, given=Given(contexts=CONTEXTS)).is_valid


class Run:
    """One run over all clients; ``unexpected`` counts answers that should have been others."""

    def __init__(self, peers, count) -> None:
        self.peers, self.count = peers, count
        self.rng = random.Random(20260501)
        self.unexpected = 0
        self.reasons = Counter()

    def expect(self, tally, name, answer, *, wanted):
        accepted = bool(answer["accepted"] if isinstance(answer, dict) else answer)
        tally[name] += accepted
        if accepted is not wanted:
            self.unexpected += 1
            self.reasons[str(answer.get("reason") if isinstance(answer, dict) else name)[:100]] += 1

    def show(self, title, tally):
        said = ", ".join(f"{name} {number}" for name, number in tally.items())
        print(f"{title}: {said}", dict(self.reasons) if self.reasons else "", flush=True)
        self.reasons.clear()

    def mutations(self, number, document, shown=None):
        """All leaves of the first twenty documents, one of each other, replaced; each first leaf also removed."""
        places = subject_leaves(document)
        if not places:
            return []
        chosen = places if number < 20 else [self.rng.choice(places)]
        made = [bent(document, place) for place in chosen]
        plain = [each for each in places if isinstance(each[-1], str)]
        return [*made, bent(document, self.rng.choice(plain), is_removed=True)] if plain else made

    def suite(self, client, suite, key, method, issuer, resolver):
        """Whole-document suites, both directions."""
        tally = Counter(
            dict.fromkeys(
                ("documents", "ours by them", "theirs by us", "altered", "altered by them", "altered by us"), 0
            )
        )
        pair = {
            "id": method,
            "type": "Multikey",
            "controller": issuer,
            "publicKeyMultibase": key.public.multikey,
            "secretKeyMultibase": key.to_secret_multikey(),
        }
        terms = Terms(contexts=CONTEXTS)
        for number, document in enumerate(documents(self.count, issuer, self.rng)):
            tally["documents"] += 1
            ours = json.loads(secure(document, key, method_id=method, securing=suite, created=AT, terms=terms))
            answer = self.peers.ask(do="verify", client=client, suite=suite, document=ours)
            self.expect(tally, "ours by them", answer, wanted=True)
            theirs = self.peers.ask(
                do="sign", client=client, suite=suite, document=document, key=pair, created="2026-05-01T00:00:00Z"
            )
            self.expect(
                tally, "theirs by us", "document" in theirs and ours_judge(theirs["document"], resolver), wanted=True
            )
            for each in self.mutations(number, ours):
                tally["altered"] += 1
                found = self.peers.ask(do="verify", client=client, suite=suite, document=each)
                self.expect(tally, "altered by them", found, wanted=False)
                self.expect(tally, "altered by us", ours_judge(each, resolver), wanted=False)
        self.show(f"{client} {suite} {key.public.curve}", tally)

    def selective(self, client, key, method, issuer, resolver):
        """``ecdsa-sd-2023``: base and derived, both directions."""
        tally = Counter(
            dict.fromkeys(
                (
                    "documents",
                    "ours by them",
                    "our base derived by them, by us",
                    "theirs by us",
                    "their base by us",
                    "their base derived by us, by them",
                    "altered",
                    "altered by them",
                    "altered by us",
                ),
                0,
            )
        )
        pair = {
            "id": method,
            "type": "Multikey",
            "controller": issuer,
            "publicKeyMultibase": key.public.multikey,
            "secretKeyMultibase": key.to_secret_multikey(),
        }
        for number, made in enumerate(documents(self.count, issuer, self.rng)):
            tally["documents"] += 1
            mandatory = [[""], ["/issuer", "/validFrom"], ["/issuer", "/validFrom", "/credentialSubject/title"]][
                number % 3
            ]
            # What the others cannot sign selectively (ordered lists), or write in an older escape (TrustVC: tabs).
            made["credentialSubject"].pop("steps", None)
            text = json.dumps(made)
            document = json.loads(text.replace("\\t", " ") if client == "trustvc" else text)
            reveal = ["/credentialSubject/amount"] if number % 4 == 0 else ["/credentialSubject"]
            if number % 7 == 2 and "lines" in document["credentialSubject"]:
                reveal = ["/credentialSubject/lines/0", "/credentialSubject/held"]
            terms = Terms(mandatory=mandatory, entropy=self.rng.randbytes, contexts=CONTEXTS)
            base = json.loads(
                secure(document, key, method_id=method, securing="ecdsa-sd-2023", created=AT, terms=terms)
            )
            mine = derive(base, base["proof"], reveal, CONTEXTS)
            answer = self.peers.ask(do="verify", client=client, suite="ecdsa-sd-2023", document=mine)
            self.expect(tally, "ours by them", answer, wanted=True)
            derived = self.peers.ask(do="derive", client=client, document=base, reveal=reveal)
            self.expect(
                tally,
                "our base derived by them, by us",
                "document" in derived and ours_judge(derived["document"], resolver),
                wanted=True,
            )
            # TrustVC gives each document an id of its own.
            plain = {name: each for name, each in document.items() if name != "id" or client != "trustvc"}
            theirs = self.peers.ask(
                do="sign",
                client=client,
                suite="ecdsa-sd-2023",
                document=plain,
                key=pair,
                mandatory=mandatory,
                created="2026-05-01T00:00:00Z",
            )
            if "document" not in theirs:
                self.reasons["sign: " + theirs["reason"][:80]] += 1
                self.unexpected += 1
                continue
            given = theirs["document"]
            self.expect(tally, "their base by us", ours_judge(given, resolver), wanted=True)
            shown = self.peers.ask(do="derive", client=client, document=given, reveal=reveal)
            self.expect(
                tally, "theirs by us", "document" in shown and ours_judge(shown["document"], resolver), wanted=True
            )
            cut = derive(given, given["proof"], reveal, CONTEXTS)
            answer = self.peers.ask(do="verify", client=client, suite="ecdsa-sd-2023", document=cut)
            self.expect(tally, "their base derived by us, by them", answer, wanted=True)
            for each in self.mutations(number, mine):
                tally["altered"] += 1
                found = self.peers.ask(do="verify", client=client, suite="ecdsa-sd-2023", document=each)
                self.expect(tally, "altered by them", found, wanted=False)
                self.expect(tally, "altered by us", ours_judge(each, resolver), wanted=False)
        self.show(f"{client} ecdsa-sd-2023", tally)

    def tokens(self, key, method, issuer, resolver):
        """SD-JWT VC with key binding, both directions."""
        tally = Counter(
            dict.fromkeys(
                ("documents", "ours by them", "theirs by us", "altered", "altered by them", "altered by us"), 0
            )
        )
        holder = KeyPair.generate(Curve.P256, self.rng.randbytes)
        jwk, whole = key.public.to_jwk(), {**key.public.to_jwk(), "d": b64url(key.secret)}
        held = {**holder.public.to_jwk(), "d": b64url(holder.secret)}
        seconds = int(AT.timestamp())
        given = Given(audience="https://bank.example", nonce="n-1")

        def judged(text):
            return verify(text.encode(), resolver=resolver, at=AT, given=given).is_valid

        for document in documents(self.count, issuer, self.rng):
            tally["documents"] += 1
            terms = Terms(entropy=self.rng.randbytes, holder=holder.public)
            text = secure(document, key, method_id=method, securing="dc+sd-jwt", created=AT, terms=terms).decode()
            mine = present(
                read_sd_jwt(text),
                ["/credentialSubject/title", "/credentialSubject/held"],
                binding=(holder, "https://bank.example", "n-1", seconds),
            )
            answer = self.peers.ask(do="verify", client="sd-jwt", document=mine, jwk=jwk, nonce="n-1")
            self.expect(tally, "ours by them", answer, wanted=True)
            claims = {
                "iss": issuer,
                "vct": "Receipt",
                "iat": seconds,
                "cnf": {"jwk": holder.public.to_jwk()},
                **{name: each for name, each in document["credentialSubject"].items() if name != "type"},
            }
            theirs = self.peers.ask(
                do="sign",
                client="sd-jwt",
                document=claims,
                jwk=whole,
                holder=held,
                frame={"_sd": ["title", "amount", "flag"]},
                method=method,
            )
            shown = self.peers.ask(
                do="derive",
                client="sd-jwt",
                document=theirs.get("document"),
                jwk=whole,
                holder=held,
                reveal={"title": True},
                nonce="n-1",
                aud="https://bank.example",
                iat=seconds,
            )
            if "document" not in shown:
                self.reasons[str(theirs.get("reason") or shown.get("reason"))[:80]] += 1
            self.expect(tally, "theirs by us", "document" in shown and judged(shown["document"]), wanted=True)
            parts = mine.split("~")
            swapped = b64url(json.dumps(["salt", "title", "another"]).encode())
            for each in (
                "~".join((parts[0], swapped, *parts[2:])),
                "~".join((parts[0], *parts[2:])),
                mine[:-8] + ("AAAAAAAA" if mine[-8:] != "AAAAAAAA" else "BBBBBBBB"),
            ):
                tally["altered"] += 1
                found = self.peers.ask(do="verify", client="sd-jwt", document=each, jwk=jwk, nonce="n-1")
                self.expect(tally, "altered by them", found, wanted=False)
                self.expect(tally, "altered by us", judged(each), wanted=False)
        self.show("sd-jwt dc+sd-jwt", tally)

    def broken(self, key, method, issuer):
        """One document broken on purpose per client: a client that accepts it judges nothing."""
        document = next(documents(1, issuer, self.rng))
        terms = Terms(mandatory=[""], entropy=self.rng.randbytes, contexts=CONTEXTS)
        base = json.loads(secure(document, key, method_id=method, securing="ecdsa-sd-2023", created=AT, terms=terms))
        made = derive(base, base["proof"], [], CONTEXTS)
        made["issuer"] = "did:web:somebody.example"
        for client in ("trustvc", "bazaar"):
            answer = self.peers.ask(do="verify", client=client, suite="ecdsa-sd-2023", document=made)
            self.unexpected += bool(answer["accepted"])
            print(f"{client}, broken on purpose: {'accepted' if answer['accepted'] else 'refused'}")


def main() -> int:
    """Find the peers, run, and say what came out."""
    folder = Path(os.environ.get("ENTREPOT_NODE_PEERS") or "/nonexistent")
    packages = json.loads((HERE / "package.json").read_text())["dependencies"]
    missing = [name for name in packages if not (folder / "node_modules" / name).is_dir()]
    if missing or not shutil.which("node"):
        print(f"peer missing at ENTREPOT_NODE_PEERS={folder}: {', '.join(missing) or 'node'}", file=sys.stderr)
        return MISSING
    rng = random.Random(1)
    ed, ec, large = (KeyPair.generate(curve, rng.randbytes) for curve in Curve)
    keys = {"key-ed": ed.public, "key-ec": ec.public}
    dids = {
        each: document_of(each, {each.removeprefix("did:key:"): key.public})
        for key in (ed, ec, large)
        for each in [did_key(key.public)]
    }
    dids[WEB] = document_of(WEB, keys)
    multikey = {"@context": {"@protected": True, "id": "@id", "type": "@type"}}
    contexts = {url: carried(url) for url in (CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2)}
    contexts |= {TERMS: CONTEXT, "https://w3id.org/security/multikey/v1": multikey}
    peers = Peers(folder)
    started = peers.ask(do="start", contexts=contexts, dids=dids, packages=list(packages))
    if "versions" not in started:
        print(f"peer does not start: {started}", file=sys.stderr)
        return MISSING
    different = {name: found for name, found in started["versions"].items() if packages[name] != found}
    print("versions:", json.dumps(started["versions"]), f"DIFFERENT: {different}" if different else "")
    run = Run(peers, int(sys.argv[1]) if len(sys.argv) > 1 else 40)
    resolver = DidResolver(documents=[dids[WEB]])
    run.suite("bazaar", "eddsa-jcs-2022", ed, key_method_id(ed.public), did_key(ed.public), resolver)
    run.suite("bazaar", "eddsa-rdfc-2022", ed, key_method_id(ed.public), did_key(ed.public), resolver)
    run.suite("bazaar", "ecdsa-rdfc-2019", ec, key_method_id(ec.public), did_key(ec.public), resolver)
    run.suite("bazaar", "ecdsa-rdfc-2019", large, key_method_id(large.public), did_key(large.public), resolver)
    run.selective("bazaar", ec, f"{WEB}#key-ec", WEB, resolver)
    run.selective("trustvc", ec, f"{WEB}#key-ec", WEB, resolver)
    run.tokens(ec, key_method_id(ec.public), did_key(ec.public), resolver)
    run.broken(ec, f"{WEB}#key-ec", WEB)
    peers.close()
    print(f"{run.unexpected} unexpected answers")
    return 1 if run.unexpected or different else 0


if __name__ == "__main__":
    sys.exit(main())
