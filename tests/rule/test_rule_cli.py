"""``entrepot rule``: exit codes, and JSON that a program can read."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

import entrepot.rule
from entrepot.base.error import UsageError
from entrepot.cli.rule import group

FACTS = {
    "buyer_economy": "SG",
    "value": {"amount": "320.00", "currency": "USD"},
    "rates": [{"from": "USD", "to": "SGD", "rate": "1.25", "source": "made up"}],
    "carriage": "air",
    "buyer_type": "consumer",
    "seller_registered": True,
}


def run(*arguments: str, facts: Any = FACTS) -> tuple[int, str]:
    done = CliRunner().invoke(group, arguments, input=json.dumps(facts), standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.return_value, done.output


def test_ask_answers_with_sources() -> None:
    code, text = run("ask", "consumption-tax", "--facts", "-", "--on", "2026-05-01", "--question", "tax_due", "--json")
    assert code == 0
    found = json.loads(text)
    assert found["answers"]["tax_due"]["outcome"]["rate"] == "9"
    assert found["answers"]["tax_due"]["used"][0]["where"].startswith("https://")
    assert list(found["answers"]) == ["tax_due"]
    code, text = run("ask", "consumption-tax", "--facts", "-", "--on", "2026-05-01", "--known", "2026-12-01")
    assert code == 1  # the duty is not known
    assert "SG-CTAX-05" in text
    assert "UNKNOWN" in text


def test_no_and_unknown_exit_with_one(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(FACTS | {"carriage": "sea"}))
    assert (
        run("ask", "consumption-tax", "--facts", str(file), "--on", "2026-05-01", "--question", "seller_collects")[0]
        == 1
    )
    assert run("ask", "consumption-tax", "--facts", "-", "--on", "2026-05-01", "--question", "sale_barred")[0] == 1


@pytest.mark.parametrize("facts", [{"moon": 1}, {"value": 1.5}])
def test_unreadable_facts_exit_with_two(facts: Any) -> None:
    assert run("ask", "consumption-tax", "--facts", "-", facts=facts)[0] == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "weather", "--facts", "-"),
        ("ask", "consumption-tax", "--facts", "-", "--on", "tomorrow"),
        ("ask", "consumption-tax", "--facts", "-", "--question", "why"),
        ("ask", "consumption-tax"),
    ],
)
def test_wrong_use_is_told(arguments: tuple[str, ...]) -> None:
    with pytest.raises((UsageError, click.UsageError)):
        run(*arguments)
    with pytest.raises(UsageError):
        run("ask", "consumption-tax", "--facts", "-", facts=[1])


def test_check_a_pack(tmp_path: Path) -> None:
    file = tmp_path / "XX.toml"
    file.write_text("format = 1\n")
    code, text = run("check", str(file))
    assert code == 1
    assert "$.economy" in text
    code, text = run("check", "--json")
    assert set(json.loads(text)) >= {"consumption-tax/SG", "consumption-tax/MY"}


def test_check_a_pack_with_its_cases(tmp_path: Path) -> None:
    packs = Path(entrepot.rule.__file__).parent / "packs" / "consumption-tax"
    cases = Path(__file__).parent / "cases" / "consumption-tax"
    assert run("check", str(packs / "MY.toml"), "--cases", str(cases / "MY.toml"))[0] == 0
    wrong = tmp_path / "MY.toml"
    wrong.write_text((packs / "MY.toml").read_text().replace('"500.00"', '"600.00"'))
    code, text = run("check", str(wrong), "--cases", str(cases / "MY.toml"))
    assert code == 1
    assert "CASE-FAILED" in text
    assert run("check", str(packs / "MY.toml"), "--cases", str(wrong))[0] == 1
    with pytest.raises(UsageError):
        run("check", "--cases", str(wrong))
