"""The registrar's desk: a number, a DID and a signed answer come in; an identity anchor goes out, and may be taken
back.

The desk checks the form of the number and the control of the DID. That the number is the applicant's is what only the
registrar knows, from its register: whoever calls :func:`register` says so.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

from entrepot.base.error import UsageError
from entrepot.base.finding import Finding, Severity, blocking
from entrepot.base.shape import Did, Economy, Length, Name, Pattern, Range
from entrepot.document.control import Challenge, Challenges, check_answer, new_challenge, nonce_of
from entrepot.document.identity_anchor import Anchoring, RegisteredIdentity, identity_anchor
from entrepot.document.proof import secure
from entrepot.document.proof.opened import open_secured
from entrepot.document.status import ENTRIES_MIN, entry_of, new_list, with_status
from entrepot.document.verify.report import Verdict
from entrepot.economy.identifier import identifier_findings
from entrepot.economy.load import EconomyError, economy
from entrepot.flow.office import Signatory
from entrepot.party.anchor import Anchors, Standing, scheme_uri
from entrepot.party.key import Entropy
from entrepot.party.resolve import Resolver

SECURING = "vc+jwt"
"""How anchors and status lists are signed: UNTP asks for an enveloping proof."""
PURPOSES = ("revocation", "suspension")
ACTS: Mapping[str, tuple[str, int]] = {
    "suspend": ("suspension", 1),
    "reinstate": ("suspension", 0),
    "revoke": ("revocation", 1),
}
"""What may be done with an entry -> the status list that it changes, and the bit."""
EntryId = Annotated[str, Pattern("r[0-9a-f]{16}")]
State = Literal["in_force", "suspended", "revoked"]
_STATES: Mapping[str, State] = {"suspend": "suspended", "reinstate": "in_force", "revoke": "revoked"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a member asks for: that ``did`` stands for the number ``number`` of ``scheme`` in ``economy``."""

    did: Did
    name: Name
    economy: Economy
    scheme: Annotated[str, Length(1, 40)]
    number: Annotated[str, Length(1, 70)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the desk. ``place``: on both status lists; ``anchor``: the identity anchor as it was issued."""

    id: EntryId
    application: Application
    place: Annotated[int, Range(0, ENTRIES_MIN - 1)]
    registered: datetime
    anchor: Annotated[str, Length(1, 100_000)]
    state: State = "in_force"


class Register(Protocol):
    """Where a desk keeps its challenges, entries and status lists."""

    @property
    def challenges(self) -> Challenges:
        """The challenges that are open."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """While the body runs nobody else changes the register."""
        ...

    def entries(self) -> tuple[Entry, ...]:
        """All entries, in order of their ids."""
        ...

    def keep(self, entry: Entry) -> None:
        """Keep an entry, durably on return, in place of an older form of it."""
        ...

    def status_list(self, purpose: str) -> bytes | None:
        """The status list of that purpose as published, None before the first."""
        ...

    def keep_list(self, purpose: str, data: bytes) -> None:
        """Keep a status list, durably on return."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrar:
    """Whoever keeps the register. ``url``: below it lie the anchors and status lists that it publishes. ``anchors``:
    the lists by which it sees whether others will rely on what it issues."""

    signatory: Signatory
    name: str
    url: str
    register: Register
    resolver: Resolver
    clock: Callable[[], datetime]
    entropy: Entropy
    anchors: Anchors | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of an application: the entry, None where a blocking finding stopped it, and all findings."""

    entry: Entry | None
    findings: tuple[Finding, ...]


def challenge(registrar: Registrar, did: str) -> Challenge:
    """A challenge for whoever says to control ``did``, kept until it is answered once."""
    made = new_challenge(did, registrar.signatory.did, now=registrar.clock(), entropy=registrar.entropy)
    registrar.register.challenges.keep(made)
    return made


def register(registrar: Registrar, application: Application, answer: bytes) -> Registered:
    """Register, and issue the identity anchor. A challenge is spent by an answer to it, whatever is found then.

    Raises :class:`UsageError` for a registrar without a did:web.
    """
    with registrar.register.alone():
        found = [*_number(application), *_others(registrar, application), *_trusted(registrar, application)]
        if not blocking(found):
            found += _control(registrar, application, answer)
        if blocking(found):
            return Registered(None, tuple(found))
        entry = _entry(registrar, application)
        registrar.register.keep(entry)
        return Registered(entry, tuple(found))


def change(registrar: Registrar, entry_id: str, act: str) -> Entry:
    """Suspend, reinstate or revoke an entry, by the status list.

    Raises :class:`UsageError` for an unknown entry, and for whatever is asked of one that is revoked.
    """
    purpose, bit = ACTS[act]
    with registrar.register.alone():
        entry = next((each for each in registrar.register.entries() if each.id == entry_id), None)
        if entry is None:
            raise UsageError(f"there is no entry {entry_id[:40]}", remedy="List them.")
        if entry.state == "revoked" and act != "revoke":
            raise UsageError("a revocation is final", remedy="Register the member again.")
        listed = with_status(_list(registrar, purpose), entry.place, bit, issued=registrar.clock())
        registrar.register.keep_list(purpose, _signed(registrar, listed))
        changed = replace(entry, state=_STATES[act])
        registrar.register.keep(changed)
        return changed


def status_lists(registrar: Registrar) -> dict[str, bytes]:
    """The status lists by purpose; they are made where there are none yet."""
    with registrar.register.alone():
        for purpose in PURPOSES:
            _list(registrar, purpose)
    found = {purpose: registrar.register.status_list(purpose) for purpose in PURPOSES}
    return {purpose: data for purpose, data in found.items() if data is not None}


def _number(application: Application) -> tuple[Finding, ...]:
    found = identifier_findings(application.economy, application.scheme, application.number)
    return tuple(replace(each, path="$.number") for each in found)


def _others(registrar: Registrar, application: Application) -> list[Finding]:
    """What stands in the register under this number already: several DIDs may (UNTP, DIA-04), one only once."""
    same = (application.economy, application.scheme.lower(), application.number)
    entries = [
        each
        for each in registrar.register.entries()
        if each.state != "revoked"
        and (each.application.economy, each.application.scheme.lower(), each.application.number) == same
    ]
    mine = [each for each in entries if each.application.did == application.did]
    if mine:
        return [_finding(3, "{did} is registered under this number already, as {entry}.", mine[0])]
    return [_finding(4, "{did} is registered under this number too, as {entry}.", each) for each in entries]


def _trusted(registrar: Registrar, application: Application) -> list[Finding]:
    """What is said where the lists at hand do not name this registrar for the scheme: its word will not be enough."""
    scheme = identity_of(application).scheme
    if registrar.anchors is None:
        return []
    if registrar.anchors.registrar_of(registrar.signatory.did, scheme, at=registrar.clock()) is Standing.YES:
        return []
    return [
        Finding(
            id="ENT-CORE-REGISTRAR-05",
            severity=Severity.WARNING,
            path="$.scheme",
            message="No list of trust anchors at hand names {registrar} as registrar of {scheme}.",
            params={"registrar": registrar.signatory.did, "scheme": scheme},
            source="UNTP Digital Identity Anchor 0.6, DIA-08",
            remedy="Ask the publisher of the list for an entry; until then verifiers answer unknown.",
        )
    ]


def _control(registrar: Registrar, application: Application, answer: bytes) -> list[Finding]:
    taken = registrar.register.challenges.take(nonce_of(answer))
    if taken is None or taken.did != application.did or taken.audience != registrar.signatory.did:
        message = "The answer is to no challenge that is open here for {did}."
        return [_blocking(1, message, "Ask for a challenge and answer it once.", did=application.did)]
    found = check_answer(answer, taken, resolver=registrar.resolver, at=registrar.clock())
    if found.status is Verdict.VALID:
        return []
    return [_blocking(2, "{reason} ({code})", found.remedy, reason=found.reason, code=found.code)]


def _entry(registrar: Registrar, application: Application) -> Entry:
    now, name = registrar.clock(), f"r{registrar.entropy(8).hex()}"
    taken = {each.place for each in registrar.register.entries()}
    while (place := int.from_bytes(registrar.entropy(4)) % ENTRIES_MIN) in taken:
        continue  # at random, so that places tell nothing of order and number
    status = [entry_of(_list(registrar, purpose), place) for purpose in PURPOSES]
    anchoring = Anchoring(
        id=f"{registrar.url}/anchors/{name}",
        registrar=registrar.signatory.did,
        registrar_name=registrar.name,
        since=now,
        status=status,
    )
    token = _signed(registrar, identity_anchor(identity_of(application), anchoring)).decode("ascii")
    return Entry(id=name, application=application, place=place, registered=now, anchor=token)


def identity_of(application: Application) -> RegisteredIdentity:
    """The entry as an anchor states it. A scheme that the economy's file does not know keeps the name it came with."""
    scheme, title = application.scheme.lower(), application.scheme
    try:
        rows = economy(application.economy).identifiers
    except EconomyError:
        rows = ()
    row = next((each for each in rows if scheme in (each.scheme, each.icd)), None)
    if row is not None:
        scheme, title = row.scheme, row.name
    uri = scheme_uri(scheme) if scheme == "lei" else scheme_uri(scheme, application.economy)
    return RegisteredIdentity(
        did=application.did,
        name=application.name,
        number=application.number,
        scheme=uri,
        scheme_name=title,
        scopes=(f"{uri}#registered",),
    )


def _list(registrar: Registrar, purpose: str) -> Mapping[str, Any]:
    data = registrar.register.status_list(purpose)
    if data is None:
        url = f"{registrar.url}/status/{purpose}"
        made = new_list(url=url, issuer=registrar.signatory.did, purpose=purpose, issued=registrar.clock())
        registrar.register.keep_list(purpose, _signed(registrar, made))
        return made
    opened, _ = open_secured(data)
    if opened is None:
        raise UsageError(f"the list of {purpose} is damaged", remedy="Restore it from a backup.")
    return opened.vc


def _signed(registrar: Registrar, credential: Mapping[str, Any]) -> bytes:
    who = registrar.signatory
    return secure(credential, who.key, method_id=who.method, securing=SECURING, created=registrar.clock())


def _blocking(number: int, message: str, remedy: str, **params: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-REGISTRAR-{number:02d}",
        severity=Severity.BLOCKING,
        path="$.answer",
        message=message,
        params=params,
        source="UNTP Digital Identity Anchor 0.6, DIA-01",
        remedy=remedy,
    )


def _finding(number: int, message: str, entry: Entry) -> Finding:
    return Finding(
        id=f"ENT-CORE-REGISTRAR-{number:02d}",
        severity=Severity.BLOCKING if number == 3 else Severity.NOTE,
        path="$.number",
        message=message,
        params={"did": entry.application.did, "entry": entry.id},
        source="UNTP Digital Identity Anchor 0.6, DIA-04",
        remedy="Use the anchor that was issued, or revoke it first." if number == 3 else "",
    )
