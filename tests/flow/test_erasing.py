"""Erasure as a party asks for it: the words go, the trace stays, and those who hold a copy are told."""

import pytest
from simulated.clerk import CLERK

from entrepot.base.error import UsageError
from entrepot.cli.demo.cast import EXPORT_NODE
from entrepot.flow.erase import erase
from entrepot.flow.post import deliver
from entrepot.flow.reading import record_page, sale_ids, sale_page


def erased(script, step, role="seller"):
    done = erase(
        script.exporter, script.last[step], by=script.dids[role], reason="The person asked for it.", accepting=CLERK
    ).tombstone
    while deliver(script.exporter).delivered:
        pass
    return done


def test_the_words_go_and_the_trace_stays(played):
    record_id = played.last["invoice"]
    done = erased(played, "invoice")
    journal = played.exporter.journal
    assert journal.record(record_id).erased
    assert not journal.record(record_id).payload
    assert journal.entry(record_id) is not None
    assert journal.tombstone(record_id)[1] == done
    assert erased(played, "invoice") == done
    assert not journal.proofs(record_id)
    assert not journal.verify()


def test_those_who_hold_a_copy_are_told_and_keep_their_own(played):
    done = erased(played, "invoice")
    other = played.importer.journal
    assert other.record(done).payload["record"] == played.last["invoice"]
    assert not other.record(played.last["invoice"]).erased


def test_a_sale_goes_on_with_an_erased_record(played):
    erased(played, "payment-request")
    sale = played.last["order"]
    row = played.exporter.journal.view("sale").get(f"sale/{sale}")
    assert row["payment"] == "paid"
    before = played.exporter.journal.dump_view("sale")
    played.exporter.journal.rebuild()
    assert played.exporter.journal.dump_view("sale") == before


def test_a_book_keeps_its_settlements(played):
    with pytest.raises(UsageError):
        erase(played.importer, played.last["settlement"], by=played.dids["settlement"], reason="no")


def test_nobody_erases_what_is_not_his(played):
    with pytest.raises(UsageError):
        erase(played.exporter, played.last["payment-instruction"], by=played.dids["chamber"], reason="no")
    with pytest.raises(UsageError):
        erase(played.exporter, "0" * 64, by=played.dids["seller"], reason="no")


def gone(script, step, role):
    office = script.office(role)
    return erase(office, script.last[step], by=script.dids[role], reason="The person asked for it.", accepting=CLERK)


def reads(script, step, role):
    office = script.office(role)
    page = record_page(office.journal, script.last[step], {script.dids[role]})
    return page is not None and not page["erased"] and bool(page["content"]["payload"])


def test_a_reader_lets_go_for_itself_alone(played):
    """The chamber, on the seller's node, was sent the invoice: it cannot take it from the seller."""
    done = gone(played, "invoice", "chamber")
    assert not done.is_gone
    assert not reads(played, "invoice", "chamber")
    assert reads(played, "invoice", "seller")
    assert reads(played, "invoice", "export_customs")
    journal = played.exporter.journal
    assert not journal.record(played.last["invoice"]).erased
    assert journal.proofs(played.last["invoice"])
    assert journal.record(done.tombstone).payload["record"] == played.last["invoice"]
    assert journal.record(done.tombstone).content.audience == (played.dids["chamber"],)
    assert gone(played, "invoice", "chamber") == done
    assert not journal.verify()


def test_the_seller_cannot_take_the_order_from_the_buyer_of_the_same_node(world):
    from sale_script import Script

    script = Script(world)
    script.importer = script.exporter
    script.dids["buyer"] = world.nodes[EXPORT_NODE].keys.add("buyer-here", world.nodes[EXPORT_NODE].host)
    script.office = lambda _: script.exporter
    sale = order_alone(script)
    done = gone(script, "order", "seller")
    assert not done.is_gone
    buyer, seller = ({script.dids[role]} for role in ("buyer", "seller"))
    journal = script.exporter.journal
    assert sale_page(journal, sale, buyer)["agreement"] == "ordered"
    assert sale_page(journal, sale, seller)["agreement"] == "unknown"
    assert sale_ids(journal, buyer) == sale_ids(journal, seller) == (sale,)
    (line,) = sale_page(journal, sale, seller)["records"]
    assert line == {"id": sale, "withheld": True}


def order_alone(script):
    from entrepot.base.shape import dump
    from entrepot.cli.demo import default, papers
    from entrepot.cli.demo.cast import gather
    from entrepot.flow.issue import Draft, issue

    order = default.order("PO-1", script.exporter.clock().date())
    paper = papers.addressed(order, gather(order, script.dids))
    issued = issue(
        script.exporter, Draft(kind="order", issuer=script.dids["buyer"], number="PO-1", payload=dump(paper))
    )
    script.last["order"] = issued.record.id
    return issued.record.id


def test_the_last_reader_here_erases_the_copy(played):
    """The buyer's bank and the buyer live on one node, the seller, who asked to be paid, on another."""
    record = played.last["payment-request"]
    readers = [role for role in ("buyer", "payer_bank", "settlement") if played.office(role) is played.importer]
    assert len(readers) > 1
    done = [gone(played, "payment-request", role) for role in readers]
    assert [each.is_gone for each in done] == [False] * (len(readers) - 1) + [True]
    assert played.importer.journal.record(record).erased
    assert reads(played, "payment-request", "seller")
    assert [gone(played, "payment-request", role).tombstone for role in readers] == [each.tombstone for each in done]
    assert not played.importer.journal.verify()


def test_the_issuer_erases_the_copy_of_its_node_whoever_else_reads_it(played):
    gone(played, "invoice", "chamber")
    assert gone(played, "invoice", "seller").is_gone
    assert not reads(played, "invoice", "seller")
    assert reads(played, "invoice", "buyer")


def test_what_a_party_let_go_of_stays_gone_when_the_views_are_built_anew(played):
    gone(played, "invoice", "chamber")
    before = played.exporter.journal.dump_view("sale")
    played.exporter.journal.rebuild()
    assert played.exporter.journal.dump_view("sale") == before
    assert not reads(played, "invoice", "chamber")


def test_two_that_let_go_at_once_leave_no_copy_behind(played, monkeypatch):
    """Each finds the other still reading; the second sees the first when it writes, and looks again."""
    from entrepot.flow import erase as erasing

    real, once = erasing._is_last, []

    def meanwhile(office, record, by):
        found = real(office, record, by)
        if not once:
            once.append(by)
            for role in ("payer_bank", "settlement", "buyer"):
                if played.dids[role] != by:
                    erase(office, record.id, by=played.dids[role], reason="first", accepting=CLERK)
        return found

    monkeypatch.setattr(erasing, "_is_last", meanwhile)
    record, by = played.last["payment-request"], played.dids["buyer"]
    assert erase(played.importer, record, by=by, reason="second", accepting=CLERK).is_gone
    assert played.importer.journal.record(played.last["payment-request"]).erased


def test_a_tombstone_is_not_issued_by_itself(played):
    from entrepot.base.shape import dump
    from entrepot.flow.erase import Tombstone
    from entrepot.flow.issue import Draft, issue

    payload = dump(Tombstone(record=played.last["invoice"], reason="a clerk's idea"))
    for audience in (None, (played.dids["chamber"],)):
        draft = Draft(kind="tombstone", issuer=played.dids["chamber"], number="T-1", payload=payload, audience=audience)
        issued = issue(played.exporter, draft)
        assert issued.record is None
        assert audience is None or "ENT-CORE-RIGHT-04" in [each.id for each in issued.assessment.blocking]
    assert reads(played, "invoice", "chamber")
