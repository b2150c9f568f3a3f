"""The local provider of a corporate identity: a party of a folder, its key, and the credentials kept for it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

from entrepot.base.error import UsageError
from entrepot.base.finding import Severity
from entrepot.base.moment import EPOCH, parse_moment
from entrepot.document.control import Challenge, answer
from entrepot.document.identity_anchor import read_identity_anchor
from entrepot.document.mandate import Reference, open_mandate, under
from entrepot.document.proof import secure
from entrepot.document.proof.model import items_of
from entrepot.document.proof.opened import issuer_of, open_secured
from entrepot.document.proof.safe import unsafe
from entrepot.document.proof.securing import Terms
from entrepot.document.status import StatusLists
from entrepot.document.verify import Given, Verdict, verify
from entrepot.flow.corporate import (
    Acceptance,
    Consent,
    Field,
    Filled,
    Form,
    Licence,
    LicenceState,
    Prefilled,
    Signed,
    SigningRequest,
)
from entrepot.flow.office import Signatory
from entrepot.party.key import Entropy
from entrepot.party.party import Party
from entrepot.party.resolve import Resolver


class Papers(Protocol):
    """Where credentials and consents of one party are kept."""

    def keep(self, paper_id: str, data: bytes) -> None:
        """Keep a credential, durably on return."""
        ...

    def all(self) -> Mapping[str, bytes]:
        """All credentials by id."""
        ...

    def keep_consent(self, consent: Consent) -> None:
        """Keep a consent, durably on return."""
        ...

    def keep_acceptance(self, acceptance: Acceptance) -> None:
        """Keep that somebody accepted what is unknown, durably on return."""
        ...


class LocalIdentity:
    """A party on this machine, as the provider of its own corporate identity. ``lists``: the status lists at hand."""

    def __init__(
        self,
        party: Party,
        signatory: Signatory,
        papers: Papers,
        *,
        resolver: Resolver,
        clock: Callable[[], datetime],
        entropy: Entropy,
    ) -> None:
        self._party, self._signatory, self._papers = party, signatory, papers
        self._resolver, self._clock, self._entropy = resolver, clock, entropy
        self.lists: StatusLists | None = None

    def sign_in(self, challenge: Challenge) -> bytes:
        """The answer to a challenge, by the party's key."""
        now = self._clock()
        if challenge.did != self._signatory.did:
            raise UsageError(f"the challenge is for {challenge.did}", remedy="Sign in as that party.")
        if not challenge.issued <= now <= challenge.expires:
            raise UsageError("the challenge has expired, or is not in force yet", remedy="Ask for a new one.")
        return answer(challenge, self._signatory.key, method_id=self._signatory.method, now=now)

    def sign(self, request: SigningRequest) -> Signed:
        """The document signed by the party's key; what a mandate is not known to allow is not handed out, unless
        somebody accepts what is unknown."""
        document = self._named(request)
        faults = [each for each in unsafe(document) if each.severity is Severity.BLOCKING]
        if faults:
            named = " ".join(f"{each.path}: {each.text}" for each in faults)
            raise UsageError(named, remedy=faults[0].remedy, code=faults[0].id)
        signed = secure(
            document,
            self._signatory.key,
            method_id=self._signatory.method,
            securing=request.securing,
            created=self._clock(),
            terms=Terms(entropy=self._entropy),
        )
        given = Given(mandates=tuple(request.mandates), lists=self.lists)
        told = verify(signed, resolver=self._resolver, at=self._clock(), given=given).results["mandate"]
        if told.status is Verdict.UNKNOWN and request.accepted is not None:
            self._papers.keep_acceptance(
                Acceptance(
                    by=request.accepted,
                    code=told.code,
                    unknown=told.reason[:2000],
                    digest=sha256(signed).hexdigest(),
                    at=self._clock(),
                )
            )
            return Signed(signed, told)
        return Signed(None if told.status in (Verdict.INVALID, Verdict.UNKNOWN) else signed, told)

    def _named(self, request: SigningRequest) -> Mapping[str, Any]:
        """The document with its issuer, and with the mandates that it is signed under."""
        issuer, named = self._signatory.did, list[Reference]()
        for reference, mandate, findings in map(open_mandate, request.mandates):
            if reference is None or mandate is None:
                raise UsageError(f"no mandate: {findings[0].text}", remedy="Give it as it was given to the signer.")
            issuer = issuer if named else mandate.principal
            named.append(reference)
        stated = issuer_of(request.document)
        if stated not in ("", issuer):
            raise UsageError(f"the document is of {stated[:200]}, and would be signed for {issuer}")
        document = request.document if stated else {**request.document, "issuer": issuer}
        return under(document, named) if named else document

    def prefill(self, form: Form, consent: Consent) -> Prefilled:
        """The consented fields, from identity anchors that verify and, where those are silent, from what is kept."""
        self._papers.keep_consent(consent)
        now = self._clock()
        allowed = [each for each in form.fields if consent.allows(form, each, now)]
        known = self._known() if allowed else {}
        return Prefilled(
            filled=tuple(known[each] for each in allowed if each in known),
            withheld=tuple(each for each in form.fields if each not in allowed),
            unknown=tuple(each for each in allowed if each not in known),
        )

    def keep_licence(self, data: bytes) -> Licence:
        """Keep a credential under the digest of its bytes."""
        name = sha256(data).hexdigest()[:32]
        licence = _licence(name, data, self._clock())
        self._papers.keep(name, data)
        return licence

    def licences(self) -> tuple[Licence, ...]:
        """All that are kept, those that end first before the others."""
        found = [_licence(name, data, self._clock()) for name, data in self._papers.all().items()]
        return tuple(sorted(found, key=lambda each: (each.until is None, each.until or EPOCH, each.id)))

    def show_licence(self, licence_id: str) -> bytes:
        """A kept credential as it came."""
        found = self._papers.all().get(licence_id)
        if found is None:
            raise UsageError(f"there is no licence {licence_id[:40]}", remedy="List them.")
        return found

    def _known(self) -> dict[Field, Filled]:
        kept: dict[Field, str | None] = {
            "name": self._party.name,
            "economy": self._party.economy,
            "did": self._signatory.did,
            "email": self._party.email,
            "address": _one_line(self._party),
        }
        if self._party.identifiers:
            kept |= {"number": self._party.identifiers[0].value, "scheme": self._party.identifiers[0].scheme}
        known = {name: Filled(field=name, value=value, source="kept") for name, value in kept.items() if value}
        return known | self._registered()

    def _registered(self) -> dict[Field, Filled]:
        """What the identity anchors state that hold now; of several the newest."""
        held: list[tuple[datetime, dict[Field, Filled]]] = []
        for data in self._papers.all().values():
            opened, _ = open_secured(data)
            identity, _ = read_identity_anchor(opened.vc if opened is not None else {})
            if opened is None or identity is None or identity.did != self._signatory.did:
                continue
            given = Given(lists=self.lists)
            if not verify(data, resolver=self._resolver, at=self._clock(), given=given).is_valid:
                continue
            stated: dict[Field, str] = {"name": identity.name, "number": identity.number, "scheme": identity.scheme}
            by = opened.issuer
            row = {name: Filled(field=name, value=each, source="registrar", by=by) for name, each in stated.items()}
            held.append((parse_moment(opened.vc["validFrom"]), row))
        return max(held, key=lambda each: each[0])[1] if held else {}


