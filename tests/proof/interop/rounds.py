"""The exchanges with one client: its verdicts on ours, ours on its own, and both on copies that say something else."""

import base64
import json
import random
from collections import Counter
from datetime import UTC, datetime

from documents import CONTEXTS, WHOLE_MUTATED, copied, documents, mutations

from entrepot.base.digest import b64url
from entrepot.document.proof.integrity import canonical_text
from entrepot.document.proof.sdjwt import present, read_sd_jwt
from entrepot.document.proof.securing import Terms, secure
from entrepot.document.proof.selective import derive
from entrepot.document.verify import Given, verify
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve, KeyPair

AT = datetime(2026, 5, 1, tzinfo=UTC)
CREATED = "2026-05-01T00:00:00Z"
SELECTIVE = "ecdsa-sd-2023"
BANK, NONCE = "https://bank.example", "n-1"


class Signer:
    """One key of ours with what each client needs to use it."""

    def __init__(self, key, did="", fragment="") -> None:
        self.key = key
        self.issuer = did or did_key(key.public)
        self.method = f"{did}#{fragment}" if did else key_method_id(key.public)
        self.public = key.public.to_jwk()
        self.private = {**self.public, "d": b64url(key.secret)}
        self.pair = {
            "id": self.method,
            "type": "Multikey",
            "controller": self.issuer,
            "publicKeyMultibase": key.public.multikey,
            "secretKeyMultibase": key.to_secret_multikey(),
        }

    def asked(self):
        """The members of a question that name the key."""
        return {"key": self.pair, "jwk": self.public, "private": self.private, "method": self.method}


class Round:
    """One client and one securing. ``accepted`` and ``asked`` count by question; ``reasons`` what was not expected."""

    def __init__(self, peer, client, suite, signer, resolver, *, count) -> None:
        self.peer, self.client, self.suite, self.signer, self.resolver = peer, client, suite, signer, resolver
        self.count = count
        self.rng = random.Random(f"{client} {suite} {count}")
        self.asked, self.accepted, self.reasons, self.mutated = Counter(), Counter(), Counter(), Counter()
        self.unexpected = 0

    def ask(self, do, **question):
        """The client's answer on this suite and key."""
        return self.peer.ask(do=do, client=self.client, suite=self.suite, **{**self.signer.asked(), **question})

    def theirs(self, document):
        """Whether the client accepts ``document``."""
        return self.ask("verify", document=document)

    def ours(self, document, **given):
        """Our verdict: the whole report, not the signature alone."""
        body = document if isinstance(document, str) else json.dumps(document)
        given = Given(contexts=CONTEXTS, **given)
        return verify(body.encode(), resolver=self.resolver, at=AT, given=given).is_valid

    def expect(self, question, answer, *, wanted, note=""):
        """Count an answer; remember where it is not the wanted one."""
        is_theirs = isinstance(answer, dict)
        accepted = bool(answer.get("accepted") if is_theirs else answer)
        self.asked[question] += 1
        self.accepted[question] += accepted
        if accepted is not wanted:
            self.unexpected += 1
            self.reasons[f"{question}: {note} {answer.get('reason', '') if is_theirs else ''}"[:160]] += 1

    def made(self, answer, question):
        """The document of an answer; None, and counted, where the client made none."""
        if "document" not in answer:
            self.expect(question, answer, wanted=True)
        return answer.get("document")

    def altered(self, number, content, build):
        """Copies of ``content`` that say something else, each put into a document by ``build``: refused by both."""
        for kind, copies in mutations(content, self.rng, everywhere=number < WHOLE_MUTATED).items():
            for copy in copies:
                document = build(copy)
                if document is None:
                    continue
                self.mutated[kind] += 1
                self.expect("altered by them", self.theirs(document), wanted=False, note=kind)
                self.expect("altered by us", self.ours(document), wanted=False, note=kind)

    def broken(self, document):
        """One document that is broken on purpose: a client that accepts it judges nothing."""
        self.expect("broken by them", self.theirs(document), wanted=False)
        self.expect("broken by us", self.ours(document), wanted=False)

    def plain(self, document):
        """``document`` as far as this client can read it; what is left out is a limit of the client."""
        subject = document["credentialSubject"]
        if self.client == "openvc" and "-jcs-" not in self.suite:
            # PyLD, beneath it, reads 2.0 as a double; JSON-LD says that it is the integer 2.
            subject["amount"] = self.rng.randrange(1000) + 0.5
        if self.suite == SELECTIVE and self.client == "openvc":
            return json.loads(_translated(document, '"\\\n\t\u2028'))
        if self.suite == SELECTIVE and self.client == "trustvc":
            return json.loads(_translated(document, "\t"))
        return document

    def _with(self, document, content):
        """``content`` under the proof of ``document``; None where it means the same."""
        return {**content, "proof": document["proof"]} if self._says_another(document, content) else None

    def _says_another(self, one, other):
        """Whether a suite over statements sees a difference: texts may differ and say the same."""
        if "-jcs-" in self.suite:
            return True
        try:
            return canonical_text(_bare(one), CONTEXTS) != canonical_text(_bare(other), CONTEXTS)
        except Exception:  # noqa: BLE001 - what has no statements is certainly no longer the same
            return True


