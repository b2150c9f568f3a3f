"""Verifying one document: every question is answered, none hides another.

The seven results: ``integrity`` (do the signatures hold, and is a record the one it says it is), ``issuer`` (is the
key the issuer's, for this purpose), ``status`` (revoked, suspended), ``validity`` (in force at the moment asked for),
``schema`` (form), ``mandate`` (may this signer bind the issuer), ``anchor`` (does somebody trusted vouch for it).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from entrepot.base.error import UsageError
from entrepot.base.finding import Finding
from entrepot.base.moment import format_moment, from_millis, parse_moment, require_aware
from entrepot.base.record import Record
from entrepot.document.proof.credential import is_record_credential, record_of_credential
from entrepot.document.proof.meaning import CARRIED, Contexts
from entrepot.document.proof.model import check_claims, check_credential, check_token
from entrepot.document.proof.opened import ASSERTION, Proof, Secured, judge_proof, open_secured
from entrepot.document.proof.sdjwt import binding_fault
from entrepot.document.status import StatusLists
from entrepot.party.anchor import Anchors, Standing
from entrepot.party.did import Method, did_of, find_method, is_did
from entrepot.party.resolve import Resolution, Resolver

RESULTS = ("integrity", "issuer", "status", "validity", "schema", "mandate", "anchor")
"""The results, in the order in which they are shown."""
Check = Callable[[Record], tuple[Finding, ...]]
"""The form of a record's payload, judged by its kind's own package."""


class Verdict(StrEnum):
    """An answer; *unknown* is never taken for one of the others."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Result:
    """One answer: a stable ``code``, the ``reason`` in a sentence, and the ``remedy`` where there is one."""

    status: Verdict
    code: str = ""
    reason: str = ""
    remedy: str = ""

    def to_json(self) -> dict[str, str]:
        """The four members."""
        return {"status": str(self.status), "code": self.code, "reason": self.reason, "remedy": self.remedy}


