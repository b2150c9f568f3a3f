"""Event Hash ID of GS1 CBV 2.0: one id for one event, whatever its syntax.

Where the text of the algorithm and the published vectors differ, the vectors are followed, because other programs
compare with these: ``type`` stands before its value, ``certificationInfo`` follows the offset, and the lists of
transactions, sources and destinations are sorted among master data and extensions after the sensor elements.
A hash is not a signature; it says nothing about the author.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from entrepot.base.moment import parse_moment
from entrepot.movement._epcis20 import vocabulary as names
from entrepot.movement._epcis20.link import canonical_link

_STANDARD_NAMESPACES = {
    "gs1": "https://gs1.org/voc/",
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
}
_CBV, _VOC = "https://ref.gs1.org/cbv/", "https://gs1.org/voc/"
_WORDS = {
    "bizStep": (f"{_CBV}BizStep-", names.BIZ_STEPS),
    "disposition": (f"{_CBV}Disp-", names.DISPOSITIONS),
    "bizTransactionType": (f"{_CBV}BTT-", names.BIZ_TRANSACTION_TYPES),
    "partyType": (f"{_CBV}SDT-", names.PARTY_TYPES),
    "component": (f"{_CBV}Comp-", names.COMPONENTS),
    "measurement": (_VOC, names.MEASUREMENTS),
    "exception": (_VOC, names.SENSOR_EXCEPTIONS),
}
"""Where the bare words of each vocabulary live."""
_CBV_URNS = {
    "urn:epcglobal:cbv:bizstep:": "https://ref.gs1.org/cbv/BizStep-",
    "urn:epcglobal:cbv:disp:": "https://ref.gs1.org/cbv/Disp-",
    "urn:epcglobal:cbv:btt:": "https://ref.gs1.org/cbv/BTT-",
    "urn:epcglobal:cbv:sdt:": "https://ref.gs1.org/cbv/SDT-",
}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_TIMES = frozenset({"eventTime", "time", "startTime", "endTime"})
_HEAD = ("eventTime", "eventTimeZoneOffset", "certificationInfo")
_EPCS = {"epcList": "epc", "inputEPCList": "epc", "childEPCs": "epc", "outputEPCList": "epc"}
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_ORDER = (
    *("epcList", "parentID", "inputEPCList", "childEPCs", "quantityList", "childQuantityList", "inputQuantityList"),
    *("outputEPCList", "outputQuantityList", "action", "transformationID", "bizStep", "disposition"),
    *("persistentDisposition", "readPoint", "bizLocation"),
)
_TYPED = {
    "bizTransactionList": ("bizTransaction", "bizTransactionType"),
    "sourceList": ("source", "partyType"),
    "destinationList": ("destination", "partyType"),
}
_METADATA = (
    *("time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"),
)
_REPORT = (
    *("type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "time", "microorganism"),
    *("chemicalSubstance", "value", "component", "stringValue", "booleanValue", "hexBinaryValue", "uriValue"),
    *("minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue", "uom", "coordinateReferenceSystem"),
)
_LEFT_OUT = frozenset({"@context", "type", "recordTime", "eventID", "errorDeclaration", "rdfs:comment", "comment"})


def namespaces_of(*contexts: Any) -> dict[str, str]:
    """Prefixes that JSON-LD contexts (of the document, then of the event) declare; nothing is fetched."""
    found = dict(_STANDARD_NAMESPACES)
    for context in contexts:
        for each in context if isinstance(context, list) else [context]:
            if isinstance(each, dict):
                found |= {key: value for key, value in each.items() if isinstance(value, str)}
    return found


def event_hash(event: Mapping[str, Any], namespaces: Mapping[str, str] = _STANDARD_NAMESPACES) -> str:
    """The Event Hash ID, ``ni:///sha-256;<hex>?ver=CBV2.0``, of an event of the five types that was
    checked before and has no blocking finding."""
    digest = hashlib.sha256(pre_hash(event, namespaces).encode("utf-8")).hexdigest()
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def pre_hash(event: Mapping[str, Any], namespaces: Mapping[str, str] = _STANDARD_NAMESPACES) -> str:
    """The string that is hashed: elements in canonical order, values in canonical form, nothing between them."""
    writer = _Writer({**namespaces_of(event.get("@context")), **dict(namespaces)})
    text = f"eventType={writer.value(event['type'])}"
    for name in (*_HEAD, *_ORDER):
        text += writer.element(name, event.get(name))
    sensors = sorted(map(writer.sensor_element, event.get("sensorElementList") or ()))
    if sensors:
        text += "sensorElementList" + "".join(sensors)
    rest = [writer.typed(name, event[name]) for name in _TYPED if event.get(name)]
    known = {*_HEAD, *_ORDER, *_TYPED, *_LEFT_OUT, "sensorElementList"}
    rest += [text for name, value in event.items() if name not in known for text in writer.extension(name, value)]
    return text + "".join(sorted(rest))


class _Writer:
    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self.namespaces = namespaces

    def element(self, name: str, value: Any) -> str:
        """One standard element of the event; empty where it is absent."""
        if value in (None, [], ""):
            return ""
        if name in _EPCS:
            return name + "".join(sorted(f"epc={self.value(each)}" for each in value))
        if name in _QUANTITIES:
            return name + "".join(sorted(map(self.quantity, value)))
        if name == "persistentDisposition":
            return name + self.persistent(value)
        if name in ("readPoint", "bizLocation"):
            return f"{name}id={self.value(value['id'])}" + self.extensions(value, {"id"})
        if isinstance(value, list):
            return "".join(sorted(f"{name}={self.value(each)}" for each in value))
        return f"{name}={self.value(value, name)}"

    def quantity(self, value: Mapping[str, Any]) -> str:
        names = ("epcClass", "quantity", "uom")
        return "quantityElement" + "".join(f"{each}={self.value(value[each])}" for each in names if each in value)

    def persistent(self, value: Mapping[str, Any]) -> str:
        kinds = [(kind, value.get(kind, ())) for kind in ("set", "unset")]
        return "".join(
            "".join(sorted(f"{kind}={self.value(each, 'disposition')}" for each in given)) for kind, given in kinds
        )

    def typed(self, name: str, value: list[Mapping[str, Any]]) -> str:
        inner, vocabulary = _TYPED[name]
        pairs = []
        for each in value:
            kind = f"type={self.value(each['type'], vocabulary)}" if "type" in each else ""
            pairs.append(f"{kind}{inner}={self.value(each[inner])}")
        return name + "".join(sorted(pairs))

    def sensor_element(self, value: Mapping[str, Any]) -> str:
        text = "sensorElement"
        if value.get("sensorMetadata"):
            text += self.sensor_part("sensorMetadata", value["sensorMetadata"], _METADATA)
        text += "".join(sorted(self.sensor_part("sensorReport", each, _REPORT) for each in value["sensorReport"]))
        return text + self.extensions(value, {"sensorMetadata", "sensorReport"})

    def sensor_part(self, name: str, value: Mapping[str, Any], order: tuple[str, ...]) -> str:
        vocabularies = {"type": "measurement"}
        found = [(each, value[each]) for each in order if each in value]
        text = "".join(f"{each}={self.value(inner, vocabularies.get(each, each))}" for each, inner in found)
        return name + text + self.extensions(value, {*order, "bizRules"})

    def extensions(self, value: Mapping[str, Any], known: set[str]) -> str:
        """Members of anybody's namespace inside a standard element, sorted."""
        found = (text for name, each in value.items() if name not in known for text in self.extension(name, each))
        return "".join(sorted(found))

    def extension(self, name: str, value: Any) -> list[str]:
        """One member of anybody's namespace, or master data: one text per value."""
        if name in _LEFT_OUT or value is None:
            return []
        key = self.key(name)
        if isinstance(value, list):
            return [text for each in value for text in self.extension(name, each)]
        if isinstance(value, Mapping):
            inner = (text for each, given in value.items() for text in self.extension(each, given))
            return [key + "".join(sorted(inner))]
        written = self.value(value)
        return [f"{key}={written}" if written else key]

    def key(self, name: str) -> str:
        """``{namespace}local`` of a compact URI; ``ilmd`` and names without a known prefix stay."""
        prefix, colon, local = name.partition(":")
        return f"{{{self.namespaces[prefix]}}}{local}" if colon and prefix in self.namespaces else name

    def value(self, value: Any, vocabulary: str = "") -> str:
        """A value in canonical form; ``vocabulary`` names the standard words it may be, or the time it is."""
        if isinstance(value, bool):
            return str(value)
        if isinstance(value, int | float):
            return _number(str(value))
        text = str(value).strip()
        if vocabulary in _TIMES:
            return canonical_time(text)
        base, words = _WORDS.get(vocabulary, ("", frozenset()))
        if text in words:
            return base + text
        prefix, colon, local = text.partition(":")
        if colon and prefix in self.namespaces:
            text = self.namespaces[prefix] + local
        for urn, base in _CBV_URNS.items():
            if text.startswith(urn):
                return base + text.removeprefix(urn)
        return _number(text) if _NUMBER.fullmatch(text) else canonical_link(text)


def _number(text: str) -> str:
    """A number without sign of plus, leading or trailing zeros."""
    number = Decimal(text)
    if number == number.to_integral_value():
        return str(int(number))
    return format(number.normalize(), "f")


def canonical_time(text: str) -> str:
    """``text`` in UTC with exactly three decimals; the third is rounded up where the fourth is 5 or more."""
    found = re.fullmatch(r"(.*?)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", text)
    if found is None:
        return text
    head, fraction, zone = found.groups()
    digits = (fraction or ".")[1:].ljust(4, "0")
    try:
        moment: datetime = parse_moment(head + zone)
    except ValueError:
        return text
    moment = moment.astimezone(UTC) + timedelta(milliseconds=int(digits[:3]) + (digits[3] >= "5"))
    return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
