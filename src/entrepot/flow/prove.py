"""The proof check: every secured form of a record, judged as anybody would judge the file alone."""

from collections.abc import Sequence
from dataclasses import replace

from entrepot.base.finding import Finding, Severity
from entrepot.base.record import Record
from entrepot.document.proof import open_secured, record_of_credential
from entrepot.document.proof.opened import ASSERTION
from entrepot.document.verify import NOTHING, REMEMBERED, Report, Result, Verdict, verify
from entrepot.flow.assess import Checked, judged, stop
from entrepot.flow.assess import Verdict as Checking
from entrepot.flow.evidenced import evidence_among, timekeepers
from entrepot.flow.mandated import SIGNED_UNDER, finding_of, given_with, references
from entrepot.flow.office import Office, Signatory
from entrepot.journal.port import Attachment, Proof
from entrepot.party.did import did_of
from entrepot.party.tenure import Keeper, keeper_of

STANDARDS = {
    "vc+jwt": "W3C VC-JOSE-COSE 1.0, RFC 7515",
    "eddsa-jcs-2022": "W3C Data Integrity EdDSA 1.0, RFC 8785",
    "ecdsa-jcs-2019": "W3C Data Integrity ECDSA 1.0, RFC 8785",
}
NUMBERS = {"integrity": 1, "issuer": 2, "status": 3, "validity": 4, "schema": 5, "anchor": 7, "time": 12}
"""Result of the verification -> number of its finding ``ENT-CORE-PROOF-nn``; that on the mandate has its own ids."""


EVIDENCED = "ENT-CORE-PROOF-13"
"""Finding of a proof that holds because evidence of an earlier moment came with it."""


def open_proofs(secured: Sequence[str], path: str) -> tuple[Record | None, tuple[Proof, ...], tuple[Finding, ...]]:
    """The one record that secured texts render, and its proofs; None with all findings where they do not.

    ``path``: where each text stands, ``{}`` for its number.
    """
    records: dict[str, Record] = {}
    proofs: list[Proof] = []
    found: list[Finding] = []
    for index, text in enumerate(secured):
        body = text.encode("utf-8")
        opened, wrong = open_secured(body)
        found += [each.at(path.format(index)) for each in wrong]
        if opened is None:
            continue
        record, wrong = record_of_credential(opened.vc)
        found += [each.at(path.format(index)) for each in wrong]
        if record is not None:
            records[record.id] = record
            proofs.append(Proof(securing=opened.securing, body=body, method=opened.method))
    if len(records) > 1:
        found.append(
            stop(
                "ENT-CORE-ENVELOPE-02",
                "The proofs are of {count} different records.",
                remedy="Send one at a time.",
                count=str(len(records)),
            )
        )
    return (None, (), tuple(found)) if found or not records else (next(iter(records.values())), tuple(proofs), ())


def check_proofs(
    office: Office, record: Record, proofs: Sequence[Proof], files: Sequence[Attachment] = ()
) -> tuple[list[Checked], bool]:
    """One check per proof; and whether nothing can be said of any of them now (try again later).

    ``files``: what came with the record; the mandates among them that the proofs name are held against it. Where a
    proof does not hold now, and evidence among them shows that it existed before, it is judged for that moment.

    Validity is judged at this node's time, or at the issuer's claimed time where that lies ahead: a clock that runs
    fast is found by the check of form, and must not make two nodes keep different sets.
    """
    at = max(office.clock(), record.content.issued)
    evidence = tuple(each.body for each in evidence_among(proofs, files))
    is_under = bool(references(proofs))
    found = []
    for proof in proofs:
        given = given_with(office, proofs, files) if is_under else NOTHING
        report = verify(proof.body, resolver=office.resolver, at=at, given=given)
        if not report.is_valid and evidence:
            given = replace(given, evidence=evidence, timekeepers=timekeepers(office))
            again = verify(proof.body, resolver=office.resolver, at=at, given=given)
            report = again if again.is_valid else report
        found.append(_checked(record, proof, report))
    return found, bool(found) and all(each.verdict is Checking.UNKNOWN for each in found)


