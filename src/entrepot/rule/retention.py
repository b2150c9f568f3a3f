"""How long a record must be kept: the answers of the topic ``retention``, and the days that follow from them.

A rule says for how many years, and from which day on: that of the transaction, of the clearance, or the end of the
year that counts. Where that day is not known, the transaction's is the earliest that it can be: until then it must be
kept, and afterwards it is unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from entrepot.base.finding import Finding, Severity
from entrepot.rule.evaluation import Answer, ask
from entrepot.rule.given import Given

TOPIC = "retention"


class Begin(StrEnum):
    """From which day on the years count."""

    TRANSACTION = "transaction"
    CLEARANCE = "clearance"
    YEAR_END = "year_end"


class Keeping(StrEnum):
    """Whether a record must be kept."""

    MUST = "must"
    NEED_NOT = "need_not"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What is known of the days that count. ``transaction``: the latest day of the transaction known here;
    ``clearance``: of the release by customs, None where it is not known."""

    transaction: date
    clearance: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What one law asks. ``until``: the last day on which the record must be kept, where that or an earliest such day
    is known; ``source``: instrument and provision; ``findings``: what stands against erasing, or is unknown."""

    law: str
    keeping: Keeping
    until: date | None
    source: str
    findings: tuple[Finding, ...]


def terms(given: Given, days: Days, *, today: date) -> tuple[Term, ...]:
    """What each law of the topic asks ``today``, as it is known today."""
    asked = ask(TOPIC, given, on=today, known=today)
    return tuple(_term(answer, days, today) for answer in asked.answers.values())


def _term(answer: Answer, days: Days, today: date) -> Term:
    source = "; ".join(f"{each.instrument}, {each.provision}" for each in answer.used)
    if answer.answer == "no":
        return Term(law=answer.question, keeping=Keeping.NEED_NOT, until=None, source=source, findings=())
    until, is_certain = _until(answer.outcome, days) if answer.answer == "yes" else (None, False)
    if until is not None and today <= until:
        return Term(law=answer.question, keeping=Keeping.MUST, until=until, source=source,
                    findings=(_runs(answer, until, source),))  # fmt: skip
    if until is not None and is_certain:
        return Term(law=answer.question, keeping=Keeping.NEED_NOT, until=until, source=source, findings=())
    findings = answer.findings if answer.answer == "unknown" else (_perhaps_over(answer, until, source),)
    return Term(law=answer.question, keeping=Keeping.UNKNOWN, until=until, source=source, findings=findings)


def _until(outcome: Mapping[str, str], days: Days) -> tuple[date | None, bool]:
    """The last day, and whether it is certain that none comes after it. None where rules differ on years or begin."""
    if not {"years", "begins"} <= set(outcome):
        return None, False
    known = {Begin.TRANSACTION: days.transaction, Begin.CLEARANCE: days.clearance}.get(Begin(outcome["begins"]))
    until = years_after(known or days.transaction, int(outcome["years"]))
    return until, known is not None and "least" not in outcome


def years_after(day: date, years: int) -> date:
    """The same day ``years`` later; 1 March for a 29 February that does not come."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _runs(answer: Answer, until: date, source: str) -> Finding:
    return Finding(
        id="ENT-CORE-KEEP-01",
        severity=Severity.BLOCKING,
        path="$.record",
        message="It must be kept until {until}: {provision}",
        params={"until": until.isoformat(), "provision": source, "law": answer.question},
        source="; ".join(f"{each.instrument}, {each.provision} ({each.where})" for each in answer.used),
        remedy=f"Erase it after {until.isoformat()}.",
    )


def _perhaps_over(answer: Answer, until: date | None, source: str) -> Finding:
    return Finding(
        id="ENT-CORE-KEEP-02",
        severity=Severity.WARNING,
        path="$.record",
        message="Whether the time of {law} is over is unknown here: it ends on {until} or later. {provision}",
        params={"law": answer.question, "until": until.isoformat() if until else "a day", "provision": source},
        source=source,
        remedy="Find the day from which it counts, or let a named person accept that it is unknown.",
    )
