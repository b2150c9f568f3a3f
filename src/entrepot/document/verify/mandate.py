"""Mandate: may whoever signed for the issuer bind it?

Asked where a proof is made by somebody else than the issuer, and the document names a mandate or one for that signer is
given. Every mandate of the chain is verified like any other credential, for the same moment; the last is given by the
issuer itself. A mandate that has ended, or was taken back, at that moment binds nobody; evidence of an earlier moment
makes it the moment that is judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from entrepot.base.digest import sha256
from entrepot.base.error import EntrepotError
from entrepot.base.finding import Finding
from entrepot.base.moment import format_moment, parse_moment
from entrepot.base.money import Money
from entrepot.base.record import Record
from entrepot.base.said import UNSAID, Said, said, together
from entrepot.document.mandate import Reference, longer, named_mandates, read_mandate
from entrepot.document.proof.credential import is_record_credential
from entrepot.document.proof.model import items_of
from entrepot.document.proof.opened import issuer_of, open_secured
from entrepot.document.verify.case import Backing, Case
from entrepot.document.verify.report import NOT_ASKED, Report, Result, Verdict, best, worst
from entrepot.document.worth import worth
from entrepot.party.error import unfetched
from entrepot.party.mandate import LINKS_MAX, Mandate, widened

_AGAIN = "Ask the issuer for a document that is signed by whoever may."
_GIVE = "Give the mandate with --mandate, or go online."
_CODES = {
    "revoked": "mandate-revoked",
    "suspended": "mandate-suspended",
    "expired": "mandate-expired",
    "not-yet-valid": "mandate-not-yet",
}
_ASKED = ("integrity", "issuer", "schema", "validity", "status")


@dataclass(frozen=True, slots=True)
class _Link:
    """One mandate of a chain as it was found: its secured bytes, the credential, what it grants."""

    data: bytes
    vc: Mapping[str, Any]
    mandate: Mandate | None
    fault: Said = UNSAID

    @property
    def id(self) -> str:
        return str(self.vc.get("id", ""))


def mandate(case: Case, others: Mapping[str, Result], record: Record | None, backing: Backing) -> Result:
    """Whether one of ``others`` (who signed beside the issuer) holds a mandate for this document."""
    named = named_mandates(case.secured.vc)
    links = tuple(filter(None, (_opened(each) for each in case.given.mandates)))
    desk = _Desk(case, record, backing, links)
    if not others:
        reason = said("{issuer} signed itself.", issuer=case.secured.issuer[:200])
        return Result(Verdict.NOT_ASKED, "mandate-not-needed", reason) if named else NOT_ASKED
    asked = [did for did in others if named or desk.held_by(did)]
    if not asked:
        return NOT_ASKED
    return best([others[did] if others[did].status is not Verdict.VALID else desk.judge(did, named) for did in asked])


def foreseen(case: Case, signer: str, record: Record | None, backing: Backing) -> Result:
    """What would be answered on the mandates that an unsigned document names, if ``signer`` signed it now."""
    links = tuple(filter(None, (_opened(each) for each in case.given.mandates)))
    return _Desk(case, record, backing, links).judge(signer, named_mandates(case.secured.vc))


def bound(issuer: Result, mandate: Result) -> Result:
    """The answer on the issuer where the key is not its own: it is bound by whoever signs under its mandate."""
    if issuer.code not in ("method-not-listed", "method-controller") or mandate.status is Verdict.NOT_ASKED:
        return issuer
    if mandate.status is Verdict.INVALID:
        return issuer
    return Result(mandate.status, mandate.code, mandate.reason, mandate.remedy)


class _Desk:
    """One document, and the mandates at hand."""

    def __init__(self, case: Case, record: Record | None, backing: Backing, links: tuple[_Link, ...]) -> None:
        self._case, self._record, self._backing, self._links = case, record, backing, links
        self._digests = {each.digest for each in named_mandates(case.secured.vc)} - {""}

    def held_by(self, did: str) -> list[_Link]:
        """The mandates given whose subject is ``did``."""
        return [each for each in self._links if each.mandate is not None and each.mandate.id == did]

    def judge(self, signer: str, named: tuple[Reference, ...]) -> Result:
        """Whether ``signer`` holds a mandate for the document: one of those it names, where it names any."""
        links = [self._find(each.id) for each in named[:LINKS_MAX]] if named else list(self.held_by(signer))
        found = [each if isinstance(each, Result) else self._chain(each, signer) for each in links]
        return best(found)

    def _find(self, name: str) -> "_Link | Result":
        found = [each for each in self._links if name and each.id == name]
        # What is signed may say which bytes are meant: others under that id stand back.
        meant = min(found, key=lambda link: sha256(link.data.strip()) not in self._digests, default=None)
        if meant is not None:
            return meant
        fetch = self._case.given.fetch
        if fetch is None or not name.startswith("https://"):
            return Result(
                Verdict.UNKNOWN, "mandate-missing", said("The mandate {name} is not at hand.", name=name[:200]), _GIVE
            )
        try:
            link = _opened(fetch(name))
        except EntrepotError as wrong:
            return Result(
                Verdict.UNKNOWN,
                "mandate-missing",
                said("{name}: {message}", name=name[:200], message=unfetched(wrong)),
                _GIVE,
            )
        if link is None or link.id != name:
            return Result(
                Verdict.UNKNOWN, "mandate-missing", said("{name} answers with something else.", name=name[:200]), _GIVE
            )
        return link

    def _chain(self, link: _Link, signer: str) -> Result:
        """The worst answer on the chain that begins with ``link``, the mandate of whoever signed."""
        mandate = link.mandate
        if mandate is None:
            return Result(Verdict.INVALID, "mandate-malformed", link.fault, _AGAIN)
        if mandate.id != signer:
            reason = said("The mandate is for {id}, and {signer} signed.", id=mandate.id[:200], signer=signer)
            return Result(Verdict.INVALID, "mandate-other-signer", reason, _AGAIN)
        if mandate.principal != self._case.secured.issuer:
            reason = said("The mandate binds {principal}, not the issuer.", principal=mandate.principal[:200])
            return Result(Verdict.INVALID, "mandate-other-principal", reason, _AGAIN)
        found, current = [self._granted(mandate), self._worth(mandate)], link
        for _ in range(LINKS_MAX):
            found.append(self._held(current))
            if issuer_of(current.vc) == mandate.principal:
                reason = said(
                    "{signer} signs for {principal} under {mandate}.",
                    signer=signer,
                    principal=mandate.principal,
                    mandate=link.id,
                )
                return worst([Result(Verdict.VALID, "mandated", reason), *found])
            above = self._above(current)
            if isinstance(above, Result):
                return worst([*found, above])
            current = above
        return Result(
            Verdict.INVALID,
            "mandate-too-deep",
            said("More than {most} mandates follow each other.", most=LINKS_MAX),
            _AGAIN,
        )

    def _granted(self, mandate: Mandate) -> Result:
        kinds = kinds_of(self._case.secured.vc)
        if mandate.covers(kinds):
            return Result(Verdict.VALID, "mandate-kind", said("The kind of document is covered."))
        reason = said(
            "The mandate is for {granted}, not for {asked}.",
            granted=", ".join(mandate.kinds)[:200],
            asked=", ".join(sorted(kinds))[:200],
        )
        return Result(Verdict.INVALID, "mandate-kind", reason, _AGAIN)

    def _worth(self, mandate: Mandate) -> Result:
        """Whether the amount of the document lies within the mandate's."""
        if mandate.limit is None:
            return Result(Verdict.VALID, "mandate-amount", said("Any amount is covered."))
        amount, is_known = worth(self._record) if self._record is not None else (None, False)
        if not is_known:
            reason = said(
                "The mandate ends at {limit}, and the document's amount is not known here.", limit=mandate.limit
            )
            return Result(Verdict.UNKNOWN, "mandate-amount-unknown", reason, "Compare the amounts yourself.")
        return _within(amount, mandate.limit)

    def _held(self, link: _Link) -> Result:
        """Whether one mandate holds by itself at the moment that is judged."""
        report = self._backing(self._case, link.data)
        for status in (Verdict.INVALID, Verdict.UNKNOWN):
            for name in _ASKED:
                if report.results[name].status is status:
                    return _failed(link, name, report)
        return self._in_time(link) or Result(Verdict.VALID, "mandate-holds", said("{id} holds.", id=link.id))

    def _in_time(self, link: _Link) -> Result | None:
        """What is wrong where a record says itself to be from another time than the mandate; else None."""
        try:
            since, until = (parse_moment(link.vc[name]) for name in ("validFrom", "validUntil"))
        except (KeyError, ValueError, TypeError):
            return None  # the mandate's own validity says so
        # A record says its second: one of the second in which the mandate begins is not of before.
        if self._record is None or since.replace(microsecond=0) <= self._record.content.issued <= until:
            return None
        issued = format_moment(self._record.content.issued)
        reason = said("The record says to be of {issued}, when {id} was not in force.", issued=issued, id=link.id)
        return Result(Verdict.INVALID, "mandate-other-time", reason, _AGAIN)

    def _above(self, link: _Link) -> "_Link | Result":
        """The mandate that ``link`` passes on, where it passes on no more than that."""
        child, giver = link.mandate, issuer_of(link.vc)
        if child is None or child.parent is None:
            reason = said("{id} is given by {giver}, who was not granted anything.", id=link.id, giver=giver[:200])
            return Result(Verdict.INVALID, "mandate-not-granted", reason, _AGAIN)
        above = self._find(child.parent)
        if isinstance(above, Result):
            return above
        if above.mandate is None or above.mandate.id != giver:
            reason = said(
                "{above} is not the mandate of {giver}, who gave {id}.", above=above.id, giver=giver[:200], id=link.id
            )
            return Result(Verdict.INVALID, "mandate-other-giver", reason, _AGAIN)
        wider = (*widened(child, above.mandate), *longer(link.vc, above.vc))
        if wider:
            reason = together(said("{id} grants more than was granted.", id=link.id), *wider)
            return Result(Verdict.INVALID, "mandate-wider", reason, _AGAIN)
        return above


