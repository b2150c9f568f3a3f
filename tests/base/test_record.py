"""Records: one content, one id."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.canonical import NotCanonicalError, canonical
from entrepot.base.digest import sha256
from entrepot.base.error import EntrepotError, LimitError, UsageError
from entrepot.base.jsontext import read_json
from entrepot.base.record import RECORD_BYTES_MAX, Content, Record, read_content, record_of
from entrepot.base.shape import dump

A, B = "a" * 64, "b" * 64
CONTENT = Content(
    kind="order",
    version=1,
    issuer="did:web:buyer.example",
    number="PO-1",
    nonce="A" * 22,
    issued=datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
    after=(A, B),
    audience=("did:web:buyer.example", "did:web:seller.example"),
    payload={"note": "ทุเรียน", "count": 3},
)
VALUE = dump(CONTENT)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=5), inner, max_size=4)
    ),
    max_leaves=10,
)


def rules(value):
    record, findings = read_content(value)
    assert (record is None) is bool(findings)
    return sorted({each.id.removeprefix("ENT-CORE-") for each in findings})


def test_the_id_is_fixed_for_ever():
    """The form of version 1 must not change: this id was computed by another program (sha256sum of the text below)."""
    text = (
        f'{{"after":["{A}","{B}"],"audience":["did:web:buyer.example","did:web:seller.example"],'
        '"issued":"2026-11-22T08:30:00Z","issuer":"did:web:buyer.example","kind":"order",'
        '"nonce":"AAAAAAAAAAAAAAAAAAAAAA","number":"PO-1","payload":{"count":3,"note":"ทุเรียน"},"sales":[],"version":1}'
    )
    record = record_of(CONTENT)
    assert record.to_bytes() == text.encode()
    assert record.id == sha256(text.encode())
    assert record.id == "abe22a12e637cac2a588d464a490375978151de80f3a2f46fa74595983d33b80"


def test_what_a_record_answers():
    record = record_of(CONTENT)
    assert (record.kind, record.payload["count"], record.erased) == ("order", 3, False)
    assert record.sales == (record.id,), "a record that names no sale opens one"
    assert record_of(replace(CONTENT, sales=(B, A))).sales == (A, B)


def test_it_is_read_back():
    record = record_of(CONTENT)
    value, _ = read_json(record.to_bytes())
    assert read_content(value) == (record, ())


@given(st.dictionaries(st.text(st.characters()), JSON, max_size=4))
def test_what_is_made_can_always_be_read(payload):
    try:
        record = record_of(replace(CONTENT, payload=payload))
    except EntrepotError:
        return
    value, findings = read_json(record.to_bytes())
    assert not findings
    assert read_content(value) == (record, ())


@given(st.permutations([A, B, "c" * 64, A]), st.integers(-12, 14), st.integers(0, 999))
def test_one_content_has_one_id(after, hours, micros):
    moment = CONTENT.issued + timedelta(microseconds=micros)
    local = moment.astimezone(timezone(timedelta(hours=hours)))
    one = record_of(replace(CONTENT, after=(A, B, "c" * 64)))
    assert record_of(replace(CONTENT, after=tuple(after), issued=local)) == one


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"after": [B, A]}, ["RECORD-01"]),
        ({"after": [A, A]}, ["RECORD-01"]),
        ({"audience": ["did:web:b.example", "did:web:a.example"], "sales": [B, A]}, ["RECORD-01"]),
        ({"issued": "2026-11-22T16:30:00+08:00"}, ["RECORD-02"]),
        ({"issued": "2026-11-22t08:30:00z"}, ["RECORD-02"]),
        ({"issued": "2026-11-22T08:30:00.000Z"}, ["RECORD-02"]),
        ({"issued": "2026-11-22T08:30:00.0001Z"}, ["RECORD-02"]),
        ({"payload": {"count": 2**53}}, ["RECORD-03"]),
        ({"payload": {"count": 1e17}}, ["RECORD-03"]),
        ({"payload": {"text": "x" * RECORD_BYTES_MAX}}, ["RECORD-04"]),
        ({"kind": "Order"}, ["SHAPE-08"]),
        ({"kind": "or"}, ["SHAPE-06"]),
        ({"version": 0}, ["SHAPE-09"]),
        ({"version": True}, ["SHAPE-02"]),
        ({"version": "1"}, ["SHAPE-02"]),
        ({"issuer": "buyer"}, ["SHAPE-06"]),
        ({"issuer": "did:web:buyer.example#key"}, ["SHAPE-08"]),
        ({"number": ""}, ["SHAPE-06"]),
        ({"nonce": "A" * 21}, ["SHAPE-08"]),
        ({"issued": "yesterday"}, ["SHAPE-05"]),
        ({"after": None}, ["SHAPE-02"]),
        ({"after": [A.upper()]}, ["SHAPE-08"]),
        ({"after": [A] * 1001}, ["SHAPE-06"]),
        ({"payload": []}, ["SHAPE-02"]),
        ({"extra": 1}, ["SHAPE-03"]),
        ({"issuer": 1, "extra": 1, "version": 0, "after": [1]}, ["SHAPE-02", "SHAPE-03", "SHAPE-09"]),
    ],
)
def test_another_writing_is_refused(change, expected):
    assert rules(VALUE | change) == expected


@pytest.mark.parametrize("name", ["kind", "version", "issuer", "number", "nonce", "issued"])
def test_a_missing_member(name):
    assert rules({key: value for key, value in VALUE.items() if key != name}) == ["SHAPE-01"]


@pytest.mark.parametrize("name", ["sales", "after", "audience", "payload"])
def test_an_empty_member_is_written(name):
    assert rules({key: value for key, value in dump(Content(**_plain())).items() if key != name}) == ["RECORD-02"]


def _plain():
    names = ("kind", "version", "issuer", "number", "nonce", "issued")
    return {name: getattr(CONTENT, name) for name in names}


@pytest.mark.parametrize("value", [None, [], "record", 1, {}])
def test_what_is_no_object_of_a_record(value):
    record, findings = read_content(value)
    assert record is None
    assert findings


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"version": 0}, UsageError),
        ({"issuer": "nobody"}, UsageError),
        ({"after": ("a",)}, UsageError),
        ({"issued": datetime(2026, 1, 1)}, UsageError),  # noqa: DTZ001 -- that is the point
        ({"payload": {"a": "\x00"}}, UsageError),
        ({"payload": {"a": object()}}, UsageError),
        ({"payload": json.loads("[" * 70 + "]" * 70)}, UsageError),
        ({"payload": {"a": json.loads("[" * 70 + "]" * 70)}}, UsageError),
        ({"payload": {"a": 2**60}}, NotCanonicalError),
        ({"payload": {"a": float("nan")}}, NotCanonicalError),
        ({"payload": {"a": "x" * RECORD_BYTES_MAX}}, LimitError),
    ],
)
def test_a_caller_cannot_make_what_a_reader_refuses(change, error):
    with pytest.raises(error):
        record_of(replace(CONTENT, **change))


def test_an_erased_record_keeps_its_id():
    record = record_of(CONTENT)
    erased = Record(record.id, replace(CONTENT, payload={}), erased=True)
    assert erased.id == record.id
    assert not erased.payload


def test_the_bytes_are_canonical():
    assert record_of(CONTENT).to_bytes() == canonical(VALUE)
