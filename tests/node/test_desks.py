"""Desks of agencies: what their people find and decide, who may, and what becomes of it; each through pages alone."""

import re
from decimal import Decimal

import pytest
from rig import paper
from rig.visitor import Visitor, firm, person

ORDER = {"what": "Durian, fresh", "quantity": "1200", "price": "25.00", "currency": "MYR", "hs": "081060"}


def appoint(node, party, desk):
    made = node.operator.post("/api/v1/operator/agencies", {"party": party, "desk": desk})
    assert made.status == 200, made.body
    return party


def agency(node, desk, name, economy="MY"):
    """Somebody who decides at a desk."""
    return person(node, name=f"{name} Person", party=appoint(node, firm(node, name, economy), desk))


def party_of(who):
    return who.person.membership_set.get().party


def end(node, who, desk):
    body = {"party": party_of(who), "desk": desk, "ended": True}
    assert node.operator.post("/api/v1/operator/agencies", body).json["state"] == "ended"


def say(who, path, **typed):
    """Fill in a form, look, sign."""
    who.go(path).send(button="look", **typed)
    assert "not signed yet" in who.heading, who.words
    who.send(button="sign")
    assert who.status == 200, who.words
    return who


@pytest.fixture
def sides(node):
    """Seller and buyer, each as an owner, with the seller's DID."""
    grower = firm(node, "Kebun Contoh")
    return person(node, party=grower), person(node, party=firm(node, "示例进口", "CN")), grower


def ordered(sides, **typed):
    """The id of a sale."""
    _, buyer, grower = sides
    return say(buyer, "/sales/new", did=grower, **(ORDER | typed)).path.split("/")[-1]


def test_a_chamber_certifies_what_a_seller_asks_of_it(node, sides):
    seller, buyer, _ = sides
    chamber = agency(node, "chamber", "Dewan Contoh")
    sale = ordered(sides)
    party = party_of(chamber)
    say(seller, f"/sales/{sale}/order-response", answer="accept", chamber=party)
    chamber.go("/desks")
    assert chamber.path == "/en/desks/chamber"
    assert "waits for the invoice" in chamber.words
    assert chamber.go(f"/desks/chamber/{sale}/certify").status == 409
    say(seller, f"/sales/{sale}/invoice")
    chamber.go(f"/desks/chamber/{sale}")
    for each in ("Durian, fresh", "HS 081060", "Kebun Contoh", "示例进口", "does not say where this comes from"):
        assert each in chamber.words, each
    chamber.go(f"/desks/chamber/{sale}/certify").send(agreement="RCEP", origin_0="MY", button="look")
    assert "reasons-wrong" in chamber.forms[-1].described["reasons"]
    chamber.send(reasons="Seen.", button="look")
    assert "criterion-wrong" in chamber.forms[-1].described["criterion"]
    say(chamber, f"/desks/chamber/{sale}/certify", agreement="RCEP", criterion="WO", origin_0="MY", reasons="Seen it.")
    assert chamber.heading.endswith("certified")
    for each in ("Issue the certificate of origin", "Seen it.", "Dewan Contoh Person"):
        assert each in chamber.words, each
    chamber.again()
    assert chamber.words.count("Seen it.") == 1, "signed twice, said once"
    assert chamber.go(f"/desks/chamber/{sale}/certify").status == 409
    api = node.token(party, "viewer")
    records = api.get(f"/api/v1/sales/{sale}").json["records"]
    (made,) = [each["id"] for each in records if each.get("kind") == "certificate-of-origin"]
    said = api.get(f"/api/v1/records/{made}").json["content"]["payload"]
    assert said["items"][0]["hs"] == {"code": "081060", "vintage": "2022"}
    assert said["items"][0]["quantity"] == {"value": "1200", "unit": "KGM"}
    assert said["exporter"]["name"] == "Kebun Contoh"
    assert "Certificate of origin" in buyer.go(f"/sales/{sale}").words
    assert "decided a case" in chamber.go("/audit").words


