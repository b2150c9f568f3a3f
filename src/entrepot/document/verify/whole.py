"""Verifying one document: every question is answered, none hides another.

The eight results: ``integrity`` (do the signatures hold, and is a record the one it says it is), ``issuer`` (is the
key the issuer's, for this purpose), ``status`` (revoked, suspended), ``validity`` (in force at the moment asked for),
``schema`` (form), ``mandate`` (may this signer bind the issuer), ``anchor`` (does somebody trusted vouch for it),
``time`` (is it shown to have existed at a moment).
Each question is a function of one :class:`~entrepot.document.verify.case.Case` in a module of its own.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from entrepot.base.digest import sha256
from entrepot.base.moment import require_aware
from entrepot.base.said import UNSAID, Said, said
from entrepot.document._openattestation2.wrapped import is_wrapped
from entrepot.document.mandate import named_mandates
from entrepot.document.proof.opened import Secured, open_secured
from entrepot.document.verify.anchor import anchor
from entrepot.document.verify.case import NOTHING, Backing, Case, Given
from entrepot.document.verify.form import form, rendered, schema
from entrepot.document.verify.mandate import bound, foreseen, mandate
from entrepot.document.verify.openattestation import judged
from entrepot.document.verify.proofs import ProofJudge
from entrepot.document.verify.report import Report, Result, Verdict, unanswered, unread
from entrepot.document.verify.standing import status
from entrepot.document.verify.time import checked, earliest, sightings, time
from entrepot.document.verify.validity import validity
from entrepot.party.resolve import Resolver


def verify(
    data: bytes,
    *,
    resolver: Resolver,
    at: datetime,
    require: Collection[str] = (),
    given: Given = NOTHING,
) -> Report:
    """Everything that can be said of ``data`` (a credential with proofs, a vc+jwt, an SD-JWT, or an OpenAttestation 2.0
    document) as of ``at``.

    Valid means: integrity and the issuer's key are valid, nothing is invalid, what ``require`` names is valid, and
    nothing that the document itself names (a status list, a schema, a mandate) is unknown. ``created`` of a proof is
    its signer's claim and evidence of nothing: where a key is out of force, somebody else must have seen the document
    before.
    """
    require_aware(at)
    secured, findings = open_secured(data)
    if secured is None:
        return unread(findings[0].told, findings[0].id, findings[0].to_json()["remedy"])
    case = Case(secured, resolver, at, given)
    if is_wrapped(secured.vc) and not secured.is_enveloped:
        return judged(case, require, sightings(case, data, None))
    record, wrong = rendered(secured)
    broken = form(secured)
    shape = given.check(record) if given.check is not None and record is not None else ()
    told = sightings(case, data, record)
    judge = ProofJudge(case, checked=checked(told))
    seen = (*told, *judge.witnesses())
    moment = min((each for each in (earliest(seen), given.seen) if each is not None), default=None)
    mandated = mandate(case.then(moment), judge.others(moment), record, _seen_with(case, moment))
    results = {
        "integrity": judge.integrity(wrong),
        "issuer": bound(judge.issuer(moment), mandated),
        "status": status(case, _holds),
        "validity": validity(secured, at),
        "schema": _parted(secured, schema(secured.vc, broken + shape, given.schemas)),
        "mandate": mandated,
        "anchor": anchor(case, _backing),
        "time": time(case, seen, is_needed=judge.needs_evidence()),
    }
    results |= unanswered(results, require)
    return Report(
        is_valid=_is_valid(results, secured.vc, require),
        results=results,
        issuer=secured.issuer,
        securing=tuple(each.securing for each in secured.proofs),
        record=record,
        findings=broken + wrong + shape,
    )


def would_bind(credential: Mapping[str, Any], signer: str, *, resolver: Resolver, at: datetime, given: Given) -> Result:
    """What ``mandate`` would be of an unsigned ``credential`` that names mandates, if ``signer`` signed it now."""
    case = Case(Secured(credential, ()), resolver, require_aware(at), given)
    return foreseen(case, signer, rendered(case.secured)[0], _backing)


def _backing(case: Case, data: bytes) -> Report:
    """The report on a credential that backs the document: by its issuer's own key, whatever else it may name."""
    return verify(data, resolver=case.resolver, at=case.at, given=case.alone())


def _seen_with(case: Case, moment: datetime | None) -> Backing:
    """As :func:`_backing`; what the document names by its digest existed when the document did."""
    digests = {each.digest for each in named_mandates(case.secured.vc)}

    def backing(backed: Case, data: bytes) -> Report:
        seen = moment if sha256(data.strip()) in digests else None
        return verify(data, resolver=backed.resolver, at=backed.at, given=replace(backed.alone(), seen=seen))

    return backing


def _parted(secured: Secured, found: Result) -> Result:
    """The answer on the form, with a word on what a holder may have left out."""
    if found.status is not Verdict.VALID or not secured.is_partial:
        return found
    reason = said("It is a part: its holder chose what it shows, and may have left out the rest.")
    return replace(found, code="part-of-a-document", reason=reason)


def _holds(case: Case, data: bytes, at: datetime) -> tuple[bool, Said, Mapping[str, Any]]:
    """Whether a list, which is a credential too, holds; what it says of its own status is not asked."""
    opened, _ = open_secured(data)
    report = verify(data, resolver=case.resolver, at=at, given=replace(case.alone(), lists=None))
    wanted = [report.results[name] for name in ("integrity", "issuer")]
    # A list that is made later says something of the past, too: that it is not yet in force does no harm.
    wanted += [each for each in [report.results["validity"]] if each.code != "not-yet-valid"]
    first = next((each for each in wanted if each.status is not Verdict.VALID), None)
    return first is None, first.reason if first else UNSAID, opened.vc if opened is not None else {}


def _is_valid(results: Mapping[str, Result], vc: Mapping[str, Any], require: Collection[str]) -> bool:
    needed = {"integrity", "issuer", *require}
    needed |= {
        name
        for name, member in (("status", "credentialStatus"), ("status", "status"), ("schema", "credentialSchema"))
        if member in vc and (member != "status" or "vct" in vc)
    }
    if results["mandate"].status is Verdict.UNKNOWN:
        needed |= {"mandate"}  # it is asked only where the document, or whoever verifies, names one
    if any(each.status is Verdict.INVALID for each in results.values()):
        return False
    return all(results[name].status is Verdict.VALID for name in needed)
