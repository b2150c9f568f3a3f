import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.error import LimitError, UsageError
from entrepot.journal.port import FloorBroken, Reducer
from entrepot.journal.view import MemoryView, SqlView, after_prefix

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=4)


@given(texts, texts)
def test_the_end_of_a_prefix_separates(prefix, other):
    end = after_prefix(prefix)
    inside = prefix <= other and (end is None or other < end)
    assert inside is other.startswith(prefix)


def test_rebuild_gives_the_same_bytes_in_a_new_generation(kit, journal):
    for each in range(20):
        journal.append(kit.item(each, postings={"cash:a": 3, "b": -each}, text=f"n{each}", drop=each % 7 == 0))
    before = journal.dump_view("ledger")
    assert before
    journal.rebuild("ledger")
    journal.rebuild()
    assert journal.dump_view("ledger") == before
    with journal.reading() as db:
        assert db.rows("SELECT DISTINCT generation FROM view_row WHERE view = 'ledger'") == [(3,)]
    with pytest.raises(UsageError):
        journal.rebuild("none")


def test_a_new_version_of_a_reducer_refills_its_view_on_opening(kit):
    journal = kit.open(reducers=[Reducer("v", 1, lambda tx, record: tx.add("one", 1))])
    journal.append_many([kit.item(1), kit.item(2)])
    journal.close()
    again = kit.open(reducers=[Reducer("v", 2, lambda tx, record: tx.add("two", 2)), Reducer("w", 1, count)])
    assert again.view("v").balances() == [("two", 4, None)]
    assert again.view("w").balance("n") == 2
    assert again.verify() == ()


def count(tx, record):
    tx.add("n", 1)


def test_a_reducer_sees_its_own_view_inside_the_transaction(kit):
    seen = []

    def apply(tx, record):
        tx.put(record.id, {"n": 1})
        seen.append(len(list(tx.scan(""))))
        tx.drop("nothing")

    journal = kit.open(reducers=[Reducer("v", 1, apply)])
    journal.append_many([kit.item(1), kit.item(2)])
    assert seen == [1, 2]


def test_scan_is_sorted_by_code_points_on_every_database(kit, journal):
    keys = ["a", "B", "é", "中", "\U0001f600", "~", "ab", "a\U0010ffff", "a\ue000"]
    with journal.transaction() as db:
        view = SqlView(db, "ledger", 1)
        for key in keys:
            view.put(key, {"k": key})
    assert [key for key, _ in journal.view("ledger").scan()] == sorted(keys)
    assert [key for key, _ in journal.view("ledger").scan("a")] == sorted(key for key in keys if key[0] == "a")
    with pytest.raises(UsageError), journal.transaction() as db:
        SqlView(db, "ledger", 1).put("a\x00b", {})
    with pytest.raises(UsageError), journal.transaction() as db:
        SqlView(db, "ledger", 1).put("a", {"n": float("nan")})


acts = st.lists(
    st.one_of(
        st.tuples(st.just("put"), texts, st.integers(-9, 9)),
        st.tuples(st.just("drop"), texts, st.none()),
        st.tuples(st.just("add"), texts, st.integers(-9, 9)),
        st.tuples(st.just("floor"), texts, st.integers(-9, 9)),
    ),
    max_size=20,
)


def act(view, name, key, number):
    try:
        if name == "put":
            return view.put(key, {"n": number})
        if name == "drop":
            return view.drop(key)
        view.add(key, number, floor=0 if name == "floor" else None)
        return view.balance(key)
    except FloorBroken:
        return "floor"


def test_the_view_in_memory_and_the_one_in_the_database_agree(lite):
    journal = lite.open()

    @given(acts)
    def agree(steps):
        memory = MemoryView()
        with pytest.raises(ZeroDivisionError), journal.transaction() as db:
            stored = SqlView(db, "ledger", 99)
            for step in steps:
                with journal.transaction():
                    assert act(memory, *step) == act(stored, *step)
                assert memory.dump() == stored.dump()
                assert memory.get(step[1]) == stored.get(step[1])
                assert list(memory.scan("a")) == list(stored.scan("a"))
            raise ZeroDivisionError

    agree()


def test_memory_refuses_what_64_bits_do_not_hold():
    view = MemoryView()
    view.add("a", 2**63 - 1)
    with pytest.raises(LimitError):
        view.add("a", 1)
