"""One run: a seed, so many steps, then everything is healed and delivered, and judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.flow.cosigning import show_heads
from entrepot.flow.post import deliver
from simulated.acts import STEPS
from simulated.community import Broken, Community
from simulated.inspector import Inspector
from simulated.world import Faults, World

ROUNDS_MAX = 400


@dataclass
class Report:
    """What a run did. ``digest``: of all records and states at the end; equal in every replay of the seed."""

    seed: int
    nodes: int
    records: int
    crashes: int
    agreed: int
    digest: str
    tally: Mapping[str, int] = field(default_factory=dict)


def faults(world: World) -> Faults:
    """Some seeds see a quiet network, some a bad one."""
    bad = world.random.choice((0.0, 0.03, 0.15))
    return Faults(
        lose=bad,
        lose_answer=bad,
        duplicate=bad,
        delay=bad,
        crash=world.random.choice((0.0, 0.01, 0.03)),
        meddle=world.random.choice((0.0, 0.3)),
    )


def run(seed: int, steps: int, tell: Callable[[str], None] | None = None) -> Report:
    """Raises :class:`Broken` for what must not be; anything else that is raised is a fault as well.

    ``tell`` hears what happens, step by step.
    """
    world = World(seed)
    try:
        return _run(world, steps, tell or (lambda _: None))
    finally:
        world.close()


def _run(world: World, steps: int, tell: Callable[[str], None]) -> Report:
    community = Community(world)
    community.settle_in()
    world.faults = faults(world)
    inspector = Inspector(community)
    ways, weights = zip(*STEPS, strict=True)
    for step in range(steps):
        world.clock.tick(world.random.choice((0.5, 3, 30, 300)))
        way = world.random.choices(ways, weights)[0]
        tell(f"step {step}: {way.__name__}; {dict(sorted(community.tally.items()))}")
        way(community)
        inspector.look()
    tell("heal and deliver")
    heal(world)
    _settle(world, inspector)
    inspector.close()
    return _report(community, inspector)


def heal(world: World) -> None:
    """No more faults; clocks right; every node up, after a restart that makes it forget what it only remembered."""
    world.faults = Faults()
    world.cut.clear()
    for node in world.nodes.values():
        node.stop()
        node.skew = timedelta()
        node.start()


def _settle(world: World, inspector: Inspector) -> None:
    """Deliver until nothing is due any more."""
    while world.ghosts:
        world.haunt()
        inspector.look()
    for _ in range(ROUNDS_MAX):
        for node in world.nodes.values():
            deliver(node.at_work)
            inspector.look()
        if not any(_due(node) for node in world.nodes.values()):
            _cosign(world, inspector)
            return
        world.clock.tick(600)
    raise Broken(f"not quiet after {ROUNDS_MAX} rounds: " + "; ".join(map(_why, world.nodes.values())))


def _cosign(world: World, inspector: Inspector) -> None:
    """Everybody's newest head, signed after the last clock that was wrong, is cosigned by all the others."""
    world.clock.tick(2 * 86_400)
    for node in world.nodes.values():
        node.at_work.journal.seal(renew=True)
        refused = [each for each in show_heads(node.at_work) if not each.is_kept]
        inspector.look()
        if refused:
            raise Broken(f"{node.name}: {refused[0].node} does not cosign its head: {refused[0].reason}")


def _due(node) -> int:
    with node.at_work.journal.reading() as db:
        return int(db.row("SELECT count(*) FROM outbox WHERE state = 'due'")[0])


def _why(node) -> str:
    with node.at_work.journal.reading() as db:
        rows = db.rows("SELECT body, reason, attempts FROM outbox WHERE state = 'due' LIMIT 3")
    return f"{node.name}: {rows}"


def _report(community: Community, inspector: Inspector) -> Report:
    nodes = community.world.nodes
    held = {name: sorted(inspector.memories[name].ids) for name in nodes}
    states = sorted(sha256(each.encode()) for each in inspector.states.values())
    return Report(
        seed=community.world.seed,
        nodes=len(nodes),
        records=sum(len(each) for each in held.values()),
        crashes=community.world.crashes,
        agreed=inspector.agreed,
        digest=sha256(canonical({"held": held, "states": states})),
        tally=dict(sorted(community.tally.items())),
    )
