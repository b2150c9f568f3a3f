"""What the terms of a document mean: processed JSON-LD contexts, kept for the next document (JSON-LD 1.1 API, 4.1).

The contexts are those of ``context`` and whatever the caller hands in; none is fetched. PyLD processes them; what it
makes of a list of contexts is kept, because that work, not the document's, is what takes the time.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from entrepot.base.canonical import NotCanonicalError, canonical
from entrepot.document.proof.context import PINS, carried
from entrepot.document.proof.rdf import NotRdfError

CONTEXTS_MAX = 12
"""Contexts that one object may name."""
INLINE_BYTES_MAX = 32 * 1024
"""Bytes of the contexts that stand in a document instead of being named."""
_KEPT_MAX = 2000
"""Entries that one memory holds before it starts anew: what strangers send must not fill the machine."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a context says of one term. ``type``: ``@id``, ``@vocab``, ``@json``, a datatype, or empty.

    ``context``: what it puts in force inside its values, None for nothing.
    """

    iri: str
    type: str
    container: tuple[str, ...]
    context: Any
    language: str | None
    direction: str | None


class Contexts:
    """The contexts that documents may name: the carried ones, and ``given`` (URL -> JSON-LD text).

    A given text never replaces a carried one.
    """

    def __init__(self, given: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._given = {url: text for url, text in (given or {}).items() if url not in PINS}
        self._lock = threading.RLock()
        self._initial: Active | None = None
        self._known: dict[str, Active] = {}
        self._resolver: Any = None
        self._processor: Any = None

    def __contains__(self, url: object) -> bool:
        return url in PINS or url in self._given

    def initial(self) -> "Active":
        """The context in force before a document names any."""
        with self._lock:
            if self._initial is None:
                self._start()
            assert self._initial is not None
            return self._initial

    def _start(self) -> None:
        from cachetools import LRUCache
        from pyld.context_resolver import ContextResolver  # type: ignore[import-untyped]
        from pyld.jsonld import JsonLdProcessor  # type: ignore[import-untyped]

        self._processor = JsonLdProcessor()
        self._resolver = ContextResolver(LRUCache(maxsize=200), self._load)
        self._initial = Active(self, self._processor._get_initial_context({"processingMode": "json-ld-1.1"}))  # noqa: SLF001

    def _load(self, url: str, _options: Any) -> dict[str, Any]:
        if url not in self:
            raise _unknown(url)
        text = carried(url) if url in PINS else self._given[url]
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": text,
            "tag": "static",
        }

    def process(self, active: "Active", local: Any, *, override: bool, propagate: bool) -> "Active":
        """``active`` with the context ``local`` upon it. Raises :class:`NotRdfError`."""
        from pyld.jsonld import JsonLdError

        options = {
            "base": "",
            "processingMode": "json-ld-1.1",
            "contextResolver": self._resolver,
            "documentLoader": self._load,
        }
        with self._lock:
            self._resolver.per_op_cache = {}
            try:
                made = self._processor._process_context(  # noqa: SLF001 - the public form cannot override or bound
                    active.raw, local, options, override_protected=override, propagate=propagate
                )
            except JsonLdError as wrong:
                raise _refused(wrong) from wrong
            except (TypeError, ValueError, AttributeError, RecursionError, KeyError) as wrong:
                message = f"a context that cannot be processed: {type(wrong).__name__}"
                raise NotRdfError(message, code="context-invalid", is_wrong=True) from wrong
            return self._of(made)

    def _of(self, raw: Mapping[str, Any]) -> "Active":
        name = str(raw.get("_uuid", ""))
        found = self._known.get(name)
        if found is None or found.raw is not raw:
            if len(self._known) > _KEPT_MAX:
                self._known.clear()
            previous = raw.get("previousContext")
            found = self._known[name] = Active(self, raw, self._of(previous) if previous is not None else None)
        return found

    def expand(self, active: "Active", value: str, *, vocab: bool) -> str:
        """``value`` as an IRI or keyword, as far as the context makes it one (JSON-LD 1.1 API, 5.2)."""
        made = self._processor._expand_iri(active.raw, value, vocab=vocab)  # noqa: SLF001
        return made if isinstance(made, str) else ""


class Active:
    """One active context: the meaning of each member at one place of a document."""

    __slots__ = ("_contexts", "_members", "_scoped", "_terms", "previous", "raw")

    def __init__(self, contexts: Contexts, raw: Mapping[str, Any], previous: "Active | None" = None) -> None:
        self._contexts = contexts
        self.raw = raw
        self.previous = previous
        self._terms: dict[str, Term | None] = {}
        self._members: dict[str, tuple[str, Term | None, str | None]] = {}
        self._scoped: dict[Any, tuple[Any, Active]] = {}

    def term(self, name: str) -> Term | None:
        """The definition of a term; None where there is none."""
        if name not in self._terms:
            definition = self.raw["mappings"].get(name)
            if definition is None:
                return None
            self._terms[name] = _term(definition)
        return self._terms[name]

    def _member(self, key: str) -> tuple[str, Term | None, str | None]:
        found = self._members.get(key)
        if found is None:
            iri = "@context" if key == "@context" else self._contexts.expand(self, key, vocab=True)
            found = (iri, None, None) if iri.startswith("@") else ("", self.term(key), iri if ":" in iri else None)
            if len(self._members) > _KEPT_MAX:
                self._members.clear()
            self._members[key] = found
        return found

    def keyword(self, key: str) -> str:
        """The keyword that a member's name stands for; empty where it stands for none."""
        return self._member(key)[0]

    def member(self, key: str) -> tuple[Term | None, str | None]:
        """The definition of a member, and the IRI it stands for: None where no context gives it one."""
        return self._member(key)[1:]

    def iri(self, value: str, *, vocab: bool = False) -> str:
        """What a reference stands for; relative where nothing makes it absolute."""
        if not vocab:
            prefix, colon, rest = value.partition(":")
            if colon and (rest.startswith("//") or prefix not in self.raw["mappings"]):
                return value
        return self._contexts.expand(self, value, vocab=vocab)

    def language_of(self, term: Term | None) -> tuple[str, str]:
        """Language and direction of a plain text: the term's, else the context's."""
        language = term.language if term is not None else None
        direction = term.direction if term is not None else None
        if language is None:
            language = self.raw.get("@language")
        if direction is None:
            direction = self.raw.get("@direction")
        return language or "", direction or ""

    def scoped(self, local: Any, *, override: bool = False, propagate: bool = True) -> "Active":
        """This context with ``local`` upon it: a URL, an inline context, a list of both, or null."""
        key: Any = (id(local), override, propagate)
        kept = self._scoped.get(key)
        if kept is not None and kept[0] is local:
            return kept[1]
        names = local if isinstance(local, list) else [local]
        plain = all(isinstance(each, str) for each in names)
        if plain:
            key = (*names, override, propagate)
            if key in self._scoped:
                return self._scoped[key][1]
        self._check(names)
        made = self._contexts.process(self, local, override=override, propagate=propagate)
        if len(self._scoped) > _KEPT_MAX:
            self._scoped.clear()
        if plain or any(term.context is local for term in self._terms.values() if term is not None):
            self._scoped[key] = (local, made)
        return made

    def _check(self, names: list[Any]) -> None:
        if len(names) > CONTEXTS_MAX:
            raise NotRdfError(f"more than {CONTEXTS_MAX} contexts", code="context-too-many")
        unknown = [each for each in names if isinstance(each, str) and each not in self._contexts]
        if unknown:
            raise _unknown(*unknown)
        inline = [each for each in names if isinstance(each, dict)]
        try:
            size = len(canonical(inline)) if inline else 0
        except NotCanonicalError:
            size = INLINE_BYTES_MAX + 1
        if size > INLINE_BYTES_MAX:
            raise NotRdfError("the contexts inside the document are too large", code="context-too-large")


