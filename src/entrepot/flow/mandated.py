"""Mandates beside a record: a person or an agent signs for a party, under mandates that the signed form names.

The signed form states the digest of each mandate (``termsOfUse``, ``digestSRI``), as a payload does of its files: so
exactly those bytes are kept beside the record and sent with it, and nobody who delivers it first can put others there.
Every node judges them itself, each time, like any document: own keys, period, status, and every mandate above.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from entrepot.base.digest import sha256
from entrepot.base.finding import Finding, Severity
from entrepot.base.record import Record
from entrepot.document.demand import Demand
from entrepot.document.mandate import Reference, named_mandates, open_mandate, under
from entrepot.document.proof import credential_of, open_secured
from entrepot.document.status import StatusLists
from entrepot.document.verify import NOTHING, Given, Result, Verdict, would_bind
from entrepot.flow.assess import Checked, judged, stop
from entrepot.flow.assess import Verdict as Checking
from entrepot.flow.office import Office
from entrepot.flow.verifying import lists_of
from entrepot.journal.port import Attachment, Proof
from entrepot.party.mandate import LINKS_MAX

STANDARD = "Entrepot mandate, version 1"
LISTS_MAX = 2 * LINKS_MAX
"""Status lists that are fetched for one record: for each mandate one of revocations and one of suspensions."""
_AGAIN = "Ask the issuer for a record that is signed by whoever may."


DEMANDS: Mapping[str, Demand] = {
    "mandate-missing": Demand(
        "ENT-CORE-MANDATE-04",
        "A mandate that is named did not come with the record: {reason}",
        "Send the mandate of whoever signs, and those above it.",
        STANDARD,
    ),
    "mandate-other-signer": Demand("ENT-CORE-MANDATE-05", "The mandate is somebody else's: {reason}", _AGAIN, STANDARD),
    "mandate-other-principal": Demand(
        "ENT-CORE-MANDATE-06", "The mandate binds somebody else: {reason}", _AGAIN, STANDARD
    ),
    "mandate-kind": Demand("ENT-CORE-MANDATE-07", "The mandate is not for such a record: {reason}", _AGAIN, STANDARD),
    "mandate-amount": Demand(
        "ENT-CORE-MANDATE-08", "The amount is more than the mandate allows: {reason}", _AGAIN, STANDARD
    ),
    "mandate-amount-unknown": Demand(
        "ENT-CORE-MANDATE-09", "Whether the amount is allowed is not known: {reason}", _AGAIN, STANDARD
    ),
    "mandate-currency": Demand(
        "ENT-CORE-MANDATE-10",
        "Whether the amount is allowed is not known: {reason}",
        "Ask for a mandate in the record's currency.",
        STANDARD,
    ),
    "mandate-expired": Demand(
        "ENT-CORE-MANDATE-11", "The mandate has ended: {reason}", "Ask for a new mandate, and sign again.", STANDARD
    ),
    "mandate-not-yet": Demand(
        "ENT-CORE-MANDATE-12", "The mandate is not in force yet: {reason}", "Sign when it is.", STANDARD
    ),
    "mandate-revoked": Demand("ENT-CORE-MANDATE-13", "The mandate was taken back: {reason}", _AGAIN, STANDARD),
    "mandate-suspended": Demand(
        "ENT-CORE-MANDATE-14", "The mandate is suspended: {reason}", "Sign when it is reinstated.", STANDARD
    ),
    "mandate-status": Demand(
        "ENT-CORE-MANDATE-15",
        "Whether the mandate was taken back is not known: {reason}",
        "Try again when the status list of whoever gave it can be had.",
        STANDARD,
    ),
    "mandate-other-time": Demand(
        "ENT-CORE-MANDATE-16", "The record is of another time than the mandate: {reason}", _AGAIN, STANDARD
    ),
    "mandate-wider": Demand(
        "ENT-CORE-MANDATE-17", "The mandate was passed on for more than was granted: {reason}", _AGAIN, STANDARD
    ),
    "mandate-not-granted": Demand(
        "ENT-CORE-MANDATE-18", "The mandate is given by somebody without one: {reason}", _AGAIN, STANDARD
    ),
    "mandate-other-giver": Demand(
        "ENT-CORE-MANDATE-19", "The mandate above is not of whoever passed it on: {reason}", _AGAIN, STANDARD
    ),
    "mandate-too-deep": Demand(
        "ENT-CORE-MANDATE-20", "The mandate was passed on too often: {reason}", _AGAIN, STANDARD
    ),
}
"""Code of the answer on the mandate -> what a record is found to break."""
OTHERWISE = Demand("ENT-CORE-MANDATE-21", "A mandate does not hold: {reason} ({code})", _AGAIN, STANDARD)
SIGNED_UNDER = Demand(
    "ENT-CORE-MANDATE-22", "Signed for the issuer under a mandate: {reason}", "", STANDARD, Severity.NOTE
)


def references(proofs: Iterable[Proof]) -> tuple[Reference, ...]:
    """The mandates that the secured forms of a record name."""
    opened = (open_secured(each.body)[0] for each in proofs)
    return tuple(dict.fromkeys(named for each in opened if each is not None for named in named_mandates(each.vc)))


def named_with(proofs: Sequence[Proof], files: Sequence[Attachment]) -> frozenset[str]:
    """Digests of those ``files`` that are mandates and that ``proofs`` name by digest."""
    named = {each.digest for each in references(proofs)} if files else set()
    return frozenset(each.digest for each in files if each.digest in named and open_mandate(each.body)[0] is not None)


def attached(mandate: bytes) -> Attachment:
    """A secured mandate as a file that travels with a record."""
    body = mandate.strip()
    media_type = "application/vc" if body[:1] == b"{" else "application/vc+jwt"
    return Attachment(digest=sha256(body), media_type=media_type, body=body)


def given_with(office: Office, proofs: Sequence[Proof], files: Sequence[Attachment]) -> Given:
    """What the proofs of a record are judged with: nothing, or the mandates that came with it and their status."""
    return _given(office, mandates_with(proofs, files)) if references(proofs) else NOTHING


def mandates_with(proofs: Sequence[Proof], files: Sequence[Attachment]) -> tuple[bytes, ...]:
    """The mandates among ``files`` that ``proofs`` name by digest."""
    named = named_with(proofs, files)
    return tuple(each.body for each in files if each.digest in named)


def _given(office: Office, mandates: tuple[bytes, ...]) -> Given:
    return Given(
        mandates=mandates, lists=StatusLists(fetch=lists_of(office, LISTS_MAX), fresh_max=office.status_age_max)
    )


def finding_of(result: Result) -> Finding:
    """The finding that an answer on the mandate makes: blocking where it is wrong, a warning where it is unknown."""
    severity = Severity.BLOCKING if result.status is Verdict.INVALID else Severity.WARNING
    found = DEMANDS.get(result.code, OTHERWISE)
    return found.broken("$.termsOfUse", severity=severity, reason=result.reason, code=result.code)


def credential_under(record: Record, mandates: Sequence[bytes]) -> dict[str, Any]:
    """The unsigned credential that renders ``record`` and names ``mandates``, those that are none left out."""
    named = [each for each in (open_mandate(each)[0] for each in mandates) if each is not None][:LINKS_MAX]
    return under(credential_of(record), named) if named else credential_of(record)


def check_mandates(office: Office, record: Record, mandates: Sequence[bytes]) -> Checked:
    """What signing ``record`` under ``mandates`` would find, the signer's own first: before anything is signed.

    Unknown stops it as well as wrong: a record under a mandate that cannot be judged is not taken.
    """
    opened = [open_mandate(each) for each in mandates]
    found = [each.at(f"$.mandates[{index}]") for index, (_, _, wrong) in enumerate(opened) for each in wrong]
    if found or len(mandates) > LINKS_MAX:
        return judged("proof", "mandate", STANDARD, found or [_MANY])
    signer = next((mandate.id for _, mandate, _ in opened if mandate is not None), "")
    result = would_bind(
        credential_under(record, mandates),
        signer,
        resolver=office.resolver,
        at=max(office.clock(), record.content.issued),
        given=_given(office, tuple(mandates)),
    )
    if result.status is Verdict.VALID:
        return judged("proof", "mandate", STANDARD, [SIGNED_UNDER.broken("$.termsOfUse", reason=result.reason)])
    stopped = replace(finding_of(result), severity=Severity.BLOCKING)
    verdict = Checking(str(result.status))
    return Checked(stage="proof", name="mandate", standard=STANDARD, verdict=verdict, findings=(stopped,))


_MANY = stop(
    "ENT-CORE-MANDATE-23",
    "A record is signed under one mandate, and at most four above it.",
    path="$.mandates",
    source=STANDARD,
    remedy="Send the mandate of whoever signs first, then those above it.",
)