def _bare(document):
    return {name: each for name, each in document.items() if name != "proof"}


def _translated(document, characters):
    """``document`` without characters that a client loses on its way through text."""

    def walk(value):
        if isinstance(value, dict):
            return {name: walk(each) for name, each in value.items()}
        if isinstance(value, list):
            return [walk(each) for each in value]
        return value.translate(dict.fromkeys(map(ord, characters), " ")) if isinstance(value, str) else value

    return json.dumps(walk(document))


class Whole(Round):
    """The suites that sign a document as a whole."""

    def run(self):
        """All documents, both directions."""
        signer, terms = self.signer, Terms(contexts=CONTEXTS)
        for number, document in enumerate(map(self.plain, documents(self.count, signer.issuer, self.rng))):
            data = secure(document, signer.key, method_id=signer.method, securing=self.suite, created=AT, terms=terms)
            ours = json.loads(data)
            self.expect("ours by them", self.theirs(ours), wanted=True)
            theirs = self.made(self.ask("sign", document=document, created=CREATED), "theirs by us")
            if theirs is not None:
                self.expect("theirs by us", self.ours(theirs), wanted=True)
            self.altered(number, _bare(ours), lambda copy, ours=ours: self._with(ours, copy))
            if number == 0:
                self.broken({**ours, "issuer": "did:web:somebody.example"})


class Enveloped(Round):
    """``vc+jwt``: a credential as the payload of a JWS (VC-JOSE-COSE 1.0)."""

    def run(self):
        """All documents, both directions; altered in the payload, and with the signature of another document."""
        signer, before = self.signer, ""
        for number, document in enumerate(documents(self.count, signer.issuer, self.rng)):
            data = secure(document, signer.key, method_id=signer.method, securing=self.suite, created=AT)
            mine = data.decode()
            answer = self.theirs(mine)
            self.expect("ours by them", answer, wanted=True)
            self.expect("read by them as written", bare_of(answer.get("content")) == document, wanted=True)
            theirs = self.made(self.ask("sign", document=document), "theirs by us")
            if theirs is not None:
                self.expect("theirs by us", self.ours(theirs), wanted=True)
            self.altered(number, json.loads(_decoded(mine.split(".")[1])), lambda copy, mine=mine: _with(mine, 0, copy))
            if before:
                self.broken(f"{mine.rpartition('.')[0]}.{before.rpartition('.')[2]}")
            before = mine


def bare_of(claims):
    """The credential in the payload of a token, without the claims that repeat what it says."""
    return {
        name: each for name, each in (claims or {}).items() if name not in ("iss", "nbf", "exp", "jti", "sub", "iat")
    }