def _licence(name: str, data: bytes, at: datetime) -> Licence:
    opened, findings = open_secured(data)
    if opened is None or not opened.proofs:
        reason = findings[0].text if findings else "it carries no proof"
        raise UsageError(f"not a credential: {reason}", remedy="Give it as its issuer signed it.")
    since, until = (_moment(opened.vc.get(each)) for each in ("validFrom", "validUntil"))
    state: LicenceState = "in_force"
    if since is not None and at < since:
        state = "not_yet"
    if until is not None and at > until:
        state = "expired"
    subject = next(iter(items_of(opened.vc.get("credentialSubject"))), None)
    types = [each for each in items_of(opened.vc.get("type")) if isinstance(each, str)]
    return Licence(
        id=name,
        credential=str(opened.vc.get("id", "")),
        types=tuple(each for each in types if each != "VerifiableCredential"),
        issuer=opened.issuer,
        subject=str(subject.get("id", "")) if isinstance(subject, Mapping) else "",
        since=since,
        until=until,
        state=state,
    )


def _moment(value: Any) -> datetime | None:
    try:
        return parse_moment(value)
    except (ValueError, TypeError):
        return None


def _one_line(party: Party) -> str:
    place = party.address
    if place is None:
        return ""
    return ", ".join(filter(None, (*place.lines, place.city, place.region, place.postal_code, place.economy)))