def _term(definition: Mapping[str, Any]) -> Term:
    container = definition.get("@container") or ()
    containers = (container,) if isinstance(container, str) else tuple(container)
    unread = set(containers) - {"@set", "@list", "@graph", "@language"}
    if unread or definition.get("reverse") or definition.get("@nest") or definition.get("@index"):
        raise NotRdfError(
            "a term that maps by index, id or type, in reverse or by nesting, is not read here",
            code="json-ld-unsupported",
            remedy="Ask for another securing.",
        )
    language, direction = (
        definition.get(each, "") or "" if each in definition else None for each in ("@language", "@direction")
    )
    kind = definition.get("@type")
    return Term(
        iri=str(definition.get("@id") or ""),
        type=kind if isinstance(kind, str) else "",
        container=containers,
        context=definition.get("@context"),
        language=language,
        direction=direction,
    )


def _unknown(*urls: str) -> NotRdfError:
    named = ", ".join(each[:200] for each in urls)
    message = f"the context {named} is not known here" if len(urls) == 1 else f"the contexts {named} are not known here"
    return NotRdfError(message, code="context-unknown", remedy="Give its text with --context.")


def _refused(wrong: Any) -> NotRdfError:
    cause = wrong
    while cause is not None:
        if isinstance(cause, NotRdfError):
            return cause
        cause = cause.__cause__ or cause.__context__
    if wrong.code == "protected term redefinition":
        return NotRdfError(
            "a context gives a protected term another meaning",
            code="term-redefined",
            is_wrong=True,
            remedy="Use another name for it.",
        )
    return NotRdfError(f"a context breaks JSON-LD: {wrong.code or wrong.type}", code="context-invalid", is_wrong=True)


CARRIED = Contexts()
"""The carried contexts alone."""