def kinds_of(vc: Mapping[str, Any]) -> frozenset[str]:
    """The kind of the record that a credential renders; of any other its types, without the one that all have."""
    subject = vc.get("credentialSubject")
    if is_record_credential(vc):
        return frozenset({str(subject.get("kind"))} if isinstance(subject, Mapping) else ())
    types = (*items_of(vc.get("type")), vc.get("vct"))
    return frozenset(each for each in types if isinstance(each, str)) - {"VerifiableCredential"}


def _within(amount: Money | None, limit: Money) -> Result:
    if amount is None:
        return Result(Verdict.VALID, "mandate-amount", said("The document is about no amount."))
    if amount.currency != limit.currency:
        reason = said("The mandate ends at {limit}; the document is about {amount}.", limit=limit, amount=amount)
        return Result(Verdict.UNKNOWN, "mandate-currency", reason, "Ask for a mandate in the document's currency.")
    if abs(amount.minor) > limit.minor:
        return Result(
            Verdict.INVALID,
            "mandate-amount",
            said("{amount} is more than {limit}.", amount=amount, limit=limit),
            _AGAIN,
        )
    return Result(Verdict.VALID, "mandate-amount", said("{amount} lies within {limit}.", amount=amount, limit=limit))


def _failed(link: _Link, name: str, report: Report) -> Result:
    result = report.results[name]
    remedy = "Give evidence of when it was signed, or ask for a new signature." if name == "validity" else _AGAIN
    reason = said("{id}: {reason}", id=link.id, reason=result.reason) if link.id else result.reason
    return Result(result.status, _CODES.get(result.code, f"mandate-{name}"), reason, result.remedy or remedy)


def _opened(data: bytes) -> _Link | None:
    opened, _ = open_secured(data)
    if opened is None:
        return None
    mandate, findings = read_mandate(opened.vc)
    return _Link(data, opened.vc, mandate, _fault(findings))


def _fault(findings: Sequence[Finding]) -> Said:
    return said("{path}: {told}", path=findings[0].path, told=findings[0].told) if findings else UNSAID
