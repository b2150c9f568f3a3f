"""What reading a foreign file gives, and what writing one gives. Every syntax uses these two."""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from entrepot.base.finding import Finding
from entrepot.base.shape import parse
from entrepot.document.demand import Demand
from entrepot.document.trade import Presented

T = TypeVar("T")
_STEP = re.compile(r"\.([A-Za-z][A-Za-z0-9]*)|\[(\d{1,5})\]", re.ASCII)

CONTRADICTION = Demand(
    "ENT-CORE-READ-01",
    "The file says {stated} here; the answer says {answered}.",
    "An answer may add what a file lacks, never change what it says.",
    "Entrepot presented documents 1",
)
NO_SUCH_PLACE = Demand(
    "ENT-CORE-READ-02",
    "There is no such place in the document.",
    "Write it as $.member.member or $.list[0].member.",
    "Entrepot presented documents 1",
)
DEMANDS = (CONTRADICTION, NO_SUCH_PLACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult(Generic[T]):
    """What a file gave.

    ``payload``: the whole, or None where something that its shape needs is missing or wrong. ``draft``: as much as
    the file gave, in JSON form. ``findings``: what is missing or wrong, of form and shape (the kind's check comes
    after). ``losses``: XPath or JSON path of everything in the file that the shape cannot carry. ``presented``: names
    the file by its digest; the caller keeps the bytes.
    """

    shape: type[T]
    payload: T | None
    draft: Mapping[str, Any]
    findings: tuple[Finding, ...]
    losses: tuple[str, ...]
    presented: Presented

    def answered(self, answers: Mapping[str, Any]) -> "ReadResult[T]":
        """The same file with ``answers`` (JSON path to JSON value) put where it says nothing.

        An answer that contradicts the file, or has no place in it, is a finding and is not taken.
        """
        draft = deepcopy(dict(self.draft))
        found = [each for path, value in answers.items() if (each := _put(draft, path, value)) is not None]
        form = tuple(each for each in self.findings if not each.id.startswith("ENT-CORE-SHAPE-"))
        payload, wrong = parse(self.shape, draft)
        return replace(self, payload=payload, draft=draft, findings=(*form, *found, *wrong))

    def as_presented(self, received_as: str | None = None) -> T | None:
        """The payload of a record that presents this file: it names syntax and digest of what was received."""
        if self.payload is None:
            return None
        return replace(self.payload, presented=replace(self.presented, received_as=received_as))  # type: ignore[type-var]


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteResult:
    """``body``: the file, or None where it cannot be written. ``losses``: JSON paths of what it does not carry."""

    body: bytes | None
    findings: tuple[Finding, ...] = ()
    losses: tuple[str, ...] = ()


def _put(draft: Any, path: str, value: Any) -> Finding | None:
    steps = [name or int(index) for name, index in _STEP.findall(path)]
    if not steps or "$" + "".join(found.group() for found in _STEP.finditer(path)) != path:
        return NO_SUCH_PLACE.broken(path[:200])
    place = draft
    for step in steps[:-1]:
        inner = _step(place, step)
        if inner is None and isinstance(place, dict) and isinstance(step, str):
            inner = place[step] = {}
        if not isinstance(inner, dict | list):
            return NO_SUCH_PLACE.broken(path[:200])
        place = inner
    stated, last = _step(place, steps[-1]), steps[-1]
    if stated is not None and stated != value:
        return CONTRADICTION.broken(path[:200], stated=str(stated)[:80], answered=str(value)[:80])
    if isinstance(place, dict) and isinstance(last, str):
        place[last] = value
    elif stated is None:
        return NO_SUCH_PLACE.broken(path[:200])
    return None


def _step(place: Any, step: str | int) -> Any:
    if isinstance(place, dict) and isinstance(step, str):
        return place.get(step)
    if isinstance(place, list) and isinstance(step, int) and step < len(place):
        return place[step]
    return None
