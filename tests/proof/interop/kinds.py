"""Trade documents of every kind, as the node signs them: accepted by others, and refused where a value was changed."""

import json
from pathlib import Path

from documents import at, copied, leaves, replaced
from rounds import AT, CONTEXTS, SELECTIVE, Round

from entrepot.base.record import Content, record_of
from entrepot.document.proof.named_kind import BY_URL, KIND_CONTEXTS
from entrepot.document.proof.securing import Terms, secure
from entrepot.document.proof.selective import derive

SAMPLES = Path(__file__).resolve().parents[3] / "examples" / "durian"
FILES = {kind: f"{kind}-import" if kind == "customs-declaration" else kind for kind, _ in KIND_CONTEXTS}
URLS = tuple(BY_URL)
"""The contexts that a client must know to read them."""


def records(issuer):
    """One record of each kind, issued by ``issuer``."""
    for kind, name in FILES.items():
        payload = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
        content = {"kind": kind, "version": 1, "issuer": issuer, "number": payload["number"], "nonce": "n" * 22}
        yield record_of(Content(**content, issued=AT, payload=payload))


class Kinds(Round):
    """Every kind under one securing; values of every payload are changed one by one."""

    def run(self):
        """Ask."""
        self.count = len(FILES)
        for record in records(self.signer.issuer):
            signed = self._signed(record)
            name = f"{record.kind}:"
            self.expect("ours by them", self.theirs(signed), wanted=True, note=name)
            for change, other in self._changed(signed):
                self.mutated[change] += 1
                self.expect("altered by them", self.theirs(other), wanted=False, note=f"{name} {change}")
                self.expect("altered by us", self.ours(other), wanted=False, note=f"{name} {change}")

    def _signed(self, record):
        terms = Terms(entropy=self.rng.randbytes, mandatory=("",), contexts=CONTEXTS)
        made = json.loads(
            secure(record, self.signer.key, method_id=self.signer.method, securing=self.suite, created=AT, terms=terms)
        )
        if self.suite != SELECTIVE:
            return made
        plain = {name: each for name, each in made.items() if name != "proof"}
        return derive(plain, made["proof"], [""], CONTEXTS)

    def _changed(self, signed):
        payload = ("credentialSubject", "payload")
        # Canonical statements take others a third of a second each: of those suites every fourth value.
        places = list(leaves(signed["credentialSubject"]["payload"]))
        for each in places if "-jcs-" in self.suite else places[::4]:
            other = copied(signed)
            at(other, (*payload, *each[:-1]))[each[-1]] = replaced(at(signed, (*payload, *each)))
            yield "replace", other