def test_a_desk_is_for_its_agency_alone(node, sides):
    seller, _, _ = sides
    chamber, other = agency(node, "chamber", "Dewan A"), agency(node, "chamber", "Dewan B")
    sale = ordered(sides)
    say(seller, f"/sales/{sale}/order-response", answer="accept", chamber=party_of(chamber))
    assert chamber.go(f"/desks/chamber/{sale}").status == 200
    for path in (f"/desks/chamber/{sale}", f"/desks/chamber/{sale}/refuse", "/desks/nothing"):
        assert other.go(path).status == 404, path
        assert seller.go(path).status == 404, path
    assert seller.go("/desks").status == 404
    viewer = person(node, role="viewer", party=party_of(chamber))
    assert "What you may decide" not in viewer.go(f"/desks/chamber/{sale}").words
    assert viewer.go(f"/desks/chamber/{sale}/refuse").status == 403
    say(chamber, f"/desks/chamber/{sale}/refuse", reasons="The papers do not fit.")
    assert chamber.heading.endswith("refused")
    end(node, other, "chamber")
    assert other.go("/desks/chamber").status == 404
    appoint(node, party_of(seller), "chamber")
    assert seller.go(f"/desks/chamber/{sale}").status == 404, "a desk gives no right in a sale"
    end(node, seller, "chamber")


def test_a_registrar_registers_and_suspends(node):
    registrar = agency(node, "registrar", "Pendaftar Contoh")
    party = party_of(registrar)
    grower = person(node, party=firm(node, "Contoh Foods", "SG"))
    asking = {"registrar": party, "scheme": "uen"}
    say(grower, "/registration/new", identifier="00192200N", **asking)
    say(grower, "/registration/new", identifier="00192200M", **asking)
    assert "It waits for a decision." in grower.words
    registrar.go("/desks/registrar")
    cases = dict.fromkeys(re.findall("/desks/registrar/([0-9a-f]{64})", registrar.text))
    wrong, right = sorted(cases, key=lambda each: "00192200M" in registrar.go(f"/desks/registrar/{each}").text)
    registrar.go(f"/desks/registrar/{wrong}/register").send(reasons="It is there.", button="look")
    assert registrar.status == 422
    assert "check digit" in registrar.words
    say(registrar, f"/desks/registrar/{wrong}/refuse", reasons="There is no such number.")
    say(registrar, f"/desks/registrar/{right}/register", reasons="It is in our register.")
    assert registrar.heading.endswith("registered")
    (anchor,) = re.findall('href="/en(/parties/[^"]*/anchors/[^"]*)"', registrar.text)
    from rig.inside import Api

    assert Api().get(anchor).headers["Content-Type"] == "application/vc+jwt"
    entries = node.token(party, "viewer").get("/api/v1/registrar/registrations").json
    assert [(each["number"], each["state"]) for each in entries] == [("00192200M", "in_force")]
    grower.go("/registration")
    for each in (
        "Register the business",
        "It is in our register.",
        "There is no such number.",
        "Pendaftar Contoh Person",
    ):
        assert each in grower.words, each
    say(registrar, f"/desks/registrar/{right}/suspend", reasons="It was struck off.")
    assert node.token(party, "viewer").get("/api/v1/registrar/registrations").json[0]["state"] == "suspended"
    say(registrar, f"/desks/registrar/{right}/reinstate", reasons="It was put back.")
    assert registrar.heading.endswith("registered")
    other = agency(node, "registrar", "Pendaftar Lain")
    assert other.go(f"/desks/registrar/{right}").status == 404


def test_anybody_reports_an_offer_and_an_overseer_decides(node, sides):
    seller, buyer, _ = sides
    overseer, visitor = agency(node, "overseer", "Pengawas Contoh"), Visitor(node)
    offer = say(seller, "/offers/new", what="Wondercurium", quantity="1", price="1", currency="MYR").path.split("/")[-1]
    path, case = f"/offers/{offer}", f"/desks/overseer/{offer}"
    assert "no complaint" in overseer.go(case).words
    assert visitor.go(f"{path}/report").send(text="", grounds="unsafe").status == 422
    for text in ("It heals nothing.", "<script>alert(1)</script>"):
        visitor.go(f"{path}/report").send(grounds="misleading", text=text, reply_to="v@example.org")
        assert "with the overseer" in visitor.heading
        visitor.again()
    overseer.go(case)
    assert overseer.heading.endswith("complained of")
    assert overseer.words.count("It heals nothing.") == 1
    assert "<script>" not in overseer.text
    assert offer in overseer.go("/desks/overseer").text
    say(overseer, f"{case}/warn", reasons="Do not say that it heals.")
    assert overseer.heading.endswith("seller warned")
    for each in ("Warn the seller", "Do not say that it heals.", "Pengawas Contoh Person"):
        assert each in seller.go(path).words, each
        assert each not in visitor.go(path).words
    assert visitor.go("/offers?q=wondercurium").text.count(offer) == 1
    say(overseer, f"{case}/hide", reasons="It is still said.")
    assert offer not in visitor.go("/offers?q=wondercurium").text
    assert "has hidden this offer" in visitor.go(path).words
    assert buyer.go(f"{path}/order").status == 409
    say(overseer, f"{case}/show", reasons="It is no longer said.")
    assert offer in visitor.go("/offers?q=wondercurium").text
    end(node, overseer, "overseer")


