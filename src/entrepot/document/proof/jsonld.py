"""A JSON-LD document as RDF statements, for signatures over its meaning (JSON-LD 1.1 API, "Expansion" and
"Deserialize JSON-LD to RDF"), in the safe mode that Data Integrity asks for.

Safe mode: nothing is passed over. A member without a definition, a relative reference, or a construct that is not
carried here raises :class:`NotRdfError`; otherwise it could be changed without the signature noticing. Contexts are
processed by PyLD, once per list of contexts (see ``context``); this walk only reads the definitions they make.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from entrepot.base.canonical import NotCanonicalError, canonical
from entrepot.document.proof.meaning import Active, Contexts, Term
from entrepot.document.proof.rdf import NotRdfError, Quad, escaped

QUADS_MAX = 50_000
"""Statements of one document."""
_XSD = "http://www.w3.org/2001/XMLSchema#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE, _FIRST, _REST, _NIL = (f"<{_RDF}{each}>" for each in ("type", "first", "rest", "nil"))
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*")
_BLANK = re.compile(r"_:[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_LANGUAGE = re.compile(r"[a-z]{1,8}(-[a-z0-9]{1,8})*")


def quads_of(document: Mapping[str, Any], contexts: Contexts, *, labels: Mapping[int, str] | None = None) -> list[Quad]:
    """The statements of ``document`` under the contexts that it names.

    ``labels``: ``id()`` of an object or list inside -> the blank node it stands for, where that is already decided
    (a selection of a document must use the names of the whole). Raises :class:`NotRdfError`.
    """
    walk = Walk(contexts, labels or {})
    walk.root(document)
    return walk.quads


def blank_nodes_of(document: Mapping[str, Any], contexts: Contexts) -> tuple[list[Quad], dict[int, str]]:
    """The statements, and the blank node of every object without id and of every ordered list, by their ``id()``.

    No object may stand twice in ``document``: as text it never does.
    """
    walk = Walk(contexts, {}, is_strict=True)
    walk.root(document)
    return walk.quads, walk.issued


class Walk:
    """One document on its way to statements; see :func:`quads_of`."""

    def __init__(self, contexts: Contexts, labels: Mapping[int, str], *, is_strict: bool = False) -> None:
        self.quads: list[Quad] = []
        self.issued: dict[int, str] = {}
        self._contexts = contexts
        self._labels = labels
        self._is_strict = is_strict or bool(labels)
        self._count = 0

    def root(self, document: Mapping[str, Any]) -> None:
        """Go through ``document``."""
        self._node(self._contexts.initial(), None, document, "")

    # ---- nodes ------------------------------------------------------------------------------------------------------

    def _node(self, active: Active, term: Term | None, element: Mapping[str, Any], graph: str) -> str:
        """The statements of one node object; returns its subject."""
        active = self._entered(active, term, element)
        return self._described(*self._typed(active, element), element, graph)

    def _entered(self, active: Active, term: Term | None, element: Mapping[str, Any]) -> Active:
        """The context in force inside ``element``, before its types (JSON-LD 1.1 API, 5.1.2 steps 7 to 9)."""
        if active.previous is not None and not (len(element) == 1 and active.keyword(next(iter(element))) == "@id"):
            active = active.previous
        if term is not None and term.context is not None:
            active = active.scoped(term.context, override=True)
        if "@context" in element:
            active = active.scoped(element["@context"])
        return active

    def _typed(self, active: Active, element: Mapping[str, Any]) -> tuple[Active, Active]:
        """The context with the scoped ones of the element's types, and that without (step 11)."""
        plain = active
        for key in sorted(each for each in element if active.keyword(each) == "@type"):
            stated = element[key]
            for name in sorted(
                each for each in (stated if isinstance(stated, list) else [stated]) if isinstance(each, str)
            ):
                term = plain.term(name)
                if term is not None and term.context is not None:
                    active = active.scoped(term.context, propagate=False)
        return active, plain

    def _described(self, active: Active, plain: Active, element: Mapping[str, Any], graph: str) -> str:
        subject = self._subject(active, element)
        seen: set[str] = set()
        for key, value in element.items():
            keyword = active.keyword(key)
            if not keyword:
                self._member(active, key, value, subject, graph)
            elif keyword == "@type":
                self._types(plain, key, value, subject, graph)
            elif keyword not in ("@id", "@context"):
                raise _unsupported(f"{key} ({keyword})")
            if keyword in seen and keyword != "@type":
                raise _wrong(f"two members stand for {keyword}")
            seen.add(keyword or key)
        return subject

    def _types(self, plain: Active, key: str, value: Any, subject: str, graph: str) -> None:
        for each in value if isinstance(value, list) else [value]:
            self._add(subject, _TYPE, self._reference(plain, each, key, vocab=True), graph)

    def _subject(self, active: Active, element: Mapping[str, Any]) -> str:
        for key, value in element.items():
            if active.keyword(key) == "@id":
                if not isinstance(value, str):
                    raise _wrong(f"{key} is not a text")
                return self._reference(active, value, key)
        return self._blank(element)

    def _blank(self, element: Any) -> str:
        label = self._labels.get(id(element))
        if label is None:
            self._count += 1
            label = self.issued[id(element)] = f"_:e{self._count}"
        return label

    # ---- members ----------------------------------------------------------------------------------------------------

    def _member(self, active: Active, key: str, value: Any, subject: str, graph: str) -> None:
        term, predicate = active.member(key)
        if predicate is None:
            raise NotRdfError(
                f"no context defines {key[:60]!r}",
                code="term-undefined",
                remedy="Name a context that defines it, or leave it out.",
                is_wrong=True,
            )
        verb = f"<{_absolute(predicate, key)}>"
        container = term.container if term is not None else ()
        if "@list" in container:
            for each in self._lists(active, term, value, graph):
                self._add(subject, verb, each, graph)
        elif "@graph" in container:
            for each in value if isinstance(value, list) else [value]:
                self._add(subject, verb, self._graph(active, term, each, key), graph)
        elif "@language" in container and isinstance(value, Mapping):
            for language, texts in value.items():
                self._in_language(subject, verb, language, texts, graph)
        else:
            for each in self._objects(active, term, value, graph):
                self._add(subject, verb, each, graph)

    def _graph(self, active: Active, term: Term | None, value: Any, key: str) -> str:
        if not isinstance(value, Mapping):
            raise _unsupported(f"{key}, which holds graphs, with something else")
        # A dataset's graphs lie side by side: one inside another is named there, and holds its own statements.
        self._count += 1
        name = f"_:g{self._count}"
        self._node(active, term, value, name)
        return name

    def _in_language(self, subject: str, verb: str, language: str, texts: Any, graph: str) -> None:
        for each in texts if isinstance(texts, list) else [texts]:
            if each is None:
                continue
            if not isinstance(each, str):
                raise _wrong("a text by language is not a text")
            tag = "" if language == "@none" else language
            self._add(subject, verb, _text(each, tag, ""), graph)

    def _objects(self, active: Active, term: Term | None, value: Any, graph: str) -> Iterator[str]:
        """The terms that ``value`` stands for: none for null, several for a list or a set."""
        if isinstance(value, list) and not (term is not None and term.type == "@json"):
            for each in value:
                yield from self._objects(active, term, each, graph)
            return
        if isinstance(value, Mapping) and not (term is not None and term.type == "@json"):
            yield from self._object(active, term, value, graph)
        elif value is not None or (term is not None and term.type == "@json"):
            yield self._literal(active, term, value)

    def _object(self, active: Active, term: Term | None, value: Mapping[str, Any], graph: str) -> Iterator[str]:
        reading = self._reading(active, term, value)
        keywords = {keyword: key for key in value if (keyword := reading.keyword(key)) in _HOLDERS}
        if "@value" in keywords:
            yield from _value_object(reading, value)
        elif "@list" in keywords or "@set" in keywords:
            if len(value) != 1:
                raise _unsupported("a list or set with other members")
            keyword, key = next(iter(keywords.items()))
            inner = value[key]
            yield from (
                self._lists(reading, term, inner, graph)
                if keyword == "@list"
                else self._objects(reading, term, inner, graph)
            )
        else:
            yield self._node(active, term, value, graph)

    @staticmethod
    def _reading(active: Active, term: Term | None, value: Mapping[str, Any]) -> Active:
        """The context under which the members of a value object are read (JSON-LD 1.1 API, 5.1.2 step 7)."""
        if active.previous is not None and not any(active.keyword(each) == "@value" for each in value):
            active = active.previous
        return active.scoped(term.context, override=True) if term is not None and term.context is not None else active

    def _lists(self, active: Active, term: Term | None, value: Any, graph: str) -> Iterator[str]:
        """An ordered list as linked nodes (JSON-LD 1.1 API, 7.2 "List to RDF Conversion")."""
        if isinstance(value, Mapping) and any(active.keyword(each) == "@list" for each in value):
            yield from self._object(active, term, value, graph)
            return
        if not isinstance(value, list) and self._is_strict:
            raise _unsupported("an ordered list that is not written as one")
        items: list[str] = []
        for each in value if isinstance(value, list) else [value]:
            read = self._lists if isinstance(each, list) else self._objects
            items += read(active, term, each, graph)
        self._count += 1
        label = self._blank(value) if isinstance(value, list) else f"_:l{self._count}"
        nodes = [f"{label}.{number}" for number in range(len(items))]
        for number, item in enumerate(items):
            self._add(nodes[number], _FIRST, item, graph)
            self._add(nodes[number], _REST, nodes[number + 1] if number + 1 < len(nodes) else _NIL, graph)
        yield nodes[0] if nodes else _NIL

    # ---- terms ------------------------------------------------------------------------------------------------------

    def _literal(self, active: Active, term: Term | None, value: Any) -> str:
        kind = term.type if term is not None else ""
        if term is not None and term.context is not None:
            active = active.scoped(term.context, override=True)
        if kind in ("@id", "@vocab") and isinstance(value, str):
            return self._reference(active, value, "value", vocab=kind == "@vocab")
        if kind == "@json":
            return _json(value)
        if kind and not kind.startswith("@"):
            return _typed_literal(value, kind)
        if isinstance(value, str):
            language, direction = active.language_of(term)
            return _text(value, language, direction)
        return _typed_literal(value, "")

    def _reference(self, active: Active, value: Any, key: str, *, vocab: bool = False) -> str:
        if not isinstance(value, str):
            raise _wrong(f"{key} is not a text")
        iri = active.iri(value, vocab=vocab)
        if iri.startswith("_:"):
            if not _BLANK.fullmatch(iri):
                raise _wrong(f"not a blank node label: {iri[:40]!r}")
            return "_:u" + iri[2:]
        return f"<{_absolute(iri, value)}>"

    def _add(self, subject: str, verb: str, value: str, graph: str) -> None:
        self.quads.append((subject, verb, value, graph))
        if len(self.quads) > QUADS_MAX:
            raise NotRdfError(f"more than {QUADS_MAX} statements", code="rdf-too-large", remedy="Split the document.")


