"""Agencies of other nodes: who is offered to a seller, and what a desk takes of a sale whose order is not here."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from rig import paper
from rig.inside import Api
from rig.other import Other, identity
from test_desks import agency, ordered, party_of, say, sides  # noqa: F401

from entrepot.base.shape import dump
from entrepot.cli.demo import default
from entrepot.document.invoice.billing import bill
from entrepot.document.trade import DocumentReference
from entrepot.flow.peer import block
from entrepot.party.jws import read_jws


@pytest.fixture
def other(node):
    """A peer with one party; blocked afterwards, so that other tests are offered nothing of it."""
    made = Other(node).admit()
    yield made
    block(node.office, made.did)


def sent(by, record, *, signer, withheld=()):
    """What the node answers to a delivery of one record."""
    envelope = by.envelope(record, signer=signer) | {"withheld": list(withheld)}
    answer = Api().call("POST", "/peer/v1/records", by.delivery(envelope), content_type="application/jose")
    return read_jws(answer.body.decode()).payload.decode()


def tell(other, agency, number, *, by=None, **more):
    """``by`` (the peer itself, if left out) says that ``agency`` is a chamber, in a letter of the peer."""
    said = {"desk": "chamber", "agency": agency, "name": f"Dewan {number}", "economy": "VN", **more}
    record = other.record({"kind": "agency-appointment", "number": number, "payload": said}, signer=by or other.me)
    assert '"kept"' in sent(other, record, signer=by or other.me)


def offered(seller, sale):
    return seller.go(f"/sales/{sale}/order-response").text


def test_a_chamber_of_another_node_is_offered_where_its_own_node_says_so(node, sides, other):  # noqa: F811
    seller = sides[0]
    sale, stranger, second = ordered(sides), Other(node), Other(node)
    second.party = other.party  # it has moved, and the node that it left has not noticed
    second.admit()
    tell(other, stranger.party.did, "AA-2")
    tell(other, other.party.did, "AA-3", by=stranger.me)
    tell(other, other.party.did, "AA-4", by=other.party)
    tell(other, other.party.did, "AA-5", desk="bank")
    assert "Dewan AA" not in offered(seller, sale), "not of that peer, not by a peer, not by a node, not that desk"
    tell(other, other.party.did, "AA-1")
    tell(second, other.party.did, "AA-1")
    assert offered(seller, sale).count("Dewan AA-1 · Viet Nam · 127.0.0.1:9<") == 1, "once, though two say so"
    block(node.office, second.did)
    assert "Dewan AA-1" in offered(seller, sale)
    seller.send(button="look", answer="accept", chamber=stranger.party.did)
    assert seller.status == 422, "who was not offered is not named"
    say(seller, f"/sales/{sale}/order-response", answer="accept", chamber=other.party.did)
    for by, reasons in ((other.party, "Not in order."), (stranger.party, "I say so, too.")):
        draft = {"kind": "agency-decision", "number": paper.number("AD"), "payload": _decision(sale, reasons)}
        assert '"kept"' in sent(other, other.record(draft, signer=by, audience=(sides[2],)), signer=by)
    assert "Not in order." in seller.go(f"/sales/{sale}").words
    assert "I say so, too." not in seller.words, "it takes no part in the sale"
    assert "Dewan AA-1 · Somebody" in seller.words, "as the form named it"
    answers = [each for each in node.office.journal.entries(0, 10**6) if _names(node, each, other.party.did)]
    assert other.did in {each.peer for one in answers for each in node.office.journal.messages(one.record_id)}


def _names(node, entry, agency):
    record = node.office.journal.record(entry.record_id)
    return record.kind == "order-response" and agency in record.content.audience


def _decision(sale, reasons):
    return {
        "number": "AD-1", "issueDate": "2026-11-28", "desk": "chamber", "about": [{"record": sale, "number": "PO"}],
        "outcome": "refuse", "reasons": reasons, "decidedBy": "Somebody",
    }  # fmt: skip


@pytest.mark.parametrize("end", ["the agency ends", "the peer is blocked", "the party has left"])
def test_who_is_no_longer_an_agency_there_is_not_offered(node, sides, other, end):  # noqa: F811
    seller, sale = sides[0], ordered(sides)
    tell(other, other.party.did, "AB-1")
    say(seller, f"/sales/{sale}/order-response", answer="accept", chamber=other.party.did)
    later = ordered(sides)
    assert "Dewan AB-1" in offered(seller, later)
    if end == "the agency ends":
        tell(other, other.party.did, "AB-2", ended=True)
    elif end == "the peer is blocked":
        block(node.office, other.did)
    else:
        left, other.party = other.party, identity()
        other.admit()
        other.party = left
    assert "Dewan AB" not in offered(seller, later)
    seller.go(f"/sales/{sale}/invoice").send(button="look")
    assert "Dewan AB-1" in seller.words, "who was named stays named, by the answer"


def test_a_desk_takes_a_case_of_a_sale_whose_order_is_not_here(node, other):
    chamber = agency(node, "chamber", "Dewan Jauh")
    bank, forger = identity(), identity()
    buyer, party = identity().did, party_of(chamber)
    sale = "a" * 64
    answer = other.record(_answer(sale, {"chamber": party, "payer_bank": bank.did}), audience=(party, bank.did))
    assert '"kept"' in sent(other, answer, signer=other.party, withheld=[sale])
    case = f"/desks/chamber/{sale}"
    assert "waits for the invoice" in chamber.go("/desks/chamber").words
    forged = other.record(_invoice(sale, answer, bank.did, buyer), signer=bank, audience=(party,))
    assert '"kept"' in sent(other, forged, signer=bank)
    assert chamber.go(f"{case}/certify").status == 409, "a bank bills nothing"
    billed = other.record(_invoice(sale, answer, other.party.did, buyer), audience=(party,))
    assert '"kept"' in sent(other, billed, signer=other.party)
    draft = {"kind": "agency-decision", "number": "AD-1", "payload": _decision(sale, "Refused already.")}
    assert '"kept"' in sent(other, other.record(draft, signer=forger, audience=(party,)), signer=forger)
    assert chamber.go(case).heading.endswith("waits for you"), "nobody else decides at its desk"
    assert "Refused already." not in chamber.words
    say(chamber, f"{case}/certify", agreement="RCEP", criterion="WO", origin_0="VN", reasons="Seen it.")
    made = [each for each in map(_record(node), node.office.journal.entries(0, 10**6)) if sale in each.sales]
    (certified,) = [each for each in made if each.kind == "certificate-of-origin"]
    assert set(certified.content.audience) == {party, other.party.did, buyer}, "both sides, and not the bank"
    second = other.record(_answer(sale, {"chamber": party}), signer=forger, audience=(party,))
    assert '"kept"' in sent(other, second, signer=forger, withheld=[sale])
    assert chamber.go(case).status == 404, "two say that they are the seller: nobody can tell here who is"


def test_a_bank_pays_once_in_a_sale_whose_order_is_not_here(node, other):
    bank = agency(node, "bank", "Bank Jauh")
    party, buyer, sale = party_of(bank), identity().did, "b" * 64
    answer = other.record(_answer(sale, {"payer_bank": party, "settlement": party}), audience=(party,))
    assert '"kept"' in sent(other, answer, signer=other.party, withheld=[sale])
    billed = other.record(_invoice(sale, answer, other.party.did, buyer), audience=(party,))
    assert '"kept"' in sent(other, billed, signer=other.party)
    towns = {"buyer_town": "Nansha", "seller_town": "Raub", "bank_town": "Raub"}
    say(bank, f"/desks/bank/{sale}/send", **towns, **{"from": "88-1", "to": "99-2"}, reasons="Asked for.")
    assert bank.go(f"/desks/bank/{sale}/send").status == 409
    made = [each for each in map(_record(node), node.office.journal.entries(0, 10**6)) if sale in each.sales]
    (instructed,) = [each for each in made if each.kind == "payment-instruction"]
    more = {name: each for name, each in instructed.payload.items() if name != "message"}
    more |= {"number": "PI-AGAIN", "uetr": str(uuid4())}
    draft = {"kind": "payment-instruction", "number": "PI-AGAIN", "payload": more, "sales": [sale]}
    again = node.token(party, "clerk").issue(draft | {"audience": list(instructed.content.audience)})
    assert again.status == 422
    assert "-OWING-04" in again.body.decode(), again.body


def _record(node):
    return lambda entry: node.office.journal.record(entry.record_id)


def _answer(sale, named):
    made = paper.response(sale, "PO-1")
    parties = [{"role": role, "party": {"name": role, "did": did}} for role, did in named.items()]
    return made | {"payload": made["payload"] | {"parties": parties}, "after": [sale]}


def _invoice(sale, answer, seller, buyer):
    """What the seller bills; whoever issues it."""
    today, name = datetime.now(UTC).date(), paper.number("INV")
    order = default.order("PO-1", today)
    order = replace(order, seller=replace(order.seller, did=seller), buyer=replace(order.buyer, did=buyer))
    made = bill(order, number=name, today=today, reference=DocumentReference(number="PO-1", record=sale))
    return {"kind": "invoice", "number": name, "payload": dump(made), "sales": [sale], "after": [answer.id]}
