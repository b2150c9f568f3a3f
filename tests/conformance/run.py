"""The W3C's public suites for verifiable credentials, run against a real node over loopback.

    python tests/conformance/run.py --clones FOLDER [--build FOLDER] [--suite NAME]... [--set-up]

FOLDER (or ENTREPOT_CONFORMANCE_CLONES) holds clones of the repositories that ``suites.toml`` names; their pinned
commits are taken, whatever is checked out. The first run sets up their packages, which downloads; ``--set-up`` does
that alone. Exit 0: every suite executed as many tests as its commit holds, and each failure is explained by a clause
in ``explained.toml``. 1: otherwise. 77: the clones, git or npm are not here.
"""

# ruff: noqa: T201 - what it prints is its report

import argparse
import json
import os
import sys
import tempfile
import tomllib
from pathlib import Path

from judged.judge import tally_of, verdict
from judged.stand import Stand
from judged.wiring import local_config
from judged.workshop import NotHereError, mocha, set_up

HERE = Path(__file__).parent
NOT_HERE = 77


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--clones", type=Path, default=os.environ.get("ENTREPOT_CONFORMANCE_CLONES"))
    asked.add_argument("--build", type=Path, help="where the working copies lie; below the clones by default")
    asked.add_argument("--suite", action="append", help="only this one")
    asked.add_argument("--set-up", action="store_true", help="set up, and run nothing")
    wanted = asked.parse_args()
    table = tomllib.loads((HERE / "suites.toml").read_text("utf-8"))
    if wanted.clones is None:
        print("no clones of the suites: set ENTREPOT_CONFORMANCE_CLONES, or give --clones")
        return NOT_HERE
    build = (wanted.build or Path(wanted.clones) / ".build").absolute()
    try:
        set_up(Path(wanted.clones), build, table)
    except NotHereError as missing:
        print(missing)
        return NOT_HERE
    return 0 if wanted.set_up else judge_all(build, table, wanted.suite)


def judge_all(build, table, only):
    explained = tomllib.loads((HERE / "explained.toml").read_text("utf-8")).get("failure", [])
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        stand = Stand(Path(folder) / "stand")
        try:
            stand.start()
            for name, each in table["suite"].items():
                if not only or name in only:
                    wrong += judge_one(build / name, each, stand, [row for row in explained if row["suite"] == name])
        finally:
            stand.stop()
        wrong += [
            f"in the node's log: {line[:300]}" for line in stand.node.told.splitlines() if "unexpected error" in line
        ]
    for line in wrong:
        print(line)
    return int(bool(wrong))


def judge_one(folder, suite, stand, explained):
    (folder / "localConfig.cjs").write_text(local_config(folder.name, stand), "utf-8")
    report, log = folder / "report.json", folder / "run.log"
    report.unlink(missing_ok=True)
    mocha(folder, report, log)
    if not report.exists():
        return [f"{folder.name}: it did not run: {log.read_text('utf-8', 'replace')[-500:]}"]
    tally = tally_of(json.loads(report.read_text("utf-8")))
    print(
        f"{folder.name} {suite['commit'][:12]}: {tally.executed} executed (at least {suite['least']}), "
        f"{tally.passed} passed, {len(tally.failed)} failed, {tally.skipped} skipped"
    )
    return verdict(folder.name, tally, suite["least"], explained)


if __name__ == "__main__":
    sys.exit(main())
