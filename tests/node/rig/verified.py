"""Documents for the page that checks them, good and wrong in many ways: name -> what makes one."""

import json
from datetime import UTC, datetime, timedelta

from entrepot.document.proof.securing import secure
from entrepot.party.did import did_key
from rig.credential import credential, key

NOW = datetime.now(UTC)
LIST = "https://lists.example.org/1"
STATUS = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "7",
          "statusListCredential": LIST}  # fmt: skip


def _signed(securing="eddsa-jcs-2022", **more):
    pair, did, method = key()
    return secure(credential(issuer=did) | more, pair, method_id=method, securing=securing, created=NOW).decode()


def _changed(how, **more):
    made = json.loads(_signed(**more))
    how(made)
    return json.dumps(made)


def _by_another():
    pair, _, method = key()
    return secure(credential(issuer=key()[1]), pair, method_id=method, securing="eddsa-jcs-2022", created=NOW).decode()


def _elsewhere():
    pair, did = key()[0], "did:web:papers.example.org"
    plain = credential(issuer=did)
    return secure(plain, pair, method_id=f"{did}#key-1", securing="eddsa-jcs-2022", created=NOW).decode()


def _day(days):
    return (NOW + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


DOCUMENTS = {
    "good": _signed,
    "good token": lambda: _signed("vc+jwt"),
    "changed": lambda: _changed(lambda vc: vc.update(name="x")),
    "no proof": lambda: json.dumps(credential(issuer=did_key(key()[0].public))),
    "no issuer": lambda: _changed(lambda vc: vc.pop("issuer")),
    "a name as issuer": lambda: _changed(lambda vc: vc.update(issuer="https://papers.example.org")),
    "another's key": _by_another,
    "a host that is silent": _elsewhere,
    "a malformed identifier": lambda: _changed(lambda vc: vc["proof"].update(verificationMethod="did:key:z#z")),
    "an unknown method": lambda: _changed(lambda vc: vc["proof"].update(verificationMethod="did:x:y#z")),
    "over": lambda: _signed(validUntil=_day(-1)),
    "to come": lambda: _signed(validFrom=_day(1)),
    "no time": lambda: _changed(lambda vc: vc.update(validFrom="soon")),
    "a list that is not there": lambda: _signed(credentialStatus=STATUS),
    "no list": lambda: _signed(credentialStatus={"type": "StatusList2021Entry"}),
    "a schema": lambda: _signed(credentialSchema={"id": "https://x.example/s", "type": "JsonSchema"}),
    "another suite": lambda: _changed(lambda vc: vc["proof"].update(cryptosuite="bbs-2023")),
    "another purpose": lambda: _changed(lambda vc: vc["proof"].update(proofPurpose="authentication")),
    "a proof that is none": lambda: _changed(lambda vc: vc.update(proof=["x"])),
    "a signature that is none": lambda: _changed(lambda vc: vc["proof"].update(proofValue="z1")),
    "a term without meaning": lambda: _changed(lambda vc: vc["proof"].update(cryptosuite="eddsa-rdfc-2022"), odd=1),
    "a wrong form": lambda: _changed(lambda vc: vc.update(type="Thing", credentialSubject=[])),
    "no JSON": lambda: "{",
    "no document": lambda: "Hello.",
}
