"""``entrepot party rotate|move|deactivate|compromise|export|import|reside``: the life of a party that is kept here."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.cli.answer import print_files
from entrepot.cli.kept import (
    AT,
    BACKUP,
    DATA,
    JSON,
    PASSPHRASE,
    backup_store,
    described,
    lock_of,
    passphrase_in,
    past_moment_of,
    print_value,
    read_file,
)

if TYPE_CHECKING:
    from entrepot.party.folder import KeptParty
    from entrepot.party.upkeep import Upkeep


@click.command()
@click.argument("party_id", metavar="ID")
@click.option("--prerotate", is_flag=True, help="Commit to the next key of the log from now on.")
@AT
@BACKUP
@DATA
@JSON
def rotate(party_id: str, *, data: Path, as_json: bool, prerotate: bool, moment: str, backup: Path | None) -> int:
    """Give a party a new key, and a did:webvh a new key of its log.

    Example: entrepot party rotate p0123456789ab --data node
    """
    upkeep, kept = _upkeep(data, party_id, backup)
    print_value(described(upkeep.rotate(kept, now=past_moment_of(moment), prerotate=prerotate), data), as_json=as_json)
    return 0


@click.command()
@click.argument("party_id", metavar="ID")
@click.option("--domain", required=True, help="host[:port][/path] that will publish it from now on.")
@AT
@BACKUP
@DATA
@JSON
def move(party_id: str, *, domain: str, data: Path, as_json: bool, moment: str, backup: Path | None) -> int:
    """Move a did:webvh to another place; its history and its keys stay.

    Example: entrepot party move p0123456789ab --domain trade.example --data node
    """
    upkeep, kept = _upkeep(data, party_id, backup)
    print_value(described(upkeep.move(kept, domain, now=past_moment_of(moment)), data), as_json=as_json)
    return 0


@click.command()
@click.argument("party_id", metavar="ID")
@AT
@BACKUP
@DATA
@JSON
def deactivate(party_id: str, *, data: Path, as_json: bool, moment: str, backup: Path | None) -> int:
    """End an identifier for good: it lists no key any more.

    Example: entrepot party deactivate p0123456789ab --data node
    """
    upkeep, kept = _upkeep(data, party_id, backup)
    print_value(described(upkeep.deactivate(kept, now=past_moment_of(moment)), data), as_json=as_json)
    return 0


@click.command()
@click.argument("party_id", metavar="ID")
@click.option("--since", required=True, help="From when on the key may have been in other hands (RFC 3339).")
@click.option("--key", default="", help="Fragment or id of the method; by default the one in force at that time.")
@DATA
@JSON
def compromise(party_id: str, *, since: str, key: str, data: Path, as_json: bool) -> int:
    """Mark a key as compromised: what was signed under it is judged anew. Rotate next.

    Example: entrepot party compromise p0123456789ab --since 2026-03-01T00:00:00Z --data node
    """
    from entrepot.base.shape import dump

    upkeep, kept = _upkeep(data, party_id, None)
    marks = upkeep.compromise(kept, since=past_moment_of(since), now=datetime.now(UTC), method=key)
    print_value({**described(kept, data), "compromised": dump(marks)["marks"]}, as_json=as_json)
    return 0


@click.command()
@click.argument("party_id", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; standard output by default.")
@PASSPHRASE
@DATA
@JSON
def export(party_id: str, *, out: Path | None, passphrase_file: Path | None, data: Path, as_json: bool) -> int:
    """Write a party as one file: documents, log, and keys, which stay sealed.

    Example: entrepot party export p0123456789ab --out party.json --data node
    """
    from entrepot.party.folder import PartyFolder
    from entrepot.party.keystore import write_durably
    from entrepot.party.transfer import Relock, export_party

    folder = PartyFolder(data)
    kept = folder.show(party_id)
    relock = None
    if passphrase_file is not None:
        relock = Relock(lock_of(kept, data), passphrase_in(passphrase_file), os.urandom)
    written = export_party(folder, kept, relock)
    if out is None:
        click.echo(written, nl=False)
        return 0
    if not write_durably(out, written):
        raise click.UsageError(f"{out} is there already")
    print_files([out], as_json=as_json)
    return 0


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@PASSPHRASE
@DATA
@JSON
def import_(file: Path, *, passphrase_file: Path | None, data: Path, as_json: bool) -> int:
    """Keep the party that an exported FILE holds (- is standard input).

    Example: entrepot party import party.json --data node
    """
    from entrepot.party.folder import PartyFolder
    from entrepot.party.transfer import LIMITS, Relock, import_party, party_in

    read = read_file(file, LIMITS.bytes_max)
    lock = lock_of(party_in(read), data)
    relock = Relock(passphrase_in(passphrase_file), lock, os.urandom) if passphrase_file is not None else None
    print_value(described(import_party(PartyFolder(data), read, lock=lock, relock=relock), data), as_json=as_json)
    return 0


@click.command()
@click.argument("party_id", metavar="ID")
@click.option("--node", required=True, help="The node: its did:key, or its address, which tells it.")
@click.option("--passphrase-file", type=click.Path(path_type=Path), help="The passphrase of an own key, in a file.")
@AT
@BACKUP
@DATA
@JSON
def reside(party_id: str, *, node: str, data: Path, as_json: bool, **given: Any) -> int:
    """Say on which node a party lives; nobody else can say it for a party that holds its own key.

    A did:web or did:webvh says so in its document, to be published anew; a did:key signs a statement (`residence`),
    to be given to the node's operator.

    Example: entrepot party reside p0123456789ab --node https://node.example --data own
    """
    from entrepot.cli.client import node_at
    from entrepot.party.did import is_did
    from entrepot.party.folder import PartyFolder
    from entrepot.party.residence import Residence, state_residence
    from entrepot.party.upkeep import Upkeep

    folder, now = PartyFolder(data), past_moment_of(given["moment"])
    kept = folder.show(party_id)
    lock = passphrase_in(given["passphrase_file"]) if given["passphrase_file"] else lock_of(kept, data)
    named = node if is_did(node) else node_at(node)
    if not named.startswith("did:key:"):
        raise click.UsageError(f"a node is a did:key, not {named[:60]!r}")
    did = str(kept.party.did)
    if did.startswith("did:key:"):
        stated = Residence(party=did, node=named, since=now)
        text = state_residence(folder.keys(kept.custody).load(kept.id, lock), stated)
        print_value({**described(kept, data), "node": named, "residence": text}, as_json=as_json)
        return 0
    upkeep = Upkeep(folder, lock=lock, entropy=os.urandom, backup=backup_store(given["backup"]))
    print_value({**described(upkeep.reside(kept, named, now=now), data), "node": named}, as_json=as_json)
    return 0


def _upkeep(data: Path, party_id: str, backup: Path | None) -> tuple["Upkeep", "KeptParty"]:
    from entrepot.party.folder import PartyFolder
    from entrepot.party.upkeep import Upkeep

    folder = PartyFolder(data)
    kept = folder.show(party_id)
    return Upkeep(folder, lock=lock_of(kept, data), entropy=os.urandom, backup=backup_store(backup)), kept


COMMANDS = (rotate, move, deactivate, compromise, export, import_, reside)
"""The commands of this module, for the group that offers them."""
