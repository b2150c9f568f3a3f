"""Canonical JSON, judged by the vectors published with RFC 8785."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.canonical import NotCanonicalError, canonical
from entrepot.base.jsontext import read_json

SAFE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: not 2**53 <= abs(x) < 1e21)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | FLOATS | SAFE,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(SAFE, inner, max_size=5),
    max_leaves=20,
)


def _vectors():
    root = os.environ.get("ENTREPOT_TEST_DATA")
    return sorted(Path(root, "engineering/json-canonicalization/input").glob("*.json")) if root else []


@pytest.mark.skipif(not _vectors(), reason="ENTREPOT_TEST_DATA is not set")
def test_published_vectors_byte_for_byte():
    inputs = _vectors()
    assert len(inputs) == 6
    for each in inputs:
        expected = each.parent.parent / "output" / each.name
        assert canonical(json.loads(each.read_bytes())) == expected.read_bytes(), each.name
        hexadecimal = (each.parent.parent / "outhex" / f"{each.stem}.txt").read_text()
        assert canonical(json.loads(each.read_bytes())) == bytes.fromhex(hexadecimal), each.name


@given(VALUES)
def test_both_ways_of_writing_give_the_same_bytes(value):
    """What the standard library writes is taken only where it is what the library for RFC 8785 writes."""
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        -0.0,
        1e-5,
        1.5e-7,
        0.0001,
        1e21,
        5e-324,
        123456789.125,
        True,
        10**15,
        "\x7f\x1f\u2028",
        {"\U0001f600": 1},
    ],
)
def test_values_at_the_border_of_the_two_ways(value):
    assert canonical({"a": [value]}) == rfc8785.dumps({"a": [value]})


def test_names_that_are_no_texts_are_refused():
    for wrong in ({1: 2}, {"a": {None: 1}}, [({True: 1},)], {"a": 1, 2: 3}, {"a": Decimal(1)}, {"a": b"x"}):
        with pytest.raises(NotCanonicalError):
            canonical(wrong)


def test_members_sort_by_utf16_code_units():
    """RFC 8785 3.2.3: U+1F600 (surrogates D83D ...) stands before U+FB33."""
    assert canonical({"\ufb33": 1, "\U0001f600": 2, "a": 3, "\u20ac": 4}) == '{"a":3,"€":4,"😀":2,"\ufb33":1}'.encode()


@given(VALUES)
def test_the_canonical_form_reads_back_and_is_a_fixed_point(value):
    body = canonical(value)
    again, findings = read_json(body)
    assert not findings
    assert again == value
    assert canonical(again) == body


@given(st.floats(2**53, 10**21, exclude_max=True), st.sampled_from([1, -1]))
def test_a_float_that_would_read_back_as_another_number_is_refused(number, sign):
    with pytest.raises(NotCanonicalError, match="2\\*\\*53"):
        canonical({"a": [sign * number]})


@given(st.dictionaries(SAFE, INTEGERS, min_size=2))
def test_the_order_of_members_does_not_matter(value):
    assert canonical(value) == canonical(dict(reversed(value.items())))


DEEP: list = []
for _ in range(100_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        2**53,
        -(2**53),
        Decimal(1),
        b"",
        {1: 2},
        {1},
        object(),
        "\ud800",
        {"\ud800": 1},
        DEEP,
    ],
    ids=["nan", "inf", "2^53", "-2^53", "Decimal", "bytes", "int key", "set", "object", "surrogate", "key", "deep"],
)
def test_what_has_no_canonical_form(value):
    with pytest.raises(NotCanonicalError):
        canonical(value)
