"""Facts as they are given to a question: typed values, exchange rates, and judgements that a named person made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from entrepot.base.amount import exact_product
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding
from entrepot.base.money import Money
from entrepot.base.shape import Name, Note, Pattern, parse
from entrepot.rule.pack import Fact, FactType, Topic
from entrepot.rule.problem import FACT_WRONG, NO_REASONS, problem

Value = str | bool | Money
"""What a fact may be: a choice or code, a flag, money."""
RATES = "rates"
"""Member of the facts that holds exchange rates."""
Currency = Annotated[str, Pattern("[A-Z]{3}")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One unit of ``from_`` is ``rate`` units of ``to``, as the ``source`` says."""

    from_: Currency
    to: Currency
    rate: Decimal
    source: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A person's judgement, which no rule may make: ``answer``, and who gave it, as what, when and why."""

    answer: bool
    who: Name
    role: Name
    when: date
    reasons: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Typed facts by name, exchange rates by (from, to), and the judgements behind those facts that are judgements."""

    values: Mapping[str, Value] = field(default_factory=dict)
    rates: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    judgements: Mapping[str, Judgement] = field(default_factory=dict)

    def compared(self, name: str, limit: Money) -> tuple[int | None, str]:
        """Whether the money fact lies below (-1), at (0) or above (1) ``limit``; None and what is missing if unknown.

        Compared exactly, without rounding, after conversion at the given rate. A rate the other way round is not
        turned: laws name the rate and its direction.
        """
        value = self.values.get(name)
        if not isinstance(value, Money):
            return None, name
        amount = value.amount
        if value.currency != limit.currency:
            rate = self.rates.get((value.currency, limit.currency))
            if rate is None:
                return None, f"rate {value.currency}/{limit.currency}"
            amount = exact_product(amount, rate)
        return (amount > limit.amount) - (amount < limit.amount), ""


def read_facts(topic: Topic, given: Mapping[str, Any]) -> tuple[Given, tuple[Finding, ...]]:
    """Facts from their JSON form, and all that is wrong with them; a wrong fact is left out, never guessed."""
    values: dict[str, Value] = {}
    judgements: dict[str, Judgement] = {}
    findings: list[Finding] = []
    for name, raw in given.items():
        if name == RATES or raw is None:
            continue
        path = f"$.{name[:60]}"
        if name not in topic.facts:
            findings.append(problem(FACT_WRONG, "The topic has no such fact.", path=path))
        elif topic.facts[name].type is FactType.JUDGEMENT:
            judgement, wrong = parse(Judgement, raw, path=path)
            findings += [_unreasoned(each) for each in wrong]
            if judgement is not None:
                judgements[name], values[name] = judgement, judgement.answer
        else:
            try:
                values[name] = _read_value(topic.facts[name], raw)
            except (ValueError, UsageError) as wrong_value:
                findings.append(problem(FACT_WRONG, "{reason}.", path=path, reason=str(wrong_value)))
    rates, wrong = _read_rates(given.get(RATES) or [])
    return Given(values=values, rates=rates, judgements=judgements), (*findings, *wrong)


def _read_value(fact: Fact, raw: Any) -> Value:
    if fact.type is FactType.MONEY:
        return Money.from_json(raw)
    if fact.type is FactType.FLAG and isinstance(raw, bool):
        return raw
    if fact.type is FactType.CHOICE and isinstance(raw, str) and raw in fact.choices:
        return raw
    if fact.type is FactType.ECONOMY and isinstance(raw, str) and len(raw) == 2 and raw.isascii() and raw.isupper():
        return raw
    wanted = ", ".join(fact.choices) or {"flag": "true or false"}.get(fact.type, "an ISO 3166-1 alpha-2 code")
    raise ValueError(f"{raw!r:.40} is not {wanted}")


def _unreasoned(finding: Finding) -> Finding:
    return problem(
        NO_REASONS,
        "A judgement needs answer, who, role, when and reasons: {reason}",
        path=finding.path,
        remedy="Let a named person judge, and say why.",
        reason=finding.text,
    )


def _read_rates(raw: Any) -> tuple[dict[tuple[str, str], Decimal], tuple[Finding, ...]]:
    """Rates by direction. Two different rates of one direction cancel out: which one the law means is unknown."""
    rates: dict[tuple[str, str], Decimal] = {}
    findings: list[Finding] = []
    doubtful = set()
    for index, each in enumerate(raw if isinstance(raw, list) else [raw]):
        path = f"$.{RATES}[{index}]"
        rate, wrong = parse(Rate, each, path=path)
        findings += [problem(FACT_WRONG, "{reason}", path=one.path, reason=one.text) for one in wrong]
        if rate is None:
            continue
        way = rate.from_, rate.to
        if rate.rate <= 0:
            findings.append(problem(FACT_WRONG, "An exchange rate is above zero.", path=path))
        elif rates.setdefault(way, rate.rate) != rate.rate:
            doubtful.add(way)
            findings.append(problem(FACT_WRONG, "Another rate is given for the same currencies.", path=path))
    return {way: rate for way, rate in rates.items() if way not in doubtful}, tuple(findings)
