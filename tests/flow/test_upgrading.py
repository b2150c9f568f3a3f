"""A record of a newer version is kept unread, and reduced when the program has learnt it."""

from dataclasses import replace

from forge import content_of, forged, sender_of

from entrepot.flow import kinds as registry
from entrepot.flow.receive import Outcome, receive
from entrepot.flow.sight import SALE_VIEW


def row_of(office, sale):
    return office.journal.view(SALE_VIEW).get(f"sale/{sale}")


def test_a_newer_version_is_kept_and_reduced_after_the_upgrade(played, monkeypatch):
    sale = played.last["order"]
    content = content_of(played, played.last["payment-request"], version=2, number="PR-2")
    signatory = played.exporter.custody.signatory(played.dids["seller"])
    record, envelope = forged(played.exporter, content, signatory)
    assert receive(played.importer, envelope, sender_of(played)).outcome is Outcome.KEPT
    assert row_of(played.importer, sale)["standings"][record.id]["status"] == "unknown"

    learnt = dict(registry.kinds())
    learnt["payment-request", 2] = replace(learnt["payment-request", 1], version=2)
    monkeypatch.setattr(registry, "kinds", lambda: learnt)
    for module in ("check", "project", "sight", "issue"):
        monkeypatch.setattr(f"entrepot.flow.{module}.kinds", lambda: learnt, raising=False)
    registry._READ.clear()
    node = played.world.nodes["import"]
    node.stop()
    node.start()
    assert row_of(node.at_work, sale)["standings"][record.id]["status"] == "effective"


def test_the_view_is_left_alone_while_nothing_was_learnt(played):
    node = played.world.nodes["import"]
    before = node.at_work.journal.dump_view(SALE_VIEW)
    node.stop()
    node.start()
    assert node.at_work.journal.dump_view(SALE_VIEW) == before
