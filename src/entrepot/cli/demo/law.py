"""Unknown law in the demo: found by the node, accepted by a named clerk, on record."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from entrepot.rule.acceptance import Acceptance


def unknown_findings(checks: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Ids of the findings of law checks that came out unknown."""
    return tuple(
        sorted(
            {
                finding["id"]
                for each in checks
                if each["stage"] == "law" and each["verdict"] == "unknown"
                for finding in each["findings"]
                if finding["severity"] == "warning"
            }
        )
    )


def acceptance(findings: tuple[str, ...], *, person: str, of: str, at: datetime) -> Acceptance:
    """The clerk takes it on himself that these questions are open."""
    return Acceptance(
        findings=findings,
        name=person,
        role="trade compliance clerk",
        reasons="The demo goes on; in earnest the clerk asks the authority of the economy named.",
        at=at.replace(microsecond=0),
        record=of,
    )
