"""The format of rule packs: a topic (its facts and questions) and one file of rules per economy."""

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Any, Literal

from entrepot.base.finding import Finding
from entrepot.base.shape import Code, Economy, Length, Name, Note, Pattern, Range, parse
from entrepot.rule.problem import PACK_WRONG, problem

Key = Annotated[str, Pattern("[a-z][a-z0-9_-]{0,59}")]
RuleId = Annotated[str, Pattern("[A-Z]{2}-[A-Z0-9]+-[0-9]{2}[a-z]?")]


class FactType(StrEnum):
    """What kind of value a fact has. A ``judgement`` is a flag that only a named person may set, with reasons."""

    MONEY = "money"
    CHOICE = "choice"
    ECONOMY = "economy"
    FLAG = "flag"
    JUDGEMENT = "judgement"


class Confidence(StrEnum):
    """How the source was read: the text itself, somebody's account of it, or not yet."""

    READ = "read"
    SECONDARY = "secondary"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact that conditions may test: what it means, and of which ``type`` it is."""

    type: FactType
    means: Note
    choices: Annotated[tuple[Code, ...], Length(0, 40)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with the answers yes, no, unknown. ``number`` is part of the ids of its findings."""

    number: Annotated[int, Range(1, 99)]
    asks: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """An economy without rules in this topic: what was looked for, and when."""

    economy: Economy
    sought: Note
    checked: date
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """``topic.toml``: the facts and questions of a topic. ``economy_fact``: which fact chooses the file of rules.

    ``subject``: the middle part of finding ids (``ENT-XX-<subject>-nn``).
    """

    format: Literal[1]
    topic: Key
    title: Name
    subject: Annotated[str, Pattern("[A-Z]{2,8}")]
    economy_fact: Key = field(metadata={"json": "economy_fact"})
    facts: dict[str, Fact]
    questions: dict[str, Question]
    sought: Annotated[tuple[Sought, ...], Length(0, 300)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule was read. ``where``: address or document number. ``sha256``: of the text, where a file was read."""

    title: Note
    where: Note
    checked: date
    confidence: Confidence
    sha256: Annotated[str, Pattern("[0-9a-f]{64}")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A law, regulation, notice or treaty. ``kind``: act, regulation, order, notice, treaty, practice."""

    title: Note
    kind: Literal["act", "regulation", "order", "notice", "treaty", "practice"]
    authority: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: when ``when`` holds on a day in force, the ``question`` is answered with ``effect``.

    ``provision``: article or paragraph, or what of the source says so. ``in_force``: first day; with ``exact`` false
    the earliest day on which it is shown to be in force. ``until``: last day. ``known`` to ``known_until``: from and up
    to which day the pack said so (what was believed on day K about day D). ``overrides``: rules that yield to it.
    ``outcome``: what else it says: the tax, its rate, the threshold. ``series``: versions of one rule over time.
    """

    id: RuleId
    question: Key
    effect: Literal["yes", "no"]
    instrument: Key
    provision: Note
    in_force: date = field(metadata={"json": "in_force"})
    known: date
    source: Key
    exact: bool = True
    until: date | None = None
    known_until: date | None = field(default=None, metadata={"json": "known_until"})
    when: dict[str, Any] = field(default_factory=dict)
    outcome: dict[str, str] = field(default_factory=dict)
    overrides: Annotated[tuple[RuleId, ...], Length(0, 20)] = ()
    series: Key | None = None
    note: Note | None = None

    def holds_on(self, on: date, known: date) -> bool:
        """Whether the rule was in force on ``on``, as this pack knew it on ``known``."""
        in_force = self.in_force <= on and (self.until is None or on <= self.until)
        return in_force and self.known <= known and (self.known_until is None or known <= self.known_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """``XX.toml``: the rules of one economy in one topic."""

    format: Literal[1]
    topic: Key
    economy: Economy
    instruments: dict[str, Instrument]
    sources: dict[str, Source]
    rules: Annotated[tuple[Rule, ...], Length(1, 1000)]


def read_toml(data: bytes) -> tuple[Any, tuple[Finding, ...]]:
    """A TOML file with its dates as text (as shapes read them), or None and what is wrong."""
    try:
        return _plain(tomllib.loads(data.decode("utf-8"))), ()
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as wrong:
        return None, (problem(PACK_WRONG, "Not TOML 1.0 in UTF-8: {reason}.", reason=str(wrong)),)


def read_topic(data: bytes) -> tuple[Topic | None, tuple[Finding, ...]]:
    """The topic that ``topic.toml`` describes, or None and all findings."""
    raw, findings = read_toml(data)
    return (None, findings) if findings else parse(Topic, raw)


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case list():
            return [_plain(each) for each in value]
        case dict():
            return {key: _plain(each) for key, each in value.items()}
    return value
