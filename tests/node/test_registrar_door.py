"""A register at a node: challenged, registered, published, suspended, and verified by whoever fetches it."""

import json

from rig.inside import Api

from entrepot.base.shape import parse
from entrepot.document.control import Challenge, answer
from entrepot.document.status import StatusLists
from entrepot.document.verify import Given, verify

DOOR = "/api/v1/registrar"


def application(node, clerk, member, **changes):
    asked = clerk.post(f"{DOOR}/challenges", {"did": member}).json
    assert asked["request"]["challenge"] == asked["nonce"]
    challenge, findings = parse(Challenge, {name: each for name, each in asked.items() if name != "request"})
    assert findings == ()
    who = node.office.custody.signatory(member)
    data = answer(challenge, who.key, method_id=who.method, now=node.office.clock())
    fields = {"did": member, "name": "A firm", "economy": "SG", "scheme": "uen", "number": "00192200M"}
    return fields | {"answer": data.decode()} | changes


def path_of(url, node):
    return url.removeprefix(node.config.url)


def test_a_register_at_a_node(node):
    clerk, member = node.trader("clerk"), node.party()
    body = application(node, clerk, member)
    made = clerk.post(f"{DOOR}/registrations", body, "once")
    assert made.status == 200, made.body
    assert clerk.post(f"{DOOR}/registrations", body, "once").json == made.json
    again = clerk.post(f"{DOOR}/registrations", body)
    assert (again.status, again.found) == (422, ["ENT-CORE-REGISTRAR-03"])
    assert [each["id"] for each in clerk.get(f"{DOOR}/registrations").json] == [made.json["id"]]
    assert node.trader("clerk").get(f"{DOOR}/registrations").json == []

    nobody, payload = Api(), made.json["anchor"]
    claims = claims_of(payload)
    assert nobody.get(path_of(claims["id"], node)).body.decode() == payload
    name = path_of(claims["id"], node).split("/")[2]
    found = nobody.get(f"/parties/{name}/numbers/00192200M")
    assert found.headers["Content-Type"] == "application/linkset+json"
    assert [each["href"] for each in found.json["linkset"][0]["untp:dia"]] == [claims["id"]]
    assert nobody.get(f"/parties/{name}/numbers/1").status == 404
    lists = [each["statusListCredential"] for each in claims["credentialStatus"]]
    assert len(lists) == 2

    def judged():
        bodies = [nobody.get(path_of(each, node)).body for each in lists]
        given = Given(lists=StatusLists(bodies))
        return verify(payload.encode(), resolver=node.office.resolver, at=node.office.clock(), given=given)

    assert judged().is_valid, judged().to_json()
    entry = f"{DOOR}/registrations/{made.json['id']}"
    for act, code in (("suspend", "suspended"), ("reinstate", "status-clear"), ("revoke", "revoked")):
        first, second = (clerk.post(f"{entry}/{act}", {}, f"{act}-once") for _ in range(2))
        assert (first.status, second.json) == (200, first.json)
        assert judged().results["status"].code == code
    assert clerk.post(f"{entry}/reinstate").status == 409
    assert node.trader("clerk").post(f"{entry}/suspend").status == 404
    for missing in ("anchors/r0000000000000000", "status/other", "anchors/x"):
        assert nobody.get(f"/parties/{name}/{missing}").status == 404
    assert nobody.get("/parties/nobody-here/status/revocation").status == 404


def test_an_answer_is_good_once_and_a_wrong_number_stops_it(node):
    clerk, member = node.trader("clerk"), node.party()
    wrong = application(node, clerk, member, number="00192200N")
    assert clerk.post(f"{DOOR}/registrations", wrong).found == ["ENT-CORE-IDENTIFIER-04"]
    right = wrong | {"number": "00192200M"}
    assert clerk.post(f"{DOOR}/registrations", right).status == 200
    other = clerk.post(f"{DOOR}/registrations", right | {"scheme": "charity"})
    assert "ENT-CORE-REGISTRAR-01" in other.found


def claims_of(token):
    from entrepot.base.digest import from_b64url

    return json.loads(from_b64url(token.split(".")[1]))
