"""``entrepot journal cosignatures``: which peers cosigned the log up to where and when, and what this node cosigned."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.base.moment import format_moment
from entrepot.cli.folder import DATA, JSON, open_folder, print_json

if TYPE_CHECKING:
    from entrepot.journal.cosigning import Standing
    from entrepot.journal.journal import Journal


@click.command()
@DATA
@JSON
def cosignatures(data: Path, as_json: bool) -> int:
    """Show up to which size, and when by its clock, each peer cosigned the log; and what this node cosigned of theirs.

    Exit 0: a peer has cosigned all that is sealed, or nothing is. 1: part of it waits for one.

    Example: entrepot journal cosignatures --data node --json
    """
    with open_folder(data, read_only=True) as journal:
        told = _told(journal)
    if as_json:
        print_json(told)
    else:
        _print(told)
    return 0 if told["uncosignedSince"] is None else 1


def _told(journal: "Journal") -> dict[str, Any]:
    from entrepot.flow.peer import ADMITTED

    head, waits, found = journal.head(), journal.uncosigned_since(), journal.cosigners()
    names = {each.newest.witness for each in found}
    return {
        "log": journal.log_id,
        "sealed": 0 if head is None else head.size,
        "uncosignedSince": None if waits is None else format_moment(waits),
        "witnesses": [_line(each) | {"witness": each.newest.witness} for each in found],
        "silent": [each.id for each in journal.peers() if each.status == ADMITTED and each.id not in names],
        "given": [_line(each) | {"log": each.newest.log_id} for each in journal.cosigned_logs()],
    }


def _line(each: "Standing") -> dict[str, Any]:
    newest = each.newest
    return {
        "size": newest.size,
        "epoch": newest.epoch,
        "root": newest.root,
        "signed": format_moment(newest.time),
        "seen": format_moment(newest.seen),
        "kept": each.count,
    }


def _print(told: dict[str, Any]) -> None:
    click.echo(f"sealed {told['sealed']}; uncosigned since {told['uncosignedSince'] or '-'}")
    for each in told["witnesses"]:
        click.echo(f"cosigned  {each['size']:>9}  {each['seen']}  by {each['witness']}  ({each['kept']} kept)")
    for each in told["silent"]:
        click.echo(f"cosigned  {'nothing':>9}  {'-':20}  by {each}")
    for each in told["given"]:
        click.echo(f"gave      {each['size']:>9}  {each['seen']}  to {each['log']}  ({each['kept']} kept)")
