"""``entrepot community``: a node to try, with invented firms and offices in it."""

import json
import os
from pathlib import Path

import click

DATA = click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), required=True, help="The node's folder."
)


@click.group(name="community")
def group() -> None:
    """Fill a node with a little community of invented firms, offices and sales.

    Example: entrepot community seed --data node
    """


@group.command()
@DATA
@click.option("--port", type=click.IntRange(1, 65535), default=None,
              help="Port of a node that does not run yet.  [default: its last one, else 8000]")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
def seed(data: Path, *, port: int | None, as_json: bool) -> int:
    """Fill the node of DATA, and a neighbour in DATA-neighbour, through their pages and APIs, as anybody does.

    Nodes that do not run are started for it and stopped again. What is there stays; a second run adds nothing. Refused
    for public nodes, and where people have accounts of their own.

    Exit 0: the community is there. 2: it could not be made. 64: wrong use.

    Example: entrepot community seed --data node
    """
    from entrepot.cli.community.hosting import require_loopback
    from entrepot.cli.community.pair import Pair
    from entrepot.cli.community.seeding import seed as fill

    require_loopback(os.environ.get("ENTREPOT_URL", ""))
    if (data / "url").exists():
        require_loopback((data / "url").read_text("ascii").strip())
    with Pair(data, port) as pair:
        done = fill(pair.nodes, lambda line: click.echo(f"entrepot: {line}", err=True))
        urls = [each.url for each in pair.nodes.values()]
    if as_json:
        click.echo(json.dumps({"members": done.members, "placed": done.placed, "nodes": urls}))
    else:
        click.echo(f"{len(done.members)} members on {urls[0]} and {urls[1]}; {len(done.placed)} sales begun")
    return 0
