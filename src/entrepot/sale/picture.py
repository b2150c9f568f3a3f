"""The state machine, drawn: found by walking the table with specimens, so that picture and table cannot differ."""

from collections import deque
from functools import cache

from entrepot.base.finding import blocking
from entrepot.sale.fact import ACTS, Fact
from entrepot.sale.reduction import reduce
from entrepot.sale.right import allows
from entrepot.sale.specimen import BEFORE, specimen
from entrepot.sale.state import SaleState

_LEFT_OUT = (
    "offer",
    "acceptance",
    "certificate-of-origin",
    "packing-list",
    "insurance-certificate",
    "warehouse-receipt",
    "customs-release/inspection",
    "payment-request",
)
"""Acts that change no word (the offer is drawn as the entry)."""
_WALKED = tuple(
    name
    for each in ACTS
    if each not in _LEFT_OUT
    for name in ((each, "hand-over/dispatch") if each == "hand-over" else (each,))
)
_STEPS_MAX = 6
"""Acts after which the walk turns back: the longest shortest way to a word (order to counted) has six."""


@cache
def transitions() -> tuple[tuple[str, str, str], ...]:
    """Every (word, act, word) that the walk met, sorted. Each word is entered by its shortest histories."""
    found: set[tuple[str, str, str]] = set()
    seen = set()
    waiting: deque[tuple[Fact, ...]] = deque([()])
    while waiting:
        facts = waiting.popleft()
        state = reduce(facts)
        for name in _WALKED:
            longer = _step(state, facts, name)
            if longer is None:
                continue
            after = reduce(longer)
            if state.state != after.state:
                found.add((state.state, name, after.state))
            key = _key(after)
            if key not in seen and len(longer) < _STEPS_MAX:
                seen.add(key)
                waiting.append(longer)
    return tuple(sorted(found))


def diagram() -> str:
    """The words of a sale and the acts that lead from one to the next, as Mermaid text (``stateDiagram-v2``)."""
    edges: dict[tuple[str, str], list[str]] = {}
    for before, name, after in transitions():
        edges.setdefault((before, after), []).append(name)
    lines = ["stateDiagram-v2"]
    for (before, after), names in sorted(edges.items()):
        start = "[*]" if before == "unknown" else before
        lines.append(f"    {start} --> {after} : {', '.join(names)}")
    return "\n".join(lines) + "\n"


def _step(state: SaleState, facts: tuple[Fact, ...], name: str) -> tuple[Fact, ...] | None:
    """The history one act longer, or None where the table does not allow it."""
    needed = BEFORE[name if name in BEFORE else name.partition("/")[0]]
    if "/" in name and needed and needed[-1] not in {each.kind for each in facts}:
        return None
    if name == "dispute-resolution" and not state.open_disputes:
        return None
    fact = specimen(name, facts, mark=str(len(facts)))
    return None if blocking(allows(state, fact)) else (*facts, fact)


def _key(state: SaleState) -> tuple[object, ...]:
    """What decides how the walk can go on; histories that agree in it are walked once."""
    requests = state.cancellation == "open", state.returns, bool(state.declarations)
    return state.state, state.agreement, state.fulfilment, state.payment in ("paid", "nothing_due"), requests
