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


@pytest.fixture(scope="session")
def past():
    """Scripts whose one sale was played, their nodes down: each is made when first needed, and copied for a test."""
    made = {}
    yield made
    for each in made.values():
        each.world.close()


@pytest.fixture
def replay(past):
    """A function: two offices after one sale; ``offered``: it took up a public offer."""
    copies = []

    def again(*, offered=False):
        if offered not in past:
            past[offered] = _played(offered)
        copies.append(past[offered].copy())
        return copies[-1]

    yield again
    for each in copies:
        each.world.close()


def _played(offered):
    from sale_script import Script, play_sale
    from simulated.world import World

    made = Script(World(7))
    play_sale(made, 1, offered=offered)
    return made.down()


@pytest.fixture
def played(replay):
    """Two offices after one sale, from order to settled."""
    return replay()
