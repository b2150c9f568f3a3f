"""Filling the two nodes: people, parties and sales, all through the pages and the API, as anybody does."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from entrepot.base.digest import sha256
from entrepot.base.error import UsageError
from entrepot.cli.community.cast import SETTLERS, Settler
from entrepot.cli.community.desks import appoint, bring
from entrepot.cli.community.market import trade_all
from entrepot.cli.community.pair import SeedLock
from entrepot.cli.community.settling import settle
from entrepot.cli.community.trade import ACTS, CERTIFIED, UNPAID, placed
from entrepot.cli.community.visitor import Visitor
from entrepot.cli.demo.cast import AGENCIES, EXPORT_NODE, IMPORT_NODE
from entrepot.cli.demo.nodes import DemoNode
from entrepot.cli.demo.play import Stage, befriend, enrol
from entrepot.cli.demo.show import Show
from entrepot.node.community import FILE, read_community
from entrepot.party.keystore import write_durably

SECRET = Path("secret") / "community"
"""From this file the passwords of the invented persons follow; nobody needs them."""
Echo = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a run did: who lives where, and the orders that it placed."""

    members: tuple[str, ...]
    placed: tuple[str, ...]


def seed(nodes: dict[str, DemoNode], echo: Echo) -> Seeded:
    """Fill both nodes; what is there already stays, and nothing is added twice.

    Raises :class:`UsageError` where people have accounts on a node that is no community's.
    """
    with SeedLock(nodes[EXPORT_NODE].folder):
        found = read_community(nodes[EXPORT_NODE].folder)
        if found is not None and found.is_complete:
            echo("the community is there already; nothing was added")
            return Seeded(tuple(each.role for each in SETTLERS), ())
        for each in nodes.values():
            _require_own(each)
        _mark(nodes, complete=False)
        dids = _people(nodes, echo)
        _meet(nodes, echo)
        appoint(nodes, dids)
        orders = _sales(nodes, dids, echo)
        _mark(nodes, complete=True)
    return Seeded(tuple(dids), orders)


def _require_own(node: DemoNode) -> None:
    """Invented firms have no place among people's own: the node must be new, or a community's already."""
    if read_community(node.folder) is None and Visitor(node.url).go("/first").status != 200:
        raise UsageError(
            f"people have accounts on the node of {node.folder}; invented firms have no place among them",
            remedy="Name another folder: --data DIR.",
        )


def _mark(nodes: dict[str, DemoNode], *, complete: bool) -> None:
    for name, node in nodes.items():
        members = [_line(each, "" if each.node == name else nodes[each.node].url) for each in SETTLERS]
        body = json.dumps({"complete": complete, "members": members}, ensure_ascii=False, indent=1)
        write_durably(node.folder / FILE, f"{body}\n".encode(), replace=True)


def _line(settler: Settler, url: str) -> dict[str, str]:
    party = settler.party
    return {
        "role": settler.role,
        "person": settler.person,
        "email": settler.email,
        "business": party.name,
        "economy": party.economy or "",
        "url": url,
    }


def _people(nodes: dict[str, DemoNode], echo: Echo) -> dict[str, str]:
    """Role -> DID of the party."""
    secret, dids = _secret(nodes[EXPORT_NODE].folder / SECRET), {}
    for number, each in enumerate(SETTLERS, 1):
        echo(f"{number} of {len(SETTLERS)} people: {each.person}, {each.party.name}")
        dids[each.role] = settle(each, nodes[each.node], secret)
    return dids


def _secret(path: Path) -> str:
    if not path.exists():
        write_durably(path, secrets.token_hex(32).encode())
    return path.read_text("ascii").strip()


def _meet(nodes: dict[str, DemoNode], echo: Echo) -> None:
    left, right = nodes[EXPORT_NODE].operator, nodes[IMPORT_NODE].operator
    statuses = [each["status"] for side in (left, right) for each in side.get("/api/v1/operator/peers")]
    if statuses != ["admitted", "admitted"]:
        echo("the two nodes admit each other")
        befriend(left, right)


def _sales(nodes: dict[str, DemoNode], dids: dict[str, str], echo: Echo) -> tuple[str, ...]:
    done, secret = [], _secret(nodes[EXPORT_NODE].folder / SECRET)
    with TemporaryDirectory() as folder:
        stages = {number: _stage(nodes, Path(folder), dids, echo, number) for number, _ in ACTS}
        for number, act in ACTS:
            if number not in placed(stages[number]):
                act(stages[number])
                done.append(number)
        echo("a market of invented firms trades around them")
        done += trade_all(lambda: _stage(nodes, Path(folder), dids, lambda _: None, "market"), echo)
        echo("the agencies find something at their desks")
        bring(stages[CERTIFIED], dids, sha256(f"{secret}/complaint".encode())[:32])
    return tuple(done)


def _stage(nodes: dict[str, DemoNode], out: Path, dids: dict[str, str], echo: Echo, number: str) -> Stage:
    """The stage of one sale, with all its clients."""
    stage = Stage(nodes, out, Show(echo, brief=True), lambda: datetime.now(UTC), secrets.token_bytes)
    by_role = {each.role: each for each in SETTLERS}
    parts = {each.part: each for each in SETTLERS if each.part}
    if number == UNPAID:
        parts = {"seller": by_role["workshop"], "buyer": by_role["grower"]}
    for part, settler in parts.items():
        enrol(stage, part, dids[settler.role], at=settler.node)
        stage.agencies[part] = settler.party
    if number == ACTS[0][0]:
        for role in AGENCIES:
            if role not in parts:
                enrol(stage, role)
    return stage
