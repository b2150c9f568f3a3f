"""``entrepot journal``: verify, rebuild, export, back up, restore and move forward a node's log."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from entrepot.base.error import UsageError
from entrepot.cli.folder import DATA, JSON, keys_of, now, open_folder, print_json

BACKUPS = "backups"


@click.group(name="journal")
def group() -> None:
    """Verify, rebuild, export, back up and restore a node's log.

    Example: entrepot journal verify --data node
    """


@group.command()
@DATA
@JSON
def verify(data: Path, as_json: bool) -> int:
    """Recompute everything that can be recomputed: digests, chains, tree, signatures, views. Exit 1 on any fault.

    Example: entrepot journal verify --data node --json
    """
    from entrepot.flow.headwatch import signed_by

    node = keys_of(data).node.did
    click.echo("verifying ...", err=True)
    with open_folder(data, read_only=True) as journal:
        findings = journal.verify(lambda jws: signed_by(node, jws))
        head = journal.head()
    if as_json:
        print_json({"whole": not findings, "sealed": head.size if head else 0,
                    "findings": [each.to_json() for each in findings]})  # fmt: skip
    else:
        for each in findings:
            click.echo(f"{each.severity} {each.id} {each.text}")
        click.echo("the journal is whole" if not findings else f"{len(findings)} faults")
    return 1 if findings else 0


@group.command()
@DATA
@click.option("--view", default=None, help="Only this view.")
def rebuild(data: Path, view: str | None) -> int:
    """Compute all views again from the records. Stop the node first.

    Example: entrepot journal rebuild --data node
    """
    with open_folder(data, read_only=False) as journal:
        journal.rebuild(view)
    click.echo("rebuilt")
    return 0


@group.command()
@DATA
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="File; else standard output."
)
def export(data: Path, out: Path | None) -> int:
    """Write everything as JSON lines. They hold the keys of personal content: guard them like the database.

    Example: entrepot journal export --data node --out node.jsonl
    """
    count = 0
    with open_folder(data, read_only=True) as journal, _lines(out) as file:
        for line in journal.export():
            file.write(line + "\n")
            count += 1
    click.echo(f"{count} lines", err=True)
    return 0


@group.command()
@DATA
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="Folder to write; default DATA/backups/TIME.")  # fmt: skip
@JSON
def backup(data: Path, out: Path | None, as_json: bool) -> int:
    """Copy the log while the node runs. The keys lie apart in DATA/keys and DATA/secret: back them up elsewhere.

    Example: entrepot journal backup --data node --out backup
    """
    with open_folder(data, read_only=True) as journal:
        made = journal.backup(out or data / BACKUPS / _stamp())
    print_json({"file": str(made)}) if as_json else click.echo(str(made))
    return 0


@group.command()
@DATA
@click.option("--from", "source", type=click.Path(exists=True, path_type=Path), default=None,
              help="The backup; default the newest in DATA/backups.")  # fmt: skip
@click.option("--replace", is_flag=True, help="Move the log that is there aside, into DATA/replaced-TIME.")
@JSON
def restore(data: Path, source: Path | None, replace: bool, as_json: bool) -> int:
    """Put a backup or an export in place of a lost log. Stop the node first.

    It must be whole and this node's; otherwise nothing is changed. It opens a new epoch, and asks the peers for what it
    lost when it serves. A PostgreSQL journal is restored from an export alone, into an empty database.

    Example: entrepot journal restore --data node --from backup --replace
    """
    from entrepot.flow.headwatch import signed_by
    from entrepot.journal import restore_journal
    from entrepot.journal.backup import backup_file
    from entrepot.node.lock import ServeLock

    node = keys_of(data).node.did
    found = backup_file(source or _newest(data / BACKUPS))
    click.echo("checking and restoring ...", err=True)
    with ServeLock(data):
        epoch = restore_journal(
            found,
            os.environ.get("ENTREPOT_JOURNAL") or data,
            clock=now,
            log_id=node,
            check=lambda jws: signed_by(node, jws),
            aside=data / f"replaced-{_stamp()}" if replace else None,
        )
    if as_json:
        print_json({"epoch": epoch, "from": str(found)})
    else:
        click.echo(f"restored, epoch {epoch}; it catches up with its peers at the next start")
    return 0


def _newest(folder: Path) -> Path:
    found = sorted(each for each in folder.glob("*") if each.is_dir())
    if not found:
        raise UsageError(f"there is no backup in {folder}", remedy="Name one with --from.")
    return found[-1]


def _stamp() -> str:
    return f"{now():%Y%m%dT%H%M%S}"


@group.command()
@DATA
def migrate(data: Path) -> int:
    """Move an older log forward to this program. Stop the node first.

    Example: entrepot journal migrate --data node
    """
    from entrepot.journal.backup import migrate as move
    from entrepot.journal.journal import database_at

    before, after = move(database_at(os.environ.get("ENTREPOT_JOURNAL") or data))
    click.echo(f"version {before} -> {after}")
    return 0


@contextmanager
def _lines(path: Path | None) -> Iterator[IO[str]]:
    """Where the lines go: a new file that nobody else can read, or standard output."""
    if path is None:
        yield sys.stdout
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        yield file
