"""The limits that the guide for operators lists are those of the code."""

import importlib
import re
from dataclasses import fields
from pathlib import Path

import pytest
from rig.visitor import Visitor, firm, person

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "keep-a-node-safe.md"
ROWS = re.findall(r"^\| ([^|]+) \| ([0-9]+) \| `([a-z._]+):([A-Za-z_.]+)` \|$", GUIDE.read_text("utf-8"), re.M)


def test_the_guide_lists_limits():
    assert len(ROWS) > 10


@pytest.mark.parametrize(("what", "value", "module", "name"), ROWS)
def test_a_limit_is_that_of_the_code(node, what, value, module, name):
    owner, _, member = name.partition(".")
    found = getattr(importlib.import_module(module), owner)
    if member:
        found = next(each.default for each in fields(found) if each.name == member)
    assert found == int(value), what


def test_one_too_many_is_refused(node, monkeypatch):
    monkeypatch.setattr("entrepot.node.page.account.business.BUSINESSES_MAX", 1)
    visitor = person(node, party=firm(node, "One"))
    visitor.go("/businesses/new?economy=MY").send(name="Two")
    assert visitor.status == 403
    overseer = node.party()
    assert node.operator.post("/api/v1/operator/agencies", {"party": overseer, "desk": "overseer"}).status == 200
    seller = person(node, party=firm(node, "Offers"))
    seller.go("/offers/new").send(what="Durian", quantity="1", price="1", currency="MYR", button="look")
    offer = seller.send(button="sign").path.split("/")[-1]
    monkeypatch.setattr("entrepot.node.page.offer.report.WAITING_MAX", 1)
    answers = [Visitor(node).go(f"/offers/{offer}/report") for _ in range(2)]
    assert [each.send(grounds="unsafe", text="See it.").status for each in answers] == [200, 429]
