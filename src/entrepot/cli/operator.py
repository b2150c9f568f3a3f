"""``entrepot operator``: how a node is, for whoever runs it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from entrepot.base.error import UsageError
from entrepot.cli.folder import DATA, JSON, keys_of, now, open_folder, operator_token, print_json

if TYPE_CHECKING:
    from entrepot.node.condition.figures import Condition, Line


@click.group(name="operator")
def group() -> None:
    """See how a node is: what waits, what ends, what is full, what is to be done; and the operator's token.

    Example: entrepot operator status --data node
    """


@group.command()
@DATA
@JSON
def status(data: Path, as_json: bool) -> int:
    """Show what an operator must know of the node in DATA, whether it runs or not: queues and their age, room on the
    disk, peers, what is about to end, migrations, the last backup, cosigned heads, versions of the databases.

    Set the same ENTREPOT_ settings as for the node. Exit 0: nothing is to be done. 1: the findings say what is.

    Example: entrepot operator status --data node --json
    """
    found = _look(data)
    print_json(found.to_json()) if as_json else _print(found)
    return 0 if found.is_good else 1


@group.command()
@DATA
def token(data: Path) -> int:
    """Print the token of the operator that the first start of the node in DATA made, unsealed where it is sealed.

    Example: entrepot operator token --data node
    """
    try:
        click.echo(operator_token(data))
    except FileNotFoundError:
        raise UsageError(f"no node has run in {data}", remedy=f"Start one: entrepot serve --data {data}") from None
    return 0


def _look(data: Path) -> "Condition":
    from entrepot.node.condition.look import Seen, condition
    from entrepot.node.config import read_config
    from entrepot.node.migration import accounts_stand, journal_stand, set_up_django
    from entrepot.node.trust import anchors_in

    keys = keys_of(data)
    # The settings want an address; nothing is served or reached here.
    os.environ |= {"ENTREPOT_DATA": str(data.absolute()), "ENTREPOT_URL": "http://127.0.0.1"}
    os.environ["ENTREPOT_ALLOW_LOOPBACK_HTTP"] = "1"
    config = read_config()
    set_up_django()
    with open_folder(data, read_only=True) as journal:
        seen = Seen(config, journal, anchors_in(data), (journal_stand(config, keys), accounts_stand(config)))
        return condition(seen, now())


def _print(found: "Condition") -> None:
    libraries = ", ".join(f"{each.database} by {each.name} {each.version}" for each in found.libraries)
    click.echo(f"entrepot {found.version}; {libraries}")
    for line in found.queues:
        click.echo(f"{line.name:14} {_waits(line)}")
    mib = 1 << 20
    click.echo(f"{'disk':14} {found.room.free_bytes // mib} of {found.room.total_bytes // mib} MiB free; "
               f"{found.room.least_bytes // mib} must stay")  # fmt: skip
    click.echo(f"{'key':14} {found.key}")
    click.echo(f"{'backup':14} {found.backup.isoformat(' ', 'seconds') if found.backup else 'none known'}")
    click.echo(f"{'cosigned':14} {found.cosigned.size} of {found.cosigned.sealed}")
    for peer in found.peers:
        click.echo(f"{'peer':14} {peer.status:9} {peer.node}  {peer.url}  waiting {_waits(peer.due)}")
    for each in found.endings:
        click.echo(f"{'ends':14} {each.until.isoformat(' ', 'seconds')}  {each.what} {each.name}")
    for finding in found.findings:
        click.echo(f"{finding.severity} {finding.id} {finding.text}")
        click.echo(f"    {finding.to_json()['remedy']}")


def _waits(line: "Line") -> str:
    since = f", since {line.since.isoformat(' ', 'seconds')}" if line.since else ""
    return f"{line.count}{since}"
