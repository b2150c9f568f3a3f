"""Everything in a JSON-LD document that has no meaning, each with its place: the walk of ``jsonld`` that does not stop
at the first.

Whoever mends a document wants to see all of it at once. A member without a meaning is not looked into: without it, its
values mean nothing either.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from entrepot.base.text import member_path
from entrepot.document.proof.jsonld import Walk
from entrepot.document.proof.meaning import Active, Contexts, Term
from entrepot.document.proof.rdf import NotRdfError

_ENDS = "rdf-too-large"
"""Code of what ends the walk: every further statement would say it again."""


def meaningless(document: Mapping[str, Any], contexts: Contexts) -> tuple[tuple[str, NotRdfError], ...]:
    """Path and reason of all that keeps ``document`` from having statements; nothing where all of it has a meaning."""
    walk = _Gathering(contexts)
    walk.root(document)
    return tuple(walk.found)


class _Gathering(Walk):
    def __init__(self, contexts: Contexts) -> None:
        super().__init__(contexts, {})
        self.found: list[tuple[str, NotRdfError]] = []
        self._path = "$"

    @contextmanager
    def _at(self, path: str) -> Iterator[None]:
        """Inside ``path``: what is wrong there is found, and the walk goes on beside it."""
        before, self._path = self._path, path
        try:
            yield
        except NotRdfError as wrong:
            if wrong.error_code == _ENDS and path != "$":
                raise
            self.found.append((path, wrong))
        finally:
            self._path = before

    def root(self, document: Mapping[str, Any]) -> None:
        with self._at("$"):
            super().root(document)

    def _types(self, plain: Active, key: str, value: Any, subject: str, graph: str) -> None:
        path = member_path(self._path, key)
        for index, each in enumerate(value if isinstance(value, list) else [value]):
            with self._at(f"{path}[{index}]" if isinstance(value, list) else path):
                super()._types(plain, key, each, subject, graph)

    def _subject(self, active: Active, element: Mapping[str, Any]) -> str:
        for key in element:
            if active.keyword(key) == "@id":
                with self._at(member_path(self._path, key)):
                    return super()._subject(active, element)
        return self._blank(element)

    def _member(self, active: Active, key: str, value: Any, subject: str, graph: str) -> None:
        with self._at(member_path(self._path, key)):
            super()._member(active, key, value, subject, graph)

    def _objects(self, active: Active, term: Term | None, value: Any, graph: str) -> Iterator[str]:
        if not isinstance(value, list) or (term is not None and term.type == "@json"):
            return iter(list(super()._objects(active, term, value, graph)))
        made: list[str] = []
        for index, each in enumerate(value):
            with self._at(f"{self._path}[{index}]"):
                made += self._objects(active, term, each, graph)
        return iter(made)
