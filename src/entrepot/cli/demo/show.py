"""What the demo prints: each step, what was checked, by which standard. A failed check is never hidden."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Echo = Callable[[str], None]


@dataclass
class Show:
    """Prints steps and counts checks. ``failed``: places of checks that came out invalid; ``unknown``: of unknowns.
    ``last``: title of the present step, the place that a stop names. ``brief``: the steps alone are printed."""

    echo: Echo
    checks: int = 0
    step_number: int = 0
    failed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    last: str = "the start"
    brief: bool = False

    def step(self, title: str) -> None:
        """A new step begins."""
        self.step_number += 1
        self.last = title
        self.echo(f"{self.step_number:2}. {title}")

    def say(self, text: str) -> None:
        """A line beneath the present step."""
        if not self.brief:
            self.echo(f"      {text}")

    def checked(self, place: str, verdict: str, name: str, standard: str) -> None:
        """One check and its outcome."""
        self.checks += 1
        mark = {"valid": "ok", "invalid": "FAILED", "unknown": "unknown", "not_asked": "not asked"}[verdict]
        self.say(f"{mark:8} {name}: {standard}")
        if verdict == "invalid":
            self.failed.append(f"{place}: {name}")
        elif verdict == "unknown":
            self.unknown.append(f"{place}: {name}")

    def record_checks(self, place: str, checks: Iterable[Mapping[str, Any]]) -> None:
        """All checks of one record, with their findings."""
        for each in checks:
            self.checked(place, each["verdict"], each["name"], each["standard"])
            for finding in each["findings"]:
                self.say(f"         {finding['severity']} {finding['id']}: {finding['text']}")

    def expect(self, place: str, holds: bool, name: str, standard: str) -> None:
        """A check that the demo itself makes on an artefact."""
        self.checked(place, "valid" if holds else "invalid", name, standard)
