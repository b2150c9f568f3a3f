"""What must hold within one hand-over."""

from entrepot.base.canonical import NotCanonicalError, canonical
from entrepot.base.finding import Finding, Severity, blocking
from entrepot.movement._epcis20 import check_event, event_hash
from entrepot.movement.event import HandOver
from entrepot.movement.hand_over import PASSING, STEPS, party_uri

_WARNING = Severity.WARNING


def check_hand_over(hand_over: HandOver) -> tuple[Finding, ...]:
    """All findings of a hand-over: its event, its hash, its parties, and that the leg says what the event says."""
    found = list(check_event(hand_over.event, "$.event"))
    if hand_over.leg in PASSING and hand_over.taken_by is None:
        found.append(_finding(1, "Who takes the goods is not named.", "$.takenBy", "Name the party."))
    if hand_over.event.get("type") not in ("ObjectEvent", "AggregationEvent", "TransactionEvent", "AssociationEvent"):
        found.append(_finding(9, "An event of this type hands nothing over.", "$.event.type", "Use an ObjectEvent."))
    if not blocking(found):
        found += _agreement(hand_over)
    return tuple(found)


def _agreement(hand_over: HandOver) -> list[Finding]:
    found = []
    try:
        canonical(hand_over.event)
        computed = event_hash(hand_over.event)
    except NotCanonicalError as wrong:
        return [_finding(2, "The event has no canonical form: {reason}.", "$.event", wrong.remedy, reason=str(wrong))]
    if computed != hand_over.event_hash:
        message = "The Event Hash ID is not that of the event, which is {computed}."
        found.append(_finding(3, message, "$.eventHash", "State the computed one.", computed=computed))
    step = hand_over.event.get("bizStep")
    if step != STEPS[hand_over.leg][0]:
        message = "The leg {leg} is written as {expected} here; the event says {step}."
        expected = STEPS[hand_over.leg][0]
        remedy = "See that both mean the same."
        given = _finding(
            4,
            message,
            "$.event.bizStep",
            remedy,
            severity=_WARNING,
            leg=hand_over.leg,
            expected=expected,
            step=str(step),
        )
        found.append(given)
    if hand_over.event["type"] in ("ObjectEvent", "AggregationEvent") and hand_over.event["action"] == "DELETE":
        message = "An event that takes things away is no hand-over."
        found.append(_finding(5, message, "$.event.action", "Use OBSERVE."))
    if "errorDeclaration" in hand_over.event:
        message = "The event declares an earlier one wrong; it moves nothing itself."
        found.append(
            _finding(6, message, "$.event.errorDeclaration", "Look for the corrective event.", severity=_WARNING)
        )
    return found + _parties(hand_over)


def _parties(hand_over: HandOver) -> list[Finding]:
    """The possessing parties of the event must not contradict those of the record."""
    found = []
    for number, list_name, member, party in (
        (7, "sourceList", "source", hand_over.given_by),
        (8, "destinationList", "destination", hand_over.taken_by),
    ):
        named = [each[member] for each in hand_over.event.get(list_name, ()) if each["type"] == "possessing_party"]
        expected = None if party is None else party_uri(party)
        if named and expected is not None and expected not in named:
            message = "The event names {event} as possessing party; the record names {record}."
            path, remedy = f"$.event.{list_name}", "Name the same party."
            found.append(_finding(number, message, path, remedy, event=", ".join(named), record=expected))
    return found


def _finding(
    number: int, message: str, path: str, remedy: str, *, severity: Severity = Severity.BLOCKING, **params: str
) -> Finding:
    return Finding(
        id=f"ENT-CORE-HANDOVER-{number:02d}",
        severity=severity,
        message=message,
        path=path,
        params=params,
        source="Entrepot hand-over, version 1; GS1 EPCIS 2.0",
        remedy=remedy,
    )
