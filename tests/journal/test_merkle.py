import base64
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base import merkle


def tree(count):
    """Plain recursion over all leaves (RFC 9162, 2.1.1): the other implementation."""
    leaves = [merkle.leaf_hash(str(each).encode()) for each in range(count)]

    def over(part):
        if len(part) == 1:
            return part[0]
        middle = 1 << (len(part) - 1).bit_length() - 1
        return merkle.node_hash(over(part[:middle]), over(part[middle:]))

    return leaves, over


def store(count):
    leaves, _ = tree(count)
    kept = {}
    for number, leaf in enumerate(leaves):
        kept[0, number] = leaf
        for level, position, node in merkle.completed(number, leaf, lambda *at: kept[at]):
            assert (level, position) not in kept
            kept[level, position] = node
    return lambda level, position: kept[level, position]


@pytest.mark.parametrize("count", [*range(1, 40), 255, 256, 257])
def test_root_from_stored_subtrees_is_the_recursive_root(count):
    leaves, over = tree(count)
    assert merkle.root(store(count), count) == over(leaves)


def test_the_empty_tree_is_the_hash_of_nothing():
    assert merkle.root(store(0), 0).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.data())
def test_inclusion_and_consistency_hold_and_break(data):
    size = data.draw(st.integers(1, 70))
    lookup, (leaves, over) = store(size), tree(size)
    index = data.draw(st.integers(0, size - 1))
    path, root = merkle.inclusion(lookup, index, size), over(leaves)
    assert merkle.verify_inclusion(index, size, leaves[index], path, root)
    assert not merkle.verify_inclusion(index, size, leaves[index], [*path, root], root)
    assert not merkle.verify_inclusion(index, size, merkle.leaf_hash(b"other"), path, root)
    first = data.draw(st.integers(1, size))
    steps = merkle.consistency(lookup, first, size)
    roots = {"first_root": over(leaves[:first]), "second_root": root}
    assert merkle.verify_consistency(first, size, path=steps, **roots)
    if first < size:
        assert not merkle.verify_consistency(first, size, path=steps, first_root=root, second_root=root)
        assert not merkle.verify_consistency(first, size, path=[*steps, root], **roots)
        assert not merkle.verify_consistency(first, size, path=steps[:-1], **roots)
        broken = list(steps)
        place = data.draw(st.integers(0, len(steps) - 1))
        broken[place] = bytes([broken[place][0] ^ 1]) + broken[place][1:]
        assert not merkle.verify_consistency(first, size, path=broken, **roots)


def test_a_proof_needs_few_stored_hashes():
    asked = []
    lookup = store(5000)

    def counting(level, position):
        asked.append((level, position))
        return lookup(level, position)

    merkle.inclusion(counting, 4321, 5000)
    assert len(asked) < 40


def test_impossible_sizes_are_refused():
    empty = merkle.root(store(0), 0)
    assert merkle.verify_consistency(0, 0, first_root=empty, second_root=empty, path=[])
    assert merkle.verify_consistency(0, 3, first_root=empty, second_root=bytes(32), path=[])
    assert not merkle.verify_consistency(0, 3, first_root=bytes(32), second_root=bytes(32), path=[])
    assert not merkle.verify_consistency(3, 2, first_root=bytes(32), second_root=bytes(32), path=[])
    assert not merkle.verify_consistency(1, 2, first_root=bytes(31), second_root=bytes(32), path=[bytes(32)])
    assert not merkle.verify_inclusion(0, 0, bytes(32), [], bytes(32))
    assert not merkle.verify_inclusion(-1, 1, bytes(32), [], bytes(32))


def published():
    root = os.environ.get("ENTREPOT_TEST_DATA")
    folder = Path(root) / "rules/merkle-inclusion/testdata/inclusion" if root else None
    if folder is None or not folder.is_dir():
        return []
    return sorted(folder.rglob("*.json"))


@pytest.mark.skipif(not published(), reason="ENTREPOT_TEST_DATA names no folder with the published vectors")
def test_published_inclusion_vectors_are_all_judged_alike():
    good = 0
    for file in published():
        case = json.loads(file.read_text())
        root, leaf = (base64.b64decode(case[name] or "") for name in ("root", "leafHash"))
        path = [base64.b64decode(step) for step in case["proof"] or []]
        index, size = int(case["leafIdx"]), int(case["treeSize"])
        verdict = merkle.verify_inclusion(index, size, leaf, path, root)
        assert verdict is not case["wantErr"], file
        good += verdict
    assert (len(published()), good) == (98, 6)
