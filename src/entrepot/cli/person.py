"""``entrepot person``: what an operator does for people with an account, beside the running node."""

import os
from pathlib import Path

import click

from entrepot.base.error import UsageError
from entrepot.cli.folder import DATA, keys_of, now


@click.group(name="person")
def group() -> None:
    """End sessions of people, and help somebody who lost her codes.

    Example: entrepot person end-sessions --data node
    """


@group.command()
@DATA
@click.option("--email", default="", help="Of one person; without it the sessions of all people end.")
def end_sessions(data: Path, email: str) -> int:
    """End the sessions of one person, or of all: everybody signs in again. The node may run.

    Example: entrepot person end-sessions --data node --email aminah@example.org
    """
    _open(data)
    from entrepot.node.account.ending import end_sessions_of

    people = end_sessions_of(email, now())
    if email and not people:
        raise UsageError(f"nobody here has the address {email}", remedy="See the address in the node's letters.")
    click.echo(f"sessions ended of {people} people")
    return 0


@group.command()
@DATA
@click.option("--email", required=True, help="The address of the person.")
def drop_codes(data: Path, email: str) -> int:
    """For somebody who lost the app with her codes: from now on they come by letter, and her sessions end.

    Make sure first who asks, as the guide "Keep a node safe" says. The person is told by letter. The node may run.

    Example: entrepot person drop-codes --data node --email aminah@example.org
    """
    _open(data)
    from entrepot.node.account.ending import drop_codes_of

    if not drop_codes_of(email, now()):
        raise UsageError(f"nobody here with the address {email} takes codes from an app")
    click.echo("codes come by letter from now on; the sessions have ended")
    return 0


def _open(data: Path) -> None:
    """The accounts of the node in ``data``."""
    from entrepot.node.migration import set_up_django

    keys_of(data)
    # The settings want an address; nothing is served or reached here.
    os.environ |= {"ENTREPOT_DATA": str(data.absolute()), "ENTREPOT_URL": "http://127.0.0.1"}
    os.environ["ENTREPOT_ALLOW_LOOPBACK_HTTP"] = "1"
    set_up_django()