def check_made(office: Office, record: Record, signatory: Signatory, proofs: Sequence[Proof]) -> list[Checked]:
    """One check per proof that :func:`entrepot.flow.issue.sign` made a moment ago, where the issuer's document lists
    the key for assertions now; else none, and :func:`check_proofs` tells what is wrong.

    Nothing else is to be asked of them: each signature was verified as it was made, and the rendering of a record
    names no mandate, no status, and no period but from the record's own time on.
    """
    if not _lists_now(office, record, signatory):
        return []
    names = [(each.securing, STANDARDS.get(each.securing, each.securing)) for each in proofs]
    return [judged("proof", f"proof {securing}", standard, ()) for securing, standard in names]


def _lists_now(office: Office, record: Record, signatory: Signatory) -> bool:
    """Whether the issuer's own document, confirmed now, lists the key; a did:webvh, which has a past, goes the long
    way."""
    issuer, now = record.content.issuer, max(office.clock(), record.content.issued)
    keeper = keeper_of(office.resolver, issuer, at=now, now=now)
    if not isinstance(keeper, Keeper) or keeper.history is not None or did_of(signatory.method) != issuer:
        return False
    if keeper.resolution.remembered is not None or keeper.resolution.is_unvouched:
        return False
    tenure = keeper.tenure(signatory.method, signatory.key.public, ASSERTION)
    return tenure is not None and tenure.ceased is None and tenure.method.controller == issuer


def _checked(record: Record, proof: Proof, report: Report) -> Checked:
    standard = STANDARDS.get(proof.securing, proof.securing)
    findings = [
        finding_of(result) if name == "mandate" else _finding(name, result, standard)
        for name, result in report.results.items()
        if result.status in (Verdict.INVALID, Verdict.UNKNOWN)
        # Where it is unknown whether a mandate binds the issuer, the issuer's key says the same again.
        if name != "issuer" or result != report.results["mandate"]
    ]
    if report.record is None or report.record.id != record.id:
        findings.append(_OTHER)
    verdict = Checking.VALID if report.is_valid and not findings else Checking.UNKNOWN
    if report.results["issuer"].code == REMEMBERED:
        findings.append(_remembered(report.results["issuer"], standard))
    if report.results["mandate"].status is Verdict.VALID:
        findings.append(SIGNED_UNDER.broken("$.termsOfUse", reason=report.results["mandate"].reason))
    if verdict is Checking.VALID and report.results["time"].status is Verdict.VALID:
        findings.append(_evidenced(report.results["time"], standard))
    if any(each.severity is Severity.BLOCKING for each in findings):
        verdict = Checking.INVALID
    name = f"proof {proof.securing}"
    return Checked(stage="proof", name=name, standard=standard, verdict=verdict, findings=tuple(findings))


def _finding(name: str, result: Result, standard: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-PROOF-{NUMBERS[name]:02d}",
        severity=Severity.BLOCKING if result.status is Verdict.INVALID else Severity.WARNING,
        message="{reason} ({code})",
        params={"reason": result.reason, "code": result.code},
        source=standard,
        remedy=result.remedy,
    )


def _evidenced(result: Result, standard: str) -> Finding:
    """Told to whoever reads the record: it would not hold if it were signed today."""
    return Finding(
        id=EVIDENCED,
        severity=Severity.NOTE,
        message="Judged for the moment at which it is shown to have existed: {reason}",
        params={"reason": result.reason},
        source=standard,
    )


def _remembered(result: Result, standard: str) -> Finding:
    """Told to whoever reads the record: the key may have been withdrawn since it was last confirmed."""
    return Finding(
        id="ENT-CORE-PROOF-09",
        severity=Severity.NOTE,
        message="The issuer's key could not be confirmed now: {reason}",
        params={"reason": result.reason},
        source=standard,
        remedy=result.remedy,
    )


_OTHER = Finding(
    id="ENT-CORE-PROOF-08",
    severity=Severity.BLOCKING,
    message="The proof is of another record.",
    source="Entrepot record credential, version 1",
    remedy="Send the proofs of one record.",
)
