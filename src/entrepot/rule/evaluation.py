"""Answering a question: yes, no or unknown, with what was used, what is missing and what was looked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.base.said import Said, listed, said, worded
from entrepot.rule.check import stale, weakest
from entrepot.rule.given import Given
from entrepot.rule.load import digest, packs, topic
from entrepot.rule.pack import Confidence, Pack, Rule, Topic
from entrepot.rule.problem import FACT_MISSING, GAP, OVERLAP, UNCONFIRMED, problem
from entrepot.rule.verdict import Judged, Verdict, conditions_of, judge_question

ADVICE = "Information, not legal advice; unreviewed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A rule that an answer rests on, with where it was read."""

    rule: str
    instrument: str
    provision: str
    title: str
    where: str
    checked: date
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one question.

    ``outcome``: what the rules say beside yes or no (tax, rate, threshold). ``used``: the rules it rests on.
    ``missing``: facts that would decide it. ``looked_for``: what was searched in vain, where nothing is known.
    ``confidence``: of the weakest source used.
    """

    question: str
    answer: Verdict
    outcome: Mapping[str, str]
    used: tuple[Used, ...] = ()
    missing: tuple[str, ...] = ()
    looked_for: str = ""
    confidence: Confidence | None = None
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "question": self.question,
            "answer": self.answer,
            "outcome": dict(self.outcome),
            "missing": list(self.missing),
            "lookedFor": self.looked_for,
            "confidence": None if self.confidence is None else str(self.confidence),
            "used": [
                {
                    "rule": each.rule,
                    "instrument": each.instrument,
                    "provision": each.provision,
                    "source": each.title,
                    "where": each.where,
                    "checked": each.checked.isoformat(),
                    "confidence": str(each.confidence),
                }
                for each in self.used
            ],
            "findings": [each.to_json() for each in self.findings],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """All answers of a topic for one set of facts: law in force on ``on``, as known on ``known``."""

    topic: str
    economy: str | None
    on: date
    known: date | None
    pack_digest: str
    answers: Mapping[str, Answer]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all answers."""
        return tuple(finding for each in self.answers.values() for finding in each.findings)

    def to_json(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "topic": self.topic,
            "economy": self.economy,
            "on": self.on.isoformat(),
            "known": None if self.known is None else self.known.isoformat(),
            "packDigest": self.pack_digest,
            "advice": ADVICE,
            "answers": {name: each.to_json() for name, each in self.answers.items()},
        }


def ask(name: str, given: Given, *, on: date, known: date | None = None) -> Asked:
    """Put every question of the topic ``name`` to its packs.

    ``on``: the day whose law is asked for; ``known``: the day on whose knowledge the answer rests (today, which also
    tells stale sources; or earlier, to repeat an old answer), None: all that the packs know, whenever it was learnt.
    Raises ``UsageError`` for an unknown topic.
    """
    about = topic(name)
    economy = given.values.get(about.economy_fact)
    pack = packs(name).get(economy) if isinstance(economy, str) else None
    code = economy if isinstance(economy, str) else None
    answers = {each: answer(about, pack, each, given, on=on, known=known) for each in about.questions}
    return Asked(topic=name, economy=code, on=on, known=known, pack_digest=digest(name), answers=answers)


def answer(
    about: Topic, pack: Pack | None, question: str, given: Given, *, on: date, known: date | None = None
) -> Answer:
    """The answer of one pack (None: there is none) to one question."""
    if pack is None:
        return _silent(about, question, given)
    rules = [each for each in pack.rules if each.question == question]
    believed = date.max if known is None else known
    here = [each for each in rules if each.holds_on(on, believed)]
    judged = judge_question(here, conditions_of(about, here), given)
    findings = list(_findings(about, rules, judged, on, believed))
    if judged.verdict != "unknown" and weakest(pack, judged.used) is Confidence.UNCONFIRMED:
        ids = ", ".join(each.id for each in judged.used)
        findings.append(problem(UNCONFIRMED, worded("{rules} rest on no text."), severity=Severity.WARNING, rules=ids))
        judged = Judged("unknown", judged.used, judged.missing)
    if judged.used and known is not None:
        keys = {each.source for each in judged.used}
        findings += [each for each in stale(pack, known) if each.path.rsplit(".", 1)[1] in keys]
    if judged.verdict == "unknown":
        findings.insert(0, _unknown(about, pack.economy, question))
    return Answer(
        question=question,
        answer=judged.verdict,
        outcome=_outcome(judged) if judged.verdict != "unknown" else {},
        used=tuple(_used(pack, each) for each in judged.used),
        missing=tuple(sorted(judged.missing)),
        looked_for="" if here or judged.verdict != "unknown" else f"rules of {pack.economy} on this question",
        confidence=weakest(pack, judged.used),
        findings=tuple(findings),
    )


