"""Anchor: does somebody trusted vouch for the issuer?

Directly, where a list of trust anchors names the issuer; else through a Digital Identity Anchor: its subject is the
issuer, it holds at the moment that is judged, and a list names whoever issued it as registrar of that scheme (UNTP,
Digital Identity Anchor, verification workflow).
"""

from entrepot.base.error import EntrepotError
from entrepot.base.said import said
from entrepot.document.identity_anchor import RegisteredIdentity, anchor_urls, read_identity_anchor
from entrepot.document.proof.opened import issuer_of, open_secured
from entrepot.document.verify.case import Backing, Case
from entrepot.document.verify.report import NOT_ASKED, Report, Result, Verdict, best
from entrepot.party.anchor import Anchors, Standing
from entrepot.party.error import unfetched

NAMED_MAX = 5
"""Anchors that are fetched of those that an issuer's DID document names."""
REFUSALS = {"ENT-CORE-ANCHOR-04": "anchor-rollback", "ENT-CORE-ANCHOR-05": "anchor-equivocation"}
"""Finding on a list that is not relied on -> the code of the answer where no other list decides."""
_ASK = "Ask the registrar."
_CODES = {
    "revoked": "dia-revoked",
    "suspended": "dia-suspended",
    "expired": "dia-expired",
    "not-yet-valid": "dia-not-yet",
}
_ASKED = ("integrity", "issuer", "schema", "validity", "status")


def anchor(case: Case, backing: Backing) -> Result:
    """Whether the lists of trust anchors that were given name the issuer, or a registrar that does."""
    anchors = case.given.anchors
    if anchors is None:
        return NOT_ASKED
    found = _vouched(case, anchors, backing)
    if found.status is not Verdict.UNKNOWN or not anchors.refused:
        return found
    why = anchors.refused[0]
    return Result(Verdict.UNKNOWN, REFUSALS.get(why.id, "anchor-refused"), why.told, why.to_json()["remedy"])


def _vouched(case: Case, anchors: Anchors, backing: Backing) -> Result:
    direct = _direct(case, anchors)
    if direct.status is not Verdict.UNKNOWN:
        return direct
    found = [_through(case, data, anchors, backing) for data in case.given.identities]
    if not any(each.status is Verdict.VALID for each in found):
        found += _named(case, anchors, backing)
    speaking = [each for each in found if each.code not in ("dia-other-subject", "dia-missing")]
    return best(speaking) if speaking else best([*found, direct])


def _direct(case: Case, anchors: Anchors) -> Result:
    issuer = case.secured.issuer
    answer = anchors.anchored(issuer, at=case.at)
    if answer is Standing.YES:
        return Result(Verdict.VALID, "anchored", said("{issuer} stands on a list of trust anchors.", issuer=issuer))
    if answer is Standing.NO:
        return Result(
            Verdict.INVALID,
            "not-anchored",
            said("{issuer} is withdrawn from the lists of trust anchors.", issuer=issuer),
        )
    return _overdue(case, anchors, issuer) or Result(
        Verdict.UNKNOWN,
        "anchor-unknown",
        said("No list of trust anchors speaks of {issuer}.", issuer=issuer[:200]),
        "Give the issuer's Digital Identity Anchor with --identity, or a list that names it.",
    )


def _overdue(case: Case, anchors: Anchors, did: str) -> Result | None:
    listed = anchors.overdue(did, at=case.at)
    if listed is None:
        return None
    reason = said(
        "The list of {economy}, edition {sequence}, is overdue.", economy=listed.economy, sequence=listed.sequence
    )
    return Result(Verdict.UNKNOWN, "anchor-list-overdue", reason, "Give its next edition.")


def _named(case: Case, anchors: Anchors, backing: Backing) -> list[Result]:
    """What the anchors say that the issuer's own DID document leads to."""
    document = case.resolver.resolve(case.secured.issuer, case.at).document
    found = []
    for url in anchor_urls(document or {})[:NAMED_MAX]:
        if case.given.fetch is None:
            reason = said("The issuer names its identity anchor at {url}; nothing may be fetched.", url=url[:200])
            found.append(Result(Verdict.UNKNOWN, "dia-missing", reason, "Give it with --identity, or go online."))
            continue
        try:
            found.append(_through(case, case.given.fetch(url), anchors, backing))
        except EntrepotError as wrong:
            reason = said("{url}: {message}", url=url[:200], message=unfetched(wrong))
            found.append(Result(Verdict.UNKNOWN, "dia-missing", reason, "Give it with --identity."))
    return found


def _through(case: Case, data: bytes, anchors: Anchors, backing: Backing) -> Result:
    """The answer that one identity anchor gives."""
    opened, _ = open_secured(data)
    identity, findings = read_identity_anchor(opened.vc) if opened is not None else (None, ())
    if opened is None or identity is None:
        reason = findings[0].told if findings else said("It is no credential.")
        return Result(
            Verdict.UNKNOWN, "dia-malformed", said("The identity anchor cannot be read: {reason}", reason=reason), _ASK
        )
    if identity.did != case.secured.issuer:
        reason = said("The identity anchor is of {did}, not of the issuer.", did=identity.did[:200])
        return Result(Verdict.UNKNOWN, "dia-other-subject", reason, "Give the anchor of the issuer.")
    report = backing(case, data)
    return _failed(report) or _by_registrar(case, identity, issuer_of(opened.vc), anchors)


def _failed(report: Report) -> Result | None:
    for status in (Verdict.INVALID, Verdict.UNKNOWN):
        for name in _ASKED:
            result = report.results[name]
            if result.status is status:
                code = _CODES.get(result.code, f"dia-{name}")
                return Result(
                    status, code, said("The identity anchor: {reason}", reason=result.reason), result.remedy or _ASK
                )
    return None


def _by_registrar(case: Case, identity: RegisteredIdentity, registrar: str, anchors: Anchors) -> Result:
    answer = anchors.registrar_of(registrar, identity.scheme, at=case.at)
    if answer is Standing.YES:
        number = f"{identity.name[:100]}, {identity.number[:70]}"
        return Result(
            Verdict.VALID,
            "anchored-by-registrar",
            said("{registrar} has the issuer in its register: {number}.", registrar=registrar, number=number),
        )
    if answer is Standing.NO:
        reason = said(
            "{registrar} is not, or no longer, anchored as registrar of {scheme}.",
            registrar=registrar,
            scheme=identity.scheme[:200],
        )
        return Result(Verdict.INVALID, "registrar-not-anchored", reason, "Ask for an anchor by a registrar that is.")
    return _overdue(case, anchors, registrar) or Result(
        Verdict.UNKNOWN,
        "registrar-unknown",
        said(
            "No list of trust anchors names {registrar} as registrar of {scheme}.",
            registrar=registrar[:200],
            scheme=identity.scheme[:200],
        ),
        "Give the list of the economy whose register it is.",
    )
