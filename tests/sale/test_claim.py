"""Claims: their checks, each broken once, and what the sale learns from them."""

from typing import Any

import pytest

from entrepot.base.error import UsageError
from entrepot.base.shape import dump, parse
from entrepot.sale import fact
from entrepot.sale.claim import says_of
from entrepot.sale.fact import SAYS, Role
from entrepot.sale.kinds import kinds
from entrepot.sale.specimen import BEFORE, chain

ID = "ab" * 32
TEN = {"amount": "10.00", "currency": "MYR"}
NONE = {"amount": "0.00", "currency": "MYR"}
GOOD: dict[str, dict[str, Any]] = {
    "return-request": {"reason": "damaged", "lines": [{"line": "1", "quantity": {"value": "2", "unit": "KGM"}}]},
    "return-response": {
        "request": ID,
        "answer": "accept",
        "returnBy": "2026-03-01",
        "carriage": "seller",
        "credit": TEN,
    },
    "dispute": {"about": [ID], "grounds": "Half of the fruit was spoilt.", "remedy": "refund", "claim": TEN},
    "dispute-answer": {"dispute": ID, "agrees": False, "grounds": "It was ripe."},
    "dispute-resolution": {
        "dispute": ID,
        "outcome": "stands",
        "decidedBy": "A. Neutral",
        "reasons": "The logger shows 9 degrees.",
        "award": TEN,
        "awardTo": "seller",
    },
}
LINE = {"line": "1", "quantity": {"value": "0", "unit": "KGM"}}
BAD = [
    ("return-request", {"lines": [LINE, LINE]}, {"ENT-CORE-CLAIM-01", "ENT-CORE-CLAIM-02"}),
    ("return-request", {"reason": "other"}, {"ENT-CORE-CLAIM-03"}),
    ("return-response", {"answer": "refuse"}, {"ENT-CORE-CLAIM-04", "ENT-CORE-CLAIM-05"}),
    ("return-response", {"credit": NONE}, {"ENT-CORE-CLAIM-11"}),
    ("dispute", {"claim": None}, {"ENT-CORE-CLAIM-06"}),
    ("dispute", {"remedy": "replacement"}, {"ENT-CORE-CLAIM-07"}),
    ("dispute", {"about": [ID, ID], "claim": NONE}, {"ENT-CORE-CLAIM-08", "ENT-CORE-CLAIM-11"}),
    ("dispute-answer", {"grounds": None}, {"ENT-CORE-CLAIM-09"}),
    ("dispute-resolution", {"awardTo": None}, {"ENT-CORE-CLAIM-10"}),
    ("dispute-resolution", {"award": NONE}, {"ENT-CORE-CLAIM-11"}),
]


def read(kind: str, **changes: Any) -> Any:
    shape, check = kinds()[kind, 1]
    value = {key: each for key, each in (GOOD[kind] | changes).items() if each is not None}
    payload, findings = parse(shape, value)
    assert payload is not None, findings
    assert dump(payload) == value
    return payload, check(payload)


@pytest.mark.parametrize("kind", GOOD)
def test_good_claims_have_no_findings(kind: str) -> None:
    payload, findings = read(kind)
    assert findings == ()
    assert type(says_of(payload)) is SAYS[kind]


@pytest.mark.parametrize(("kind", "changes", "ids"), BAD)
def test_each_check_can_fail(kind: str, changes: dict[str, Any], ids: set[str]) -> None:
    assert {each.id for each in read(kind, **changes)[1]} == ids


def test_what_the_sale_learns() -> None:
    assert says_of(read("return-response")[0]) == fact.ReturnAnswered(request=ID, accepted=True)
    resolved = says_of(read("dispute-resolution")[0])
    assert isinstance(resolved, fact.DisputeResolved)
    assert (resolved.award_to, resolved.outcome) == (Role.SELLER, "stands")
    with pytest.raises(UsageError):
        says_of(object())


@pytest.mark.parametrize("act", [*BEFORE, "hand-over/dispatch"])
def test_facts_read_back_from_their_json_form(act: str) -> None:
    """A view keeps facts as JSON rows."""
    said = chain(act)[-1].says if act in BEFORE else chain("hand-over")[-1].says
    again, findings = parse(type(said), dump(said))
    assert (again, findings) == (said, ())
