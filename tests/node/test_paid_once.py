"""Different forms at one moment: what is owed is paid once, decided once, and given back once, whatever the door."""

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from itertools import count

import pytest
from rig.visitor import firm, person
from test_desks import ORDER, agency, newest, ordered, part_of, party_of, say

TOWNS = {"buyer_town": "Nansha", "seller_town": "Raub", "bank_town": "Guangzhou"}
GIVEN = {**TOWNS, "from": "88-1", "to": "99-2", "reasons": "Asked for."}
_numbers = count(1)


class Case:
    """A sale that a bank pays, with people of that bank, and a program of it."""

    def __init__(self, node):
        self.node = node
        grower = firm(node, "Kebun Serentak")
        self.seller, buyer = person(node, party=grower), person(node, party=firm(node, "示例进口", "CN"))
        self.bank = agency(node, "bank", "Bank Serentak", "CN")
        self.chamber = agency(node, "chamber", "Dewan Serentak")
        self.sale = ordered((self.seller, buyer, grower), bank=party_of(self.bank))
        self.path = f"/desks/bank/{self.sale}"
        say(self.seller, f"/sales/{self.sale}/order-response", answer="accept", chamber=party_of(self.chamber))
        say(self.seller, f"/sales/{self.sale}/invoice")
        self.api, self.sellers = node.token(party_of(self.bank), "clerk"), node.token(grower, "clerk")

    def records(self, kind):
        return [each for each in self.api.get(f"/api/v1/sales/{self.sale}").json["records"] if each.get("kind") == kind]

    def forms(self, path, number, of=None, **typed):
        """As many people before a form of their own, all looked at, none signed."""
        people = [person(self.node, party=party_of(of or self.bank)) for _ in range(number)]
        for each in people:
            each.go(path).send(button="look", **typed)
            assert "not signed yet" in each.heading, each.words
        return [lambda each=each: each.send(button="sign").status for each in people]

    def program(self, kind, payload, *, api=None):
        """The same record under another number, by a program."""
        payload, number = deepcopy(payload), f"{kind[:2].upper()}-{next(_numbers)}"
        payload |= {"number": number} if "number" in payload else {}
        draft = {"kind": kind, "number": number, "payload": payload, "sales": [self.sale]}
        return lambda: (api or self.api).issue(draft).status


def at_once(acts):
    from django.db import connections

    def one(act):
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(one, acts))


@pytest.fixture(scope="module")
def case(node):
    return Case(node)


@pytest.mark.long
def test_one_invoice_is_paid_settled_and_refunded_once_by_different_forms_and_programs(case):
    say(case.bank, f"{case.path}/send", amount="1.00", **GIVEN)
    sent = newest(case.api, case.sale, "payment-instruction")["content"]["payload"]
    rest = {"amount": "29999.00", "currency": "MYR"}
    sent |= {"instructed": rest, "settlement": rest}
    acts = case.forms(f"{case.path}/send", 4, **GIVEN)
    acts += [case.program("payment-instruction", sent | {"uetr": f"{sent['uetr'][:-1]}{each}"}) for each in range(4)]
    answers = at_once(acts)
    assert len(case.records("payment-instruction")) == 2, answers
    assert answers.count(200) == 1, answers
    assert set(answers) <= {200, 409, 422}

    say(case.bank, f"{case.path}/settle", reasons="The first part.")
    settled = newest(case.api, case.sale, "settlement")["content"]["payload"]
    last = case.records("payment-instruction")[-1]["id"]
    settled |= {"instruction": last, "amount": rest}
    for each in settled["postings"]:
        each["minor"] = 2999900 if each["minor"] > 0 else -2999900
    answers = at_once([*case.forms(f"{case.path}/settle", 3, reasons="Ours."), case.program("settlement", settled)])
    assert (len(case.records("settlement")), answers.count(200)) == (2, 1), answers

    billed = newest(case.sellers, case.sale, "invoice")
    note = part_of(billed["content"]["payload"], "CN", "500")
    note |= {"invoices": [{"number": billed["content"]["number"], "record": billed["id"]}]}
    note = {name: each for name, each in note.items() if name not in ("dueDate", "payment")}
    answers = at_once([case.program("credit-note", note, api=case.sellers) for _ in range(4)])
    assert (len(case.records("credit-note")), answers.count(200)) == (2, 2), "12,500 each, of 30,000"

    answers = at_once(case.forms(f"{case.path}/refund", 3, reasons="Too much."))
    assert (len(case.records("refund")), answers.count(200)) == (1, 1), answers


@pytest.mark.long
def test_one_application_is_decided_once_by_two_people_of_a_chamber(case):
    path = f"/desks/chamber/{case.sale}"
    asked = {"agreement": "RCEP", "criterion": "WO", "origin_0": "MY", "reasons": "Seen."}
    acts = case.forms(f"{path}/certify", 3, case.chamber, **asked)
    acts += case.forms(f"{path}/refuse", 2, case.chamber, reasons="No.")
    answers = at_once(acts)
    api = case.node.token(party_of(case.chamber), "viewer")
    made = [each for each in api.get(f"/api/v1/sales/{case.sale}").json["records"]
            if each.get("kind") == "certificate-of-origin"]  # fmt: skip
    words = case.chamber.go(path).words
    assert len(made) == 1, answers
    assert words.count("Issue the certificate of origin") == 1
    assert words.count("Refuse the certificate") <= 1, "a refusal may come before, none after"


@pytest.mark.long
def test_an_order_is_answered_once(node, case):
    grower = firm(node, "Kebun Dua")
    seller, buyer = person(node, party=grower), person(node, party=firm(node, "示例进口", "CN"))
    sale = ordered((seller, buyer, grower), **ORDER)
    path = f"/sales/{sale}/order-response"
    yes = case.forms(path, 3, seller, answer="accept")
    answers = at_once([*yes, *case.forms(path, 3, seller, answer="reject", reason="Sold out.")])
    kinds = [each["kind"] for each in node.token(grower, "viewer").get(f"/api/v1/sales/{sale}").json["records"]]
    assert (kinds.count("order-response"), answers.count(200)) == (1, 1), answers
