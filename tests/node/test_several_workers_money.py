"""Real workers on one PostgreSQL journal: what is owed is paid once, and an application decided once, by whichever."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from rig import paper
from rig.outside import eventually, running, worker_pids
from rig.reader import Reader

from entrepot.base.shape import dump
from entrepot.cli.demo import default
from entrepot.document.invoice.billing import bill
from entrepot.document.trade import Appointment, DocumentReference, Role
from entrepot.party.party import Party

pytestmark = pytest.mark.long
TOWNS = {"buyer_town": "Nansha", "seller_town": "Raub", "bank_town": "Raub", "from": "88-1", "to": "99-2"}
MANY = 8


@pytest.fixture
def agency(tmp_path, schemas):
    """A node of two workers, and somebody there who decides for a bank and a chamber."""
    with running(tmp_path, "one", ENTREPOT_JOURNAL=schemas(), ENTREPOT_WORKERS="2") as (node,):
        reader = Reader(node.url).begin(node, "Siti", "Dewan Contoh", "MY")
        party = re.search('did:web:[^<"& ]+', reader.go("/businesses").text).group()
        for desk in ("bank", "chamber"):
            assert node.operator.post("/api/v1/operator/agencies", {"party": party, "desk": desk}).status_code == 200
        yield node, reader, Party(name="Dewan Contoh", economy="MY", did=party)


def billed(node, named):
    """The id of a sale in which all is billed and nothing paid or certified, and its seller."""
    buyer, seller = node.trader("buyer"), node.trader("seller")
    banks = tuple(Appointment(role=each, party=named) for each in (Role.PAYER_BANK, Role.SETTLEMENT))
    order = paper.order(buyer.party, seller.party, parties=banks)
    sale = _issued(buyer, order)
    said = paper.response(sale, order["number"])
    said["payload"]["parties"] = [dump(Appointment(role=Role.CHAMBER, party=named))]
    _issued(seller, said)
    today, number = datetime.now(UTC).date(), paper.number("INV")
    asked = default.order(order["number"], today)
    asked = replace(asked, seller=replace(asked.seller, did=seller.party), buyer=replace(asked.buyer, did=buyer.party))
    made = bill(asked, number=number, today=today, reference=DocumentReference(number=order["number"], record=sale))
    _issued(seller, {"kind": "invoice", "number": number, "payload": dump(made), "sales": [sale]})
    return sale, seller


def _issued(who, draft):
    answer = who.issue(draft)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def forms_at_once(reader, path, **typed):
    """A form that was looked at, signed as many forms of their own at one moment, each over a connection; the
    statuses."""
    shown = reader.go(path).send(button="look", **typed)
    assert "not signed yet" in shown.words, shown.words
    fields, address, cookies = shown.forms[-1].fields, str(shown.answer.url), dict(reader.client.cookies)
    headers = {"Accept": "text/html", "Referer": address}

    def sign(at):
        own = {"key": f"{fields['key'][:-1]}{at}", "number": f"{fields['number']}-{at}"}
        sent = {**fields, **own, "act": "sign"}
        return httpx.post(address, data=sent, cookies=cookies, headers=headers, timeout=40).status_code

    with ThreadPoolExecutor(MANY) as pool:
        return sorted(pool.map(sign, range(MANY)))


def kinds(who, sale):
    return [each.get("kind") for each in who.get(f"/api/v1/sales/{sale}").json()["records"]]


def test_one_invoice_is_paid_and_one_application_certified_once_by_whichever_worker(agency):
    node, reader, named = agency
    eventually(lambda: len(worker_pids(node)) == 2)
    sale, seller = billed(node, named)
    paid = forms_at_once(reader, f"/desks/bank/{sale}/send", **TOWNS, reasons="Asked for.")
    asked = {"agreement": "RCEP", "criterion": "WO", "origin_0": "MY", "reasons": "Seen."}
    certified = forms_at_once(reader, f"/desks/chamber/{sale}/certify", **asked)
    found = kinds(seller, sale)
    assert (found.count("payment-instruction"), paid.count(303)) == (1, 1), paid
    assert (found.count("certificate-of-origin"), certified.count(303)) == (1, 1), certified
    assert {*paid, *certified} <= {303, 409, 422}
    assert "Traceback" not in node.told
