"""Members for which UBL has no element, kept in an extension so that our own files lose nothing.

The extension holds them as JSON. It may only hold members of a fixed list, none of which UBL can state: a figure or a
party that a reader of the visible document sees can never be changed by it.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.base.finding import Severity
from entrepot.base.jsontext import read_json
from entrepot.document._ubl21.build import Maybe, leaf, node
from entrepot.document._ubl21.names import REMAINDER
from entrepot.document._ubl21.source import Source
from entrepot.document.demand import Demand

_EXTENSION = "ext:UBLExtensions/ext:UBLExtension"
UNREADABLE = Demand(
    "ENT-CORE-UBL-06",
    "The extension {uri} holds no JSON object of the members {allowed}.",
    "Leave it as it was written, or out.",
    "UBL 2.1 section 3.6 (extensions)",
    Severity.WARNING,
)


def read_remainder(source: Source, allowed: Iterable[str]) -> dict[str, Any]:
    """The members that the extension adds; nothing where there is none, or where it is not as it should be."""
    names = tuple(allowed)
    for each in source.root.all(_EXTENSION):
        if each.peek("ext:ExtensionURI") != REMAINDER:
            continue
        text = each.peek("ext:ExtensionContent/ent:Remainder")
        value, wrong = read_json((text or "").encode())
        if wrong or not isinstance(value, dict) or not set(value) <= set(names):
            source.found(UNREADABLE, each, uri=REMAINDER, allowed=", ".join(names))
            continue
        each.text("ext:ExtensionURI")
        each.text("ext:ExtensionContent/ent:Remainder")
        return value
    return {}


def write_remainder(payload: Mapping[str, Any], allowed: Iterable[str]) -> Maybe:
    """The extension for the members of ``payload`` (JSON) that are in ``allowed``; None where there are none."""
    rest = {name: payload[name] for name in allowed if payload.get(name) not in (None, [])}
    if not rest:
        return None
    # ASCII only: characters that XML cannot hold are then escaped by JSON.
    text = json.dumps(json.loads(canonical(rest)), sort_keys=True, separators=(",", ":"))
    content = node("ext:ExtensionContent", leaf("ent:Remainder", text))
    extension = node("ext:UBLExtension", leaf("ext:ExtensionURI", REMAINDER), content)
    return node("ext:UBLExtensions", extension)
