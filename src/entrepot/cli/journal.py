"""``entrepot journal``: verify, give receipts, rebuild, export, back up, restore and move forward a node's log."""

import json
from pathlib import Path

import click

from entrepot.base.error import UsageError
from entrepot.cli.cosignatures import cosignatures
from entrepot.cli.folder import DATA, JSON, journal_of, keys_of, now, offline_resolver, open_folder, print_json
from entrepot.cli.migrate import command as migrate

BACKUPS = "backups"


@click.group(name="journal")
def group() -> None:
    """Verify, rebuild, export, back up and restore a node's log.

    Example: entrepot journal verify --data node
    """


group.add_command(cosignatures)


@group.command()
@DATA
@JSON
def verify(data: Path, as_json: bool) -> int:
    """Recompute everything that can be recomputed: digests, chains, tree, signed heads, views, proofs of records.

    Proofs are judged without the network: by the keys of this node's parties, of did:key, and of peers' parties as
    remembered. A proof that cannot be judged so is unknown, and counted. Exit 0: whole; 1: a fault, or unknown.

    Example: entrepot journal verify --data node --json
    """
    from entrepot.flow.headwatch import signed_by
    from entrepot.flow.reprove import prover

    keys = keys_of(data)
    click.echo("verifying ...", err=True)
    with open_folder(data, read_only=True) as journal:
        proofs = journal.reprove(prover(offline_resolver(keys, journal), journal))
        findings = journal.verify(lambda jws: signed_by(keys.node.did, jws), signed_by) + proofs.findings
        head = journal.head()
    whole = False if findings else None if proofs.unknown else True
    if as_json:
        told = {"valid": proofs.valid, "unknown": proofs.unknown, "invalid": len(proofs.findings)}
        print_json({"whole": whole, "sealed": head.size if head else 0, "proofs": told,
                    "findings": [each.to_json() for each in findings]})  # fmt: skip
        return 0 if whole else 1
    for each in findings:
        click.echo(f"{each.severity} {each.id} {each.text}")
    for issuer in sorted(proofs.issuers):
        click.echo(f"unknown: proofs of {issuer}; its key is out of reach here")
    unknown = f"{proofs.unknown} of {proofs.unknown + proofs.valid + len(proofs.findings)} proofs are unknown"
    click.echo(
        f"{len(findings)} faults" if findings else f"no fault; {unknown}" if proofs.unknown else "the journal is whole"
    )
    return 0 if whole else 1


@group.command()
@click.argument("record_id", metavar="ID")
@DATA
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="File to write.")
def receipt(record_id: str, data: Path, out: Path | None) -> int:
    """The proof that record ID lies in the log since a moment (RFC 9162), for document verify --evidence.

    It brings along what peers cosigned: a moment by the clock of each.

    Exit 0: given. 1: there is no such record, or it is not sealed yet.

    Example: entrepot journal receipt 5f4d28c3... --data node --out receipt.json
    """
    from entrepot.flow.reading import receipt_page

    with open_folder(data, read_only=True) as journal:
        found = receipt_page(journal, record_id)
    if found is None:
        click.echo("entrepot: there is no such record, or it is not sealed yet", err=True)
        return 1
    text = json.dumps(found, ensure_ascii=False, indent=1)
    click.echo(text) if out is None else out.write_text(text + "\n", "utf-8")
    return 0


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
    """Write everything as JSON lines: guard them like the database. FILE is replaced when all of it is written.

    Keys of personal content are in them as the log keeps them, wrapped under the node's key-encryption key.

    Example: entrepot journal export --data node --out node.jsonl
    """
    from entrepot.journal.backup import drafted

    with open_folder(data, read_only=True) as journal:
        if out is None or (out.exists() and not out.is_file()):  # a pipe or a device keeps nothing half done
            count = 0
            with click.open_file("-" if out is None else str(out), "w", encoding="utf-8") as file:
                for line in journal.export():
                    file.write(line + "\n")
                    count += 1
        else:
            with drafted(out) as draft:
                count = journal.export_to(draft)
    click.echo(f"{count} lines", err=True)
    return 0


@group.command()
@DATA
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="Folder to write; default DATA/backups/TIME.")  # fmt: skip
@JSON
def backup(data: Path, out: Path | None, as_json: bool) -> int:
    """Copy the log, and all that lies beside it in DATA, while the node runs: parties, keys as they are encrypted,
    registers, papers, anchors, accounts. DATA/secret is not copied: keep the key-encryption key elsewhere.

    Example: entrepot journal backup --data node --out backup
    """
    from entrepot.base.moment import format_moment
    from entrepot.node.beside import LAST_BACKUP, copy_beside
    from entrepot.party.keystore import write_durably

    folder = out or data / BACKUPS / _stamp()
    with open_folder(data, read_only=True) as journal:
        made = journal.backup(folder)
    count = copy_beside(data, folder)
    write_durably(data / LAST_BACKUP, format_moment(now()).encode("ascii"), replace=True)
    print_json({"file": str(made), "beside": count}) if as_json else click.echo(str(made))
    return 0


