"""The doors of the W3C VC API, and clerks for parties with each kind of key."""

from entrepot.party.key import Curve
from rig import credential
from rig.inside import Api

GUEST = Api()
ISSUE, DERIVE, STATUS = (f"/api/v1/credentials/{each}" for each in ("issue", "derive", "status"))
VERIFY, PRESENT = "/api/v1/credentials/verify", "/api/v1/presentations/verify"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"


def clerks_of(node):
    """A clerk for a party under did:key with each kind of key, by its curve."""
    made = {}
    for curve in Curve:
        body = {"name": f"key-{curve.lower()}", "curve": curve, "method": "key"}
        answer = node.operator.post("/api/v1/operator/parties", body)
        assert answer.status == 200, answer.body
        made[curve] = node.token(answer.json["did"], "clerk")
    return made


def issue(who, **asked):
    answer = who.post(ISSUE, credential.issuing(**asked), None)
    assert answer.status == 201, answer.body
    return answer.json["verifiableCredential"]


def verify(document, **options):
    return GUEST.post(VERIFY, {"verifiableCredential": document, "options": options}, None)


def present(document, **options):
    return GUEST.post(PRESENT, {"verifiablePresentation": document, "options": options}, None)


def records(node, kind):
    """The records of a kind, in the order of the log."""
    journal, found, last = node.office.journal, [], 0
    while page := journal.entries(last):
        found += [journal.record(each.record_id) for each in page if each.kind == kind]
        last = page[-1].seq
    return found