class Selective(Round):
    """``ecdsa-sd-2023``: base and derived."""

    def run(self):
        """All documents, both directions, and what each derives of the other's base."""
        for number, document in enumerate(map(self.plain, documents(self.count, self.signer.issuer, self.rng))):
            mandatory, reveal = self._wishes(number, document)
            base = self._base(document, mandatory)
            mine = derive(base, base["proof"], reveal, CONTEXTS)
            self.expect("ours by them", self.theirs(mine), wanted=True)
            self._made_by_them(number, document)
            self.altered(number, _bare(mine), lambda copy, mine=mine: self._with(mine, copy))
            if number == 0:
                self.broken({**mine, "issuer": "did:web:somebody.example"})

    def _made_by_them(self, number, document):
        """What they sign and derive: documents without ordered lists, for which they label a list as if it were an
        object and then refuse it (JSON-LD 1.1, 9.8). They verify such documents of ours."""
        document = copied(document)
        document["credentialSubject"].pop("steps", None)
        mandatory, reveal = self._wishes(number, document)
        derived = self.ask("derive", document=self._base(document, mandatory), reveal=reveal)
        self._derived_by_them(derived, "our base derived by them, by us")
        self._of_them(document, mandatory, reveal)

    def _wishes(self, number, document):
        if "steps" in document["credentialSubject"]:
            # An ordered list is one chain of statements: it is shown as a whole, or not at all.
            return [""], []
        mandatory = [[""], ["/issuer", "/validFrom"], ["/issuer", "/validFrom", "/credentialSubject/title"]][number % 3]
        if self.client == "openvc":
            # It signs no pointer to the whole, and shows no part of an object inside the subject.
            return [["/issuer", "/validFrom", "/credentialSubject"], ["/issuer", "/validFrom"]][number % 2], [
                "/credentialSubject"
            ]
        if number % 7 == 2 and "lines" in document["credentialSubject"]:
            return mandatory, ["/credentialSubject/lines/0", "/credentialSubject/held"]
        return mandatory, ["/credentialSubject/amount"] if number % 4 == 0 else ["/credentialSubject"]

    def _base(self, document, mandatory):
        signer = self.signer
        terms = Terms(mandatory=mandatory, entropy=self.rng.randbytes, contexts=CONTEXTS)
        data = secure(document, signer.key, method_id=signer.method, securing=SELECTIVE, created=AT, terms=terms)
        return json.loads(data)

    def _of_them(self, document, mandatory, reveal):
        # TrustVC gives each document an id of its own.
        given = {name: each for name, each in document.items() if name != "id" or self.client != "trustvc"}
        theirs = self.made(self.ask("sign", document=given, mandatory=mandatory, created=CREATED), "theirs by us")
        if theirs is None:
            return
        self.expect("their base by us", self.ours(theirs), wanted=True)
        self._derived_by_them(self.ask("derive", document=theirs, reveal=reveal), "theirs by us")
        cut = derive(theirs, theirs["proof"], reveal, CONTEXTS)
        self.expect("their base derived by us, by them", self.theirs(cut), wanted=True)

    def _derived_by_them(self, answer, question):
        """openvc derives from no document with objects inside the subject, not even its own, and names a subject
        without id ``_:b0``, which the data model refuses: there the signature alone is judged."""
        if self.client == "openvc":
            if "document" in answer:
                body = json.dumps(answer["document"]).encode()
                report = verify(body, resolver=self.resolver, at=AT, given=Given(contexts=CONTEXTS))
                holds = report.results["integrity"].code == "signature-holds"
                self.expect(f"{question} (signature)", holds, wanted=True)
            else:
                self.reasons[f"not derived by them: {answer['reason']}"[:160]] += 1
            return
        made = self.made(answer, question)
        if made is not None:
            self.expect(question, self.ours(made), wanted=True)


