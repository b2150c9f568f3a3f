"""``entrepot journal``: verify, rebuild, export, back up, restore and move forward a node's log."""

import os
from pathlib import Path

import click

from entrepot.base.error import UsageError
from entrepot.cli.folder import DATA, JSON, keys_of, now, open_folder, print_json


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
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write.")
def export(data: Path, out: Path) -> int:
    """Write everything as JSON lines. The file holds the keys of personal content: guard it like the database.

    Example: entrepot journal export --data node --out node.jsonl
    """
    count = 0
    with open_folder(data, read_only=True) as journal, _private(out) as file:
        for line in journal.export():
            file.write(line + "\n")
            count += 1
    click.echo(f"{count} lines")
    return 0


@group.command()
@DATA
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write.")
def backup(data: Path, out: Path) -> int:
    """Copy the log while the node runs. The keys lie apart in DATA/keys and DATA/secret: back them up elsewhere.

    Example: entrepot journal backup --data node --out backup
    """
    with open_folder(data, read_only=True) as journal:
        made = journal.backup(out)
    click.echo(str(made))
    return 0


@group.command()
@DATA
@click.option("--from", "source", type=click.Path(exists=True, path_type=Path), required=True, help="The backup.")
def restore(data: Path, source: Path) -> int:
    """Put a copy in place of a lost log. It opens a new epoch, and asks the peers for what it lost when it serves.

    Example: entrepot journal restore --data node --from backup
    """
    from entrepot.journal.backup import backup_file, restore_sqlite

    if os.environ.get("ENTREPOT_JOURNAL"):
        raise UsageError("a PostgreSQL journal is restored with its own tools, or from an export")
    keys_of(data)
    epoch = restore_sqlite(backup_file(source), data, now)
    click.echo(f"restored, epoch {epoch}; it catches up with its peers at the next start")
    return 0


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


def _private(path: Path):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a text file
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8")
