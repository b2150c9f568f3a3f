"""Which figures may be published: no figure, and nothing that follows from all of them together, tells of one firm.

A figure is *safe* where at least :data:`ENTERPRISES_MIN` enterprises stand behind it on either side (threshold rule),
and where the second largest of them cannot tell the largest one's part from it to :data:`PERCENT` percent (p % rule).
What is unsafe is withheld, and with it as many others as keep it from being reckoned (secondary suppression). All in
integers, and the same answer for the same rows.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from entrepot.base.digest import sha256

ENTERPRISES_MIN = 3
PERCENT = 10
PRIME = (1 << 61) - 1


@dataclass(frozen=True, slots=True)
class Share:
    """What one sale between two enterprises adds to a figure."""

    sale: str
    seller: str
    buyer: str
    amount: int


Cell = tuple[str, str]
"""A cut of the sales, and one of its parts."""
Cells = Mapping[Cell, Sequence[Share]]
"""Every cut parts the same sales."""


def is_safe(shares: Iterable[Share]) -> bool:
    """Whether the sum of ``shares`` may be published. An enterprise that is not known (empty) stands for one."""
    sellers: dict[str, int] = {}
    buyers: dict[str, int] = {}
    for each in shares:
        for sums, name in ((sellers, each.seller), (buyers, each.buyer)):
            sums[name] = sums.get(name, 0) + abs(each.amount)
    return all(_is_safe(sorted(each.values(), reverse=True)) for each in (sellers, buyers))


def _is_safe(sums: Sequence[int]) -> bool:
    return len(sums) >= ENTERPRISES_MIN and 100 * sum(sums[2:]) >= PERCENT * sums[0]


def publishable(cells: Cells) -> frozenset[Cell]:
    """The cells whose sums may be published together."""
    opened = {cell for cell, shares in cells.items() if is_safe(shares)}
    for cut in sorted({cut for cut, _ in cells}):
        _close(cells, opened, cut)
    while opened and (leak := next(_leaks(cells, opened), None)):
        cut, member = min(
            (each for each in opened if any(share.sale in leak for share in cells[each])),
            key=lambda each: (len(cells[each]), each),
        )
        opened.discard((cut, member))
        _close(cells, opened, cut)
    return frozenset(opened)


def _close(cells: Cells, opened: set[Cell], cut: str) -> None:
    """Withhold more of a cut until what is withheld is safe as a whole: it follows from the sum of all."""
    parts = [each for each in cells if each[0] == cut]
    rest = sorted((each for each in parts if each in opened), key=lambda each: (len(cells[each]), each))
    while rest:
        held = [share for each in parts if each not in opened for share in cells[each]]
        if not held or is_safe(held):
            return
        opened.discard(rest.pop(0))


def _leaks(cells: Cells, opened: Collection[Cell]) -> Iterator[Collection[str]]:
    """Sales whose sum is unsafe and follows from the published ones: of a part that is withheld, of what two parts
    share or one has beside the other, of an enterprise, and each alone."""
    weight = _weights(cells, opened)
    for shares in _unsafe(cells):
        if sum(weight[each.sale] for each in shares) % PRIME == 0:
            yield {each.sale for each in shares}


def _unsafe(cells: Cells) -> Iterator[Sequence[Share]]:
    shares = {each.sale: each for part in cells.values() for each in part}
    firms: dict[Cell, list[Share]] = {}
    for each in shares.values():
        firms.setdefault(("seller", each.seller), []).append(each)
        firms.setdefault(("buyer", each.buyer), []).append(each)
    yield from ([each] for each in shares.values())
    yield from firms.values()
    yield from (each for each in cells.values() if not is_safe(each))
    yield from (each for each in _pairs(cells) if not is_safe(each))


def _pairs(cells: Cells) -> Iterator[Sequence[Share]]:
    """What each two parts of different cuts have in common, and what each of them has beside that."""
    common: dict[tuple[Cell, Cell], list[Share]] = {}
    held: dict[Share, list[Cell]] = {}
    for cell, shares in cells.items():
        for each in shares:
            held.setdefault(each, []).append(cell)
    for share, parts in held.items():
        for first in parts:
            for second in parts:
                if first != second:
                    common.setdefault((first, second), []).append(share)
    for (first, _), shares in common.items():
        yield shares
        beside = set(cells[first]) - set(shares)
        if beside:
            yield list(beside)


def _weights(cells: Cells, opened: Collection[Cell]) -> dict[str, int]:
    """A weight per sale, arbitrary but for this: over each published cell they add up to nothing (modulo a prime).

    Whatever follows from published sums by adding and subtracting then adds up to nothing as well; of anything else
    that is as unlikely as one in 2 ** 61. (The weights are digests, less their projection on the published cells.)
    """
    weight = {each.sale: int(sha256(each.sale.encode())[:15], 16) for part in cells.values() for each in part}
    rows = [[each.sale for each in cells[cell]] for cell in sorted(opened)]
    of: dict[str, list[int]] = {sale: [] for sale in weight}
    for at, row in enumerate(rows):
        for sale in row:
            of[sale].append(at)
    system = [[0] * len(rows) + [sum(weight[sale] for sale in row)] for row in rows]
    for parts in of.values():
        for first in parts:
            for second in parts:
                system[first][second] += 1
    solved = _solved(system)
    return {sale: (weight[sale] - sum(solved[at] for at in parts)) % PRIME for sale, parts in of.items()}


def _solved(system: list[list[int]]) -> list[int]:
    """A solution of a system of linear equations that has one, modulo :data:`PRIME`; the right side stands last."""
    found, size, row = [0] * len(system), len(system), 0
    pivots: list[int] = []
    for column in range(size):
        at = next((each for each in range(row, size) if system[each][column] % PRIME), None)
        if at is None:
            continue
        system[row], system[at] = system[at], system[row]
        inverse = pow(system[row][column], -1, PRIME)
        system[row] = [each * inverse % PRIME for each in system[row]]
        for other in range(size):
            factor = system[other][column]
            if other != row and factor:
                system[other] = [(a - factor * b) % PRIME for a, b in zip(system[other], system[row], strict=True)]
        pivots.append(column)
        row += 1
    for at, column in enumerate(pivots):
        found[column] = system[at][-1]
    return found
