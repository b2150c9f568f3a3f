"""A fast sample of the simulation, that a seed replays, and that a planted bug is found."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from simulated.planted import PLANTED, SOURCE, find
from simulated.run import run


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("seed", [3, 8])
def test_a_community_agrees_with_itself(seed):
    report = run(seed, 60)
    assert report.records > 10
    assert report.agreed > 0


def test_a_seed_replays_in_another_process_with_other_hashes():
    script = "import sys; sys.path.insert(0, sys.argv[1]); from simulated.run import run; print(run(8, 40).digest)"
    env = {**os.environ, "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(HERE)], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == run(8, 40).digest


def test_a_planted_bug_is_found():
    seed, wrong = find("a past judged by ids alone", seeds=range(1, 6), steps=120)
    assert seed is not None
    assert "is not what its" in wrong


@pytest.mark.parametrize("name", PLANTED)
def test_the_place_of_each_planted_bug_is_there(name):
    bug = PLANTED[name]
    assert (SOURCE / bug.file).read_text(encoding="utf-8").count(bug.old) == 1
