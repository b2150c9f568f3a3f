"""Another node, as far as its letters go: a key, parties by did:key, and whatever it chooses to say."""

import secrets
from datetime import UTC, datetime
from types import SimpleNamespace

from entrepot.base.digest import b64url, sha256
from entrepot.base.head import TreeHead, head_payload
from entrepot.base.moment import format_moment
from entrepot.base.record import Content, record_of
from entrepot.document.proof import secure
from entrepot.flow import nodemail
from entrepot.flow.office import Signatory
from entrepot.flow.peer import ADMITTED
from entrepot.journal.peer import Peer as PeerRow
from entrepot.node.custody import key_did
from entrepot.party.jws import read_jws
from entrepot.party.key import Curve, KeyPair


def identity():
    pair = KeyPair.generate(Curve.ED25519, secrets.token_bytes)
    did, method = key_did(pair)
    return Signatory(did=did, key=pair, method=method)


class Other:
    """``here``: the node inside this process, to which it speaks. ``party``: the one party that lives there."""

    def __init__(self, here):
        self.here, self.me, self.party = here, identity(), identity()
        self.url = "http://127.0.0.1:9"
        self.heads = []

    @property
    def did(self):
        return self.me.did

    def admit(self, status=ADMITTED):
        body = {"parties": [self.party.did], "seen": "2020-01-01T00:00:00Z", "logId": self.did}
        body["offered"] = None  # what the tests before said is not sent to it
        row = PeerRow(id=self.did, url=self.url, status=status, key=self.did, body=body)
        self.here.office.run(lambda journal: journal.put_peer(row))
        return self

    def letter(self, subject, body, *, sent=None, receiver=None):
        clock = (lambda: sent) if sent else (lambda: datetime.now(UTC))
        return nodemail.write(
            SimpleNamespace(identity=self.me, clock=clock), subject, receiver or self.here.station.keys.node.did, body
        )

    def greeting(self, **more):
        described = {"node": self.did, "url": self.url, "parties": [self.party.did], "logId": self.did}
        return self.letter("greeting", {**described, "status": "asked", **more.pop("says", {})}, **more)

    def delivery(self, *envelopes, **more):
        return self.letter("delivery", {"envelopes": list(envelopes)}, **more)

    def record(self, draft, *, signer=None, audience=(), issued=None):
        """A record by the other node's party."""
        signer = signer or self.party
        issued = issued or datetime.now(UTC).replace(microsecond=0)
        content = Content(
            kind=draft["kind"],
            version=1,
            issuer=signer.did,
            number=draft["number"],
            nonce=b64url(secrets.token_bytes(16)),
            issued=issued,
            sales=tuple(draft.get("sales", ())),
            after=tuple(draft.get("after", ())),
            audience=tuple(sorted(audience)),
            payload=draft["payload"],
        )
        return record_of(content)

    def envelope(self, record, *, signer=None, attachments=()):
        signer = signer or self.party
        made = secure(record, signer.key, method_id=signer.method, securing="vc+jwt", created=record.content.issued)
        proof = {"securing": "vc+jwt", "body": made.decode("ascii")}
        return {"proofs": [proof], "attachments": list(attachments), "withheld": []}

    def head(self, size, root, *, at=None):
        at = at or datetime.now(UTC)
        bare = TreeHead(log_id=self.did, epoch=1, size=size, root=root, time=at, signature="")
        return {
            "logId": self.did, "epoch": 1, "size": size, "root": root, "time": format_moment(at),
            "signature": nodemail.sign_as(self.me, head_payload(bare)),
        }  # fmt: skip

    def is_sent(self, url, body):
        """Whether records are sent to this node. What else comes its way, whenever it does: questions for
        cosignatures, and what is tried again for the peers of other tests, which all have this address."""
        return url.endswith("/records") and self.did in read_jws(body.decode()).payload.decode()

    def transport(self):
        """What answers in this node's place: it takes every delivery, and shows the next of ``heads`` with each."""
        return SimpleNamespace(post=self._post, get=lambda url: b"")

    def _post(self, url, body):
        if url.endswith("/greeting"):
            return self.greeting()
        shown = {"head": self.heads.pop(0), "consistency": []} if self.heads and self.is_sent(url, body) else {}
        return self.letter("receipt", {"re": sha256(body), "results": [{"outcome": "kept"}], **shown})
