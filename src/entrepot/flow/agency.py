"""Agencies at a node: who keeps which desk, by the node's own word, and what agencies decided about a record."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from entrepot.base.error import UsageError
from entrepot.base.shape import dump
from entrepot.document.agency.model import (
    APPOINTMENT,
    COMPLAINT,
    REQUEST,
    AgencyAppointment,
    AgencyDecision,
    RegistrationRequest,
)
from entrepot.flow.agencyview import AGENCY_VIEW
from entrepot.flow.issue import require_whole_past
from entrepot.flow.kinds import read_record
from entrepot.flow.office import Office
from entrepot.flow.ownword import own_word
from entrepot.flow.post import messages_for
from entrepot.flow.reading import is_readable

OVERSEER = "overseer"
"""The desk whose decisions take offers out of the node's lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision that a reader may see: its record, who issued it, when, when it came here, and what it says."""

    record: str
    issuer: str
    issued: datetime
    received: datetime
    says: AgencyDecision

    @property
    def place(self) -> tuple[datetime, datetime]:
        """Where it stands among others, the oldest first."""
        return self.issued, self.received


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request to a registrar: its record, when it was signed, and what it says."""

    record: str
    issued: datetime
    says: RegistrationRequest


def appoint(
    office: Office, desk: str, agency: str, *, ended: bool = False, name: str | None = None, economy: str | None = None
) -> str:
    """The id of the record by which this node lets a hosted party keep a desk, or ends that; ``name`` and ``economy``
    are told with it.

    Everybody may read it: it goes to every admitted peer, so that people there can name the agency. What is so already
    stays as it is. Raises :class:`UsageError` for a party that does not live here, and
    :class:`~entrepot.journal.port.CatchUpNeeded` after a restore.
    """
    require_whole_past(office)
    if agency not in office.custody.hosted():
        raise UsageError("no party of this node has that DID", remedy="Give the DID of a party that lives here.")
    known = office.journal.view(AGENCY_VIEW).get(f"keeps/{office.identity.did}/{agency}/{desk}")
    stated = {"ended": ended, "name": name, "economy": economy, "is_public": True}
    if known is not None and stated.items() <= known.items():
        return str(known["record"])
    said = AgencyAppointment(desk=desk, agency=agency, ended=ended, name=name, economy=economy)
    append = own_word(office, office.identity, APPOINTMENT, dump(said))
    append = replace(append, outbox=messages_for(office, append.record))
    office.run(lambda journal: journal.append(append))
    return append.record.id


def desks_of(office: Office, agency: str) -> tuple[str, ...]:
    """The desks that a party keeps at this node."""
    rows = office.journal.view(AGENCY_VIEW).scan(f"keeps/{office.identity.did}/{agency}/")
    return tuple(row["desk"] for _, row in rows if not row["ended"])


def keepers(office: Office, desk: str) -> tuple[str, ...]:
    """The parties that keep a desk at this node."""
    rows = office.journal.view(AGENCY_VIEW).scan(f"desk/{office.identity.did}/{desk}/")
    return tuple(row["agency"] for _, row in rows if not row["ended"])


def brought(office: Office, kind: str, reader: str) -> list[dict[str, Any]]:
    """What of a kind was brought before a party, the newest first: ``record``, ``number``, ``issued``, ``about``."""
    rows = [row for _, row in office.journal.view(AGENCY_VIEW).scan(f"case/{kind}/{reader}/")]
    return sorted(rows, key=lambda row: (row["issued"], row["record"]), reverse=True)


def complaints_against(office: Office, offer: str) -> int:
    """How many complaints about an offer are here."""
    return sum(1 for _ in office.journal.view(AGENCY_VIEW).scan(f"brought/{offer}/{COMPLAINT}/"))


def asked(office: Office, party: str) -> list[Asked]:
    """The requests of a party to registrars, the newest first."""
    found = []
    for _, row in office.journal.view(AGENCY_VIEW).scan(f"brought/{party}/{REQUEST}/"):
        record = office.journal.record(row["record"])
        says = None if record is None or record.erased else read_record(record)[0]
        if record is not None and isinstance(says, RegistrationRequest):
            found.append(Asked(record=record.id, issued=record.content.issued, says=says))
    return sorted(found, key=lambda each: (each.issued, each.record), reverse=True)


def decisions(
    office: Office, about: str, readers: frozenset[str] | None, *, desk: str = "", by: Collection[str] | None = None
) -> list[Decided]:
    """The decisions on a record that ``readers`` (None: all) may see, the oldest first; of ``desk`` if it is named.

    ``by``: whose they are to be. Anybody on an admitted peer can say that he decided, so whoever acts on a decision or
    shows it names those who may have.
    """
    found = []
    for _, row in office.journal.view(AGENCY_VIEW).scan(f"about/{about}/"):
        if desk not in ("", row["desk"]) or not (by is None or row["issuer"] in by):
            continue
        record = office.journal.record(row["record"])
        if record is None or not is_readable(office.journal, record.id, readers):
            continue
        says = None if record.erased else read_record(record)[0]
        if isinstance(says, AgencyDecision):
            issuer, issued = record.content.issuer, record.content.issued
            received = _received(office, record.id)
            found.append(Decided(record=record.id, issuer=issuer, issued=issued, received=received, says=says))
    return sorted(found, key=lambda each: each.place)


def _received(office: Office, record_id: str) -> datetime:
    entry = office.journal.entry(record_id)
    assert entry is not None, "what the view holds is in the log"
    return entry.received


def hidden_offers(office: Office, offer: str = "") -> frozenset[str]:
    """Offers that an overseer of this node takes out of its lists; of ``offer`` alone where one is named."""
    prefix = f"hidden/{offer}/" if offer else "hidden/"
    rows = [row for _, row in office.journal.view(AGENCY_VIEW).scan(prefix) if row["is_hidden"]]
    if not rows:
        return frozenset()
    overseers = keepers(office, OVERSEER)
    return frozenset(row["offer"] for row in rows if row["issuer"] in overseers and row["desk"] == OVERSEER)
