"""``entrepot rule``: questions of law, answered from dated and cited rules."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from entrepot.base.error import UsageError
from entrepot.base.finding import Finding, blocking
from entrepot.base.jsontext import read_json
from entrepot.base.moment import parse_date
from entrepot.rule.case import run_cases
from entrepot.rule.check import stale
from entrepot.rule.evaluation import ADVICE, Answer, Asked, ask
from entrepot.rule.given import read_facts
from entrepot.rule.load import packs, read_pack, topic, topics

BYTES_MAX = 1 << 20
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")


@click.group(name="rule")
def group() -> None:
    """Ask what the law says, on a day, as known on a day; check rule packs.

    Example: entrepot rule ask consumption-tax --facts facts.json --on 2026-03-01
    """


@group.command("ask")
@click.argument("name", metavar="TOPIC")
@click.option("--facts", "file", required=True, help="JSON file with the facts; - is standard input.")
@click.option("--on", "on_", help="The day whose law is asked for, YYYY-MM-DD; today where left out.")
@click.option("--known", "known_", help="The day on whose knowledge to answer, YYYY-MM-DD; today where left out.")
@click.option("--question", help="One question of the topic; all where left out.")
@_JSON
def ask_(name: str, file: str, on_: str | None, known_: str | None, question: str | None, as_json: bool) -> int:
    """Answer yes, no or unknown, with the rules used and the facts that are missing.

    Exit 0: yes (or, without --question, nothing is unknown); 1: no or unknown; 2: the facts cannot be read.

    Example: entrepot rule ask consumption-tax --facts - --question tax_due --json
    """
    about = topic(name)
    if question is not None and question not in about.questions:
        raise UsageError(f"no question {question!r} in {name}", remedy="Use one of: " + ", ".join(about.questions))
    value, findings = read_json(_read(file))
    if not findings and not isinstance(value, dict):
        raise UsageError("the facts must be one JSON object")
    if findings:
        return _refuse(findings)
    given, findings = read_facts(about, value)
    if findings:
        return _refuse(findings)
    asked = ask(name, given, on=_day(on_), known=_day(known_))
    wanted = [question] if question else list(about.questions)
    _print_asked(asked, wanted, as_json=as_json)
    answers = [asked.answers[each].answer for each in wanted]
    return 0 if (answers == ["yes"] if question else "unknown" not in answers) else 1


@group.command()
@click.argument("file", required=False)
@click.option("--topic", "name", default="consumption-tax", show_default=True, help="The topic of FILE.")
@click.option("--cases", help="TOML file of cases (question, day, facts, expected answer) to put to FILE.")
@_JSON
def check(file: str | None, name: str, cases: str | None, as_json: bool) -> int:
    """Check a rule pack that somebody writes, or all that come with the program (and which sources grew stale).

    Exit 0: nothing is wrong; 1: something is.

    Example: entrepot rule check XX.toml --topic consumption-tax --cases cases.toml
    """
    found: dict[str, tuple[Finding, ...]] = {}
    if file is not None:
        pack, found[file] = read_pack(topic(name), _read(file))
        if pack is not None and cases is not None:
            found[cases] = run_cases(topic(name), pack, _read(cases))
    elif cases is not None:
        raise UsageError("cases are put to a FILE", remedy="Name the rule pack.")
    else:
        today = _day(None)
        for each in topics():
            found |= {f"{each}/{economy}": stale(pack, today) for economy, pack in packs(each).items()}
    if as_json:
        _print_json({key: [each.to_json() for each in findings] for key, findings in found.items()})
    else:
        for key, findings in found.items():
            click.echo(f"{key}: " + ("holds" if not findings else f"{len(findings)} findings"))
            for finding in findings:
                click.echo(f"  {finding.id} {finding.path}: {finding.text}")
    return 1 if any(found.values()) else 0


def _print_asked(asked: Asked, wanted: list[str], *, as_json: bool) -> None:
    if as_json:
        value = asked.to_json()
        value["answers"] = {each: value["answers"][each] for each in wanted}
        _print_json(value)
        return
    about = topic(asked.topic)
    for each in wanted:
        _print_answer(about.questions[each].asks, asked.answers[each])
    click.echo(f"Law of {asked.on}, as known on {asked.known}. Rules {asked.pack_digest[:16]}. {ADVICE}")


def _print_answer(asks: str, came: Answer) -> None:
    click.echo(f"{came.answer.upper():8}{asks}")
    for name, value in came.outcome.items():
        click.echo(f"        {name}: {value}")
    for used in came.used:
        click.echo(f"        {used.rule}: {used.instrument}, {used.provision}")
        click.echo(f"          {used.title}; {used.where}; checked {used.checked}; {used.confidence}")
    if came.missing:
        click.echo(f"        not stated: {', '.join(came.missing)}")
    if came.looked_for:
        click.echo(f"        looked for: {came.looked_for}")


def _refuse(findings: tuple[Finding, ...]) -> int:
    for each in blocking(findings):
        click.echo(f"{each.id} {each.path}: {each.text}", err=True)
    return 2


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(BYTES_MAX + 1)
    with Path(file).open("rb") as opened:
        return opened.read(BYTES_MAX + 1)


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return parse_date(text)
    except ValueError as wrong:
        raise UsageError(str(wrong)) from wrong


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))
