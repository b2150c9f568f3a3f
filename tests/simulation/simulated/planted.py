"""Bugs planted into a copy of the source, to see that the simulation finds them."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import entrepot

SOURCE = Path(entrepot.__file__).resolve().parent
HERE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Bug:
    """``file`` below the package; ``old`` stands there once and becomes ``new``."""

    file: str
    old: str
    new: str


PLANTED = {
    "ties go by arrival": Bug(
        "sale/cause.py", "        _, key = heapq.heappop(ready)\n", "        _, key = ready.pop(0)\n"
    ),
    "acknowledged before the commit": Bug(
        "flow/receive.py",
        "            office.run(lambda journal, item=append: _settled(journal, record, lambda: journal.append(item)))",
        "            late = _LATE.setdefault(id(office), [])\n"
        "            late.append(append)\n"
        "            if len(late) > 1:\n"
        "                office.run(lambda journal, item=late.pop(0): journal.append(item))",
    ),
    "sent to whoever asks": Bug(
        "flow/post.py",
        "    return may_read(record.content.audience, record.content.issuer, reader.parties)\n",
        "    return True\n",
    ),
    "floors not held": Bug(
        "payment/ledger.py",
        "        floor = None if account == keeper else 0\n",
        "        floor = None\n",
    ),
    "received time from the clock alone": Bug(
        "journal/appending.py",
        "max(self.now_ms(), last[1])",
        "self.now_ms()",
    ),
    "late offers not reduced": Bug(
        "flow/sight.py",
        '        for _, row in view.scan(f"takes/{record.id}/"):\n            _settle(view, row["sale"], recall)\n',
        "",
    ),
    "strangers told by the present state": Bug(
        "flow/belonging.py",
        "    if record.content.issuer in _named(naming):\n",
        '    held = (office.journal.view(SALE_VIEW).get(f"sale/{sale}") or {"roles": {}})["roles"]\n'
        "    if any(record.content.issuer in each for each in held.values()):\n",
    ),
    "erased causes waited for": Bug(
        "flow/post.py",
        "    if record is None or record.erased:\n        return False\n",
        "    if record is None:\n        return False\n",
    ),
    "cosigned and forgotten": Bug(
        "journal/cosigning.py", "        _keep(db, made)\n        return text\n", "        return text\n"
    ),
    "a past judged by ids alone": Bug(
        "sale/reduction.py",
        "seen, gaps))",
        "frozenset(), frozenset()))",
    ),
    "holds not asked": Bug("flow/erase.py", "    if asked.forbid:\n", "    if False:\n"),
}
_PRELUDE = {"acknowledged before the commit": "_LATE: dict = {}\n"}


def plant(name: str, folder: Path) -> Path:
    """A copy of the package in ``folder`` with the bug in it (no name: as it is); the folder to put on the path."""
    shutil.copytree(SOURCE, folder / "entrepot", ignore=shutil.ignore_patterns("__pycache__"))
    if not name:
        return folder
    bug = PLANTED[name]
    file = folder / "entrepot" / bug.file
    text = file.read_text(encoding="utf-8")
    if text.count(bug.old) != 1:
        raise ValueError(f"{name}: the place in {bug.file} has changed")
    text = text.replace(bug.old, bug.new)
    if name in _PRELUDE:
        lines = text.splitlines(keepends=True)
        at = max(index for index, line in enumerate(lines) if line.startswith("from ")) + 1
        text = "".join([*lines[:at], _PRELUDE[name], *lines[at:]])
    file.write_text(text, encoding="utf-8")
    return folder


_SCRIPT = """
import logging, sys
sys.path.insert(0, sys.argv[1])
logging.disable(logging.CRITICAL)
from simulated.run import run
for seed in map(int, sys.argv[3:]):
    try:
        run(seed, int(sys.argv[2]))
    except BaseException as wrong:
        print(seed, type(wrong).__name__, str(wrong)[:150])
        break
"""


def find(name: str, *, seeds: Iterable[int], steps: int) -> tuple[int | None, str]:
    """The first of ``seeds`` that finds the bug, and what it says; None where none does. No name: no bug at all."""
    with tempfile.TemporaryDirectory(prefix="entrepot-planted-") as folder:
        path = plant(name, Path(folder))
        command = [sys.executable, "-c", _SCRIPT, str(HERE), str(steps), *map(str, seeds)]
        done = subprocess.run(command, env={"PYTHONPATH": str(path)}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ValueError(f"{name}: {done.stderr[-500:]}")
    seed, _, wrong = done.stdout.strip().partition(" ")
    return (int(seed), wrong) if seed else (None, "")
