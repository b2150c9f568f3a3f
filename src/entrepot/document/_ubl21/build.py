"""Writing: a tree of plain nodes, put into the order of the standard and made into bytes."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree

from entrepot.base.amount import format_decimal
from entrepot.base.finding import Finding
from entrepot.document._ubl21.names import CAC, CBC, EXT, ORDER, REMAINDER, TYPES, document_namespace
from entrepot.document.demand import Demand
from entrepot.document.reading import WriteResult

_SPACES = {"cac": CAC, "cbc": CBC, "ext": EXT, "ent": REMAINDER}
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CHARACTER = Demand(
    "ENT-CORE-UBL-05", "Character {place} of the text cannot stand in XML.", "Remove it.", "XML 1.0 2.2 (Char)"
)


@dataclass(frozen=True, slots=True)
class Node:
    """An element to be written: prefixed name, text or children, attributes."""

    name: str
    text: str | None = None
    children: tuple["Node", ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def local(self) -> str:
        """The name without prefix."""
        return self.name.rpartition(":")[2]


Maybe = Node | None
Value = str | Decimal | date | bool | None


def leaf(name: str, value: Value, **attributes: str | None) -> Maybe:
    """An element with text; None where there is no value. Attributes that are None are left out."""
    if value is None:
        return None
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, Decimal):
        text = format_decimal(value)
    elif isinstance(value, date):
        text = value.isoformat()
    else:
        text = str(value)
    kept = tuple((key, each) for key, each in attributes.items() if each is not None)
    return Node(name, text, (), kept)


def node(name: str, *children: "Maybe | list[Node] | list[Maybe]") -> Maybe:
    """An element with children, sorted as the standard wants them; None where there are none."""
    flat: list[Node] = []
    for each in children:
        flat.extend(inner for inner in (each if isinstance(each, list) else [each]) if inner is not None)
    if not flat:
        return None
    local = name.rpartition(":")[2]
    order = ORDER.get(TYPES.get(local, local), ())
    places = {child: place for place, child in enumerate(order)}
    flat.sort(key=lambda child: places.get(child.local, 0))
    return Node(name, None, tuple(flat))


def write_document(name: str, *children: "Maybe | list[Node] | list[Maybe]") -> WriteResult:
    """The document ``name`` with these children as UTF-8 XML, or the findings that keep it from being written."""
    findings: list[Finding] = []
    document = node(name, *children) or Node(name)
    namespace = document_namespace(name)
    spaces = {None: namespace, "cac": CAC, "cbc": CBC, "ext": EXT}
    if not any(child.local == "UBLExtensions" for child in document.children):
        del spaces["ext"]
    root = etree.Element(f"{{{namespace}}}{document.name}", nsmap=spaces)  # type: ignore[arg-type]
    for child in document.children:
        _append(root, child, f"/{document.name}", findings)
    if findings:
        return WriteResult(body=None, findings=tuple(findings))
    body: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return WriteResult(body=body)


def _append(parent: etree._Element, child: Node, path: str, findings: list[Finding]) -> None:
    prefix, _, local = child.name.partition(":")
    here = f"{path}/{child.name}"
    element = etree.SubElement(parent, f"{{{_SPACES[prefix]}}}{local}", nsmap=_own(prefix))  # type: ignore[arg-type]
    for text in (child.text or "", *(value for _, value in child.attributes)):
        wrong = _NO_XML.search(text)
        if wrong is not None:
            findings.append(CHARACTER.broken(here, place=wrong.start()))
            return
    if child.text is not None:
        element.text = child.text
    for name, value in child.attributes:
        element.set(name, value)
    for each in child.children:
        _append(element, each, here, findings)


def _own(prefix: str) -> dict[str | None, str]:
    return {"ent": REMAINDER} if prefix == "ent" else {}
