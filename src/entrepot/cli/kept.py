"""What the commands about parties share: options, locks, moments, and how a party is shown."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from entrepot.party.folder import KeptParty
    from entrepot.party.keystore import KeyStore, Lock

DATA = click.option("--data", required=True, type=click.Path(path_type=Path), help="The node's data directory.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
AT = click.option("--at", "moment", default="", help="The moment that is written down (RFC 3339); now by default.")
BACKUP = click.option("--backup", type=click.Path(path_type=Path), help="Second folder for keys committed to.")
PASSPHRASE = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help="Keys in the file are sealed under the passphrase in this file.",
)
OWN_PHRASE = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help="The party's own key opens with the passphrase in this file.",
)


def new_lock(data: Path, *, own: bool) -> "Lock":
    """What seals the keys of a new party."""
    from entrepot.node.keysource import key_source
    from entrepot.party.keystore import PassphraseLock

    if own:
        return PassphraseLock(click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True))
    return key_source(data, os.environ).lock(os.urandom)


def lock_of(kept: "KeptParty", data: Path, phrase: Path | None = None) -> "Lock":
    """What opens the keys of a party that is here already; ``phrase``: the file with the passphrase of its own key."""
    from entrepot.node.keysource import key_source
    from entrepot.party.keystore import Custody, PassphraseLock

    if phrase is not None:
        return passphrase_in(phrase)
    if kept.custody is Custody.OWN:
        return PassphraseLock(click.prompt("Passphrase", hide_input=True, err=True))
    return key_source(data, os.environ).lock(os.urandom)


def passphrase_in(file: Path) -> "Lock":
    """The lock that a passphrase in a file makes."""
    from entrepot.party.keystore import PassphraseLock

    phrase = read_file(file, 10_000).decode("utf-8", "replace").rstrip("\r\n")
    if len(phrase) < 8:
        raise click.UsageError(f"the passphrase in {file} has fewer than 8 characters")
    return PassphraseLock(phrase)


def backup_store(folder: Path | None) -> "KeyStore | None":
    """The second place for keys that are committed to."""
    from entrepot.party.keystore import KeyStore

    return None if folder is None else KeyStore(folder)


def read_file(file: Path, bytes_max: int) -> bytes:
    """At most one byte more than is ever examined."""
    if str(file) == "-":
        return sys.stdin.buffer.read(bytes_max + 1)
    with file.open("rb") as stream:
        return stream.read(bytes_max + 1)


def moment_of(text: str) -> datetime:
    """The moment that an option names; now where it is empty."""
    from entrepot.base.moment import parse_moment

    try:
        return parse_moment(text) if text else datetime.now(UTC)
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None


def past_moment_of(text: str) -> datetime:
    """As :func:`moment_of`, for what is written down: nothing of the future, which no resolver would accept."""
    moment = moment_of(text)
    if moment > datetime.now(UTC):
        raise click.UsageError(f"{text} lies in the future")
    return moment


def described(kept: "KeptParty", data: Path) -> dict[str, Any]:
    """A party as the commands show it: who it is, where it is published, its files."""
    from entrepot.base.shape import dump
    from entrepot.party.folder import PartyFolder
    from entrepot.party.webvh import published_at

    folder = PartyFolder(data)
    did = str(kept.party.did)
    paths = {
        "didDocument": folder.document_path(kept.id),
        "log": folder.log_path(kept.id),
        "witness": folder.witness_path(kept.id),
        "compromised": folder.marks_path(kept.id),
    }
    files = {"key": str(folder.keys(kept.custody).path(kept.id))}
    files |= {name: str(path) for name, path in paths.items() if path.is_file()}
    for name, store in (("updateKey", folder.update_keys), ("nextKey", folder.next_keys)):
        held = [each.id for each in store.list() if each.id.startswith(f"{kept.id}-update-")]
        files |= {name: str(store.path(held[0]))} if held else {}
    described = {"id": kept.id, "did": did, "method": kept.method_id, "custody": str(kept.custody)}
    described |= published_at(did)
    return {**described, "party": dump(kept.party), "files": files}


def print_value(value: dict[str, Any], *, as_json: bool) -> None:
    """Print an object, on one line with --json."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=None if as_json else 2))