class Tokens(Round):
    """SD-JWT VC with key binding."""

    def run(self):
        """All documents, both directions; altered at the payload and in the disclosures."""
        holder = Signer(KeyPair.generate(Curve.P256, self.rng.randbytes))
        for number, document in enumerate(documents(self.count, self.signer.issuer, self.rng)):
            mine = self._presented(document, holder)
            self.expect("ours by them", self.theirs(mine), wanted=True)
            shown = self._shown_by_them(document, holder)
            self.expect("theirs by us", "document" in shown and self.ours(shown["document"]), wanted=True)
            for at, content in enumerate(_contents(mine)):
                self.altered(
                    number if at < 4 else WHOLE_MUTATED, content, lambda copy, at=at, mine=mine: _with(mine, at, copy)
                )
            if number == 0:
                self.broken(mine[:-8] + ("AAAAAAAA" if mine[-8:] != "AAAAAAAA" else "BBBBBBBB"))
                self.broken("~".join(each for at, each in enumerate(mine.split("~")) if at != 1))

    def theirs(self, document):
        """Whether the client accepts it on this occasion."""
        return self.ask("verify", document=document, nonce=NONCE)

    def ours(self, document):
        """Our verdict on this occasion."""
        return super().ours(document, audience=BANK, nonce=NONCE)

    def _presented(self, document, holder):
        signer, terms = self.signer, Terms(entropy=self.rng.randbytes, holder=holder.key.public)
        text = secure(document, signer.key, method_id=signer.method, securing=self.suite, created=AT, terms=terms)
        reveal = ["/credentialSubject/title", "/credentialSubject/held"]
        binding = (holder.key, BANK, NONCE, int(AT.timestamp()))
        return present(read_sd_jwt(text.decode()), reveal, binding=binding)

    def _shown_by_them(self, document, holder):
        seconds = int(AT.timestamp())
        subject = {name: each for name, each in document["credentialSubject"].items() if name != "type"}
        claims = {"iss": self.signer.issuer, "vct": "Receipt", "iat": seconds, "cnf": {"jwk": holder.public}, **subject}
        more = {"jwk": self.signer.private, "holder": holder.private}
        frame = {"_sd": ["title", "amount", "flag"]}
        made = self.ask("sign", document=claims, frame=frame, **more)
        if "document" not in made:
            self.reasons[f"not signed by them: {made['reason']}"[:160]] += 1
            return made
        occasion = {"reveal": {"title": True}, "nonce": NONCE, "aud": BANK, "iat": seconds}
        return self.ask("derive", document=made["document"], **occasion, **more)


def _contents(token):
    """The payload as an object, and each disclosure as one (name -> value)."""
    parts = token.split("~")
    payload = json.loads(_decoded(parts[0].split(".")[1]))
    return [payload, *({each[1]: each[2]} for each in map(json.loads, map(_decoded, parts[1:-1])) if len(each) == 3)]


def _with(token, at, content):
    """The token with other content at that place; None where nothing can be put there."""
    parts = token.split("~")
    if at == 0:
        head, _, signature = parts[0].split(".")
        parts[0] = ".".join((head, b64url(json.dumps(content).encode()), signature))
        return "~".join(parts)
    salt = json.loads(_decoded(parts[at]))[0]
    if not content:  # the disclosure is left out
        return "~".join(each for place, each in enumerate(parts) if place != at)
    made = [b64url(json.dumps([salt, name, value]).encode()) for name, value in content.items()]
    return "~".join((*parts[:at], *made, *parts[at + 1 :]))


def _decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Wrapped(Round):
    """OpenAttestation 2.0: read here, never issued; a batch, and with leaves left out."""

    def run(self):
        """All documents of theirs; each also with a leaf left out by them."""
        for number, document in enumerate(documents(self.count, self.signer.issuer, self.rng)):
            content = _wrapping(document)
            others = [{**content, "number": str(each)} for each in range(number % 4)]
            theirs = self.made(self.ask("sign", document=content, others=others), "theirs by us")
            if theirs is None:
                continue
            self.expect("theirs by us", self.ours(theirs), wanted=True)
            left_out = self.made(self.ask("derive", document=theirs, hide=["goods.title", "recipient"]), "theirs by us")
            self.expect("theirs by us", left_out is not None and self.ours(left_out), wanted=True)
            self.altered(number, theirs["data"], lambda copy, theirs=theirs: {**theirs, "data": copy})
            if number == 0:
                self.broken({**theirs, "signature": {**theirs["signature"], "merkleRoot": "0" * 64}})

    def ours(self, document):
        """The hash alone: who issued it stands on a chain."""
        report = verify(json.dumps(document).encode(), resolver=self.resolver, at=AT)
        return report.results["integrity"].code == "oa-hash-holds"


def _wrapping(document):
    store = {"type": "DNS-TXT", "location": "firm.example"}
    subject = json.loads(json.dumps(document["credentialSubject"]).replace('"type"', '"kind"'))
    return {
        "$template": {"name": "T", "type": "EMBEDDED_RENDERER", "url": "https://renderer.example"},
        "issuers": [{"name": "Firm", "documentStore": "0x" + "1" * 40, "identityProof": store}],
        "recipient": {"name": "Firm"},
        "goods": subject,
    }