def test_who_keeps_no_desk_hides_nothing(node, sides):
    seller, _, grower = sides
    offer = say(seller, "/offers/new", what="Freerium", quantity="1", price="1", currency="MYR").path.split("/")[-1]
    api, today = node.trader(), node.office.clock().date().isoformat()
    payload = {"number": "AD-1", "issueDate": today, "desk": "overseer", "outcome": "hide", "reasons": "I say so.",
               "about": [{"record": offer, "number": "X"}], "decidedBy": "Nobody"}  # fmt: skip
    draft = {"kind": "agency-decision", "number": "AD-1", "payload": payload, "audience": [api.party, grower]}
    assert api.issue(draft).status == 200
    assert "I say so." not in seller.go(f"/offers/{offer}").words
    assert offer in Visitor(node).go("/offers?q=freerium").text
    blank = {**draft, "number": "AD-2", "payload": {**payload, "number": "AD-2", "reasons": " ", "decidedBy": " "}}
    assert api.issue(blank).found == ["ENT-CORE-AGENCY-01", "ENT-CORE-AGENCY-02"]
    assert api.issue({**draft, "kind": "agency-appointment"}).status == 422


def test_statistics_queries_a_row_and_counts_it(node, sides):
    seller, buyer, grower = sides
    reporter = agency(node, "statistics", "示例统计局", "CN")
    party = party_of(reporter)
    importer = party_of(buyer)
    made = paper.order(importer, grower)
    named = {"role": "reporter", "party": {"name": "示例统计局", "economy": "CN", "did": party}}
    made["payload"]["parties"] = [named]
    sale = node.token(importer, "clerk").issue(made).json["id"]
    say(seller, f"/sales/{sale}/order-response", answer="accept")
    case = f"/desks/statistics/{sale}"
    assert "not to be counted yet" in reporter.go(case).words
    assert reporter.go(f"{case}/accept").status == 409
    say(seller, f"/sales/{sale}/invoice")
    reporter.go(case)
    for each in ("not counted yet", "import", "MYR 30,000.00", "HS 081060", "CIF", "Malaysia"):
        assert each in reporter.words.replace("30,000.00 MYR", "MYR 30,000.00"), each
    say(reporter, f"{case}/query", reasons="Which platform was it?")
    assert reporter.heading.endswith("queried")
    assert "Which platform was it?" in seller.go(f"/sales/{sale}").words
    hidden = node.token(importer, "clerk").issue(paper.dispute(sale))
    assert hidden.status == 200, "the office does not see it, and counts all the same"
    say(reporter, f"{case}/accept", reasons="They told us.", persons="12")
    assert reporter.heading.endswith("counted")
    page = node.token(party, "viewer").get(f"/api/v1/sales/{sale}").json
    (counted,) = [each["id"] for each in page["records"] if each.get("kind") == "count"]
    row = node.token(party, "viewer").get(f"/api/v1/records/{counted}").json["content"]["payload"]["row"]
    assert (row["size"], row["value"]) == ("10-49", {"amount": "30000.00", "currency": "MYR"})


def test_a_sale_is_paid_and_counted_by_pages_alone(node, sides):
    seller, buyer, grower = sides
    bank, office = agency(node, "bank", "Bank Contoh", "CN"), agency(node, "statistics", "示例统计局", "CN")
    sale = ordered(sides, bank=party_of(bank), statistics=party_of(office))
    case = f"/desks/bank/{sale}"
    say(seller, f"/sales/{sale}/order-response", answer="accept")
    assert "waits for the invoice" in bank.go("/desks").words
    assert bank.go(f"{case}/send").status == 409
    say(seller, f"/sales/{sale}/invoice")
    asked = {"network": "com.example.pay", "account": "0123456789", "merchant": "Kebun Contoh", "city": "Raub"}
    say(seller, f"/sales/{sale}/payment-request", **asked)
    assert "0123456789" in bank.go(case).words, "how the seller is paid is not typed twice"
    assert bank.go(f"{case}/settle").status == 409, "nothing is settled that was not sent"
    towns = {"buyer_town": "Nansha", "seller_town": "Raub", "bank_town": "Guangzhou"}
    say(bank, f"{case}/send", **towns, **{"from": "88-1"}, reasons="The buyer asked for it.")
    bank.again()
    assert "sent, not settled yet" in bank.go(case).words
    say(bank, f"{case}/settle", reasons="Both accounts are ours.")
    bank.again()
    assert bank.go(case).heading.endswith("settled")
    say(office, f"/desks/statistics/{sale}/accept", reasons="Complete.")
    assert office.go(f"/desks/statistics/{sale}").heading.endswith("counted"), "it sees no payment, and saw the invoice"
    for each in (seller, buyer):
        assert "0.00" in each.go(f"/sales/{sale}").words
    records = node.token(grower, "viewer").get(f"/api/v1/sales/{sale}").json
    kinds = [each.get("kind") for each in records["records"]]
    assert (kinds.count("payment-instruction"), kinds.count("settlement")) == (1, 1), "signed twice, said once"
    assert [each["owed"] for each in records["accounts"]] == ["0"]
    seen = node.token(party_of(office), "viewer").get(f"/api/v1/sales/{sale}").json
    assert "count" in [each.get("kind") for each in seen["records"]]
    outcome = node.token(party_of(bank), "viewer").get(f"/api/v1/sales/{sale}").json
    checks = [check for each in outcome["records"] for check in each.get("checks", ()) if "pacs" in check["standard"]]
    assert checks
    assert all(each["verdict"] == "valid" for each in checks)


