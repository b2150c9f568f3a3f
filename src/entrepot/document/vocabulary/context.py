"""The JSON-LD context of each kind of trade document, built from its shape and the table of terms.

What is built is checked in beside this module and pinned by hash in ``proof.context``: a shape that changes needs a
context with a new name, so that what was signed keeps its meaning.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from entrepot.base._member import unwrap
from entrepot.base.record import Content
from entrepot.base.shape import Did
from entrepot.document.kinds import kinds
from entrepot.document.vocabulary.table import inner_of, is_object, parts_of, table

_XSD = "http://www.w3.org/2001/XMLSchema#"
_DATATYPES: dict[Any, str] = {Decimal: f"{_XSD}decimal", date: f"{_XSD}date", datetime: f"{_XSD}dateTime"}
_SETS = ("sales", "after", "audience")
"""Members of the envelope that have no order."""
_PROTECTED = {"@protected": True}
Definitions = dict[str, Any]


def context_of(kind: str, version: int = 1) -> dict[str, Any]:
    """The JSON-LD text for records of that kind. Raises ``VocabularyError`` for an element without a term.

    Every member is scoped to where it stands, so that one name may mean different things in different shapes; what
    means the same inside is not said again. There is no ``@vocab``: a member that is not named here has no meaning,
    and a safe processor refuses it.
    """
    found = table()
    name = found.type_of(kind)
    payload: Definitions = {"@id": found.iri("own:payload")}
    payload["@context"] = _PROTECTED | _Scope(kind).definitions(kinds()[kind, version].shape, {})
    return {
        "@context": {
            "@version": 1.1,
            **_PROTECTED,
            "TradeRecordCredential": found.iri("own:TradeRecordCredential"),
            "TradeRecord": {"@id": found.iri("own:TradeRecord"), "@context": _PROTECTED | _envelope()},
            name: {"@id": found.iri(f"own:{name}"), "@context": {**_PROTECTED, "payload": payload}},
        }
    }


def vocabulary() -> dict[str, Any]:
    """Our own terms with their definitions, as JSON-LD (RDF Schema)."""
    found = table()
    graph = [
        {"id": found.iri(f"own:{name}"), "type": f"rdfs:{_sort(name)}", "label": name, "comment": text}
        for name, text in found.own.items()
    ]
    rdfs = "http://www.w3.org/2000/01/rdf-schema#"
    context = {
        "id": "@id",
        "type": "@type",
        "rdfs": rdfs,
        "label": f"{rdfs}label",
        "comment": {"@id": f"{rdfs}comment", "@language": "en"},
    }
    return {"@context": context, "@graph": graph}


def _sort(name: str) -> str:
    return "Class" if name[0].isupper() else "Resource"


def _envelope() -> Definitions:
    found: Definitions = {}
    for name, stated in parts_of(Content):
        inner, _ = inner_of(stated)
        if name == "payload":
            continue
        made = {"@id": table().iri(table().term("", "TradeRecord", name)), **_coercion(inner)}
        found[name] = made | ({"@container": "@set"} if name in _SETS else {})
    return found


def _coercion(kind: Any) -> Definitions:
    if kind == Did:
        return {"@type": "@id"}
    plain, _ = unwrap(kind)
    return {"@type": _DATATYPES[plain]} if plain in _DATATYPES else {}


class _Scope:
    """Writes the definitions inside one kind."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def definitions(self, shape: type, inherited: Definitions) -> Definitions:
        """What must be defined inside a value of ``shape`` where ``inherited`` is in force already."""
        own: Definitions = {}
        for name, stated in parts_of(shape):
            inner, is_list = inner_of(stated)
            made: Definitions = {"@id": table().iri(table().term(self._kind, shape.__name__, name))}
            made |= _coercion(inner)
            if is_list:
                # Objects tell themselves apart. A list of them would chain as many nameless nodes, which processors
                # that bound their work on such chains refuse.
                made["@container"] = "@set" if is_object(inner) else "@list"
            own[name] = made, unwrap(inner)[0] if is_object(inner) else None
        spoken = {made["@id"] for made, _ in own.values()}
        # An outer name for the same term would make two names for it here, and a compaction would take either.
        cleared = {name: None for name, each in inherited.items() if name not in own and each and each["@id"] in spoken}
        # What stands further in is read under the definitions of this shape, its objects among them.
        in_force = inherited | cleared | {name: {**made, "@open": True} for name, (made, _) in own.items()}
        in_force |= {name: made for name, (made, inner) in own.items() if inner is None}
        found: Definitions = {}
        for name, (made, inner) in own.items():
            scope = {} if inner is None else self.definitions(inner, in_force)
            found[name] = made | ({"@context": _PROTECTED | scope} if scope else {})
        return cleared | {name: made for name, made in found.items() if inherited.get(name) != made}
