"""A named person accepts unknown law."""

from typing import Any

import pytest

from entrepot.base.shape import dump, parse
from entrepot.rule.kinds import kinds

GOOD: dict[str, Any] = {
    "findings": ["ENT-PE-CTAX-01", "RULE-GAP"],
    "name": "A. Clerk",
    "role": "export manager",
    "reasons": "The buyer's broker confirmed the tax in writing.",
    "at": "2026-03-01T08:00:00Z",
    "topic": "consumption-tax",
    "packDigest": "ab" * 32,
}


def read(**changes: Any) -> tuple[Any, set[str]]:
    shape, check = kinds()["acceptance", 1]
    value = {key: each for key, each in (GOOD | changes).items() if each is not None}
    payload, findings = parse(shape, value)
    if payload is None:
        return None, {each.id for each in findings}
    assert dump(payload) == value
    return payload, {each.id for each in check(payload)}


def test_a_whole_acceptance() -> None:
    payload, found = read()
    assert found == set()
    assert payload.findings == ("ENT-PE-CTAX-01", "RULE-GAP")


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"findings": []}, "ENT-CORE-SHAPE-06"),
        ({"findings": ["anything goes"]}, "ENT-CORE-SHAPE-08"),
        ({"findings": ["RULE-GAP", "RULE-GAP"]}, "ENT-CORE-ACCEPT-01"),
        ({"name": " "}, "ENT-CORE-ACCEPT-02"),
        ({"reasons": None}, "ENT-CORE-SHAPE-01"),
        ({"role": None}, "ENT-CORE-SHAPE-01"),
    ],
)
def test_nobody_accepts_in_general(changes: dict[str, Any], wanted: str) -> None:
    assert wanted in read(**changes)[1]
