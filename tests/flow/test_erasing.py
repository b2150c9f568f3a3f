"""Erasure as a party asks for it: the words go, the trace stays, and those who hold a copy are told."""

import pytest
from sale_script import play_sale

from entrepot.base.error import UsageError
from entrepot.flow.erase import erase
from entrepot.flow.post import deliver


@pytest.fixture
def played(script):
    play_sale(script, 1)
    return script


def erased(script, step, role="seller"):
    done = erase(script.exporter, script.last[step], by=script.dids[role], reason="The person asked for it.")
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