_HOLDERS = ("@value", "@list", "@set")


def _absolute(iri: str, said: str) -> str:
    if not _IRI.fullmatch(iri):
        raise NotRdfError(
            f"{said[:60]!r} is no absolute reference and no defined term",
            code="reference-relative",
            remedy="Write it as a URL, or name a context that defines it.",
            is_wrong=True,
        )
    return iri


def _value_object(active: Active, value: Mapping[str, Any]) -> Iterator[str]:
    """A value object (JSON-LD 1.1, 9.5); none where its value is null."""
    members: dict[str, Any] = {}
    for key, each in value.items():
        keyword = active.keyword(key)
        if keyword not in ("@value", "@type", "@language", "@direction") or keyword in members:
            raise _wrong(f"a value object holds {key[:40]!r}")
        members[keyword] = each
    kind, inner = members.get("@type"), members["@value"]
    if kind == "@json":
        yield _json(inner)
        return
    if inner is None:
        return
    if isinstance(inner, list | dict) or (kind is not None and {"@language", "@direction"} & set(members)):
        raise _wrong("a value object of a form that JSON-LD does not allow")
    if kind is not None:
        if not isinstance(kind, str):
            raise _wrong("the type of a value is not a text")
        yield _typed_literal(inner, _absolute(active.iri(kind, vocab=True), kind))
    elif isinstance(inner, str):
        yield _text(inner, members.get("@language") or "", members.get("@direction") or "")
    else:
        yield _typed_literal(inner, "")


