"""The receipt of "this credential was issued" as evidence of when the credential existed."""

import json
from datetime import timedelta

import pytest
from rig import credential
from rig.vcapi import ISSUE

from entrepot.base.digest import sha256
from entrepot.base.moment import format_moment
from entrepot.document.evidence.sighting import Timekeepers
from entrepot.document.verify import Given, verify
from entrepot.party.key import Curve
from entrepot.party.resolution import Resolution


def issued(node, who, securing):
    """A credential as the node answers it, and the receipt of the record that it was issued."""
    answer = who.post(ISSUE, credential.issuing(securing=securing), None)
    assert answer.status == 201, answer.body
    name = answer.headers["Location"].rpartition("/")[2]
    while node.office.journal.receipt(name) is None:
        node.station.writer.submit(lambda journal: journal.seal()).result()
    receipt = who.get(f"/api/v1/records/{name}/receipt")
    assert receipt.status == 200, receipt.body
    return answer.json["verifiableCredential"], receipt.json


class _Marking:
    """The node's resolver, for which the key of one party is out of force from a moment on."""

    def __init__(self, node, did, revoked):
        self.node, self.did, self.revoked = node, did, revoked

    def resolve(self, did, at=None):
        found = self.node.office.resolver.resolve(did, at)
        if did != self.did or self.revoked is None:
            return found
        document = json.loads(json.dumps(found.document))
        document["verificationMethod"][0]["revoked"] = format_moment(self.revoked)
        return Resolution(document)


def judged(node, document, receipt, *, revoked=None):
    """The report by somebody who trusts the node's log; ``revoked``: when the issuer's key went out of force."""
    timekeepers = Timekeepers(dids=frozenset({node.station.keys.node.did}))
    given = Given(evidence=(json.dumps(receipt).encode(),), timekeepers=timekeepers, contexts=node.office.contexts)
    resolver = _Marking(node, document.get("issuer"), revoked)
    at = node.office.clock() + timedelta(hours=2)
    return verify(json.dumps(document, indent=1).encode(), resolver=resolver, at=at, given=given)


@pytest.mark.parametrize("securing", ["eddsa-jcs-2022", "eddsa-rdfc-2022", "vc+jwt"])
def test_a_receipt_shows_that_the_credential_existed(node, clerks, securing):
    document, receipt = issued(node, clerks[Curve.ED25519], securing)
    found = judged(node, document, receipt).results["time"]
    assert (found.status, found.code) == ("valid", "evidence-holds"), found
    bare = {name: each for name, each in receipt.items() if name != "content"}
    assert judged(node, document, bare).results["time"].code == "evidence-elsewhere"


def test_it_outlives_the_key_and_nothing_else_does_by_it(node, clerks):
    who = clerks[Curve.ED25519]
    document, receipt = issued(node, who, "eddsa-jcs-2022")
    other, _ = issued(node, who, "eddsa-jcs-2022")
    later = node.office.clock() + timedelta(hours=1)
    assert judged(node, document, receipt, revoked=later).results["issuer"].code == "method-listed-then"
    found = judged(node, other, receipt, revoked=later).results
    assert (found["issuer"].status, found["time"].code) == ("unknown", "evidence-elsewhere")
    for changed in (
        {"payload": {**receipt["content"]["payload"], "digest": sha256(json.dumps(other).encode())}},
        {"kind": "credential-status"},
        {"nonce": "n" * 22},
    ):
        forged = {**receipt, "content": {**receipt["content"], **changed}}
        assert judged(node, document, forged, revoked=later).results["time"].code == "evidence-elsewhere", changed
    for odd in (None, [], "x", {"kind": 1}):
        assert judged(node, document, {**receipt, "content": odd}).results["time"].code == "evidence-elsewhere"
