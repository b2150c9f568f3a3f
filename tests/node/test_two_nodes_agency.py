"""An agency of one node is named in a sale on another: its desks get the case, and its decisions come back."""

import re

import pytest
from rig import paper
from rig.outside import Client, admit, eventually, running
from rig.reader import Reader

from entrepot.document.trade import Appointment, Role
from entrepot.party.party import Party

pytestmark = pytest.mark.long
NAMED_BY_THE_BUYER = (Role.PAYER_BANK, Role.SETTLEMENT)


def test_a_chamber_a_bank_and_customs_of_the_other_node_decide(tmp_path):
    with running(tmp_path, "grower", "agency") as (grower, abroad):
        seller = Reader(grower.url).begin(grower, "Aminah", "Kebun Contoh", "MY")
        agency = Reader(abroad.url).begin(abroad, "Siti", "Dewan Contoh", "MY")
        farm, party = _party(seller), _party(agency)
        buyer = grower.trader("buyer")
        for desk in ("chamber", "bank", "customs", "statistics"):
            made = abroad.operator.post("/api/v1/operator/agencies", {"party": party, "desk": desk})
            assert made.status_code == 200, made.text
        admit(grower, abroad)
        named = Party(name="Dewan Contoh", economy="MY", did=party)
        bank = tuple(Appointment(role=role, party=named) for role in NAMED_BY_THE_BUYER)
        issued = buyer.issue(paper.order(buyer.party, farm, parties=bank))
        assert issued.status_code == 200, issued.text
        sale = issued.json()["id"]
        where = f"Dewan Contoh · Malaysia · 127.0.0.1:{abroad.port}"
        eventually(lambda: where in seller.go(f"/sales/{sale}/order-response").text)
        _say(seller, answer="accept", chamber=party, customs=party)
        _say(seller.go(f"/sales/{sale}/invoice"))
        case = f"/desks/chamber/{sale}"
        eventually(lambda: "/certify" in agency.go(case).text)
        _say(agency.go(f"{case}/certify"), agreement="RCEP", criterion="WO", origin_0="MY", reasons="Seen it.")
        eventually(lambda: "Certificate of origin" in seller.go(f"/sales/{sale}").words)
        eventually(lambda: "Seen it." in seller.go(f"/sales/{sale}").words)
        assert re.search("<bdi>Dewan Contoh</bdi>", seller.text), "its name, not its DID alone"

        declared = _declare(grower, sale, farm, buyer.party, party)
        case = f"/desks/customs/{declared}"
        eventually(lambda: "/release" in agency.go(case).text)
        _say(agency.go(f"{case}/release"), reasons="It is what was declared.")
        eventually(lambda: "It is what was declared." in seller.go(f"/sales/{sale}").words)
        assert "Customs release" in seller.words

        case = f"/desks/bank/{sale}"
        towns = {"buyer_town": "Nansha", "seller_town": "Raub", "bank_town": "Raub"}
        _say(agency.go(f"{case}/send"), **towns, **{"from": "88-1", "to": "99-2"}, reasons="Asked for.")
        _say(agency.go(f"{case}/settle"), reasons="Both are ours.")
        eventually(lambda: "nothing is owed any more" in seller.go(f"/sales/{sale}").words)
        eventually(lambda: all(_standings(grower, sale, buyer.party)))

        ended = {"party": party, "desk": "chamber", "ended": True}
        abroad.operator.post("/api/v1/operator/agencies", ended)
        issued = buyer.issue(paper.order(buyer.party, farm, parties=(Appointment(role=Role.REPORTER, party=named),)))
        sale = issued.json()["id"]
        eventually(lambda: 'name="chamber"' not in seller.go(f"/sales/{sale}/order-response").text)
        assert where in seller.text, "customs is still offered"
        _say(seller, answer="accept")
        _say(seller.go(f"/sales/{sale}/invoice"))
        eventually(lambda: agency.go(f"/desks/statistics/{sale}/accept").status == 200)
        _say(agency, reasons="Complete.")
        eventually(lambda: "Complete." in seller.go(f"/sales/{sale}").words)


def _say(reader, **typed):
    reader.send(button="look", **typed).send(button="sign")
    assert reader.status == 200, reader.words


def _party(reader):
    return re.search('did:web:[^<"& ]+', reader.go("/businesses").text).group()


def _token(node, party):
    body = {"party": party, "role": "clerk", "label": "test"}
    return Client(node.url, node.operator.post("/api/v1/operator/tokens", body).json()["secret"], party)


def _standings(node, sale, party):
    """Whether each record that the agency issued is in effect where the order is."""
    found = _token(node, party).get(f"/api/v1/sales/{sale}").json()
    own = {"certificate-of-origin", "customs-release", "payment-instruction", "settlement"}
    records = [each for each in found["records"] if each.get("kind") in own]
    found = {each["kind"]: found["standings"][each["id"]]["status"] == "effective" for each in records}
    return found.values() if found.keys() == own else (False,)


def _declare(node, sale, seller, buyer, office):
    api = _token(node, seller)
    records = api.get(f"/api/v1/sales/{sale}").json()["records"]
    made = paper.declaration(seller, buyer, {"name": "Dewan Contoh", "economy": "MY", "did": office}, records)
    declared = api.issue({**made, "sales": [sale]})
    assert declared.status_code == 200, declared.text
    return declared.json()["id"]