def _text(value: str, language: Any, direction: Any) -> str:
    """A string; a base direction goes into its datatype (JSON-LD 1.1 API, ``i18n-datatype``)."""
    tag = language.lower() if isinstance(language, str) else None
    if tag is None or (tag and not _LANGUAGE.fullmatch(tag)):
        raise _wrong(f"not a language: {str(language)[:20]!r}")
    if direction not in ("", "ltr", "rtl"):
        raise _wrong(f"not a direction: {str(direction)[:20]!r}")
    body = f'"{escaped(value)}"'
    if direction:
        return f"{body}^^<https://www.w3.org/ns/i18n#{tag}_{direction}>"
    return f"{body}@{tag}" if tag else body


def _typed_literal(value: Any, kind: str) -> str:
    """JSON-LD 1.1 API, 7.2: numbers and truth values in the form that XML Schema calls canonical."""
    if isinstance(value, bool):
        text, kind = ("true" if value else "false"), kind or f"{_XSD}boolean"
    elif isinstance(value, int | float):
        whole = isinstance(value, int) or value.is_integer()
        if whole and abs(value) < 10**21 and kind != f"{_XSD}double":
            text, kind = str(int(value)), kind or f"{_XSD}integer"
        else:
            text, kind = _double(value), kind or f"{_XSD}double"
    elif isinstance(value, str):
        text = _double_of(value) if kind == f"{_XSD}double" else value
    else:
        raise _wrong("a value is neither text nor number nor truth value")
    body = f'"{escaped(text)}"'
    return body if kind == f"{_XSD}string" else f"{body}^^<{kind}>"


def _double_of(text: str) -> str:
    try:
        return _double(float(text))
    except ValueError:
        return text


def _double(value: float) -> str:
    mantissa, _, exponent = f"{value:.15E}".partition("E")
    mantissa = mantissa.rstrip("0")
    return f"{mantissa}{'0' if mantissa.endswith('.') else ''}E{int(exponent)}"


def _json(value: Any) -> str:
    try:
        return f'"{escaped(canonical(value).decode())}"^^<{_RDF}JSON>'
    except NotCanonicalError as wrong:
        raise NotRdfError(wrong.message, code="not-canonical", remedy=wrong.remedy) from wrong


def _wrong(message: str) -> NotRdfError:
    return NotRdfError(message, code="json-ld-invalid", remedy="Write it as JSON-LD 1.1 says.", is_wrong=True)


def _unsupported(what: str) -> NotRdfError:
    return NotRdfError(f"{what} is not read here", code="json-ld-unsupported", remedy="Ask for another securing.")
