"""One document before its judges, and what the verifier brings along."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from entrepot.base.finding import Finding
from entrepot.base.record import Record
from entrepot.document._openattestation2.issuance import Issuance
from entrepot.document.evidence.sighting import NOBODY, Timekeepers
from entrepot.document.proof.meaning import CARRIED, Contexts
from entrepot.document.proof.opened import Secured
from entrepot.document.status import StatusLists
from entrepot.document.verify.jsonschema import Schemas
from entrepot.document.verify.report import Report
from entrepot.party.anchor import Anchors
from entrepot.party.resolve import Fetch, Resolver

Check = Callable[[Record], tuple[Finding, ...]]
"""The form of a record's payload, judged by its kind's own package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a verifier brings along beside the document.

    ``contexts``: the JSON-LD contexts that may be read. ``lists``: status lists; without them a status stays unknown.
    ``audience``, ``nonce``: to whom, and on which occasion, a holder must show that it presents the document.
    ``check``: the form of a record's payload. ``anchors``: lists of trust anchors; without them nobody vouches.
    ``schemas``: texts of the schemas that documents name. ``issuances``: observations on OpenAttestation documents.
    ``mandates``: mandate credentials, secured, those of a chain in any order. ``identities``: identity anchors of the
    issuer, secured. ``fetch``: the guarded fetcher for those that a document or its issuer names, None to fetch none.
    ``evidence``: files that may show when the document existed; ``timekeepers``: whose word on that counts. ``now``:
    what the time is where another moment is asked for; what is known of keys by then counts. ``log_age_max``: how long
    after its last entry a copy of a did:webvh log is relied on (:func:`~entrepot.party.reach.gap`).
    ``seen``: a moment at which these very bytes existed, because a document that states their digest did.
    """

    contexts: Contexts = CARRIED
    lists: StatusLists | None = None
    audience: str | None = None
    nonce: str | None = None
    check: Check | None = None
    anchors: Anchors | None = None
    schemas: Schemas | None = None
    issuances: tuple[Issuance, ...] = ()
    mandates: tuple[bytes, ...] = ()
    identities: tuple[bytes, ...] = ()
    fetch: Fetch | None = None
    evidence: tuple[bytes, ...] = ()
    timekeepers: Timekeepers = NOBODY
    now: datetime | None = None
    log_age_max: timedelta | None = None
    seen: datetime | None = None


NOTHING = Given()
"""The document alone, with the contexts that are carried."""


Backing = Callable[["Case", bytes], Report]
"""The report on a credential that backs a document: a mandate, an identity anchor. It is judged for the same moment."""


@dataclass(frozen=True, slots=True)
class Case:
    """What every question is asked of: the document, who resolves its identifiers, the moment, what was given."""

    secured: Secured
    resolver: Resolver
    at: datetime
    given: Given

    @property
    def now(self) -> datetime:
        """The moment by which keys are judged: a stolen key does not become honest by asking about an earlier day."""
        return self.given.now if self.given.now is not None and self.given.now > self.at else self.at

    def then(self, moment: datetime | None) -> "Case":
        """The case as of the moment at which the document is shown to have existed, where that is earlier."""
        if moment is None or moment >= self.at:
            return self
        return replace(self, at=moment, given=replace(self.given, now=self.now))

    def alone(self) -> Given:
        """What was given, for a credential that backs this document: what was said of this occasion stays away."""
        return replace(
            self.given,
            audience=None,
            nonce=None,
            check=None,
            mandates=(),
            identities=(),
            fetch=None,
            now=self.now,
            seen=None,
        )
