"""``entrepot party``: create parties and resolve their identifiers."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from entrepot.party.folder import KeptParty
    from entrepot.party.keystore import Lock
    from entrepot.party.party import Party

_DATA = click.option("--data", required=True, type=click.Path(path_type=Path), help="The node's data directory.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def group() -> None:
    """Create parties and resolve their identifiers."""


@group.command()
@click.option("--name", required=True, help="The party's name.")
@click.option("--economy", required=True, help="ISO 3166-1 alpha-2 code of its economy.")
@click.option("--scheme", help="Scheme of its business number, as named in the economy's file.")
@click.option("--number", help="Its business number.")
@click.option("--method", type=click.Choice(["key", "web"]), default="key", help="Kind of identifier.")
@click.option("--domain", default="", help="For web: host[:port][/path] that will publish the document.")
@click.option("--curve", type=click.Choice(["Ed25519", "P-256"]), default="Ed25519", help="Kind of key.")
@click.option("--own", is_flag=True, help="The party unlocks its key with a passphrase; the node cannot sign for it.")
@_DATA
@_JSON
def create(data: Path, *, as_json: bool, own: bool, **given: Any) -> int:
    """Create a party with a new key, encrypted at rest.

    Exit 0: created. 1: the business number cannot be one of its scheme. 64: wrong use.

    Example: entrepot party create --name "Kedai Durian" --economy MY --data node
    """
    from entrepot.base.shape import parse
    from entrepot.party.folder import NewParty, PartyFolder
    from entrepot.party.key import Curve
    from entrepot.party.keystore import Custody
    from entrepot.party.party import Party

    if bool(given["scheme"]) != bool(given["number"]) or (given["method"] == "web") != bool(given["domain"]):
        raise click.UsageError("--scheme goes with --number, and --method web with --domain")
    numbers = [{"scheme": given["scheme"], "value": given["number"]}] if given["scheme"] else []
    stated = {"name": given["name"], "economy": given["economy"], "identifiers": numbers}
    party, findings = parse(Party, stated)
    if party is None:
        raise click.UsageError(f"{findings[0].path}: {findings[0].text}")
    if _is_wrong_number(party):
        return 1
    host, *path = given["domain"].split("/")
    custody = Custody.OWN if own else Custody.HELD
    wanted = NewParty(party=party, domain=host, path=tuple(path), curve=Curve(given["curve"]), custody=custody)
    folder = PartyFolder(data)
    lock = _lock(data, own=own)
    kept = folder.create(wanted, lock=lock, now=datetime.now(UTC), entropy=os.urandom)
    _print(_described(kept, data), as_json=as_json)
    return 0


@group.command("list")
@_DATA
@_JSON
def list_parties(data: Path, *, as_json: bool) -> None:
    """List the parties kept here; with --json one object per line.

    Example: entrepot party list --data node
    """
    from entrepot.party.folder import PartyFolder

    for kept in PartyFolder(data).list():
        if as_json:
            click.echo(json.dumps(_described(kept, data), ensure_ascii=False))
        else:
            click.echo(f"{kept.id}  {kept.party.economy}  {kept.party.name}  {kept.party.did}")


@group.command()
@click.argument("party_id", metavar="ID")
@_DATA
@_JSON
def show(party_id: str, data: Path, *, as_json: bool) -> None:
    """Show one party.

    Example: entrepot party show p0123456789ab --data node
    """
    from entrepot.party.folder import PartyFolder

    _print(_described(PartyFolder(data).show(party_id), data), as_json=as_json)


@group.command()
@click.argument("did")
@click.option("--offline", is_flag=True, help="Fetch nothing.")
@click.option("--did-doc", "did_docs", multiple=True, type=click.Path(path_type=Path), help="A DID document to use.")
@_JSON
def resolve(did: str, *, offline: bool, did_docs: tuple[Path, ...], as_json: bool) -> int:
    """Resolve DID to its document, as in DID Resolution.

    Exit 0: resolved. 1: not, or not known.

    Example: entrepot party resolve did:web:example.com --json
    """
    from entrepot.cli.document import resolver_of

    found = resolver_of(did_docs, offline=offline).resolve(did)
    # The standard has no code for "not asked, because offline"; its notFound comes nearest.
    error = {"offline": "notFound"}.get(found.code, found.code)
    failed = {"error": error, "code": found.code, "reason": found.reason}
    result = {
        "didDocument": found.document,
        "didDocumentMetadata": {},
        "didResolutionMetadata": failed if found.code else {"contentType": "application/did+ld+json"},
    }
    if as_json or found.document is not None:
        click.echo(json.dumps(result if as_json else found.document, indent=None if as_json else 2))
    else:
        click.echo(f"entrepot: {found.reason} ({found.code})", err=True)
    return 0 if found.document is not None else 1


def _is_wrong_number(party: "Party") -> bool:
    """Whether a number cannot be one of its scheme; whatever is remarkable is said on standard error."""
    from entrepot.base.finding import blocking
    from entrepot.economy.identifier import identifier_findings

    found = [
        finding
        for each in party.identifiers
        for finding in identifier_findings(str(party.economy), each.scheme, each.value)
    ]
    for each in found:
        click.echo(f"entrepot: {each.text} ({each.id})", err=True)
    return bool(blocking(found))


def _lock(data: Path, *, own: bool) -> "Lock":
    from entrepot.party.keystore import PassphraseLock, kek_path, open_kek

    if own:
        return PassphraseLock(click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True))
    return open_kek(kek_path(data, os.environ), entropy=os.urandom)


def _described(kept: "KeptParty", data: Path) -> dict[str, Any]:
    from entrepot.base.shape import dump
    from entrepot.party.did import did_web_url
    from entrepot.party.folder import PartyFolder

    folder = PartyFolder(data)
    files = {"key": str(folder.keys(kept.custody).path(kept.id))}
    described = {"id": kept.id, "did": kept.party.did, "method": kept.method_id, "custody": str(kept.custody)}
    if folder.document_path(kept.id).is_file():
        files["didDocument"] = str(folder.document_path(kept.id))
        described["publishAt"] = did_web_url(str(kept.party.did))
    return {**described, "party": dump(kept.party), "files": files}


def _print(value: dict[str, Any], *, as_json: bool) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=None if as_json else 2))
