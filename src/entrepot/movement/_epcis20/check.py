"""Judging one EPCIS 2.0 event in its JSON form, as GS1's JSON schema does, and a few rules that it does not hold."""

from typing import Any

from entrepot.base.finding import Finding, Severity, blocking
from entrepot.movement._epcis20 import parts
from entrepot.movement._epcis20 import vocabulary as names
from entrepot.movement._epcis20.finding import finding
from entrepot.movement._epcis20.form import Form, is_uri, many, matching, offset, time, uri, word

_EPCS = many(uri, unique=True)
_PLAIN_EPCS = many(uri)
_QUANTITIES = many(parts.QUANTITY)
_FORMS: dict[str, Form] = {
    "@context": parts.context,
    "eventTime": time,
    "recordTime": time,
    "eventTimeZoneOffset": offset,
    "eventID": uri,
    "certificationInfo": parts.certification,
    "errorDeclaration": parts.ERROR_DECLARATION,
    "action": matching("OBSERVE|ADD|DELETE", "OBSERVE, ADD or DELETE"),
    "parentID": uri,
    "transformationID": uri,
    "epcList": _EPCS,
    "inputEPCList": _EPCS,
    "outputEPCList": _EPCS,
    "childEPCs": _PLAIN_EPCS,
    "quantityList": _QUANTITIES,
    "childQuantityList": _QUANTITIES,
    "inputQuantityList": _QUANTITIES,
    "outputQuantityList": _QUANTITIES,
    "bizStep": word(names.BIZ_STEPS),
    "disposition": word(names.DISPOSITIONS),
    "persistentDisposition": parts.persistent_disposition,
    "readPoint": parts.place,
    "bizLocation": parts.place,
    "bizTransactionList": many(parts.BIZ_TRANSACTION),
    "sourceList": many(parts.SOURCE),
    "destinationList": many(parts.DESTINATION),
    "sensorElementList": many(parts.sensor_element),
    "ilmd": parts.ilmd,
}
_LENIENT = {8: ("sensorReport", "type"), 13: ("sensorReport", "type"), 14: ("", "persistentDisposition")}
"""Deviations that are met in the field, by number of the finding, list that they stand in, and member."""


def check_event(event: Any, path: str = "$", *, lenient: bool = False) -> tuple[Finding, ...]:
    """All findings of one event.

    ``lenient`` makes warnings of three deviations that published documents have: a persistent disposition on an event
    type without one, a measurement type outside the vocabulary, a sensor report without a type.
    """
    if not isinstance(event, dict):
        return (finding(12, "An object is expected here.", path, remedy="Send a JSON object."),)
    kind = event.get("type")
    if not isinstance(kind, str):
        return (parts.missing("type", path),)
    if kind not in names.EVENT_FIELDS:
        return tuple(_own_type(event, kind, path))
    found = _members(event, kind, path)
    if not blocking(found):
        found += _RULES[kind](event, path) or _beyond(event, kind, path)
    return tuple(_soften(each) if lenient else each for each in found)


def _own_type(event: dict[str, Any], kind: str, path: str) -> list[Finding]:
    """An event type of somebody's own: named by a URI, with the common fields."""
    if not is_uri(kind):
        remedy = "Use one of the five event types, or a URI."
        return [finding(16, "{kind} is not an event type.", f"{path}.type", kind=kind[:80], remedy=remedy)]
    return _common(event, path)


def _members(event: dict[str, Any], kind: str, path: str) -> list[Finding]:
    found = _common(event, path)
    allowed = names.COMMON_FIELDS | names.EVENT_FIELDS[kind]
    if kind != "TransformationEvent" and "action" not in event:
        found.append(parts.missing("action", path))
    for name, value in event.items():
        if name in names.EVENT_FIELDS[kind]:
            found += _form(name, kind)(value, f"{path}.{name}")
        elif name not in allowed and not is_uri(name):
            found.append(parts.unknown(name, path))
    return found


def _form(name: str, kind: str) -> Form:
    """TransactionEvent is the one type whose EPCs may repeat, and whose transactions must be there."""
    if kind == "TransactionEvent" and name == "epcList":
        return _PLAIN_EPCS
    return _FORMS[name]


def _common(event: dict[str, Any], path: str) -> list[Finding]:
    found = [parts.missing(name, path) for name in ("eventTime", "eventTimeZoneOffset") if name not in event]
    for name in sorted(names.COMMON_FIELDS & set(event) - {"type"}):
        found += _FORMS[name](event[name], f"{path}.{name}")
    return found


def _object(event: dict[str, Any], path: str) -> list[Finding]:
    found = []
    sensed = event.get("sensorElementList") and "readPoint" in event
    if not ("epcList" in event or event.get("quantityList") or sensed):
        found.append(_what("epcList, quantityList, or sensorElementList with readPoint", path))
    if "ilmd" in event and event["action"] != "ADD":
        found.append(finding(18, "Master data of instances or lots belongs to events that add.", f"{path}.ilmd"))
    return found


def _aggregation(event: dict[str, Any], path: str) -> list[Finding]:
    if event.get("childEPCs") or event.get("childQuantityList") or event["action"] == "DELETE":
        return []
    return [_what("childEPCs or childQuantityList", path)]


def _association(event: dict[str, Any], path: str) -> list[Finding]:
    found = [] if "parentID" in event else [parts.missing("parentID", path)]
    return found + _aggregation(event, path)


def _transaction(event: dict[str, Any], path: str) -> list[Finding]:
    found = []
    if not event.get("bizTransactionList"):
        found.append(parts.missing("bizTransactionList", path))
    if not ("epcList" in event or event.get("quantityList") or event["action"] == "DELETE"):
        found.append(_what("epcList or quantityList", path))
    return found


def _transformation(event: dict[str, Any], path: str) -> list[Finding]:
    given = event.get("inputEPCList") or event.get("inputQuantityList")
    made = event.get("outputEPCList") or event.get("outputQuantityList")
    if (given and made) or ("transformationID" in event and (given or made)):
        return []
    return [_what("an input list and an output list, or transformationID with one of them", path)]


_RULES = {
    "ObjectEvent": _object,
    "AggregationEvent": _aggregation,
    "TransactionEvent": _transaction,
    "TransformationEvent": _transformation,
    "AssociationEvent": _association,
}


def _beyond(event: dict[str, Any], kind: str, path: str) -> list[Finding]:
    """Rules of the text that the schema does not hold; warnings, so that both judges agree on what is valid."""
    if kind == "AggregationEvent" and event["action"] != "OBSERVE" and "parentID" not in event:
        message = "An aggregation that is built or taken apart names its parent."
        return [finding(19, message, f"{path}.parentID", severity="warning", remedy="Add it.")]
    return []


def _what(fields: str, path: str) -> Finding:
    return finding(17, "The event does not say what it is about.", path, remedy="Add {fields}.", fields=fields)


def _soften(given: Finding) -> Finding:
    from dataclasses import replace

    list_name, member = _LENIENT.get(int(given.id[-2:]), (None, None))
    if member is None or not given.path.endswith(f".{member}") or str(list_name) not in given.path:
        return given
    return replace(given, severity=Severity.WARNING)