def test_customs_decides_on_what_is_declared_to_it(node, sides):
    seller, buyer, grower = sides
    office = agency(node, "customs", "Kastam Contoh")
    party, importer = party_of(office), party_of(buyer)
    made = paper.order(importer, grower)
    named = {"role": "export_customs", "party": {"name": "Kastam Contoh", "economy": "MY", "did": party}}
    made["payload"]["parties"] = [named]
    sale = node.token(importer, "clerk").issue(made).json["id"]
    say(seller, f"/sales/{sale}/order-response", answer="accept")
    say(seller, f"/sales/{sale}/invoice")
    api = node.token(grower, "clerk")
    records = api.get(f"/api/v1/sales/{sale}").json["records"]
    made = paper.declaration(grower, importer, named["party"], records)
    declared = api.issue({**made, "sales": [sale]})
    assert declared.status == 200, declared.body
    case = f"/desks/customs/{declared.json['id']}"
    say(office, f"{case}/inspect", reasons="Fruit of this season is looked at.")
    assert office.heading.endswith("to be inspected")
    say(office, f"{case}/release", reasons="It is what was declared.")
    assert office.heading.endswith("released")
    assert office.go(f"{case}/refuse").status == 409
    seller.go(f"/sales/{sale}")
    for each in ("Release the goods", "It is what was declared.", "Customs release", "Kastam Contoh Person"):
        assert each in seller.words, each


