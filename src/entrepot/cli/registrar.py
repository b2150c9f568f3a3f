"""``entrepot registrar``: keep a register of DIDs: challenge, register, suspend, reinstate, revoke, list."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.cli.anchors import MEMORY, SIGNERS, anchors_of
from entrepot.cli.examine import resolver_of
from entrepot.cli.kept import DATA, JSON, lock_of, print_value, read_file

if TYPE_CHECKING:
    from entrepot.flow.registrar import Entry, Registrar

FILES = click.Path(path_type=Path)
INPUT = click.Path(path_type=Path, allow_dash=True)
BY = click.option("--by", "party_id", required=True, metavar="ID", help="The registrar, a party kept here.")
ANSWER_BYTES_MAX = 64 * 1024


@click.group()
def group() -> None:
    """Keep a register: say, as a credential, whose DID it is that stands for a business number."""


@group.command()
@click.argument("did")
@click.option("--out", type=FILES, help="File to write; else standard output.")
@BY
@DATA
@JSON
def challenge(did: str, *, party_id: str, data: Path, out: Path | None, as_json: bool) -> int:
    """Challenge whoever says to control DID; the answer is made by: entrepot party answer.

    Example: entrepot registrar challenge did:web:firm.example --by p0123456789ab --data reg --out challenge.json
    """
    from entrepot.base.shape import dump
    from entrepot.flow.registrar import challenge as ask

    made = ask(_registrar(data, party_id), did)
    text = json.dumps(dump(made) | {"request": made.request()}, ensure_ascii=False)
    if out is None:
        click.echo(text)
    else:
        out.write_text(text + "\n", "utf-8")
        if as_json:
            click.echo(json.dumps({"file": str(out), "challenge": made.nonce, "expires": dump(made.expires)}))
    return 0


@group.command()
@click.argument("answer", type=INPUT)
@click.option("--did", required=True, help="The member's DID.")
@click.option("--name", required=True, help="The registered name.")
@click.option("--scheme", required=True, help="Scheme of the number, as named in the economy's file.")
@click.option("--number", required=True, help="The business number, as this register knows it to be the member's.")
@click.option("--economy", help="Economy of the scheme; by default the registrar's own.")
@click.option("--url", required=True, help="Below it the anchors and status lists are published.")
@click.option("--did-doc", "did_docs", multiple=True, type=FILES, help="A DID document to use.")
@click.option("--offline", is_flag=True, help="Fetch nothing.")
@click.option("--anchors", multiple=True, type=FILES, help="Lists of trust anchors: whether others will rely on it.")
@SIGNERS
@MEMORY
@click.option("--out", type=FILES, help="File for the identity anchor.")
@BY
@DATA
@JSON
def register(answer: Path, *, party_id: str, data: Path, out: Path | None, as_json: bool, **given: Any) -> int:
    """Register a member that answered the challenge (ANSWER; - is standard input), and issue its identity anchor.

    Exit 0: registered. 1: the number cannot be one of its scheme, or control was not shown. 64: wrong use.

    \b
    Example: entrepot registrar register answer.json --did did:web:firm.example --name "A firm" \\
      --scheme uen --number 200012345A --url https://register.example --by p0123456789ab --data reg
    """
    from dataclasses import replace

    from entrepot.base.shape import parse
    from entrepot.flow.registrar import Application
    from entrepot.flow.registrar import register as enter

    registrar = _registrar(data, party_id, given["url"], given["did_docs"], offline=given["offline"])
    trusted = anchors_of(given["anchors"], given["signers"], given["memory"])
    registrar = replace(registrar, anchors=trusted)
    economy = given["economy"] or _party(data, party_id).party.economy
    stated = {name: given[name] for name in ("did", "name", "scheme", "number")} | {"economy": economy}
    application, findings = parse(Application, stated)
    if application is None:
        raise click.UsageError(f"{findings[0].path}: {findings[0].text}")
    done = enter(registrar, application, read_file(answer, ANSWER_BYTES_MAX))
    for each in done.findings:
        click.echo(f"entrepot: {each.text} ({each.id})", err=True)
    if done.entry is None:
        if as_json:
            click.echo(json.dumps({"findings": [each.to_json() for each in done.findings]}, ensure_ascii=False))
        return 1
    if out is not None:
        out.write_text(done.entry.anchor, "ascii")
    shown = _shown(done.entry) | {"findings": [each.to_json() for each in done.findings]}
    print_value(shown | ({"file": str(out)} if out else {"anchor": done.entry.anchor}), as_json=as_json)
    return 0


def _change(name: str, text: str) -> click.Command:
    @click.command(name, help=f"{text}\n\nExample: entrepot registrar {name} r0123456789abcdef --by ID --data reg")
    @click.argument("entry_id", metavar="ENTRY")
    @BY
    @DATA
    @JSON
    def command(entry_id: str, *, party_id: str, data: Path, as_json: bool) -> int:
        from entrepot.flow.registrar import change

        print_value(_shown(change(_registrar(data, party_id), entry_id, name)), as_json=as_json)
        return 0

    return command


for _each in (
    _change("suspend", "Suspend ENTRY until it is reinstated: the status list says so at once."),
    _change("reinstate", "Take back the suspension of ENTRY."),
    _change("revoke", "Revoke ENTRY for good."),
):
    group.add_command(_each)


@group.command("list")
@BY
@DATA
@JSON
def list_entries(*, party_id: str, data: Path, as_json: bool) -> None:
    """List the entries; with --json one object per line.

    Example: entrepot registrar list --by p0123456789ab --data reg
    """
    for each in _registrar(data, party_id).register.entries():
        shown = _shown(each)
        words = f"{shown['id']}  {shown['state']:<9}  {shown['number']}  {shown['name']}  {shown['did']}"
        click.echo(json.dumps(shown, ensure_ascii=False) if as_json else words)


@group.command("status-lists")
@click.option("--url", default="", help="Below it they are published; needed before the first entry.")
@click.option("--out", required=True, type=FILES, help="Folder to write revocation.jwt and suspension.jwt to.")
@BY
@DATA
@JSON
def write_lists(*, party_id: str, data: Path, url: str, out: Path, as_json: bool) -> int:
    """Write the status lists as they are to be published.

    Example: entrepot registrar status-lists --by p0123456789ab --data reg --out public/status
    """
    from entrepot.flow.registrar import status_lists

    registrar = _registrar(data, party_id, url)
    if not url and registrar.register.status_list("revocation") is None:
        raise click.UsageError("--url is needed before the first entry")
    out.mkdir(parents=True, exist_ok=True)
    written: dict[str, str] = {}
    for purpose, body in status_lists(registrar).items():
        (out / f"{purpose}.jwt").write_bytes(body)
        written[purpose] = str(out / f"{purpose}.jwt")
    if as_json:
        click.echo(json.dumps(written))
    return 0


def _party(data: Path, party_id: str) -> Any:
    from entrepot.party.folder import PartyFolder

    return PartyFolder(data).show(party_id)


def _registrar(
    data: Path, party_id: str, url: str = "", did_docs: tuple[Path, ...] = (), *, offline: bool = True
) -> "Registrar":
    from datetime import UTC, datetime

    from entrepot.flow.office import Signatory
    from entrepot.flow.register_folder import RegisterFolder
    from entrepot.flow.registrar import Registrar
    from entrepot.party.folder import PartyFolder

    folder = PartyFolder(data)
    kept = folder.show(party_id)
    pair = folder.signing_key(kept, lock_of(kept, data))
    return Registrar(
        signatory=Signatory(did=str(kept.party.did), key=pair, method=kept.method_id),
        name=kept.party.name,
        url=url.rstrip("/"),
        register=RegisterFolder(data, kept.id, now=datetime.now(UTC)),
        resolver=resolver_of(did_docs, offline=offline),
        clock=lambda: datetime.now(UTC),
        entropy=os.urandom,
    )


def _shown(entry: "Entry") -> dict[str, Any]:
    from entrepot.base.shape import dump

    shown: dict[str, Any] = dump(entry.application)
    return {"id": entry.id, "state": entry.state, **shown, "registered": dump(entry.registered)}
