# ruff: noqa: T201 - figures go to standard output
"""The simulation at full count: seeds over all processors; prints each seed that fails, which replays with --seed.

python tests/proof/simulation.py                    1,000 seeds of 200 steps
python tests/proof/simulation.py --seeds 20
python tests/proof/simulation.py --seed 17          one seed, step by step
python tests/proof/simulation.py --planted          every planted bug, in a copy of the source
"""

import argparse
import logging
import os
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "simulation"))

from simulated.planted import PLANTED, find
from simulated.run import Report, run


def main() -> int:
    """0 where everything held, else 1."""
    given = _arguments()
    logging.disable(logging.CRITICAL)
    if given.planted:
        return _planted(given.steps)
    if given.seed is not None:
        print(run(given.seed, given.steps, print if given.trace else None))
        return 0
    return _many(range(given.first, given.first + given.seeds), given.steps)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Simulate communities of two to five nodes.")
    parser.add_argument("--seeds", type=int, default=1000, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seed", type=int, help="replay this one alone")
    parser.add_argument("--trace", action="store_true", help="with --seed: tell every step")
    parser.add_argument("--planted", action="store_true", help="see that planted bugs are found")
    return parser.parse_args()


def _one(job: tuple[int, int]) -> Report | str:
    logging.disable(logging.CRITICAL)
    try:
        return run(*job)
    except Exception:  # noqa: BLE001 - whatever is raised is what the seed found
        return traceback.format_exc(limit=-3)


def _many(seeds: range, steps: int) -> int:
    began, failed, kept = time.monotonic(), [], []
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        jobs = [(seed, steps) for seed in seeds]
        for seed, outcome in zip(seeds, pool.map(_one, jobs, chunksize=2), strict=True):
            if seed % 50 == 0:
                print(f"seed {seed} of {seeds[-1]}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            if isinstance(outcome, Report):
                kept.append(outcome)
                continue
            failed.append(seed)
            print(f"seed {seed} failed; replay: python tests/proof/simulation.py --seed {seed} --steps {steps}")
            print(outcome, flush=True)
    _figures(kept)
    print(f"{len(seeds)} seeds of {steps} steps in {time.monotonic() - began:.0f} s, {len(failed)} failed: {failed}")
    return 1 if failed else 0


def _figures(kept: list[Report]) -> None:
    tally = sum((Counter(each.tally) for each in kept), Counter())
    print(f"records kept on nodes: {sum(each.records for each in kept)}; crashes: {sum(each.crashes for each in kept)}")
    print(f"same facts on two nodes, same state: {sum(each.agreed for each in kept)} times")
    print("; ".join(f"{name} {count}" for name, count in sorted(tally.items())))


def _planted(steps: int) -> int:
    missed = []
    seed, wrong = find("", seeds=range(1, 6), steps=steps)
    if seed is not None:
        print(f"without any planted bug, seed {seed} fails: {wrong}")
        return 1
    for name in PLANTED:
        began = time.monotonic()
        seed, wrong = find(name, seeds=range(1, 61), steps=steps)
        print(f"{name}: {f'seed {seed}: {wrong}' if seed else 'NOT FOUND'} ({time.monotonic() - began:.0f} s)")
        if seed is None:
            missed.append(name)
    print(f"{len(PLANTED) - len(missed)} of {len(PLANTED)} planted bugs found; missed: {missed}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
