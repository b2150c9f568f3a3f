"""``entrepot party``: create parties and resolve their identifiers."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.base.said import foreign
from entrepot.cli.anchors import anchors
from entrepot.cli.kept import (
    AT,
    BACKUP,
    DATA,
    JSON,
    backup_store,
    described,
    moment_of,
    new_lock,
    past_moment_of,
    print_value,
    read_file,
)
from entrepot.cli.mandate import mandate
from entrepot.cli.member import COMMANDS as MEMBER
from entrepot.cli.upkeep import COMMANDS

if TYPE_CHECKING:
    from entrepot.party.party import Party
    from entrepot.party.resolve import DidResolver


@click.group()
def group() -> None:
    """Create parties and resolve their identifiers."""


for _each in (*COMMANDS, *MEMBER, anchors, mandate):
    group.add_command(_each)


@group.command()
@click.option("--name", required=True, help="The party's name.")
@click.option("--economy", required=True, help="ISO 3166-1 alpha-2 code of its economy.")
@click.option("--scheme", help="Scheme of its business number, as named in the economy's file.")
@click.option("--number", help="Its business number.")
@click.option("--method", type=click.Choice(["key", "web", "webvh"]), default="key", help="Kind of identifier.")
@click.option("--domain", default="", help="For web and webvh: host[:port][/path] that will publish it.")
@click.option("--prerotate", is_flag=True, help="For webvh: commit to the next key of the log.")
@click.option("--fixed", is_flag=True, help="For webvh: the identifier can never move.")
@click.option("--curve", type=click.Choice(["Ed25519", "P-256"]), default="Ed25519", help="Kind of key.")
@click.option("--own", is_flag=True, help="The party unlocks its key with a passphrase; the node cannot sign for it.")
@AT
@BACKUP
@DATA
@JSON
def create(data: Path, *, as_json: bool, own: bool, **given: Any) -> int:
    """Create a party with a new key, encrypted at rest.

    Exit 0: created. 1: the business number cannot be one of its scheme. 64: wrong use.

    Example: entrepot party create --name "Kedai Durian" --economy MY --data node
    """
    from entrepot.base.shape import parse
    from entrepot.economy.code import is_code
    from entrepot.party.folder import NewParty, PartyFolder
    from entrepot.party.key import Curve
    from entrepot.party.keystore import Custody
    from entrepot.party.party import Party
    from entrepot.party.upkeep import NewHistory, Upkeep

    if bool(given["scheme"]) != bool(given["number"]) or (given["method"] != "key") != bool(given["domain"]):
        raise click.UsageError("--scheme goes with --number, and --method web and webvh with --domain")
    if (given["prerotate"] or given["fixed"] or given["backup"]) and given["method"] != "webvh":
        raise click.UsageError("--prerotate, --fixed and --backup go with --method webvh")
    numbers = [{"scheme": given["scheme"], "value": given["number"]}] if given["scheme"] else []
    stated = {"name": given["name"], "economy": given["economy"], "identifiers": numbers}
    party, findings = parse(Party, stated)
    if party is None:
        raise click.UsageError(f"{findings[0].path}: {findings[0].text}")
    if not is_code(given["economy"]):
        raise click.UsageError(
            f"ISO 3166-1 assigns no code {given['economy']}; give the alpha-2 code of the economy, like MY or VN"
        )
    if _is_wrong_number(party):
        return 1
    host, *path = given["domain"].split("/")
    custody = Custody.OWN if own else Custody.HELD
    wanted = NewParty(party=party, domain=host, path=tuple(path), curve=Curve(given["curve"]), custody=custody)
    folder, now = PartyFolder(data), past_moment_of(given["moment"])
    lock = new_lock(data, own=own)
    if given["method"] == "webvh":
        history = NewHistory(prerotate=given["prerotate"], portable=not given["fixed"])
        upkeep = Upkeep(folder, lock=lock, entropy=os.urandom, backup=backup_store(given["backup"]))
        kept = upkeep.create(wanted, history, now=now)
    else:
        kept = folder.create(wanted, lock=lock, now=now, entropy=os.urandom)
    print_value(described(kept, data), as_json=as_json)
    return 0


@group.command("list")
@DATA
@JSON
def list_parties(data: Path, *, as_json: bool) -> None:
    """List the parties kept here; with --json one object per line.

    Example: entrepot party list --data node
    """
    from entrepot.party.folder import PartyFolder

    for kept in PartyFolder(data).list():
        if as_json:
            click.echo(json.dumps(described(kept, data), ensure_ascii=False))
        else:
            click.echo(f"{kept.id}  {kept.party.economy}  {kept.party.name}  {kept.party.did}")


@group.command()
@click.argument("party_id", metavar="ID")
@DATA
@JSON
def show(party_id: str, data: Path, *, as_json: bool) -> None:
    """Show one party.

    Example: entrepot party show p0123456789ab --data node
    """
    from entrepot.party.folder import PartyFolder

    print_value(described(PartyFolder(data).show(party_id), data), as_json=as_json)


@group.command()
@click.argument("did")
@click.option("--offline", is_flag=True, help="Fetch nothing.")
@click.option("--did-doc", "did_docs", multiple=True, type=click.Path(path_type=Path), help="A DID document to use.")
@click.option("--log", type=click.Path(path_type=Path, allow_dash=True), help="The log of a did:webvh to use.")
@click.option("--witness", type=click.Path(path_type=Path), help="The witness proofs beside that log.")
@click.option("--compromised", type=click.Path(path_type=Path), help="Marks of compromised keys of that DID.")
@click.option("--at", "moment", default="", help="The version that held at that moment (RFC 3339).")
@click.option("--version-id", default="", help="The version of that versionId.")
@click.option("--version-number", type=click.IntRange(1), help="The version of that number.")
@JSON
def resolve(did: str, *, offline: bool, did_docs: tuple[Path, ...], as_json: bool, **given: Any) -> int:
    """Resolve DID to its document, as in DID Resolution.

    Exit 0: resolved. 1: not, or not known. 2: nothing could be read of its log. 64: wrong use.

    Example: entrepot party resolve did:web:example.com --json
    """
    from entrepot.party.resolution import Query, Resolution

    moment, version_id, number = given["moment"], given["version_id"], given["version_number"]
    if sum((bool(moment), bool(version_id), number is not None)) > 1:
        raise click.UsageError("a version is named by --at, --version-id or --version-number, not by several")
    query = Query(at=moment_of(moment) if moment else None, version_id=version_id, version_number=number)
    try:
        found = _resolver(did, did_docs, offline=offline, given=given).lookup(did, query)
    except OSError as wrong:
        reason = foreign(f"{wrong.filename}: {wrong.strerror or 'cannot be read'}")
        found = Resolution(None, "file-unreadable", reason, "notFound", is_unreadable=True)
    if as_json or found.document is not None:
        shown = found.to_json() if as_json else found.document
        click.echo(json.dumps(shown, ensure_ascii=False, indent=None if as_json else 2))
    else:
        click.echo(f"entrepot: {found.reason} ({found.code})", err=True)
    return 2 if found.is_unreadable else int(found.document is None)


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


def _resolver(did: str, did_docs: tuple[Path, ...], *, offline: bool, given: dict[str, Any]) -> "DidResolver":
    """What is given first; fetches unless ``offline``. A given log is that of the DID asked for, or it is refused."""
    from entrepot.cli.document import LOOPBACK_SETTING
    from entrepot.party.compromise import read_marks
    from entrepot.party.error import PartyError
    from entrepot.party.fetch import Fetcher, Limits
    from entrepot.party.resolve import DOCUMENT_LIMITS, DidResolver, read_document
    from entrepot.party.webvh import LOG_BYTES_MAX, GivenLog

    documents = []
    for each in did_docs:
        found = read_document(read_file(each, DOCUMENT_LIMITS.bytes_max))
        if found.document is None:
            raise PartyError(f"--did-doc {each}: {found.reason}", remedy="Give a DID document in JSON.")
        documents.append(found.document)
    logs = []
    if given["log"] is not None:
        proofs = read_file(given["witness"], LOG_BYTES_MAX) if given["witness"] is not None else None
        logs = [GivenLog(f"{did}:::".split(":")[2], read_file(given["log"], LOG_BYTES_MAX), proofs)]
    marks = [read_marks(read_file(given["compromised"], 1 << 18))] if given["compromised"] is not None else []
    limits = Limits(bytes_max=LOG_BYTES_MAX)
    fetcher = Fetcher(limits=limits, loopback=os.environ.get(LOOPBACK_SETTING) == "1")
    return DidResolver(
        fetch=None if offline else fetcher.document,
        documents=documents,
        logs=logs,
        marks=marks,
        clock=lambda: datetime.now(UTC),
    )
