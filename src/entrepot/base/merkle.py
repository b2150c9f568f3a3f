"""The Merkle tree of RFC 9162 over SHA-256: roots, inclusion and consistency proofs, and their verification.

Making a proof reads O(log n) hashes: ``Lookup`` gives the root of a *complete* subtree by level (0 is the leaves) and
position, which the log stores; what is ragged at the right edge is computed from those.
"""

import hashlib
from collections.abc import Callable, Sequence

Lookup = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than ``size`` (at least 2): leaves in the left subtree."""
    return 1 << (size - 1).bit_length() - 1


def completed(number: int, leaf: bytes, lookup: Lookup) -> list[tuple[int, int, bytes]]:
    """The subtrees (level, position, hash) that leaf ``number`` completes; ``lookup`` knows the ones before."""
    found, level, position, current = [], 0, number, leaf
    while position & 1:
        current = node_hash(lookup(level, position - 1), current)
        level, position = level + 1, position >> 1
        found.append((level, position, current))
    return found


def subtree(lookup: Lookup, begin: int, end: int) -> bytes:
    """Root over the leaves ``begin`` to ``end`` (not included); the begin of a subtree of this tree."""
    size = end - begin
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return lookup(level, begin >> level)
    middle = begin + split(size)
    return node_hash(subtree(lookup, begin, middle), subtree(lookup, middle, end))


def root(lookup: Lookup, size: int) -> bytes:
    """Root of the first ``size`` leaves; of none, the hash of nothing (RFC 9162, 2.1.1)."""
    return subtree(lookup, 0, size) if size else hashlib.sha256(b"").digest()


def inclusion(lookup: Lookup, index: int, size: int) -> list[bytes]:
    """The inclusion proof of leaf ``index`` in the tree of ``size`` leaves, from the leaf up (RFC 9162, 2.1.3.1)."""
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + split(end - begin)
        if index < middle:
            path.append(subtree(lookup, middle, end))
            end = middle
        else:
            path.append(subtree(lookup, begin, middle))
            begin = middle
    return path[::-1]


def consistency(lookup: Lookup, first: int, second: int) -> list[bytes]:
    """The proof that the tree of ``second`` leaves begins with that of ``first`` (RFC 9162, 2.1.4.1); 0 < first."""
    path: list[bytes] = []
    begin, end, whole = 0, second, True
    while first != end:
        middle = begin + split(end - begin)
        if first <= middle:
            path.append(subtree(lookup, middle, end))
            end = middle
        else:
            path.append(subtree(lookup, begin, middle))
            begin, whole = middle, False
    if not whole:
        path.append(subtree(lookup, begin, end))
    return path[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether ``path`` leads from ``leaf`` (its hash) at ``index`` to ``expected`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or any(len(each) != 32 for each in (leaf, expected, *path)):
        return False
    node, last, current = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            current = node_hash(step, current)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, step)
        node, last = node >> 1, last >> 1
    return last == 0 and current == expected


def verify_consistency(
    first: int, second: int, *, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether ``path`` shows that the tree of ``second`` leaves begins with that of ``first`` (RFC 9162, 2.1.4.2).

    Every tree begins with the empty one (no proof needed), whose root must then be the hash of nothing.
    """
    if not 0 <= first <= second or any(len(each) != 32 for each in (first_root, second_root, *path)):
        return False
    if first == 0:
        return not path and first_root == hashlib.sha256(b"").digest()
    if first == second:
        return not path and first_root == second_root
    steps = [first_root, *path] if first & (first - 1) == 0 else list(path)
    return bool(steps) and _joins(first - 1, second - 1, steps, (first_root, second_root))


def _joins(node: int, last: int, steps: Sequence[bytes], roots: tuple[bytes, bytes]) -> bool:
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and (old, new) == roots
