"""EPCIS documents in JSON: read from bytes of strangers, and written."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrepot.base.finding import Finding, blocking
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.moment import format_moment
from entrepot.movement._epcis20 import parts
from entrepot.movement._epcis20.check import check_event
from entrepot.movement._epcis20.finding import finding
from entrepot.movement._epcis20.form import Form, matching, text, time, uri
from entrepot.movement._epcis20.hash import event_hash, namespaces_of
from entrepot.movement._epcis20.vocabulary import EPCIS_CONTEXT, EVENT_FIELDS

LIMITS = JsonLimits(bytes_max=10 << 20)
_FORMS: dict[str, Form] = {
    "@context": parts.context,
    "id": uri,
    "type": matching("EPCISDocument", "EPCISDocument"),
    "schemaVersion": matching(r"\d+(\.\d+)*", "a version"),
    "creationDate": time,
    "instanceIdentifier": text,
    "sender": text,
    "receiver": text,
}
_NEEDED = ("@context", "type", "schemaVersion", "creationDate", "epcisBody")
_JUDGED_APART = frozenset({"epcisHeader", "epcisBody"})


@dataclass(frozen=True, slots=True)
class EpcisDocument:
    """A document that was read. ``members``: everything of it as parsed. ``events``: its events, each with a
    ``@context`` that holds the document's too, so that it can stand alone."""

    members: Mapping[str, Any]
    events: tuple[dict[str, Any], ...]

    @property
    def hashes(self) -> tuple[str | None, ...]:
        """Event Hash IDs, in the order of the events; None for an event of somebody's own type."""
        return tuple(
            event_hash(each, namespaces_of(each["@context"])) if _is_event(each) else None for each in self.events
        )


def read_document(data: bytes, *, lenient: bool = False) -> tuple[EpcisDocument | None, tuple[Finding, ...]]:
    """The document, or the single event, that ``data`` writes, with warnings; or None and all findings.

    ``lenient``: see :func:`~entrepot.movement._epcis20.check.check_event`. Contexts are never fetched.
    """
    value, found = read_json(data, LIMITS)
    if found:
        return None, found
    if not isinstance(value, dict):
        return None, (finding(12, "An object is expected here.", "$"),)
    judge = _event_alone if _is_event(value) else _document
    findings = judge(value, lenient=lenient)
    if blocking(findings):
        return None, findings
    events = [value] if _is_event(value) else value["epcisBody"]["eventList"]
    return EpcisDocument(value, tuple(_standing_alone(each, value["@context"]) for each in events)), findings


def write_document(events: Sequence[Mapping[str, Any]], *, created: datetime, document_id: str | None = None) -> bytes:
    """An EPCISDocument with ``events``, as UTF-8 JSON with indentation. The events are taken as checked."""
    document: dict[str, Any] = {"@context": [EPCIS_CONTEXT]}
    if document_id is not None:
        document["id"] = document_id
    document |= {"type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": format_moment(created)}
    document["epcisBody"] = {"eventList": [dict(each) for each in events]}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _is_event(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("type"), str) and value["type"] in EVENT_FIELDS


def _event_alone(value: dict[str, Any], *, lenient: bool) -> tuple[Finding, ...]:
    found = check_event(value, lenient=lenient)
    return found if "@context" in value else (*found, parts.missing("@context", "$"))


def _document(value: dict[str, Any], *, lenient: bool) -> tuple[Finding, ...]:
    found = [parts.missing(name, "$") for name in _NEEDED if name not in value]
    for name, inner in value.items():
        if name in _FORMS:
            found += _FORMS[name](inner, f"$.{name}")
        elif name not in _JUDGED_APART:
            found += uri(name, f"$.{name}")
    body = value.get("epcisBody")
    events = body.get("eventList") if isinstance(body, dict) else None
    if not isinstance(events, list):
        return (*found, parts.missing("epcisBody.eventList", "$"))
    for index, event in enumerate(events):
        found += check_event(event, f"$.epcisBody.eventList[{index}]", lenient=lenient)
    return tuple(found)


def _standing_alone(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The event with the document's context before its own."""
    own = event.get("@context", [])
    both = [*_entries(context), *(each for each in _entries(own) if each not in _entries(context))]
    return {**event, "@context": both}


def _entries(context: Any) -> list[Any]:
    return context if isinstance(context, list) else [context]
