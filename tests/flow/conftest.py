"""Two admitted offices in one process, on the world of the simulation, without faults."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "simulation"), str(ROOT / "bench" / "scene"), str(ROOT / "tests" / "flow")]


@pytest.fixture
def world():
    from simulated.world import World

    made = World(7)
    yield made
    made.close()


@pytest.fixture
def script(world):
    """Two offices with the whole cast of the demo; nothing said yet."""
    from sale_script import Script

    return Script(world)
