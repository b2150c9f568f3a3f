import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.canonical import canonical
from entrepot.base.error import UsageError
from entrepot.journal.entry import entry_bytes, json_text
from entrepot.journal.port import JournalDamaged
from entrepot.journal.secrecy import seal, unseal

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
names = st.text(st.characters(max_codepoint=127), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_the_fast_writer_writes_the_canonical_form(value):
    assert json_text(value).encode("utf-8") == canonical(value)


@given(st.dictionaries(texts, st.integers(1, 9), max_size=4))
def test_an_entry_is_canonical_in_any_order_of_its_streams(streams):
    rows = [(name, version, "0" * 64) for name, version in streams.items()]
    row = ("a" * 64, "order", 1, 1_772_352_000_123, 1)
    data = entry_bytes(row, rows)
    assert data == entry_bytes(row, rows[::-1])
    assert data == canonical(
        {
            "epoch": 1,
            "kind": "order",
            "received": "2026-03-01T08:00:00.123Z",
            "recordId": "a" * 64,
            "streams": [list(each) for each in sorted(rows)],
            "version": 1,
        }
    )


def test_what_is_not_json_is_the_callers_fault():
    for value in (float("inf"), {1, 2}, object()):
        with pytest.raises(UsageError):
            json_text({"x": value})


def test_sealed_bytes_open_with_their_key_at_their_place_only():
    secret = bytes(32)
    sealed = seal(secret, b"text", bound_to="a", entropy=lambda count: b"n" * count)
    assert unseal(secret, sealed, bound_to="a") == b"text"
    for wrong in ((b"x" * 32, sealed, "a"), (secret, sealed, "b"), (secret, sealed[:-1], "a"), (secret, b"", "a")):
        with pytest.raises(JournalDamaged):
            unseal(wrong[0], wrong[1], bound_to=wrong[2])
