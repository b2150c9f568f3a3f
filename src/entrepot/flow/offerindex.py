"""Sets of small numbers in the rows of a view, so that large ones are read, joined and counted quickly.

A number is the *place* of an offer: how many came before it. A set is kept in blocks of :data:`BLOCK` places, a row
each (``<set>/<block>``): few places as a list, many as the bits of a hexadecimal number. In memory a set is one whole
number, whose bit n says that place n is in it; ``&``, ``|`` and ``bit_count`` are what they say.
"""

from collections.abc import Callable, Iterator
from typing import Any

from entrepot.journal.port import ViewTx

BLOCK = 2048
SPARSE = 64
"""Places of a block that are kept as a list."""


def include(view: ViewTx, name: str, place: int) -> None:
    """Put a place into a set."""
    key, bit = _at(name, place)
    view.put(key, _row(_bits(view.get(key)) | bit))


def exclude(view: ViewTx, name: str, place: int) -> None:
    """Take a place out of a set."""
    key, bit = _at(name, place)
    left = _bits(view.get(key)) & ~bit
    if left:
        view.put(key, _row(left))
    else:
        view.drop(key)


def places(view: Any, prefix: str, *, where: Callable[[str], bool] | None = None) -> int:
    """All sets whose rows begin with ``prefix``, joined; ``where``: whether a set of that name is wanted."""
    blocks: dict[int, int] = {}
    for key, row in view.scan(prefix):
        name, _, block = key.rpartition("/")
        if where is None or where(name):
            blocks[int(block)] = blocks.get(int(block), 0) | _bits(row)
    return whole(blocks)


def whole(blocks: dict[int, int]) -> int:
    """One set of its blocks."""
    kept = b"".join(blocks.get(each, 0).to_bytes(BLOCK // 8, "little") for each in range(max(blocks, default=-1) + 1))
    return int.from_bytes(kept, "little")


def newest_first(found: int) -> Iterator[int]:
    """The places of a set, the highest first."""
    while found:
        top = found.bit_length() - 1
        yield top
        found ^= 1 << top


def _at(name: str, place: int) -> tuple[str, int]:
    return f"{name}/{place // BLOCK:06d}", 1 << place % BLOCK


def _bits(row: dict[str, Any] | None) -> int:
    kept = row["places"] if row else ()
    return int(kept, 16) if isinstance(kept, str) else sum(1 << each for each in kept)


def _row(bits: int) -> dict[str, Any]:
    is_sparse = bits.bit_count() <= SPARSE
    return {"places": sorted(newest_first(bits)) if is_sparse else f"{bits:x}"}
