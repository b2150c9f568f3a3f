"""Reading: values of UBL's types out of a tracked tree, as the JSON texts that shapes are parsed from."""

import re
from collections import Counter
from typing import Any, TypeVar

from entrepot.base.digest import sha256
from entrepot.base.finding import Finding, Severity
from entrepot.base.shape import parse
from entrepot.document._ubl21.names import MEDIA_TYPE, SYNTAX, document_namespace, prefixes
from entrepot.document._xml import Cursor, Track, read_xml
from entrepot.document.demand import Demand
from entrepot.document.reading import ReadResult
from entrepot.document.trade import Presented

T = TypeVar("T")
_DECIMAL = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?", re.ASCII)
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_XSD = "UBL 2.1 (unqualified data types), XML Schema part 2"

ROOT = Demand(
    "ENT-CORE-UBL-01", "This is {found}; {expected} of UBL 2 is expected.", "Send the right document.", "UBL 2.1"
)
CURRENCY = Demand(
    "ENT-CORE-UBL-02",
    "An amount in {found}; the document is in {expected}.",
    "State all amounts in the currency of the document.",
    "UBL 2.1 Amount/@currencyID",
)
LEXICAL = Demand("ENT-CORE-UBL-03", "{text} is not {type}.", "Write it as the schema wants it.", _XSD)
CURRENCY_GUESS = Demand(
    "ENT-CORE-UBL-04",
    "The document states no currency; its amounts are in {currency}, which was taken.",
    "State DocumentCurrencyCode.",
    "UBL 2.1 DocumentCurrencyCode",
    Severity.NOTE,
)


VERSION = Demand(
    "ENT-CORE-UBL-07",
    "The document says it is UBL {version}; it was read as UBL 2.1.",
    "Send UBL 2.0 or 2.1.",
    "UBL 2.1 UBLVersionID",
    Severity.WARNING,
)

FULL = Demand(
    "ENT-CORE-UBL-08",
    "More than {most} findings; the rest is not listed.",
    "Correct these, then read again.",
    "Entrepot limits",
)
_FINDINGS_MAX = 500


class Source:
    """One UBL document while it is read. ``currency``: that of the document, against which amounts are held."""

    def __init__(self, track: Track, name: str) -> None:
        self.track, self.name = track, name
        self.root = track.root
        self.findings: list[Finding] = []
        self.currency = self._currency()
        version = self.root.text("cbc:UBLVersionID")
        if version not in (None, "2.0", "2.1"):
            self.found(VERSION, self.root, version=version)

    def _currency(self) -> str | None:
        stated = self.root.text("cbc:DocumentCurrencyCode")
        if stated is not None:
            return stated.strip()
        used = Counter(each.get("currencyID") for each in self.root.element.iter() if each.get("currencyID"))
        if len(used) != 1:
            return None
        currency = str(next(iter(used)))
        self.found(CURRENCY_GUESS, self.root, currency=currency)
        return currency

    def decimal(self, place: Cursor, path: str) -> str | None:
        """An xsd:decimal, in plain notation."""
        text = place.peek(path)
        if text is None:
            return None
        found = _DECIMAL.fullmatch(text.strip())
        if found is None or not (found.group(2) or found.group(3)):
            self._wrong(place, path, text, "a decimal")
            return None
        place.text(path)
        sign, whole, fraction = found.groups()
        whole = whole.lstrip("0") or "0"
        return ("-" if sign == "-" else "") + whole + (f".{fraction}" if fraction else "")

    def amount(self, place: Cursor, path: str, currency: str | None = None) -> str | None:
        """An amount in the currency of the document, or in ``currency``; in any other it stays unread."""
        found, expected = place.one(path), currency or self.currency
        if found is None:
            return None
        stated = found.element.get("currencyID")
        if stated is not None and stated != expected:
            self.found(CURRENCY, found, found=stated, expected=expected or "no currency")
            return None
        found.attribute("currencyID")
        return self.decimal(place, path)

    def day(self, place: Cursor, path: str) -> str | None:
        """An xsd:date; a zone has no place in the shapes and makes the date stay unread."""
        text = place.peek(path)
        found = None if text is None else _DATE.fullmatch(text.strip())
        if text is not None and (found is None or found.group(2)):
            self._wrong(place, path, text, "a date without a zone")
            return None
        place.text(path)
        return None if found is None else found.group(1)

    def flag(self, place: Cursor, path: str) -> bool | None:
        """An xsd:boolean."""
        text = place.peek(path)
        if text is None:
            return None
        value = _FLAGS.get(text.strip())
        if value is None:
            self._wrong(place, path, text, "true or false")
        else:
            place.text(path)
        return value

    def quantity(self, place: Cursor, path: str) -> dict[str, Any] | None:
        """A quantity with its unit code; without a unit code the member ``unit`` is missing."""
        found, value = place.one(path), self.decimal(place, path)
        if found is None or value is None:
            return None
        return kept(value=value, unit=found.attribute("unitCode"))

    def found(self, demand: Demand, place: Cursor, **params: str) -> None:
        """Note that ``demand`` is not met at ``place``. Bounded: naming a place takes time that grows with the file."""
        if len(self.findings) < _FINDINGS_MAX:
            self.findings.append(demand.broken(place.path, severity=demand.severity, **params))
        elif len(self.findings) == _FINDINGS_MAX:
            self.findings.append(FULL.broken(self.root.path, most=_FINDINGS_MAX))

    def _wrong(self, place: Cursor, path: str, text: str, kind: str) -> None:
        self.found(LEXICAL, place.one(path) or place, text=repr(text[:60]), type=kind)


def kept(**members: Any) -> dict[str, Any]:
    """The members that are there: neither None nor empty."""
    return {name.rstrip("_"): value for name, value in members.items() if value not in (None, [], {}, "")}


def open_document(data: bytes, name: str) -> tuple[Source | None, tuple[Finding, ...]]:
    """The UBL document called ``name`` that ``data`` holds, or why it is none."""
    root, findings = read_xml(data)
    if root is None:
        return None, findings
    if root.tag != f"{{{document_namespace(name)}}}{name}":
        return None, (ROOT.broken("/", found=str(root.tag)[:200], expected=name),)
    return Source(Track(root, prefixes(name)), name), ()


def refused(shape: type[T], data: bytes, findings: tuple[Finding, ...]) -> ReadResult[T]:
    """The result for a file of which nothing could be read."""
    return ReadResult(shape=shape, payload=None, draft={}, findings=findings, losses=(), presented=_presented(data))


def finish(shape: type[T], source: Source, draft: dict[str, Any], data: bytes) -> ReadResult[T]:
    """The result for a document of which ``draft`` was read."""
    payload, wrong = parse(shape, draft)
    return ReadResult(
        shape=shape,
        payload=payload,
        draft=draft,
        findings=(*source.findings, *wrong),
        losses=source.track.losses(),
        presented=_presented(data),
    )


def _presented(data: bytes) -> Presented:
    return Presented(syntax=SYNTAX, digest=sha256(data), media_type=MEDIA_TYPE)
