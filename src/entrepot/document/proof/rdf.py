"""RDF statements as text, and their one canonical order and naming: RDFC-1.0 (W3C RDF Dataset Canonicalization).

A statement is four terms in N-Quads form (subject, predicate, object, graph or ""), so that a canonical line is
their concatenation. Blank nodes start with ``_:``.
"""

import hashlib
from collections.abc import Iterable, Mapping
from itertools import permutations

from entrepot.base.error import EntrepotError
from entrepot.base.said import Said, plainer, said

Quad = tuple[str, str, str, str]
WORK_MAX = 20_000
"""Comparisons that telling apart nodes which look alike may take; documents made to exhaust a verifier need more."""
_ESCAPES = {each: f"\\u{each:04X}" for each in (*range(0x20), 0x7F)}
_ESCAPES |= {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


class NotRdfError(EntrepotError):
    """The document has no canonical statements here. ``is_wrong``: it says something that a signature over
    statements would not cover, or breaks JSON-LD; otherwise it lies beyond what this program knows or allows."""

    code = "not-rdf"

    def __init__(self, message: str, *, code: str, remedy: str = "", is_wrong: bool = False) -> None:
        super().__init__(message, remedy=remedy, code=code)
        self.is_wrong = is_wrong

    @property
    def told(self) -> Said:
        """The message, and in other languages than English what kind of reason it is."""
        return plainer(self.message, _PLAIN.get(self.error_code, _BEYOND))


_BROKEN = said("It breaks the rules of JSON-LD.")
_UNDEFINED = said("Nothing that it names says what one of its members means.")
_BEYOND = said("It is too large or too involved to be checked here.")
_PLAIN = {
    "term-undefined": _UNDEFINED,
    "reference-relative": _UNDEFINED,
    "json-ld-invalid": _BROKEN,
    "context-invalid": _BROKEN,
    "term-redefined": _BROKEN,
    "json-ld-unsupported": said("It is written in a form of JSON-LD that is not read here."),
    "context-unknown": said("A context that it names is not known here."),
    "not-canonical": said("The document holds a number that has no canonical form here."),
}
"""Code -> what is told of it in other languages."""


def escaped(text: str) -> str:
    """``text`` between the quotation marks of a canonical N-Quads literal (RDFC-1.0, section 5)."""
    return text.translate(_ESCAPES)


def line_of(quad: Quad) -> str:
    """The N-Quads line, with its newline."""
    subject, predicate, value, graph = quad
    return f"{subject} {predicate} {value} {graph} .\n" if graph else f"{subject} {predicate} {value} .\n"


def canonical_labels(quads: Iterable[Quad], hash_name: str = "sha256") -> dict[str, str]:
    """Blank node -> its canonical label ``_:c14nN`` (RDFC-1.0, 4.4).

    Raises :class:`NotRdfError` ``rdf-too-complex`` where the nodes look so much alike that naming them would take
    more than :data:`WORK_MAX` steps.
    """
    return _Naming(dict.fromkeys(quads), hash_name).labels()


def relabelled(quads: Iterable[Quad], labels: Mapping[str, str]) -> list[str]:
    """The lines of ``quads`` under new labels, sorted by code point and without repetition."""
    name = labels.get
    return sorted(
        {
            line_of((name(subject, subject), verb, name(value, value), name(graph, graph)))
            for subject, verb, value, graph in quads
        }
    )


def canonical_lines(quads: Iterable[Quad], hash_name: str = "sha256") -> list[str]:
    """The canonical N-Quads lines of ``quads``."""
    known = list(quads)
    return relabelled(known, canonical_labels(known, hash_name))


class _Issuer:
    """Gives out labels in order (RDFC-1.0, 4.5)."""

    __slots__ = ("issued", "prefix")

    def __init__(self, prefix: str, issued: dict[str, str] | None = None) -> None:
        self.prefix, self.issued = prefix, dict(issued or {})

    def issue(self, node: str) -> str:
        if node not in self.issued:
            self.issued[node] = f"{self.prefix}{len(self.issued)}"
        return self.issued[node]

    def copy(self) -> "_Issuer":
        return _Issuer(self.prefix, self.issued)


class _Naming:
    def __init__(self, quads: Iterable[Quad], hash_name: str) -> None:
        self._hash = getattr(hashlib, hash_name)
        self._of: dict[str, list[Quad]] = {}
        for quad in quads:
            for node in {each for each in (quad[0], quad[2], quad[3]) if each.startswith("_:")}:
                self._of.setdefault(node, []).append(quad)
        self._first = {node: self._first_degree(node) for node in self._of}
        self._canonical = _Issuer("_:c14n")
        self._work = 0

    def labels(self) -> dict[str, str]:
        groups: dict[str, list[str]] = {}
        for node, digest in self._first.items():
            groups.setdefault(digest, []).append(node)
        alike = []
        for digest in sorted(groups):
            if len(groups[digest]) == 1:
                self._canonical.issue(groups[digest][0])
            else:
                alike.append(groups[digest])
        for nodes in alike:
            self._tell_apart(nodes)
        return self._canonical.issued

    def _tell_apart(self, nodes: list[str]) -> None:
        """RDFC-1.0, 4.4.3 step 5."""
        found = []
        for node in nodes:
            if node not in self._canonical.issued:
                issuer = _Issuer("_:b")
                issuer.issue(node)
                found.append(self._n_degree(node, issuer))
        for _, issuer in sorted(found, key=lambda each: each[0]):
            for each in issuer.issued:
                self._canonical.issue(each)

    def _digest(self, text: str) -> str:
        self._work += 1
        if self._work > WORK_MAX + 2 * len(self._of):
            raise NotRdfError(
                "its nodes look so much alike that naming them takes too long",
                code="rdf-too-complex",
                remedy="Give the parts of the document ids of their own.",
            )
        digest: str = self._hash(text.encode()).hexdigest()
        return digest

    def _first_degree(self, node: str) -> str:
        """RDFC-1.0, 4.6."""

        def seen(term: str) -> str:
            if not term.startswith("_:"):
                return term
            return "_:a" if term == node else "_:z"

        lines = sorted(line_of((seen(s), p, seen(o), seen(g))) for s, p, o, g in self._of[node])
        digest: str = self._hash("".join(lines).encode()).hexdigest()
        return digest

    def _related(self, node: str, issuer: _Issuer) -> dict[str, list[str]]:
        """RDFC-1.0, 4.8.3 step 3: the hash of each way in which another node is tied to ``node`` -> those nodes."""
        found: dict[str, list[str]] = {}
        for subject, predicate, value, graph in self._of[node]:
            for position, other in (("s", subject), ("o", value), ("g", graph)):
                if other.startswith("_:") and other != node:
                    label = self._canonical.issued.get(other) or issuer.issued.get(other) or self._first[other]
                    verb = "" if position == "g" else predicate
                    found.setdefault(self._digest(f"{position}{verb}{label}"), []).append(other)
        return found

    def _n_degree(self, node: str, issuer: _Issuer) -> tuple[str, _Issuer]:
        """RDFC-1.0, 4.8."""
        data = []
        related = self._related(node, issuer)
        for digest in sorted(related):
            chosen, path = issuer, ""
            for order in permutations(related[digest]):
                candidate, tried = self._path(order, issuer.copy(), path)
                if candidate and (not path or candidate < path):
                    chosen, path = tried, candidate
            data.append(digest + path)
            issuer = chosen
        return self._digest("".join(data)), issuer

    def _path(self, order: tuple[str, ...], issuer: _Issuer, best: str) -> tuple[str, _Issuer]:
        """One permutation's path; empty where it cannot become the least (RDFC-1.0, 4.8.3 steps 5.4.4 and 5.4.5)."""
        self._work += 1
        path, deeper = "", []
        for node in order:
            if node in self._canonical.issued:
                path += self._canonical.issued[node]
                continue
            if node not in issuer.issued:
                deeper.append(node)
            path += issuer.issue(node)
            if best and len(path) >= len(best) and path > best:
                return "", issuer
        for node in deeper:
            digest, tried = self._n_degree(node, issuer)
            path += f"{issuer.issue(node)}<{digest}>"
            issuer = tried
            if best and len(path) >= len(best) and path > best:
                return "", issuer
        return path, issuer