def test_a_bank_pays_each_invoice_once_less_what_was_credited(node, sides):
    seller, _, grower = sides
    bank = agency(node, "bank", "Bank Sekali", "CN")
    sale = ordered(sides, bank=party_of(bank))
    say(seller, f"/sales/{sale}/order-response", answer="accept")
    say(seller, f"/sales/{sale}/invoice")
    api, case = node.token(grower, "clerk"), f"/desks/bank/{sale}"
    said = newest(api, sale, "invoice")
    whole = said["content"]["payload"]
    third = str(int(whole["lines"][0]["quantity"]["value"]) // 3)
    credit = part_of(whole, "CN-1", third) | {"invoices": [{"number": whole["number"], "record": said["id"]}]}
    for each in ("dueDate", "payment"):
        credit.pop(each, None)
    draft = {"kind": "credit-note", "number": "CN-1", "payload": credit, "sales": [sale]}
    assert api.issue(draft).status == 200
    left = money(whole) - money(credit)
    assert f"{left:,.2f}" in bank.go(case).words
    assert "CN-1" in bank.words
    pay(bank, case)
    again = part_of(whole, "INV-AGAIN", third)
    assert api.issue({"kind": "invoice", "number": "INV-AGAIN", "payload": again, "sales": [sale]}).status == 200
    assert "INV-AGAIN" in bank.go(case).words, "what is billed later is paid, too"
    pay(bank, case)
    assert bank.go(case).heading.endswith("settled")
    records = api.get(f"/api/v1/sales/{sale}").json
    assert [each["owed"] for each in records["accounts"]] == ["0"]
    kinds = [each.get("kind") for each in records["records"]]
    assert (kinds.count("payment-instruction"), kinds.count("settlement")) == (2, 2)


def test_a_credit_that_names_no_invoice_is_not_placed_by_guess(node, sides):
    seller, _, grower = sides
    bank = agency(node, "bank", "Bank Teliti", "CN")
    sale = ordered(sides, bank=party_of(bank))
    say(seller, f"/sales/{sale}/order-response", answer="accept")
    say(seller, f"/sales/{sale}/invoice")
    api = node.token(grower, "clerk")
    credit = part_of(newest(api, sale, "invoice")["content"]["payload"], "CN-2", "1")
    for each in ("dueDate", "payment"):
        credit.pop(each, None)
    assert api.issue({"kind": "credit-note", "number": "CN-2", "payload": credit, "sales": [sale]}).status == 200
    assert "names no single invoice" in bank.go(f"/desks/bank/{sale}").words
    assert bank.go(f"/desks/bank/{sale}/send").status == 409


def newest(api, sale, kind):
    page = api.get(f"/api/v1/sales/{sale}").json
    return api.get(f"/api/v1/records/{[each['id'] for each in page['records'] if each.get('kind') == kind][-1]}").json


def part_of(bill, number, quantity):
    """The same bill over another quantity of its one line, without tax."""
    (line,) = bill["lines"]
    amount = f"{Decimal(quantity) * Decimal(line['price']['amount']):.2f}"
    line = {**line, "quantity": {**line["quantity"], "value": quantity}, "amount": amount}
    totals = {"lines": amount, "withoutTax": amount, "withTax": amount}
    totals = {name: amount for name in bill["totals"] if name in totals}
    totals["payable"] = {"amount": amount, "currency": bill["currency"]}
    return {**bill, "number": number, "lines": [line], "totals": totals}


def money(bill):
    return Decimal(bill["totals"]["payable"]["amount"])


def pay(bank, case):
    asked = {
        name: "Town" for name in ("buyer_town", "seller_town", "bank_town") if name in bank.go(f"{case}/send").text
    }
    say(bank, f"{case}/send", **asked, **{"from": "88-1", "to": "99-1"}, reasons="Asked for.")
    say(bank, f"{case}/settle", reasons="Both are ours.")


def test_a_bank_pays_in_parts_and_several_bills_and_gives_back_what_was_credited(node, sides):
    seller, _, grower = sides
    bank = agency(node, "bank", "Bank Contoh", "CN")
    sale = ordered(sides, bank=party_of(bank))
    case, towns = f"/desks/bank/{sale}", {"buyer_town": "Nansha", "seller_town": "Raub", "bank_town": "Guangzhou"}
    say(seller, f"/sales/{sale}/order-response", answer="accept")
    say(seller, f"/sales/{sale}/invoice")
    given = {**towns, "from": "88-1", "to": "99-2", "reasons": "Asked for."}
    for wrong in ("30000.01", "a third", "1.001", "-5", "0"):
        bank.go(f"{case}/send").send(button="look", amount=wrong, **given)
        assert bank.status == 422, wrong
        bank.send(act="sign")
        assert bank.status == 422, f"{wrong} is not sent by signing at once"
    bank.send(act="discard")
    say(bank, f"{case}/send", amount="10000.00", **given)
    assert "20,000.00" in bank.go(f"{case}/send").go(case).heading, "what is still to be sent leads"
    say(bank, f"{case}/settle", reasons="First part.")
    assert "20,000.00" in bank.go(case).words
    say(seller, f"/sales/{sale}/invoice")
    api = node.token(grower, "clerk")
    bills = [each for each in api.get(f"/api/v1/sales/{sale}").json["records"] if each.get("kind") == "invoice"]
    second = bills[1]["id"]
    assert seller.go(f"/sales/{sale}").words.count("is still owed") == 3, "in all, and for each of the two"
    say(bank, f"{case}/send", bill=second, **given)
    say(bank, f"{case}/send", **given)
    say(bank, f"{case}/settle", reasons="Second.")
    say(bank, f"{case}/settle", reasons="Third.")
    assert bank.heading.endswith("settled")
    assert seller.go(f"/sales/{sale}").words.count("nothing is owed any more") == 3
    said = api.get(f"/api/v1/records/{second}").json["content"]["payload"]
    note = {each: said[each] for each in ("issueDate", "seller", "buyer", "currency", "lines", "totals", "order")}
    for name, invoice in (("CN-9", [{"number": bills[1]["number"], "record": second}]), ("CN-8", [{"number": "?"}])):
        draft = {"kind": "credit-note", "number": name, "sales": [sale]}
        assert api.issue(draft | {"payload": note | {"number": name, "invoices": invoice}}).status == 200
    assert "CN-8 names no invoice of this sale" in bank.go(case).words, "and is counted for none"
    say(bank, f"{case}/refund", reasons="It was credited.")
    assert bank.go(f"{case}/refund").status == 409
    (account,) = api.get(f"/api/v1/sales/{sale}").json["accounts"]
    assert (account["settled"], account["refunded"]) == ("6000000", "3000000")
