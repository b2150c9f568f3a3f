"""``entrepot sale hold|lift|holds|erase``: at a running node, with the party's token."""

import json

import pytest
from rig import paper
from rig.outside import Client, Node

SAID = ["--name", "B. Counsel", "--role", "counsel", "--reason", "A claim is near."]


@pytest.fixture(scope="module")
def traders(tmp_path_factory):
    node = Node(tmp_path_factory.mktemp("holding") / "node").start()
    try:
        buyer, seller = node.trader("buyer", role="owner"), node.trader("seller", role="owner")
        yield node, buyer, seller
    finally:
        node.stop()


@pytest.fixture
def ask(traders, entrepot, tmp_path):
    node, buyer, _ = traders

    def ask(*words, who: Client = buyer):
        token = tmp_path / "token"
        token.write_text(who.token)
        return entrepot("sale", *words, "--node", node.url, "--token-file", str(token))

    return ask


def order(traders, make):
    _, buyer, seller = traders
    return buyer.issue(make(buyer.party, seller.party)).json()["id"]


def test_what_is_held_is_not_erased_until_it_is_lifted(ask, traders):
    sale = order(traders, paper.private)
    accept = ["--accept", "A. Clerk", "--role", "officer", "--because", "Counsel knows of none."]
    erase = ["erase", sale, "--reason", "The person asked for it."]
    held = ask("hold", sale, "--whole-sale", "--instrument", "Case 7", *SAID, "--json")
    assert held.returncode == 0, held.stderr
    hold = json.loads(held.stdout)["record"]
    assert [each["hold"] for each in json.loads(ask("holds", "--json").stdout) if not each["lifted"]] == [hold]
    assert f"{hold}  {sale}  B. Counsel: A claim is near.  stands" in ask("holds").stdout
    done = ask(*erase, *accept, "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["code"] == "must-be-kept"
    assert {each["id"] for each in told["findings"] if each["severity"] == "blocking"} == {"ENT-CORE-KEEP-03"}
    assert "Case 7" in str(told["findings"])
    assert "ENT-CORE-KEEP-03" in done.stderr
    assert ask("lift", hold, *SAID).stdout.startswith("lifted by")
    done = ask(*erase)
    assert done.returncode == 1
    assert "law-unknown" in done.stderr
    done = ask(*erase, *accept)
    assert done.returncode == 0, done.stderr
    assert "the content is erased" in done.stdout


def test_a_time_of_retention_is_told_with_its_day(ask, traders):
    sale = order(traders, paper.order)
    done = ask("erase", sale, "--reason", "The person asked for it.")
    assert done.returncode == 1
    assert "It must be kept until" in done.stderr
    assert "Order 670" in done.stderr


def test_the_operator_holds_for_everybody(ask, traders):
    node, _, _ = traders
    sale = order(traders, paper.private)
    said = ["hold", sale, "--operator", "--instrument", "Case 8", *SAID]
    assert ask(*said).returncode == 2, "an owner's token is none of the operator's"
    assert ask(*said, who=node.operator).returncode == 0
    done = ask("erase", sale, "--reason", "x")
    assert done.returncode == 1
    assert "ENT-CORE-KEEP-04" in done.stderr
    assert "Case 8" in ask("holds", "--operator", "--json", who=node.operator).stdout


def test_wrong_use_is_named(ask):
    assert ask("erase", "0" * 64, "--reason", "x", "--accept", "A. Clerk").returncode == 64
    assert ask("hold", "0" * 64, "--instrument", "x", *SAID).returncode == 2
    assert ask("hold", "nonsense", "--instrument", "x", *SAID).returncode == 1
