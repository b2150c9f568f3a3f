"""The view ``agency``: who keeps which desk, what was brought before an agency, and what agencies decided.

Keys: ``keeps/<node>/<agency>/<desk>`` and ``desk/<node>/<desk>/<agency>`` the newest word of a node on that;
``case/<kind>/<reader>/<record>`` a complaint or a request, for each party that may read it, and
``brought/<offer or issuer>/<kind>/<record>`` the same by what it is about, or by who asks;
``about/<record>/<decision>`` the decisions on a record; ``hidden/<offer>/<agency>`` whether that agency hides an offer,
by its newest word.
"""

from typing import Any

from entrepot.base.record import Record
from entrepot.base.shape import dump
from entrepot.document.agency.model import (
    APPOINTMENT,
    COMPLAINT,
    DECISION,
    HIDE,
    REQUEST,
    SHOW,
    AgencyAppointment,
    AgencyDecision,
    Complaint,
    RegistrationRequest,
)
from entrepot.flow.kinds import read_record
from entrepot.journal.port import Reducer, ViewTx

AGENCY_VIEW = "agency"
RULE = 2
"""Version of what the rows hold: raise it with every change."""


def agency_reducer() -> Reducer:
    """The view of desks, cases and decisions."""
    return Reducer(AGENCY_VIEW, RULE, _reduce, frozenset({APPOINTMENT, DECISION, COMPLAINT, REQUEST}))


def _reduce(view: ViewTx, record: Record) -> None:
    payload = None if record.erased else read_record(record)[0]
    if payload is None:
        return
    if isinstance(payload, AgencyAppointment):
        _appoint(view, record, payload)
    elif isinstance(payload, AgencyDecision):
        _decide(view, record, payload)
    elif isinstance(payload, Complaint | RegistrationRequest):
        _bring(view, record, payload)


def _bring(view: ViewTx, record: Record, said: Complaint | RegistrationRequest) -> None:
    about = said.offer.record if isinstance(said, Complaint) else record.content.issuer
    row = _dated(record) | {"about": about}
    view.put(f"brought/{about}/{record.kind}/{record.id}", row)
    for reader in record.content.audience:
        view.put(f"case/{record.kind}/{reader}/{record.id}", row)


def _appoint(view: ViewTx, record: Record, said: AgencyAppointment) -> None:
    node = record.content.issuer
    row = _dated(record) | {"agency": said.agency, "desk": said.desk, "ended": said.ended}
    row |= {"name": said.name, "economy": said.economy, "is_public": not record.content.audience}
    _put_newer(view, f"keeps/{node}/{said.agency}/{said.desk}", row)
    _put_newer(view, f"desk/{node}/{said.desk}/{said.agency}", row)


def _decide(view: ViewTx, record: Record, said: AgencyDecision) -> None:
    issuer = record.content.issuer
    carried = dump(said.carried_out) if said.carried_out else None
    row = _dated(record) | {"issuer": issuer, "desk": said.desk, "outcome": said.outcome, "carriedOut": carried}
    for each in said.about:
        view.put(f"about/{each.record}/{record.id}", row)
        if said.outcome in (HIDE, SHOW):
            hides = {"issuer": issuer, "desk": said.desk, "is_hidden": said.outcome == HIDE, "offer": each.record}
            _put_newer(view, f"hidden/{each.record}/{issuer}", _dated(record) | hides)


def _dated(record: Record) -> dict[str, Any]:
    return {"record": record.id, "number": record.content.number, "issued": record.content.issued.isoformat()}


def _put_newer(view: ViewTx, key: str, row: dict[str, Any]) -> None:
    """Keep the newest word; of one second, what came later."""
    known = view.get(key)
    if known is None or known["issued"] <= row["issued"]:
        view.put(key, row)
