"""``entrepot migrate``: move a node's journal and accounts forward to this program, together."""

import os
from pathlib import Path

import click

from entrepot.base.error import UsageError
from entrepot.cli.folder import DATA, JSON, keys_of, now, print_json


@click.command()
@DATA
@click.option("--check", is_flag=True, help="Only say what would be done; exit 1 where something is to be done.")
@JSON
def command(data: Path, *, check: bool, as_json: bool) -> int:
    """Move a node's journal and accounts forward to this program, together. Stop the node first.

    A database that is newer than this program is refused, and nothing is changed. What is changed is first copied
    into DATA/before-migration-TIME; a PostgreSQL journal is not: dump it yourself. Whatever cuts a migration off, the
    next one finishes it. Delete the copy when the node runs: what is erased later stays in it.

    Example: entrepot migrate --data node
    """
    from entrepot.node.config import read_config
    from entrepot.node.lock import ServeLock, WorkLock
    from entrepot.node.migration import accounts_stand, journal_stand, move_forward, set_up_django
    from entrepot.node.start import is_first_start

    keys = keys_of(data)
    if is_first_start(data):
        raise UsageError(f"{data} was never started to the end", remedy=f"Start it: entrepot serve --data {data}")
    os.umask(0o077)
    # The settings want an address; nothing is served or reached here.
    os.environ |= {"ENTREPOT_DATA": str(data.absolute()), "ENTREPOT_URL": "http://127.0.0.1"}
    os.environ["ENTREPOT_ALLOW_LOOPBACK_HTTP"] = "1"
    config = read_config()
    set_up_django()
    if check:
        stands = journal_stand(config, keys), accounts_stand(config)
        copies: tuple[Path, ...] = ()
    else:
        with ServeLock(data), WorkLock(data, alone=True):
            stands = journal_stand(config, keys), accounts_stand(config)
            copies = move_forward(config, keys, stands, data / f"before-migration-{now():%Y%m%dT%H%M%S}")
    is_due = check and any(each.steps for each in stands)
    if as_json:
        print_json({"done": not is_due, "databases": [each.to_json() for each in stands],
                    "copies": [str(each) for each in copies]})  # fmt: skip
    for each in () if as_json else stands:
        steps = ", ".join(each.steps) or "nothing to do"
        click.echo(f"{each.database} {each.found or '(not there)'} -> {each.known}: {steps}")
    for copy in () if as_json else copies:
        click.echo(f"copy as it was: {copy}")
    return 1 if is_due else 0
