"""Judging the kept proofs of records anew, by a function that is handed in: the journal knows no signature."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from entrepot.base.finding import Finding, Severity
from entrepot.base.record import Record
from entrepot.journal.port import JournalDamaged, KeysWrapped, Proof
from entrepot.journal.reading import PAGE, Reading

Prove = Callable[[Record, Proof], bool | None]
"""Whether a proof is one of its record; None where that cannot be said now (its issuer's key is out of reach)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproved:
    """``valid``, ``unknown``: how many proofs; ``issuers``: whose are unknown; ``findings``: those that are neither."""

    valid: int
    unknown: int
    issuers: frozenset[str]
    findings: tuple[Finding, ...]


class Reproving(Reading):
    """Asks about every proof of the log."""

    def reprove(self, prove: Prove) -> Reproved:
        """What ``prove`` says of every kept proof. What cannot be read is not asked about: ``verify`` finds it."""
        answers: dict[bool | None, int] = {True: 0, None: 0, False: 0}
        issuers: set[str] = set()
        found: list[Finding] = []
        for record, proof in self._proofs():
            answer = prove(record, proof)
            answers[answer] += 1
            if answer is None:
                issuers.add(record.content.issuer)
            elif not answer:
                found.append(_forged(record, proof))
        return Reproved(valid=answers[True], unknown=answers[None], issuers=frozenset(issuers), findings=tuple(found))

    def _proofs(self) -> Iterator[tuple[Record, Proof]]:
        after = 0
        while page := self.entries(after, PAGE):
            for entry in page:
                try:
                    record, proofs = self.record(entry.record_id), self.proofs(entry.record_id)
                except (JournalDamaged, KeysWrapped):
                    continue
                if record is not None:
                    yield from ((record, each) for each in proofs)
            after = page[-1].seq


def _forged(record: Record, proof: Proof) -> Finding:
    return Finding(
        id="ENT-CORE-JOURNAL-28",
        severity=Severity.BLOCKING,
        message="The proof {securing} under {method} is none of the record {record}.",
        params={"securing": proof.securing, "method": proof.method, "record": record.id},
        source="Entrepot journal, version 1",
        remedy="Restore the journal from a backup, and ask the peers for what came later.",
    )