NOT_ASKED = Result(Verdict.NOT_ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All answers on one document. ``is_readable``: whether it could be examined at all.

    ``record``: the record that a valid or invalid credential renders, where it renders one. ``findings``: everything
    that the form breaks, in full.
    """

    is_valid: bool
    results: Mapping[str, Result]
    is_readable: bool = True
    issuer: str = ""
    securing: tuple[str, ...] = ()
    record: Record | None = None
    findings: tuple[Finding, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """``valid`` and ``results``, as the command prints them."""
        return {"valid": self.is_valid, "results": {name: self.results[name].to_json() for name in RESULTS}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a verifier brings along beside the document.

    ``contexts``: the JSON-LD contexts that may be read. ``lists``: status lists; without them a status stays unknown.
    ``audience``, ``nonce``: to whom, and on which occasion, a holder must show that it presents the document.
    ``check``: the form of a record's payload.
    """

    contexts: Contexts = CARRIED
    lists: StatusLists | None = None
    audience: str | None = None
    nonce: str | None = None
    check: Check | None = None


def verify(
    data: bytes,
    *,
    resolver: Resolver,
    at: datetime,
    require: Collection[str] = (),
    anchors: Anchors | None = None,
    given: Given = Given(),
) -> Report:
    """Everything that can be said of ``data`` (a credential with proofs, a vc+jwt or an SD-JWT) as of ``at``.

    Valid means: integrity and the issuer's key are valid, nothing is invalid, what ``require`` names is valid, and
    nothing that the document itself names (a status list, a schema) is unknown. ``created`` of a proof is its signer's
    claim and evidence of nothing, so it is not judged.
    """
    require_aware(at)
    secured, findings = open_secured(data)
    if secured is None:
        return unread(findings[0].text, findings[0].id, findings[0].to_json()["remedy"])
    judge = _Judge(secured, resolver, at, given)
    record, wrong = _record(secured)
    form = _form(secured)
    shape = given.check(record) if given.check is not None and record is not None else ()
    results = {
        "integrity": judge.integrity(wrong),
        "issuer": judge.issuer(),
        "status": _status(secured, resolver, at, given),
        "validity": _validity(secured, at),
        "schema": _schema(secured.vc, form + shape),
        "mandate": NOT_ASKED,
        "anchor": _anchor(anchors, secured.issuer, at),
    }
    results |= {name: _unbuilt(name) for name in require if results[name].status is Verdict.NOT_ASKED}
    return Report(
        is_valid=_is_valid(results, secured.vc, require),
        results=results,
        issuer=secured.issuer,
        securing=tuple(each.securing for each in secured.proofs),
        record=record,
        findings=form + wrong + shape,
    )


_TOKEN_CLAIMS = frozenset({"iss", "iat", "nbf", "exp", "vct", "cnf", "sub", "jti"})


def _record(secured: Secured) -> tuple[Record | None, tuple[Finding, ...]]:
    """The record that the document renders; what a holder has cut out proves statements, but is no record."""
    if not is_record_credential(secured.vc):
        return None, ()
    vc = secured.vc
    if any(each.sd is not None for each in secured.proofs):
        vc = {name: each for name, each in vc.items() if name not in _TOKEN_CLAIMS}
    record, wrong = record_of_credential(vc)
    return record, () if secured.is_partial else wrong


def _form(secured: Secured) -> tuple[Finding, ...]:
    if any(each.sd is not None for each in secured.proofs):
        token = check_token(secured.vc)
        if "@context" not in secured.vc:
            return token
        return token + check_credential(secured.vc) + check_claims(secured.vc)
    return check_credential(secured.vc) + (check_claims(secured.vc) if secured.is_enveloped else ())


def _is_valid(results: Mapping[str, Result], vc: Mapping[str, Any], require: Collection[str]) -> bool:
    needed = {"integrity", "issuer", *require}
    needed |= {
        name
        for name, member in (("status", "credentialStatus"), ("status", "status"), ("schema", "credentialSchema"))
        if member in vc and (member != "status" or "vct" in vc)
    }
    if any(each.status is Verdict.INVALID for each in results.values()):
        return False
    return all(results[name].status is Verdict.VALID for name in needed)


def unread(reason: str, code: str = "unreadable", remedy: str = "Give a file that can be read.") -> Report:
    """The report on something that could not be examined: integrity unknown, nothing else asked."""
    result = Result(Verdict.UNKNOWN, code, reason, remedy)
    return Report(is_valid=False, results=dict.fromkeys(RESULTS, NOT_ASKED) | {"integrity": result}, is_readable=False)


class _Judge:
    """Integrity and issuer of one document: both need the keys that its proofs name."""

    def __init__(self, secured: Secured, resolver: Resolver, at: datetime, given: Given) -> None:
        self._secured = secured
        self._given = given
        self._resolver = resolver
        self._at = at
        self._methods = [self._method_of(each) for each in secured.proofs]
        self._held = [self._judge(number, each) for number, each in enumerate(secured.proofs)]

    def _method_of(self, proof: Proof) -> tuple[Method | None, Resolution | None]:
        did = did_of(proof.method)
        if not did:
            return None, None
        resolution = self._resolver.resolve(did, self._at)
        if resolution.document is None:
            return None, resolution
        return find_method(resolution.document, proof.method), resolution

    def _judge(self, number: int, proof: Proof) -> Result:
        if proof.unsupported:
            return Result(Verdict.UNKNOWN, "securing-unsupported", proof.unsupported, "Ask for another securing.")
        if proof.fault:
            return Result(Verdict.INVALID, "proof-malformed", proof.fault, "Ask the issuer for the document as issued.")
        method, resolution = self._methods[number]
        if resolution is not None and resolution.is_refused:
            return Result(Verdict.INVALID, "method-invalid", resolution.reason, "Ask the issuer to sign again.")
        if method is None or method.key is None:
            reason = resolution.reason if resolution and resolution.reason else f"no key is known for {proof.method!r}"
            return Result(Verdict.UNKNOWN, "key-unknown", reason, "Give the signer's DID document with --did-doc.")
        outcome = judge_proof(
            self._secured, method.key, index=number, purpose=proof.purpose, contexts=self._given.contexts
        )
        if not outcome.holds:
            status = Verdict.UNKNOWN if outcome.is_unknown else Verdict.INVALID
            return Result(status, outcome.code, outcome.reason, outcome.remedy)
        return self._bound(proof) or Result(Verdict.VALID, "signature-holds", f"{proof.securing} under {proof.method}")

    def _bound(self, proof: Proof) -> Result | None:
        """What is wrong with the holder's binding to this occasion; None where nothing is."""
        if proof.sd is None:
            if self._given.audience is None and self._given.nonce is None:
                return None
            reason = f"{proof.securing} does not show who presents it"
            return Result(Verdict.UNKNOWN, "binding-missing", reason, "Ask for an SD-JWT with key binding.")
        code, reason = binding_fault(proof.sd, audience=self._given.audience, nonce=self._given.nonce)
        return Result(Verdict.INVALID, code, reason, "Ask the holder to present it again.") if code else None

    def integrity(self, wrong: tuple[Finding, ...]) -> Result:
        """Whether every proof holds, and a record's content has the digest that names it."""
        unsigned = Result(Verdict.UNKNOWN, "no-proof", "The document carries no proof.", "Ask the issuer to sign it.")
        worst = _worst(self._held or [unsigned])
        if worst.status is not Verdict.INVALID and wrong:
            return Result(Verdict.INVALID, wrong[0].id, f"{wrong[0].path}: {wrong[0].text}", wrong[0].remedy)
        return worst

    def issuer(self) -> Result:
        """Whether a proof was made with a key that the issuer lists for assertions."""
        name = self._secured.issuer
        if not name:
            return Result(
                Verdict.INVALID, "issuer-missing", "The document names no issuer.", "Ask for another document."
            )
        if not is_did(name):
            reason = f"{name[:200]} is no decentralized identifier, so no key can be shown to be its own"
            return Result(Verdict.UNKNOWN, "issuer-not-did", reason, "Ask the issuer to sign under a DID.")
        resolution = self._resolver.resolve(name, self._at)
        if resolution.document is None:
            status = Verdict.INVALID if resolution.is_refused else Verdict.UNKNOWN
            remedy = "Give the issuer's DID document with --did-doc, or go online."
            return Result(status, resolution.code, resolution.reason, remedy)
        found = [self._binding(name, resolution.document, number) for number in range(len(self._held))]
        return _best(found) if found else Result(Verdict.UNKNOWN, "no-proof", "Nothing is signed by anybody.")

    def _binding(self, issuer: str, document: Mapping[str, Any], number: int) -> Result:
        proof, held = self._secured.proofs[number], self._held[number]
        if held.status is not Verdict.VALID:
            # A signature that does not hold says nothing of who signed.
            return Result(Verdict.UNKNOWN, held.code, held.reason, held.remedy)
        if proof.purpose != ASSERTION:
            return Result(Verdict.INVALID, "proof-purpose", f"The proof is made for {proof.purpose[:40]!r}.")
        method = find_method(document, proof.method, ASSERTION)
        if method is None or method.key is None:
            reason = f"{issuer} does not list {proof.method} for assertions"
            return Result(Verdict.INVALID, "method-not-listed", reason, "Ask the issuer to sign with a key of its own.")
        if method.controller != issuer or did_of(proof.method) != issuer:
            return Result(Verdict.INVALID, "method-controller", f"{proof.method} is controlled by somebody else.")
        if method.ceased is not None and method.ceased <= self._at:
            reason = f"{proof.method} is out of force since {format_moment(method.ceased)}"
            return Result(Verdict.UNKNOWN, "method-ceased", reason, "Give evidence of when it was signed.")
        return Result(Verdict.VALID, "method-listed", f"{issuer} lists {proof.method} for assertions")


_RANK = {Verdict.INVALID: 0, Verdict.UNKNOWN: 1, Verdict.NOT_ASKED: 2, Verdict.VALID: 3}


def _worst(results: list[Result]) -> Result:
    return min(results, key=lambda each: _RANK[each.status])


def _best(results: list[Result]) -> Result:
    return max(results, key=lambda each: _RANK[each.status])


def _status(secured: Secured, resolver: Resolver, at: datetime, given: Given) -> Result:
    vc = secured.vc
    if "vct" in vc and "status" in vc and "credentialStatus" not in vc:
        return Result(Verdict.UNKNOWN, "status-unchecked", "A token status list is not checked here.")
    if "credentialStatus" not in vc:
        return NOT_ASKED
    if given.lists is None:
        reason = "The document names a status that is not checked here."
        return Result(Verdict.UNKNOWN, "status-unchecked", reason, "Give the list with --status-list.")

    def judge(data: bytes, moment: datetime) -> tuple[bool, str, Mapping[str, Any]]:
        """A list is a credential; what it says of its own status is not asked."""
        opened, _ = open_secured(data)
        report = verify(data, resolver=resolver, at=moment, given=Given(contexts=given.contexts))
        wanted = [report.results[name] for name in ("integrity", "issuer")]
        # A list that is made later says something of the past, too: that it is not yet in force does no harm.
        wanted += [each for each in [report.results["validity"]] if each.code != "not-yet-valid"]
        first = next((each for each in wanted if each.status is not Verdict.VALID), None)
        return first is None, first.reason if first else "", opened.vc if opened is not None else {}

    standing = given.lists.standing(vc["credentialStatus"], issuer=secured.issuer, at=at, judge=judge)
    return Result(Verdict(standing.status), standing.code, standing.reason, standing.remedy)


def _schema(vc: Mapping[str, Any], findings: tuple[Finding, ...]) -> Result:
    if findings:
        first, more = findings[0], len(findings) - 1
        reason = f"{first.path}: {first.text}" + (f" ({more} more)" if more else "")
        return Result(Verdict.INVALID, first.id, reason, first.to_json()["remedy"])
    if "credentialSchema" in vc:
        reason = "The document names a schema that is not known here."
        return Result(Verdict.UNKNOWN, "schema-unchecked", reason, "Validate it against that schema.")
    return Result(Verdict.VALID, "data-model", "It has the form of W3C VCDM 2.0.")


def _validity(secured: Secured, at: datetime) -> Result:
    try:
        starts, ends = _period(secured)
    except (ValueError, TypeError, OverflowError, UsageError) as wrong:
        return Result(Verdict.INVALID, "period-malformed", str(wrong)[:200], "Ask for a document with proper times.")
    if starts and at < max(starts):
        reason = f"It holds from {format_moment(max(starts))} on."
        return Result(Verdict.INVALID, "not-yet-valid", reason, "Ask again then.")
    if ends and at > min(ends):
        reason = f"It held until {format_moment(min(ends))}."
        return Result(Verdict.INVALID, "expired", reason, "Ask the issuer for a new one.")
    return Result(Verdict.VALID, "in-force", f"It holds at {format_moment(at)}.")


def _period(secured: Secured) -> tuple[list[datetime], list[datetime]]:
    """All moments from which, and up to which, the document or one of its proofs says to hold.

    VCDM 2.0, 4.9; RFC 7519 4.1.4 and 4.1.5 for claims that stand in the payload of a vc+jwt; Data Integrity 2.1.
    """
    vc = secured.vc
    starts = [parse_moment(vc["validFrom"])] if "validFrom" in vc else []
    ends = [parse_moment(vc["validUntil"])] if "validUntil" in vc else []
    if secured.is_enveloped:
        starts += [_numeric_date(vc["nbf"])] if "nbf" in vc else []
        ends += [_numeric_date(vc["exp"])] if "exp" in vc else []
    ends += [parse_moment(each.members["expires"]) for each in secured.proofs if "expires" in each.members]
    return starts, ends


def _numeric_date(value: Any) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("exp or nbf is not a number of seconds")
    return from_millis(int(value * 1000))


def _anchor(anchors: Anchors | None, issuer: str, at: datetime) -> Result:
    if anchors is None:
        return NOT_ASKED
    answer = anchors.anchored(issuer, at=at)
    if answer is Standing.YES:
        return Result(Verdict.VALID, "anchored", f"{issuer} stands on a list of trust anchors.")
    if answer is Standing.NO:
        return Result(Verdict.INVALID, "not-anchored", f"{issuer} is withdrawn from the lists of trust anchors.")
    return Result(Verdict.UNKNOWN, "anchor-unknown", f"No list of trust anchors speaks of {issuer[:200]}.")


def _unbuilt(name: str) -> Result:
    reason = f"{name} was required, and nothing was given that could answer it."
    return Result(Verdict.UNKNOWN, f"{name}-unanswered", reason, "Give what it needs, or do not require it.")
