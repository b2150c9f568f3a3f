"""Certifying: a hosted party signs a credential that others composed, takes it back, and publishes its status lists.

Such a credential is no record: it says nothing of a sale, and its payload is not kept. That it was issued, and what
became of it, are records of the party (:mod:`entrepot.flow.standing`), sealed like any other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from entrepot.base.digest import b64url, sha256
from entrepot.base.finding import Finding, Severity
from entrepot.base.record import Content, record_of
from entrepot.base.shape import dump
from entrepot.document.evidence.sighting import forms_of
from entrepot.document.proof import secure
from entrepot.document.proof.context import DATA_INTEGRITY_V2
from entrepot.document.proof.integrity import CRYPTOSUITES
from entrepot.document.proof.meaning import CARRIED, Contexts
from entrepot.document.proof.meaningless import meaningless
from entrepot.document.proof.model import check_credential, is_v1, items_of
from entrepot.document.proof.securing import Terms
from entrepot.document.status import ENTRIES_MIN, entry_of
from entrepot.flow.error import NotHeld
from entrepot.flow.issue import sign
from entrepot.flow.office import Office, Signatory
from entrepot.flow.standing import (
    ISSUED,
    STANDING_VIEW,
    STATUS,
    CredentialIssued,
    CredentialStatus,
    Place,
    Purpose,
    list_name,
)
from entrepot.flow.status_list import LIST_SECURING, list_url
from entrepot.journal.port import ANY, Append, StreamConflict

TRIES_MAX = 5
TAKEN_MAX = ENTRIES_MIN // 2
"""Places of a list that are given out: a free one is found by chance in two tries, and nobody sees in which order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a credential is to be issued. ``securing``: empty for that of :data:`LIST_SECURING`.

    ``purposes``: statuses to keep for it. ``reference``: the id by which they are set; its own where it is empty.
    ``mandatory``, ``inline``, ``contexts``: as in :class:`~entrepot.document.proof.securing.Terms`.
    """

    securing: str = ""
    purposes: Sequence[Purpose] = ()
    reference: str = ""
    mandatory: Sequence[str] | None = None
    inline: bool = False
    contexts: Contexts = CARRIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """``secured`` is None where ``findings`` stopped it; ``record`` is the id of the record that says it was issued."""

    secured: bytes | None
    securing: str
    findings: tuple[Finding, ...] = ()
    record: str = ""


def certify(office: Office, issuer: str, credential: Mapping[str, Any], wish: Wish) -> Certified:
    """``credential`` signed by the hosted party ``issuer``, whom it names or is made to name.

    The data model and the meaning of every term are checked first, whatever the securing. Raises
    :class:`NotHeld`, :class:`~entrepot.base.error.UsageError` for a securing that does not fit the key,
    :class:`~entrepot.journal.port.CatchUpNeeded` after a restore.
    """
    signatory = office.custody.signatory(issuer)
    if signatory is None:
        raise NotHeld(f"this node holds no key of {issuer}", remedy="Sign elsewhere.")
    securing = wish.securing or LIST_SECURING[signatory.key.curve]
    plain = completed(credential, issuer, securing)
    reference = wish.reference or _text(plain.get("id"))
    findings = tuple(faults(plain, issuer, wish, reference))
    if findings:
        return Certified(secured=None, securing=securing, findings=findings)
    for attempt in range(TRIES_MAX):
        try:
            return _issued(office, signatory, plain, (securing, wish, reference))
        except StreamConflict:
            if attempt == TRIES_MAX - 1:
                raise
    raise AssertionError("unreachable: the loop returns or raises")


def completed(credential: Mapping[str, Any], issuer: str, securing: str) -> dict[str, Any]:
    """With the issuer where none is named, and in version 1.1 with the context that defines the proof (VC Data
    Integrity 1.0, 2.4.1)."""
    made = dict(credential)
    if "issuer" not in made:
        made["issuer"] = issuer
    elif isinstance(made["issuer"], dict) and "id" not in made["issuer"]:
        made["issuer"] = {"id": issuer, **made["issuer"]}
    contexts = made.get("@context")
    if securing in CRYPTOSUITES and is_v1(made) and isinstance(contexts, list) and DATA_INTEGRITY_V2 not in contexts:
        made["@context"] = [*contexts, DATA_INTEGRITY_V2]
    return made


def faults(plain: Mapping[str, Any], issuer: str, wish: Wish, reference: str) -> Iterator[Finding]:
    """Everything that keeps a credential from being issued by ``issuer``."""
    yield from check_credential(plain)
    stated = plain["issuer"]
    if (stated.get("id") if isinstance(stated, dict) else stated) != issuer:
        yield _fault(1, "$.issuer", "The credential names another issuer than the caller's party.", "Leave it out.")
    if "proof" in plain:
        yield _fault(2, "$.proof", "The credential is secured already.", "Send it without its proof.")
    if wish.purposes and not reference:
        yield _fault(3, "$.id", "A status is kept under an id, and the credential has none.", "Give it an id.")
    for path, wrong in meaningless(plain, wish.contexts):
        yield _fault(4, path, "Its meaning is not whole: {reason} ({code}).", wrong.remedy or "Use defined terms.",
                     reason=wrong.message, code=wrong.error_code)  # fmt: skip


def _issued(office: Office, signatory: Signatory, plain: Mapping[str, Any], told: tuple[str, Wish, str]) -> Certified:
    securing, wish, reference = told
    stream = f"standing/{signatory.did}"
    version = office.journal.stream(stream)[0]
    places = tuple(_free(office, signatory.did, each) for each in wish.purposes)
    entries = [_entry(office, signatory.did, each) for each in places]
    if entries:
        stated = [*(items_of(plain["credentialStatus"]) if "credentialStatus" in plain else ()), *entries]
        plain = {**plain, "credentialStatus": stated if len(stated) > 1 else stated[0]}
    terms = Terms(mandatory=wish.mandatory, inline=wish.inline, contexts=wish.contexts, entropy=office.entropy)
    created = office.clock().replace(microsecond=0)
    secured = secure(plain, signatory.key, method_id=signatory.method, securing=securing, created=created, terms=terms)
    says = CredentialIssued(
        digest=sha256(forms_of(secured)[-1]),
        securing=securing,
        reference=sha256(reference.encode()) if reference else None,
        places=places,
    )
    record = _say(office, signatory, ISSUED, says, {stream: version if places else ANY})
    return Certified(secured=secured, securing=securing, record=record)


def set_status(office: Office, issuer: str, reference: str, purpose: Purpose, *, value: bool) -> bool | None:
    """Set the status of every credential that ``issuer`` issued under the id ``reference``; whether it has it now.

    None where no place of that purpose is kept for it. A revocation is never taken back: then it is False.
    """
    signatory = office.custody.signatory(issuer)
    if signatory is None:
        raise NotHeld(f"this node holds no key of {issuer}")
    digest = sha256(reference.encode())
    view = office.journal.view(STANDING_VIEW)
    held = [row for _, row in view.scan(f"of/{issuer}/{digest}/{purpose}/")]
    if not held:
        return None
    if all(_value(office, row["list"], row["index"]) is value for row in held):
        return True
    if purpose is Purpose.REVOCATION and not value:
        return False
    _say(office, signatory, STATUS, CredentialStatus(reference=digest, purpose=purpose, value=value), {})
    return True


def _value(office: Office, name: str, index: int) -> bool:
    row = office.journal.view(STANDING_VIEW).get(f"set/{name}/{index:06}")
    return bool(row and row["changes"][-1][1])


def _free(office: Office, issuer: str, purpose: Purpose) -> Place:
    """A place by chance on the newest list, or on a new one where that is half full."""
    view = office.journal.view(STANDING_VIEW)
    number = (view.get(f"open/{issuer}/{purpose}") or {"number": 0})["number"]
    row = view.get(f"list/{list_name(issuer, purpose, number)}")
    if row is not None and row["taken"] >= TAKEN_MAX:
        number += 1
    name = list_name(issuer, purpose, number)
    while True:
        index = int.from_bytes(office.entropy(8), "big") % ENTRIES_MIN
        if view.get(f"place/{name}/{index:06}") is None:
            return Place(purpose=purpose, number=number, index=index)


def _entry(office: Office, issuer: str, place: Place) -> dict[str, Any]:
    url = list_url(office, list_name(issuer, place.purpose, place.number))
    return entry_of({"id": url, "credentialSubject": {"statusPurpose": str(place.purpose)}}, place.index)


def _say(office: Office, signatory: Signatory, kind: str, payload: Any, streams: Mapping[str, int]) -> str:
    """Keep a record of the party that it alone reads; its id. Raises :class:`StreamConflict`."""
    nonce = b64url(office.entropy(16))
    content = Content(
        kind=kind,
        version=1,
        issuer=signatory.did,
        number=f"{'CI' if kind == ISSUED else 'CS'}-{sha256(nonce.encode())[:24]}",
        nonce=nonce,
        issued=office.clock().replace(microsecond=0),
        audience=(signatory.did,),
        payload=dump(payload),
    )
    record = record_of(content)
    append = Append(
        record=record,
        streams={f"issuer/{signatory.did}": ANY, **streams},
        proofs=sign(office, record, signatory),
        assessment={"checks": []},
    )
    return office.run(lambda journal: journal.append(append)).record_id


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _fault(number: int, path: str, message: str, remedy: str, **params: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-CERTIFY-{number:02d}",
        severity=Severity.BLOCKING,
        path=path,
        message=message,
        params=params,
        source="W3C VC API; VCDM 2.0; VC Data Integrity 1.0",
        remedy=remedy,
    )