def _outcome(judged: Judged) -> dict[str, str]:
    """What all speaking rules agree on; a member on which they differ is left out: it is unknown."""
    values: dict[str, set[str]] = {}
    for rule in judged.used:
        for name, value in rule.outcome.items():
            values.setdefault(name, set()).add(value)
    return {name: found.pop() for name, found in sorted(values.items()) if len(found) == 1}


def _findings(about: Topic, rules: Sequence[Rule], judged: Judged, on: date, known: date) -> list[Finding]:
    found = []
    if judged.clash:
        ids = ", ".join(each.id for each in judged.used)
        found.append(problem(OVERLAP, worded("{rules} answer both ways."), severity=Severity.WARNING, rules=ids))
    if judged.missing:
        facts = listed([_meaning(about, each) for each in sorted(judged.missing)])
        message, remedy = worded("Not stated: {facts}."), worded("State them.")
        found.append(problem(FACT_MISSING, message, remedy=remedy, severity=Severity.WARNING, facts=facts))
    ended = [each for each in rules if each.until is not None and each.until < on and each.known <= known]
    if ended and not any(each.holds_on(on, known) for each in rules):
        last = max(each.until for each in ended if each.until)
        found.append(
            problem(
                GAP,
                worded("The last rule known ended on {day}; what followed it is not known here."),
                remedy=worded("Find what holds now."),
                severity=Severity.WARNING,
                day=last.isoformat(),
            )
        )
    return found


def _meaning(about: Topic, fact: str) -> Said:
    """What a fact is, in words that are in the catalogues."""
    if fact in about.facts:
        return said(about.facts[fact].means)
    return said("the rate of exchange {currencies}", currencies=fact.removeprefix("rate "))


_UNKNOWN = worded("Unknown in {economy}: {asks}")
_STATE = worded("State the missing facts, or let a named person accept that it is unknown.")


def _unknown(about: Topic, economy: str, question: str) -> Finding:
    asked = about.questions[question]
    return Finding(
        id=f"ENT-{economy}-{about.subject}-{asked.number:02d}",
        severity=Severity.WARNING,
        message=_UNKNOWN,
        params={"economy": economy, "asks": asked.asks},
        source=f"rule pack {about.topic}",
        remedy=_STATE,
    )


def _silent(about: Topic, question: str, given: Given) -> Answer:
    economy = given.values.get(about.economy_fact)
    if not isinstance(economy, str):
        return Answer(
            question=question,
            answer="unknown",
            outcome={},
            missing=(about.economy_fact,),
            findings=(_unknown(about, "XX", question),),
        )
    sought = next((each for each in about.sought if each.economy == economy), None)
    looked = "nothing was looked for yet" if sought is None else f"{sought.sought} ({sought.checked.isoformat()})"
    if sought is not None and sought.note:
        looked += f": {sought.note}"
    return Answer(
        question=question,
        answer="unknown",
        outcome={},
        looked_for=looked,
        findings=(_unknown(about, economy, question),),
    )


def _used(pack: Pack, rule: Rule) -> Used:
    source = pack.sources[rule.source]
    return Used(
        rule=rule.id,
        instrument=pack.instruments[rule.instrument].title,
        provision=rule.provision,
        title=source.title,
        where=source.where,
        checked=source.checked,
        confidence=source.confidence,
    )
