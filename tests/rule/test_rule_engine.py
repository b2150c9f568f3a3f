"""The engine against a small slow evaluator over random packs; more facts never take a clear answer back."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.base.money import Money
from entrepot.rule.evaluation import answer
from entrepot.rule.given import Given
from entrepot.rule.pack import (
    Confidence,
    Fact,
    FactType,
    Instrument,
    Pack,
    Question,
    Rule,
    Source,
    Topic,
)

TYPES = {
    "a": FactType.FLAG,
    "b": FactType.FLAG,
    "mode": FactType.CHOICE,
    "value": FactType.MONEY,
}
TOPIC = Topic(
    format=1,
    topic="made-up",
    title="Made up",
    subject="MADE",
    economy_fact="place",
    facts={name: Fact(type=kind, means="made up", choices=("x", "y", "z")) for name, kind in TYPES.items()},
    questions={"q": Question(number=1, asks="Is it so?")},
)
D0 = date(2026, 1, 1)
DAYS = st.integers(0, 8).map(lambda each: D0 + timedelta(days=each))
MONEY = st.builds(Money, st.integers(0, 4), st.sampled_from(["MYR", "USD"]))
LEAVES = st.one_of(
    st.builds(lambda f, v: {"fact": f, "is": v}, st.sampled_from(["a", "b"]), st.booleans()),
    st.builds(
        lambda v: {"fact": "mode", "in": v}, st.lists(st.sampled_from("xyz"), min_size=1, max_size=2, unique=True)
    ),
    st.builds(
        lambda how, m: {"fact": "value", how: m.to_json()},
        st.sampled_from(["at_most", "over", "at_least", "below"]),
        MONEY,
    ),
)
CONDITIONS = st.recursive(
    LEAVES | st.just({}),
    lambda inner: st.one_of(
        st.builds(lambda p: {"all": p}, st.lists(inner, max_size=3)),
        st.builds(lambda p: {"any": p}, st.lists(inner, max_size=3)),
        st.builds(lambda p: {"not": p}, inner),
    ),
    max_leaves=5,
)
FACTS = st.fixed_dictionaries(
    {},
    optional={"a": st.booleans(), "b": st.booleans(), "mode": st.sampled_from("xyz"), "value": MONEY},
)
RATES = st.dictionaries(
    st.sampled_from([("MYR", "USD"), ("USD", "MYR")]), st.sampled_from(["0.25", "1", "4"]).map(lambda each: each)
)


@st.composite
def random_packs(draw: Any) -> Pack:
    rules = []
    for number in range(draw(st.integers(1, 4))):
        begins = draw(DAYS)
        overrides = draw(st.sets(st.integers(0, number - 1), max_size=2)) if number else set()
        rules.append(
            Rule(
                id=f"XA-MADE-{number:02d}",
                question="q",
                effect=draw(st.sampled_from(["yes", "no"])),
                instrument="i",
                provision="1",
                in_force=begins,
                until=draw(st.none() | DAYS.filter(lambda each, begins=begins: each >= begins)),
                known=draw(DAYS),
                known_until=draw(st.none() | DAYS),
                source="s",
                when=draw(CONDITIONS),
                overrides=tuple(f"XA-MADE-{each:02d}" for each in sorted(overrides)),
            )
        )
    source = Source(title="t", where="w", checked=D0, confidence=Confidence.READ)
    return Pack(
        format=1,
        topic="made-up",
        economy="XA",
        instruments={"i": Instrument(title="t", kind="act")},
        sources={"s": source},
        rules=tuple(rules),
    )


def given_of(facts: dict[str, Any], rates: dict[tuple[str, str], str]) -> Given:
    from decimal import Decimal

    return Given(values=facts, rates={way: Decimal(each) for way, each in rates.items()})


# -- the reference: three values as "T", "F", "U", no cleverness ---------------------------------------------------


def slow_condition(raw: dict[str, Any], facts: dict[str, Any], rates: dict[tuple[str, str], str]) -> str:
    if not raw:
        return "T"
    if "all" in raw:
        values = [slow_condition(each, facts, rates) for each in raw["all"]]
        return "F" if "F" in values else "U" if "U" in values else "T"
    if "any" in raw:
        values = [slow_condition(each, facts, rates) for each in raw["any"]]
        return "T" if "T" in values else "U" if "U" in values else "F"
    if "not" in raw:
        return {"T": "F", "F": "T", "U": "U"}[slow_condition(raw["not"], facts, rates)]
    if raw["fact"] not in facts:
        return "U"
    fact = facts[raw["fact"]]
    if "is" in raw:
        return "T" if fact == raw["is"] else "F"
    if "in" in raw:
        return "T" if fact in raw["in"] else "F"
    how = next(each for each in raw if each != "fact")
    return slow_money(fact, how, raw[how], rates)


def slow_money(fact: Money, how: str, limit: dict[str, str], rates: dict[tuple[str, str], str]) -> str:
    from fractions import Fraction

    have = Fraction(fact.minor, 100)
    if fact.currency != limit["currency"]:
        if (fact.currency, limit["currency"]) not in rates:
            return "U"
        have *= Fraction(rates[fact.currency, limit["currency"]])
    wanted = Fraction(limit["amount"])
    holds = {"at_most": have <= wanted, "over": have > wanted, "at_least": have >= wanted, "below": have < wanted}
    return "T" if holds[how] else "F"


def slow_answer(pack: Pack, facts: dict[str, Any], rates: dict[tuple[str, str], str], on: date, known: date) -> str:
    here = []
    for rule in pack.rules:
        if on < rule.in_force or (rule.until and on > rule.until):
            continue
        if known < rule.known or (rule.known_until and known > rule.known_until):
            continue
        here.append(rule)
    said: dict[str, str] = {}
    for rule in reversed(here):  # a rule is overridden by later ones only
        value = slow_condition(rule.when, facts, rates)
        for other in here:
            if rule.id in other.overrides:
                value = {"T": "F", "F": value, "U": "F" if value == "F" else "U"}[said[other.id]]
        said[rule.id] = value
    yes = [said[each.id] for each in here if each.effect == "yes"]
    no = [said[each.id] for each in here if each.effect == "no"]
    if "T" in yes and set(no) <= {"F"}:
        return "yes"
    if "T" in no and set(yes) <= {"F"}:
        return "no"
    return "unknown"


@settings(max_examples=300, deadline=None)
@given(random_packs(), FACTS, RATES, DAYS, DAYS)
def test_engine_agrees_with_the_reference(pack: Pack, facts: Any, rates: Any, on: date, known: date) -> None:
    came = answer(TOPIC, pack, "q", given_of(facts, rates), on=on, known=known)
    assert came.answer == slow_answer(pack, facts, rates, on, known)
    if came.answer != "unknown":
        assert came.used
        assert came.missing == ()


@settings(max_examples=200, deadline=None)
@given(random_packs(), FACTS, FACTS, RATES, RATES, DAYS)
def test_more_facts_never_take_a_clear_answer_back(
    pack: Pack, more: Any, fewer: Any, all_rates: Any, some: Any, on: date
) -> None:
    """Stronger than asked: not even an override does it, since an override that may speak makes unknown first."""
    fewer = {name: more[name] for name in fewer if name in more}
    some = {way: all_rates[way] for way in some if way in all_rates}
    before = answer(TOPIC, pack, "q", given_of(fewer, some), on=on)
    after = answer(TOPIC, pack, "q", given_of(more, all_rates), on=on)
    if before.answer != "unknown":
        assert after.answer == before.answer


@settings(max_examples=80, deadline=None)
@given(random_packs(), FACTS, RATES, DAYS)
def test_what_is_called_missing_is_not_stated(pack: Pack, facts: Any, rates: Any, on: date) -> None:
    came = answer(TOPIC, pack, "q", given_of(facts, rates), on=on)
    stated = set(facts) | {f"rate {one}/{two}" for one, two in rates}
    assert not set(came.missing) & stated
    if came.missing:
        assert {"FACT-MISSING", "ENT-XA-MADE-01"} <= {each.id for each in came.findings}


def test_an_override_lets_the_exception_speak() -> None:
    general = Rule(
        id="XA-MADE-01", question="q", effect="yes", instrument="i", provision="1", in_force=D0, known=D0, source="s"
    )
    special = replace(general, id="XA-MADE-02", effect="no", when={"fact": "a", "is": True}, overrides=("XA-MADE-01",))
    pack = Pack(
        format=1, topic="made-up", economy="XA", rules=(general, special),
        instruments={"i": Instrument(title="t", kind="act")},
        sources={"s": Source(title="t", where="w", checked=D0, confidence=Confidence.READ)},
    )  # fmt: skip
    answers = [answer(TOPIC, pack, "q", given_of(each, {}), on=D0).answer for each in ({"a": True}, {"a": False}, {})]
    assert answers == ["no", "yes", "unknown"]
    doubtful = replace(pack, sources={"s": replace(pack.sources["s"], confidence=Confidence.UNCONFIRMED)})
    came = answer(TOPIC, doubtful, "q", given_of({"a": True}, {}), on=D0)
    assert came.answer == "unknown"
    assert "RULE-UNCONFIRMED" in {each.id for each in came.findings}


def test_a_yes_waits_for_a_no_that_may_still_speak() -> None:
    yes = Rule(
        id="XA-MADE-01", question="q", effect="yes", instrument="i", provision="1", in_force=D0, known=D0, source="s"
    )
    no = replace(yes, id="XA-MADE-02", effect="no", when={"fact": "a", "is": True})
    pack = Pack(
        format=1, topic="made-up", economy="XA", rules=(yes, no),
        instruments={"i": Instrument(title="t", kind="act")},
        sources={"s": Source(title="t", where="w", checked=D0, confidence=Confidence.READ)},
    )  # fmt: skip
    came = answer(TOPIC, pack, "q", given_of({}, {}), on=D0)
    assert (came.answer, came.missing) == ("unknown", ("a",))
    assert answer(TOPIC, pack, "q", given_of({"a": False}, {}), on=D0).answer == "yes"
    clash = answer(TOPIC, pack, "q", given_of({"a": True}, {}), on=D0)
    assert clash.answer == "unknown"
    assert "RULE-OVERLAP" in {each.id for each in clash.findings}
