"""Ask a database of known faults about every locked library, and hold what it says to the times of the guide.

    python tools/audit.py            what `make audit` runs, before a release; it needs the network

pip-audit (PyPA) asks. It tells which faults there are, neither how severe they are nor since when they are known:
that is looked up by a person and written into requirements/faults.toml. Exit 0: all was asked about, and nothing is
over its time. 1: something is. 2: not all is known, which is never taken for fine.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
NOTES = ROOT / "requirements" / "faults.toml"
DAYS = ((Decimal(9), 3), (Decimal(7), 14), (Decimal(0), 90))
"""From that CVSS score on, a fault is mended within so many days of its publication, as the guide says."""
RENEWED_DAYS_MAX = 92
"""Libraries without a known fault are taken anew every quarter."""
ASK_S = 600
_LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==([^ ;\\]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Note:
    """What a person wrote down of one fault: the day of its publication, and its CVSS score, from 0 to 10."""

    id: str
    published: date
    cvss: Decimal

    @property
    def due(self) -> date:
        """The last day on which it may still be in."""
        return self.published + timedelta(days=next(days for least, days in DAYS if self.cvss >= least))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """The file: ``renewed``, the day on which all libraries were last taken anew, and the faults."""

    renewed: date
    faults: Mapping[str, Note]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is ``over`` its time, what is ``unknown``, and which faults are in but within their time, as lines."""

    over: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    within: tuple[str, ...] = ()

    @property
    def code(self) -> int:
        """The exit code."""
        return 1 if self.over else 2 if self.unknown else 0


def locked(texts: Iterable[str]) -> dict[str, set[str]]:
    """The versions that lock files name, by the name of the library (PEP 503)."""
    found: dict[str, set[str]] = {}
    for name, version in (each for text in texts for each in _LOCKED.findall(text)):
        found.setdefault(canonical(name), set()).add(version)
    return found


def canonical(name: str) -> str:
    """The name as indexes write it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_notes(text: str, today: date) -> Notes:
    """What people wrote down. Raises ``ValueError`` for what is no such file, or lies in the future."""
    value = tomllib.loads(text, parse_float=Decimal)
    renewed, rows = _day(value.pop("renewed", None), today), value.pop("fault", [])
    if value or not isinstance(rows, list):
        raise ValueError(f"{NOTES.name} holds what nobody reads: {', '.join(value) or 'fault'}")
    notes = [_note(row, today) for row in rows]
    if len({each.id for each in notes}) != len(notes):
        raise ValueError(f"{NOTES.name} names a fault twice")
    return Notes(renewed=renewed, faults={each.id: each for each in notes})


def _note(row: Mapping[str, Any], today: date) -> Note:
    cvss = row.get("cvss")
    if set(row) != {"id", "published", "cvss"} or not isinstance(cvss, int | Decimal) or not 0 <= cvss <= 10:
        raise ValueError(f"{NOTES.name}: a fault has id, published, and cvss from 0 to 10: {row}")
    return Note(str(row["id"]), _day(row["published"], today), Decimal(cvss))


def _day(value: object, today: date) -> date:
    if type(value) is not date or value > today:
        raise ValueError(f"{NOTES.name}: not a day until today: {value}")
    return value


def judged(answers: Iterable[object], libraries: Mapping[str, set[str]], notes: Notes, today: date) -> Judged:
    """Hold pip-audit's answers (its JSON form) about ``libraries`` to the times. What they do not say is unknown."""
    over: list[str] = []
    within: list[str] = []
    unknown: list[str] = []
    told, unsaid = _told(answers)
    for name, version in sorted((name, each) for name, versions in libraries.items() for each in versions):
        faults = told.get((name, version))
        if faults is None:
            unknown.append(f"{name} {version}: {unsaid.get(name, 'nothing is said of it')}")
        for ids in sorted(faults or ()):
            note = next((notes.faults[each] for each in ids if each in notes.faults), None)
            line = f"{name} {version}: {ids[0]}"
            if note is None:
                unknown.append(
                    f"{line}: write its day and CVSS into requirements/{NOTES.name}, or take another release"
                )
            else:
                (over if today > note.due else within).append(f"{line}, CVSS {note.cvss}: until {note.due}")
    if today > notes.renewed + timedelta(days=RENEWED_DAYS_MAX):
        over.append(f"all libraries: last taken anew on {notes.renewed} (make lock UPGRADE=1)")
    return Judged(over=tuple(over), unknown=tuple(unknown), within=tuple(within))


Faults = set[tuple[str, ...]]
"""Of one library: each fault by its ids, those that it has elsewhere behind its own."""


def _told(answers: Iterable[object]) -> tuple[dict[tuple[str, str], Faults], dict[str, str]]:
    """The faults by library, and why nothing is said of others. An answer of another form says nothing."""
    told: dict[tuple[str, str], Faults] = {}
    unsaid: dict[str, str] = {}
    for row in (row for answer in answers for row in _rows(answer)):
        faults = _faults(row.get("vulns"))
        if "skip_reason" in row or faults is None or not isinstance(row.get("version"), str):
            unsaid[canonical(row["name"])] = str(row.get("skip_reason", "the answer has another form"))
        else:
            told.setdefault((canonical(row["name"]), row["version"]), set()).update(faults)
    return told, unsaid


def _rows(answer: object) -> list[dict[str, Any]]:
    rows = answer.get("dependencies") if isinstance(answer, dict) else None
    named = rows if isinstance(rows, list) else []
    return [row for row in named if isinstance(row, dict) and isinstance(row.get("name"), str)]


def _faults(value: object) -> Faults | None:
    found = [_ids(each) for each in value] if isinstance(value, list) else [None]
    known = {each for each in found if each}
    return None if None in found else known


def _ids(fault: object) -> tuple[str, ...] | None:
    aliases = (fault.get("aliases") or []) if isinstance(fault, dict) else None
    ids = (
        (fault["id"], *aliases) if isinstance(fault, dict) and isinstance(aliases, list) and "id" in fault else (None,)
    )
    return ids if all(isinstance(each, str) for each in ids) else None


def ask(program: str, file: Path) -> tuple[object, str]:
    """pip-audit's answer about one lock file, and why there is none: it refuses files that name a library twice."""
    words = [program, "--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run([*words, "-r", str(file)], capture_output=True, text=True, timeout=ASK_S, check=False)
        return json.loads(done.stdout), ""
    except (OSError, subprocess.TimeoutExpired) as wrong:
        return None, str(wrong)
    except ValueError:
        return None, (done.stderr.strip().splitlines() or ["it says nothing"])[-1]


def main() -> int:
    """Ask, judge, and tell; the exit code."""
    today = datetime.now(UTC).date()
    try:
        notes = read_notes(NOTES.read_text("utf-8"), today)
    except ValueError as wrong:
        print(f"unknown: {wrong}")
        return 2
    libraries = locked(each.read_text("utf-8") for each in LOCKS)
    answers = {each.name: ask(str(Path(sys.executable).with_name("pip-audit")), each) for each in LOCKS}
    found = judged([answer for answer, _ in answers.values()], libraries, notes, today)
    for word, lines in (("over", found.over), ("unknown", found.unknown), ("within its time", found.within)):
        for line in lines:
            print(f"{word}: {line}")
    for name, (_, why) in answers.items():
        print(f"no answer about {name}: {why}") if why else None
    counts = f"{len(found.over)} over, {len(found.unknown)} unknown, {len(found.within)} within their time"
    print(f"{sum(map(len, libraries.values()))} locked libraries: {counts}")
    return found.code


if __name__ == "__main__":
    sys.exit(main())
