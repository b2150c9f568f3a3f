"""The proofs that a node makes are told as anybody would judge them, and are judged so where its key is not plainly the
issuer's."""

from dataclasses import replace

import pytest

from entrepot.flow.issue import Draft, issue, sign
from entrepot.flow.prove import check_made, check_proofs
from entrepot.party.careful import CarefulSigner
from entrepot.party.did import did_key, key_method_id
from entrepot.party.error import SignatureFailed
from entrepot.party.key import Curve, KeyPair


def test_what_is_told_of_own_proofs_is_what_anybody_finds(replay):
    script = replay()
    office = script.exporter
    for step in ("order", "invoice"):
        record = script.exporter.journal.record(script.last[step])
        home = script.importer if step == "order" else office
        signatory = home.custody.signatory(record.content.issuer)
        proofs = sign(home, record, signatory)
        assert len(proofs) == 2
        assert (check_made(home, record, signatory, proofs), False) == check_proofs(home, record, proofs)


@pytest.mark.parametrize("wrong", ["key", "method", "issuer"])
def test_a_key_that_the_issuer_does_not_list_stops_issuing(replay, wrong, monkeypatch):
    script = replay()
    office, seller = script.exporter, script.dids["seller"]
    record = office.journal.record(script.last["invoice"])
    held = office.custody.signatory(seller)
    other = KeyPair.generate(Curve.ED25519, script.world.entropy)
    stranger = did_key(other.public)
    changed = {
        "key": replace(held, key=other),
        "method": replace(held, method=f"{seller}#key-9"),
        "issuer": replace(held, did=stranger, key=other, method=key_method_id(other.public)),
    }[wrong]
    monkeypatch.setattr(type(office.custody), "signatory", lambda keys, did: changed)
    draft = Draft(kind="invoice", issuer=seller, number="IN-9", payload={**record.payload, "number": "IN-9"},
                  sales=record.content.sales)  # fmt: skip
    issued = issue(office, draft)
    assert issued.record is None
    assert any(each.id.startswith("ENT-CORE-PROOF-") for each in issued.findings)


@pytest.mark.parametrize("curve", list(Curve))
def test_a_spoiled_signature_is_not_given_away(world, curve):
    class Spoiled:
        public = pair = None

        def sign(self, data):
            signature = bytearray(self.pair.sign(data))
            signature[5] ^= 1
            return bytes(signature)

    pair = KeyPair.generate(curve, world.entropy)
    good = CarefulSigner(pair)
    assert pair.public.verify(good.sign(b"x"), b"x")
    spoiled = Spoiled()
    spoiled.pair, spoiled.public = pair, pair.public
    with pytest.raises(SignatureFailed):
        CarefulSigner(spoiled).sign(b"x")
