"""A party signs where its key lies, and hands the record over at the node of the other side: as a guest."""

from entrepot.base.record import read_content
from entrepot.base.shape import dump
from entrepot.flow.issue import Draft, check_draft, sign
from entrepot.flow.post import deliver
from entrepot.flow.sight import SALE_VIEW
from entrepot.flow.signed import check_prepared, check_same, take_signed


def prepared(replay, **changes):
    """An order that the seller's node prepared for the buyer, who lives on another; and the proofs of her key."""
    script = replay()
    before = script.exporter.journal.record(script.last["order"])
    payload = {**before.payload, "number": "PO-GUEST"}
    draft = Draft(kind="order", issuer=script.dids["buyer"], number="PO-GUEST", payload=payload, **changes)
    record = check_draft(script.exporter, draft).record
    held = script.importer.custody.signatory(script.dids["buyer"])
    return script, record, sign(script.importer, record, held)


def state(office, sale):
    return office.journal.view(SALE_VIEW).get(f"sale/{sale}")["state"]


def test_what_a_guest_hands_over_reaches_the_node_where_it_lives(replay):
    script, record, proofs = prepared(replay)
    assert not [each for each in check_prepared(script.exporter, record, is_guest=True) if each.id[9:14] == "SIGNED"]
    assert take_signed(script.exporter, record, proofs, is_guest=True).record.id == record.id
    deliver(script.exporter)
    assert script.importer.journal.record(record.id) is not None, "its own node has it, too"
    assert state(script.exporter, record.id) == state(script.importer, record.id) == "ordered"


def test_who_is_no_guest_and_lives_elsewhere_is_not_taken(replay):
    script, record, proofs = prepared(replay)
    refused = take_signed(script.exporter, record, proofs)
    assert refused.record is None
    assert "ENT-CORE-SIGNED-01" in {each.id for each in refused.findings}


def test_a_guest_is_refused_what_nobody_here_reads_and_what_it_did_not_sign(replay):
    script, record, proofs = prepared(replay, audience=("did:web:elsewhere.example",))
    refused = take_signed(script.exporter, record, proofs, is_guest=True)
    assert refused.record is None
    assert "ENT-CORE-RIGHT-02" in {each.id for each in refused.findings}
    script, record, _ = prepared(replay)
    forged = sign(script.exporter, record, script.exporter.custody.signatory(script.dids["seller"]))
    refused = take_signed(script.exporter, record, forged, is_guest=True)
    assert refused.record is None
    assert "ENT-CORE-PROOF-02" in {each.id for each in refused.findings}


def test_every_member_that_differs_is_told_with_its_place(replay):
    _, record, _ = prepared(replay)
    content = dump(record.content)
    content["payload"] = {**content["payload"], "note": "for nothing"}
    content["payload"]["lines"] = [{**content["payload"]["lines"][0], "name": "Stones"}]
    other = read_content({**content, "number": "PO-OTHER"})[0]
    paths = {each.path for each in check_same(record, other)}
    assert {"$.number", "$.payload.note", "$.payload.lines[0].name"} <= paths
    assert check_same(record, record) == ()
