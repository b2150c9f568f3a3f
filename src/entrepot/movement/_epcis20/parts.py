"""Objects inside an event: which members they have, which they must have."""

from collections.abc import Mapping
from typing import Any

from entrepot.base.finding import Finding
from entrepot.movement._epcis20 import vocabulary as names
from entrepot.movement._epcis20.finding import finding
from entrepot.movement._epcis20.form import Form, is_uri, many, matching, number, text, time, truth, uri, word


def members(forms: Mapping[str, Form], *, needed: tuple[str, ...] = (), extensible: bool = False) -> Form:
    """An object whose members have the given forms. ``extensible``: it may also have members named by a URI."""

    def judge(value: Any, path: str) -> list[Finding]:
        if not isinstance(value, dict):
            return [finding(12, "An object is expected here.", path, remedy="Send a JSON object.")]
        found = [missing(name, path) for name in needed if name not in value]
        for name, inner in value.items():
            if name in forms:
                found += forms[name](inner, f"{path}.{name}")
            elif not (extensible and is_uri(name)):
                found.append(unknown(name, path))
        return found

    return judge


def missing(name: str, path: str) -> Finding:
    """The finding that ``name`` is not there."""
    return finding(13, "{name} is missing.", f"{path}.{name}", name=name, remedy="Add it.")


def unknown(name: str, path: str) -> Finding:
    """The finding that ``name`` may not stand there."""
    remedy = "Remove it, or give it a namespace."
    return finding(14, "{name} is not a member of this object.", f"{path}.{name}", name=name, remedy=remedy)


UNIT = matching("[A-Z0-9]{2,3}", "a unit of UN/ECE Recommendation 20")
QUANTITY = members({"epcClass": uri, "quantity": number, "uom": UNIT}, needed=("epcClass",))
BIZ_TRANSACTION = members(
    {"type": word(names.BIZ_TRANSACTION_TYPES), "bizTransaction": uri}, needed=("bizTransaction",)
)
SOURCE = members({"type": word(names.PARTY_TYPES), "source": uri}, needed=("type", "source"))
DESTINATION = members({"type": word(names.PARTY_TYPES), "destination": uri}, needed=("type", "destination"))
_TIMES = frozenset({"time", "startTime", "endTime"})
_NUMBERS = frozenset({"value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"})
_SENSOR_METADATA = members({each: time if each in _TIMES else uri for each in names.METADATA_FIELDS}, extensible=True)
_REPORT_FORMS: dict[str, Form] = dict.fromkeys(names.REPORT_FIELDS, uri)
_REPORT_FORMS |= dict.fromkeys(_NUMBERS, number)
_REPORT_FORMS |= {
    "type": word(names.MEASUREMENTS, web_vocabulary=True),
    "exception": word(names.SENSOR_EXCEPTIONS, web_vocabulary=True),
    "component": word(names.COMPONENTS),
    "time": time,
    "stringValue": text,
    "uom": text,
    "booleanValue": truth,
    "hexBinaryValue": matching("[A-Fa-f0-9]+", "hexadecimal"),
}
_SENSOR_REPORT = members(_REPORT_FORMS, needed=("type",), extensible=True)
_SENSOR_ELEMENT = members(
    {"sensorMetadata": _SENSOR_METADATA, "sensorReport": many(_SENSOR_REPORT, least=1)},
    needed=("sensorReport",),
    extensible=True,
)


def place(value: Any, path: str) -> list[Finding]:
    """A read point or business location: an id, and members of anybody's namespace."""
    if not isinstance(value, dict):
        return [finding(12, "An object is expected here.", path, remedy="Send a JSON object.")]
    return uri(value["id"], f"{path}.id") if "id" in value else [missing("id", path)]


def sensor_element(value: Any, path: str) -> list[Finding]:
    """Readings of one sensor; the same attribute in metadata and in a report is a contradiction waiting to happen."""
    found = _SENSOR_ELEMENT(value, path)
    if found:
        return found
    shared = names.METADATA_FIELDS & set(value.get("sensorMetadata", {}))
    for index, report in enumerate(value["sensorReport"]):
        for name in sorted(shared & set(report)):
            found.append(
                finding(
                    15,
                    "{name} stands in the metadata and in the report.",
                    f"{path}.sensorReport[{index}].{name}",
                    name=name,
                    severity="warning",
                    source="GS1 EPCIS 2.0 conformance, TCR-53",
                    remedy="State it once.",
                )
            )
    return found


def persistent_disposition(value: Any, path: str) -> list[Finding]:
    """Dispositions that are set or unset until further notice; at least one of the two."""
    dispositions = many(word(names.DISPOSITIONS), least=1, unique=True)
    found = members({"set": dispositions, "unset": dispositions})(value, path)
    if not found and not value:
        found.append(missing("set", path))
    return found


def ilmd(value: Any, path: str) -> list[Finding]:
    """Instance or lot master data: every member has a namespace."""
    return members({}, extensible=True)(value, path)


ERROR_DECLARATION = members(
    {"declarationTime": time, "reason": word(names.ERROR_REASONS), "correctiveEventIDs": many(uri)},
    needed=("declarationTime",),
    extensible=True,
)


def certification(value: Any, path: str) -> list[Finding]:
    """One certificate by URI, or several."""
    return many(uri)(value, path) if isinstance(value, list) else uri(value, path)


def context(value: Any, path: str) -> list[Finding]:
    """A JSON-LD context: URI, object, or list of these. It is never fetched."""
    entries = value if isinstance(value, list) else [value]
    found = []
    for index, each in enumerate(entries):
        if not isinstance(each, dict):
            found += uri(each, f"{path}[{index}]")
    if len(set(map(repr, entries))) != len(entries):
        found.append(finding(11, "The list repeats a member.", path, remedy="State each once."))
    return found
