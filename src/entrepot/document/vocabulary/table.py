"""The table of terms: which term every element of a trade document stands for.

The table (``terms.toml``) is written by hand; the shapes say which elements there are. :func:`elements` puts both
together, and fails for an element without a term.
"""

import dataclasses
import tomllib
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from entrepot.base._member import members, unwrap
from entrepot.base.error import EntrepotError
from entrepot.base.money import Money
from entrepot.base.quantity import Quantity
from entrepot.document.kinds import kinds

NAMES: Mapping[str, str] = {"unece": "UN/CEFACT", "schema": "schema.org", "own": "Entrepot"}
"""Prefix -> name of the vocabulary."""
_VALUES: Mapping[type, tuple[str, ...]] = {Money: ("amount", "currency"), Quantity: ("value", "unit")}
"""Classes that write themselves -> the members of their JSON form."""


class VocabularyError(EntrepotError):
    """An element has no term, or a term has no definition: the table must be completed first."""

    code = "vocabulary-incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One member of one shape, inside one kind. ``path``: where it stands below the payload, ``[]`` for lists;
    ``type``: of the member (without a list around it); ``is_list``: whether there may be several."""

    path: str
    shape: str
    name: str
    term: str
    type: Any
    is_list: bool

    @property
    def vocabulary(self) -> str:
        """Name of the vocabulary that defines the term."""
        return NAMES[self.term.partition(":")[0]]


@dataclass(frozen=True, slots=True)
class Table:
    """The file as read: prefix -> IRI; type of a subject -> kind; own term -> definition; shape -> member -> term."""

    prefixes: Mapping[str, str]
    kinds: Mapping[str, str]
    own: Mapping[str, str]
    terms: Mapping[str, Mapping[str, str]]

    def term(self, kind: str, shape: str, name: str) -> str:
        """The term of a member. Raises :class:`VocabularyError` where there is none, or it is not defined."""
        found = self.terms.get(f"{kind}:{shape}", {}).get(name) or self.terms.get(shape, {}).get(name)
        if found is None:
            raise VocabularyError(f"{shape}.{name} has no term", remedy="Add it to terms.toml.")
        prefix, _, rest = found.partition(":")
        if prefix not in self.prefixes or (prefix == "own" and rest not in self.own):
            raise VocabularyError(f"{found} is not defined", remedy="Define it in terms.toml.")
        return found

    def iri(self, term: str) -> str:
        """A prefixed term in full."""
        prefix, _, rest = term.partition(":")
        return self.prefixes[prefix] + rest

    def type_of(self, kind: str) -> str:
        """The type of a subject that is a record of that kind."""
        return next(name for name, each in self.kinds.items() if each == kind)


@cache
def table() -> Table:
    """The table that the package carries."""
    read = tomllib.loads((files(__package__) / "terms.toml").read_text("utf-8"))
    return Table(read["prefixes"], read["kinds"], read["own"], read["terms"])


def elements(kind: str, version: int = 1) -> Iterator[Element]:
    """Every element of a payload of that kind, in the order of its shape, inner ones after the one they stand in."""
    yield from _elements(kind, kinds()[kind, version].shape, "")


def inner_of(kind: Any) -> tuple[Any, bool]:
    """The type inside a list, and whether there was one."""
    plain, _ = unwrap(kind)
    if typing.get_origin(plain) is tuple:
        return typing.get_args(plain)[0], True
    return kind, False


def parts_of(shape: type) -> tuple[tuple[str, Any], ...]:
    """Name and type of the members of a shape, or of a class that writes itself."""
    if shape in _VALUES:
        return tuple((name, str) for name in _VALUES[shape])
    return tuple((each.json, each.kind) for each in members(shape))


def is_object(kind: Any) -> bool:
    """Whether values of that type are JSON objects."""
    plain, _ = unwrap(kind)
    return plain in _VALUES or (isinstance(plain, type) and dataclasses.is_dataclass(plain))


def _elements(kind: str, shape: type, path: str) -> Iterator[Element]:
    for name, stated in parts_of(shape):
        inner, is_list = inner_of(stated)
        here = f"{path}{name}{'[]' if is_list else ''}"
        term = table().term(kind, shape.__name__, name)
        yield Element(path=here, shape=shape.__name__, name=name, term=term, type=inner, is_list=is_list)
        if is_object(inner):
            yield from _elements(kind, unwrap(inner)[0], f"{here}.")
