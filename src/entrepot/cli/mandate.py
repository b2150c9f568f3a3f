"""``entrepot party mandate``: give a mandate, pass one on, and look at one."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from entrepot.cli.kept import DATA, JSON, OWN_PHRASE, lock_of, moment_of, read_file

if TYPE_CHECKING:
    from entrepot.party.mandate import Mandate

FILES = click.Path(path_type=Path)
INPUT = click.Path(path_type=Path, allow_dash=True)
DAYS = 365


@click.group()
def mandate() -> None:
    """Mandates: who may sign what for an organisation, up to which amount, until when."""


@mandate.command()
@click.option("--by", "party_id", required=True, metavar="ID", help="Who gives it, a party kept here.")
@click.option("--to", required=True, help="DID of the person or agent that may sign.")
@click.option("--kind", "kinds", multiple=True, help="Kind of record or type of credential; * for all.")
@click.option("--limit", default="", help='Highest amount of one document, as in "1000.00 SGD"; else any.')
@click.option("--delegations", type=click.IntRange(0), default=0, help="How many times in a row it may be passed on.")
@click.option("--parent", type=FILES, help="The mandate that is passed on.")
@click.option("--since", default="", help="From when on (RFC 3339); now by default.")
@click.option(
    "--until", default="", help=f"Until when (RFC 3339); {DAYS} days later by default, or as the one in --parent."
)
@click.option("--id", "name", default="", help="Id of the credential, an https URL where it is published.")
@click.option(
    "--status-list", "lists", multiple=True, type=FILES, help="A status list of the giver's, to take it back."
)
@click.option("--proof", "securing", default="vc+jwt", help="How it is secured.")
@click.option("--out", type=FILES, help="File to write; else standard output.")
@OWN_PHRASE
@DATA
@JSON
def give(party_id: str, *, data: Path, out: Path | None, as_json: bool, **given: Any) -> int:
    """Give a mandate, or pass on the one in --parent, within what that one grants.

    Exit 0: given. 1: it would grant more than the mandate above. 64: wrong use.

    \b
    Example: entrepot party mandate give --by p0123456789ab --to did:key:z6Mk... --kind invoice \\
      --limit "1000.00 SGD" --until 2027-01-01T00:00:00Z --data node --out ann.jwt
    """
    from entrepot.base.moment import format_moment
    from entrepot.document.mandate import Grant, longer, mandate_credential
    from entrepot.document.proof import secure
    from entrepot.party.folder import PartyFolder
    from entrepot.party.mandate import widened

    folder = PartyFolder(data)
    kept = folder.show(party_id)
    above, parent = _read(given["parent"]) if given["parent"] is not None else (None, {})
    granted = _wanted(given, above, str(kept.party.did))
    since = moment_of(given["since"])
    ends = since + timedelta(days=DAYS)
    name = given["name"] or f"urn:uuid:{uuid4()}"
    grant = Grant(
        id=name,
        issuer=str(kept.party.did),
        mandate=granted,
        since=since,
        until=moment_of(given["until"] or str(parent.get("validUntil", "")) or format_moment(ends)),
        status=[_place(each, name) for each in given["lists"]],
    )
    wider = (*widened(granted, above[1]), *longer(mandate_credential(grant), parent)) if above is not None else ()
    if above is not None and wider:
        click.echo(f"entrepot: it grants more than {above[0]}: {'; '.join(wider)}", err=True)
        return 1
    pair = folder.signing_key(kept, lock_of(kept, data, given["passphrase_file"]))
    made = secure(
        mandate_credential(grant), pair, method_id=kept.method_id, securing=given["securing"], created=moment_of("")
    )
    if out is not None:
        out.write_bytes(made)
    if as_json:
        shown = {"id": name, "credential": mandate_credential(grant)}
        click.echo(json.dumps(shown | ({"file": str(out)} if out else {"mandate": made.decode()}), ensure_ascii=False))
    elif out is None:
        click.echo(made.decode())
    return 0


@mandate.command()
@click.argument("files", nargs=-1, required=True, type=INPUT)
@click.option("--offline", is_flag=True, help="Fetch nothing.")
@click.option("--did-doc", "did_docs", multiple=True, type=FILES, help="A DID document to use.")
@click.option("--status-list", "lists", multiple=True, type=FILES, help="A status list to use.")
@click.option("--at", "moment", default="", help="The moment to judge for (RFC 3339); now by default.")
@JSON
def check(files: tuple[Path, ...], *, as_json: bool, moment: str, offline: bool, **given: Any) -> int:
    """Say what each mandate in FILES grants, and whether it holds by itself; chains are judged with a document.

    Exit 0: all hold. 1: one does not, or that is unknown. 2: one is no mandate. 64: wrong use.

    Example: entrepot party mandate check ann.jwt --json
    """
    from entrepot.base.shape import dump
    from entrepot.cli.examine import resolver_of
    from entrepot.document.mandate import read_mandate
    from entrepot.document.proof.opened import LIMITS, open_secured
    from entrepot.document.status import StatusLists
    from entrepot.document.verify import Given, verify

    resolver, at, worst = resolver_of(given["did_docs"], offline=offline), moment_of(moment), 0
    lists = StatusLists([read_file(each, LIMITS.bytes_max) for each in given["lists"]])
    for file in files:
        body = read_file(file, LIMITS.bytes_max)
        opened, _ = open_secured(body)
        granted, findings = read_mandate(opened.vc if opened is not None else {})
        if opened is None or granted is None:
            click.echo(f"entrepot: {file}: {findings[0].text}", err=True)
            worst = 2
            continue
        report = verify(body, resolver=resolver, at=at, given=Given(lists=lists))
        told = {"id": opened.vc["id"], "issuer": opened.issuer, "mandate": dump(granted), **report.to_json()}
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else _words(told, granted))
        worst = max(worst, int(not report.is_valid))
    return worst


def _wanted(given: Mapping[str, Any], above: tuple[str, "Mandate"] | None, giver: str) -> "Mandate":
    """The mandate that the options describe; what they leave out is taken from the one above."""
    from entrepot.base.shape import parse
    from entrepot.party.mandate import Mandate

    upper = above[1] if above is not None else None
    if above is not None and above[1].id != giver:
        raise click.UsageError(f"--parent is the mandate of {above[1].id}")
    kinds = given["kinds"] or (upper.kinds if upper is not None else ())
    stated: dict[str, Any] = {"id": given["to"], "type": "Mandate", "kinds": list(kinds)}
    stated |= {"principal": upper.principal if upper is not None else giver, "delegations": given["delegations"]}
    if given["limit"]:
        amount, _, currency = given["limit"].partition(" ")
        stated["limit"] = {"amount": amount, "currency": currency}
    elif upper is not None and upper.limit is not None:
        stated["limit"] = upper.limit.to_json()
    if above is not None:
        stated["parent"] = above[0]
    wanted, findings = parse(Mandate, stated)
    if wanted is None:
        raise click.UsageError(f"{findings[0].path}: {findings[0].text}")
    return wanted


def _read(file: Path) -> tuple[tuple[str, "Mandate"], Mapping[str, Any]]:
    """Id and content of the mandate in ``file``, and its credential."""
    from entrepot.document.mandate import read_mandate
    from entrepot.document.proof.opened import LIMITS, open_secured

    opened, _ = open_secured(read_file(file, LIMITS.bytes_max))
    found, findings = read_mandate(opened.vc if opened is not None else {})
    if opened is None or found is None:
        raise click.UsageError(f"--parent {file}: {findings[0].text}")
    return (str(opened.vc["id"]), found), opened.vc


def _place(file: Path, name: str) -> dict[str, Any]:
    from entrepot.cli.listing import entry_on

    return entry_on(file, name)


def _words(told: Mapping[str, Any], granted: "Mandate") -> str:
    limit = str(granted.limit) if granted.limit is not None else "any amount"
    passed = f"may be passed on {granted.delegations} times" if granted.delegations else "may not be passed on"
    state = "holds" if told["valid"] else "does not hold, or that is not known"
    kinds = ", ".join(granted.kinds)
    return f"{told['id']}: {granted.id} for {granted.principal}: {kinds}, {limit}; {passed}; {state}"
