"""``entrepot party answer`` and ``publish-anchor``: what a member does towards a registrar."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from entrepot.cli.kept import (
    BACKUP,
    DATA,
    JSON,
    backup_store,
    described,
    lock_of,
    past_moment_of,
    print_value,
    read_file,
)

if TYPE_CHECKING:
    from entrepot.document.control import Challenge

FILES = click.Path(path_type=Path)
INPUT = click.Path(path_type=Path, allow_dash=True)
CHALLENGE_BYTES_MAX = 64 * 1024


@click.command()
@click.argument("party_id", metavar="ID")
@click.argument("challenge", type=INPUT)
@click.option("--for", "audience", default="", help="Whom it must come from (a DID or URL): else nothing is signed.")
@click.option("--out", type=FILES, help="File to write; else standard output.")
@click.option("--at", "moment", default="", help="The moment that is written down (RFC 3339); now by default.")
@DATA
@JSON
def answer(party_id: str, challenge: Path, *, data: Path, out: Path | None, as_json: bool, **given: str) -> int:
    """Answer a CHALLENGE (a file; - is standard input) with the key of the party ID: it shows control of its DID.

    Exit 0: answered. 1: the challenge is for another DID, or from somebody else. 64: wrong use.

    Example: entrepot party answer p0123456789ab challenge.json --data node --out answer.json
    """
    from entrepot.document.control import answer as sign
    from entrepot.party.folder import PartyFolder

    asked, folder = read_challenge(challenge), PartyFolder(data)
    kept = folder.show(party_id)
    if asked.did != kept.party.did or given["audience"] not in ("", asked.audience):
        click.echo(f"entrepot: the challenge is for {asked.did}, from {asked.audience}", err=True)
        return 1
    pair = folder.signing_key(kept, lock_of(kept, data))
    made = sign(asked, pair, method_id=kept.method_id, now=past_moment_of(given["moment"]))
    if out is None:
        click.echo(made.decode())
    else:
        out.write_bytes(made)
        if as_json:
            print_value({"file": str(out), "did": asked.did, "challenge": asked.nonce}, as_json=True)
    return 0


@click.command("publish-anchor")
@click.argument("party_id", metavar="ID")
@click.argument("anchor", type=INPUT)
@click.option("--at", "moment", default="", help="The moment that is written down (RFC 3339); now by default.")
@BACKUP
@DATA
@JSON
def publish(party_id: str, anchor: Path, *, data: Path, as_json: bool, moment: str, backup: Path | None) -> int:
    """Name the identity ANCHOR (a file; - is standard input) in the DID document of the party ID.

    Whoever verifies a document of the party then finds it: service untp:dia, and the entry in alsoKnownAs.

    Exit 0: done. 1: it is no anchor of this party. 64: wrong use.

    Example: entrepot party publish-anchor p0123456789ab anchor.jwt --data node
    """
    from entrepot.document.identity_anchor import read_identity_anchor, with_anchor
    from entrepot.document.proof.opened import LIMITS, open_secured
    from entrepot.party.folder import PartyFolder
    from entrepot.party.upkeep import Upkeep

    opened, _ = open_secured(read_file(anchor, LIMITS.bytes_max))
    identity, findings = read_identity_anchor(opened.vc if opened is not None else {})
    folder = PartyFolder(data)
    kept = folder.show(party_id)
    if opened is None or identity is None or identity.did != kept.party.did:
        reason = findings[0].text if findings else "it is of another DID"
        click.echo(f"entrepot: {anchor}: {reason}", err=True)
        return 1
    url, found = str(opened.vc.get("id")), identity
    upkeep = Upkeep(folder, lock=lock_of(kept, data), entropy=os.urandom, backup=backup_store(backup))
    kept = upkeep.amend(kept, lambda document: with_anchor(document, found, url), now=past_moment_of(moment))
    print_value(described(kept, data) | {"anchor": url}, as_json=as_json)
    return 0


def read_challenge(file: Path) -> "Challenge":
    """The challenge in a file, as ``entrepot registrar challenge`` writes it."""
    from entrepot.base.jsontext import read_json
    from entrepot.base.shape import parse
    from entrepot.document.control import Challenge

    value, findings = read_json(read_file(file, CHALLENGE_BYTES_MAX))
    if isinstance(value, dict):
        value = {name: each for name, each in value.items() if name != "request"}
    asked, more = parse(Challenge, value)
    if asked is None:
        raise click.UsageError(f"{file}: {(*findings, *more)[0].text}")
    return asked


COMMANDS = (answer, publish)
"""The commands of this module, for the group that offers them."""
