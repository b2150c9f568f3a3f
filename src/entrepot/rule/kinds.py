"""The kinds of record that this room defines."""

from collections.abc import Callable, Mapping
from typing import Any

from entrepot.base.finding import Finding
from entrepot.rule.acceptance import Acceptance, check
from entrepot.rule.hold import LegalHold, LegalHoldLift, check_hold, check_lift

Check = Callable[[Any], tuple[Finding, ...]]


def kinds() -> Mapping[tuple[str, int], tuple[type[Any], Check]]:
    """Payload class and check of every (kind, version) of this room."""
    return {
        ("acceptance", 1): (Acceptance, check),
        ("legal-hold", 1): (LegalHold, check_hold),
        ("legal-hold-lift", 1): (LegalHoldLift, check_lift),
    }
