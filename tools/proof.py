"""Run the long tests that tests/proof/parts.toml lists, and write a dated report.

    python tools/proof.py            everything at full count -> report/proof-YYYY-MM-DD.md
    python tools/proof.py --sample   fixed-seed samples, for .ci/run; no report
    python tools/proof.py NAME ...   only these parts

Exit 0 only when every part ran and held; a part that could not run is not a pass.
"""

import argparse
import os
import platform
import shlex
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "tests" / "proof" / "parts.toml"
NOT_HERE = 77
"""Exit code of a part that could not run on this machine."""
SAMPLE_MINUTES_MAX = 8
SHOWN_LINES = 30


@dataclass(frozen=True, slots=True)
class Part:
    """One long test, as the list writes it."""

    name: str
    what: str
    command: str
    sample: str
    minutes_max: int = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a part did: ``held``, ``did not hold`` or ``could not run``."""

    part: Part
    command: str
    verdict: str
    seconds: float
    output: str


def read_parts(text: str) -> list[Part]:
    """The parts of the list; raises ``ValueError`` for a member that is missing, unknown or named twice."""
    try:
        parts = [Part(**each) for each in tomllib.loads(text).get("part", [])]
    except TypeError as wrong:
        raise ValueError(f"{PARTS.name}: {wrong}") from wrong
    names = [each.name for each in parts]
    if len(set(names)) != len(names):
        raise ValueError(f"{PARTS.name}: a name stands twice in {names}")
    return parts


def run(part: Part, *, sample: bool) -> Outcome:
    """Run one part and judge its exit code."""
    command = part.sample if sample else part.command
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    if not sample:
        environment["ENTREPOT_NO_SKIP"] = "1"
    started = time.monotonic()
    minutes = SAMPLE_MINUTES_MAX if sample else part.minutes_max
    try:
        done = subprocess.run(
            shlex.split(command),
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=minutes * 60,
            check=False,
        )
        verdict = {0: "held", NOT_HERE: "could not run"}.get(done.returncode, f"did not hold (exit {done.returncode})")
        output = done.stdout
    except subprocess.TimeoutExpired as late:
        verdict, output = f"did not end within {minutes} minutes", _text(late.output)
    except OSError as missing:
        verdict, output = "could not run", str(missing)
    return Outcome(part, command, verdict, time.monotonic() - started, output)


def _text(output: bytes | str | None) -> str:
    return output.decode(errors="replace") if isinstance(output, bytes) else output or ""


def report_of(outcomes: Iterable[Outcome], *, day: datetime, commit: str) -> str:
    """The report as Markdown: a table of verdicts, then the closing lines of each part."""
    outcomes = list(outcomes)
    held = sum(each.verdict == "held" for each in outcomes)
    lines = [
        f"# Proof of {day:%Y-%m-%d}",
        "",
        f"Commit {commit}; Python {platform.python_version()} on {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors. {held} of {len(outcomes)} parts held.",
        "",
        "| part | what is shown | verdict | seconds |",
        "|---|---|---|---|",
        *(f"| {o.part.name} | {o.part.what} | {o.verdict} | {o.seconds:.0f} |" for o in outcomes),
    ]
    for each in outcomes:
        shown = "\n".join(each.output.splitlines()[-SHOWN_LINES:])
        lines += ["", f"## {each.part.name}", "", f"`{each.command}`", "", "```text", shown, "```"]
    return "\n".join(lines) + "\n"


def _commit() -> str:
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607 -- git is where PATH says
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() or "unknown"


def main() -> int:
    """Run what was asked for; 0 when all of it held."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("names", nargs="*", help="only these parts")
    asked.add_argument("--sample", action="store_true", help="fixed-seed samples, no report")
    wanted = asked.parse_args()
    parts = read_parts(PARTS.read_text("utf-8"))
    unknown = set(wanted.names) - {each.name for each in parts}
    if unknown:
        sys.stderr.write(f"no such part: {', '.join(sorted(unknown))}\n")
        return 64
    outcomes = []
    for part in parts:
        if wanted.names and part.name not in wanted.names:
            continue
        sys.stdout.write(f"-- {part.name}: {part.what}\n")
        sys.stdout.flush()
        outcomes.append(run(part, sample=wanted.sample))
        for line in outcomes[-1].output.splitlines()[-SHOWN_LINES if outcomes[-1].verdict != "held" else -3 :]:
            sys.stdout.write(f"   {line}\n")
        sys.stdout.write(f"   {outcomes[-1].verdict}, {outcomes[-1].seconds:.0f} s\n")
    if not wanted.sample:
        now = datetime.now(UTC)
        file = ROOT / "report" / f"proof-{now:%Y-%m-%d}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(report_of(outcomes, day=now, commit=_commit()), "utf-8")
        sys.stdout.write(f"report: {file.relative_to(ROOT)}\n")
    return int(any(each.verdict != "held" for each in outcomes))


if __name__ == "__main__":
    sys.exit(main())