@group.command()
@DATA
@click.option("--from", "source", type=click.Path(exists=True, path_type=Path), default=None,
              help="The backup; default the newest in DATA/backups.")  # fmt: skip
@click.option("--replace", is_flag=True, help="Move the log that is there aside, into DATA/replaced-TIME.")
@JSON
def restore(data: Path, source: Path | None, replace: bool, as_json: bool) -> int:
    """Put a backup or an export in place of a lost log, and back what is missing beside it. Stop the node first.

    It must be whole and this node's; otherwise nothing is changed. Files that are there are never replaced; put the
    key-encryption key back yourself, before. It opens a new epoch, and asks the peers for what it lost when it serves.
    A PostgreSQL journal is restored from an export alone, into an empty database.

    Example: entrepot journal restore --data node --from backup --replace
    """
    from entrepot.flow.headwatch import signed_by
    from entrepot.journal import restore_journal
    from entrepot.journal.backup import backup_file
    from entrepot.node.beside import put_back
    from entrepot.node.lock import ServeLock
    from entrepot.node.opening import setup_of

    is_lost = not (data / "keys").is_dir()  # then nothing can be judged before the files are back
    keys = None if is_lost else keys_of(data)
    found = backup_file(source or _newest(data / BACKUPS))
    click.echo("checking and restoring ...", err=True)
    with ServeLock(data):
        back = put_back(found.parent, data) if keys is None else None
        keys = keys or keys_of(data)
        epoch = restore_journal(
            found,
            journal_of(data),
            setup_of(keys, clock=now),
            check=lambda jws: signed_by(keys.node.did, jws),
            aside=_aside(data) if replace else None,
        )
        back = back or put_back(found.parent, data)
    for each in back.other:
        click.echo(f"entrepot: left as it is, the backup holds another: {each}", err=True)
    if as_json:
        print_json({"epoch": epoch, "from": str(found), "putBack": list(back.made), "left": list(back.other)})
    else:
        click.echo(f"restored, epoch {epoch}; it catches up with its peers at the next start")
    return 0


@group.command()
@DATA
@click.option("--peer", "peers", multiple=True, metavar="URL", help="Address of a node that was a peer; repeatable.")
@click.option("--without-peers", is_flag=True, help="The node had no peers: what it lost stays lost.")
@click.option("--replace", is_flag=True, help="Move what is left of a log aside, into DATA/replaced-TIME.")
@JSON
def begin(data: Path, *, peers: tuple[str, ...], without_peers: bool, replace: bool, as_json: bool) -> int:
    """Begin an empty log in place of a lost one of which there is no backup. Stop the node first.

    It opens a new epoch. When it serves, it finds the peers named here again, which must still know this node, and asks
    them for what they hold; until all have answered it issues nothing. What no peer holds stays lost.

    Example: entrepot journal begin --data node --peer https://node.example
    """
    from entrepot.journal import begin_journal
    from entrepot.node.lock import ServeLock
    from entrepot.node.opening import setup_of

    if bool(peers) == without_peers:
        raise UsageError("say whom to ask for what was lost", remedy="Name each --peer, or say --without-peers.")
    setup = setup_of(keys_of(data), clock=now)
    with ServeLock(data):
        urls = [each.rstrip("/") for each in peers]
        epoch = begin_journal(journal_of(data), setup, peers=urls, aside=_aside(data) if replace else None)
    if as_json:
        print_json({"epoch": epoch, "peers": urls})
    else:
        click.echo(f"an empty log, epoch {epoch}; it asks its peers at the next start")
    return 0


def _newest(folder: Path) -> Path:
    """The newest backup that was written to its end; those that were not are named."""
    from entrepot.journal.backup import is_ended

    for each in sorted((each for each in folder.glob("*") if each.is_dir()), reverse=True):
        if is_ended(each):
            return each
        click.echo(f"passed over, no whole backup: {each}", err=True)
    raise UsageError(f"there is no backup in {folder}", remedy="Name one with --from.")


def _aside(data: Path) -> Path:
    return data / f"replaced-{_stamp()}"


def _stamp() -> str:
    return f"{now():%Y%m%dT%H%M%S}"


group.add_command(migrate, "migrate")  # the older name of entrepot migrate; a log alone is moved by none
