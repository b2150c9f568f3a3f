"""``entrepot identity``: the four functions of a corporate identity, by the local provider."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.cli.examine import resolver_of
from entrepot.cli.kept import DATA, JSON, lock_of, moment_of, print_value, read_file

if TYPE_CHECKING:
    from entrepot.document.control import Challenge
    from entrepot.flow.corporate import CorporateIdentity

FILES = click.Path(path_type=Path)
INPUT = click.Path(path_type=Path, allow_dash=True)
BYTES_MAX = 3 << 20
FIELDS = ("name", "economy", "did", "number", "scheme", "address", "email")
PARTY = click.option("--party", "party_id", required=True, metavar="ID", help="The party, as kept here.")
DID_DOCS = click.option("--did-doc", "did_docs", multiple=True, type=FILES, help="A DID document to use.")
OFFLINE = click.option("--offline", is_flag=True, help="Fetch nothing.")


@click.group()
def group() -> None:
    """Sign in, sign under a mandate, fill in forms, keep licences: a party's own corporate identity."""


@group.command("sign-in")
@click.argument("challenge", type=INPUT)
@click.option("--out", type=FILES, help="File to write; else standard output.")
@PARTY
@DATA
@JSON
def sign_in(challenge: Path, *, party_id: str, data: Path, out: Path | None, as_json: bool) -> int:
    """Answer the CHALLENGE (a file; - is standard input) of whoever asks for a sign-in.

    Example: entrepot identity sign-in challenge.json --party p0123456789ab --data node
    """
    _put(_provider(data, party_id).sign_in(_challenge(challenge)), out, as_json=as_json)
    return 0


@group.command()
@click.argument("challenge", type=FILES)
@click.argument("answer", type=INPUT)
@click.option("--at", "moment", default="", help="The moment to judge for (RFC 3339); now by default.")
@DID_DOCS
@OFFLINE
@JSON
def check(challenge: Path, answer: Path, *, moment: str, as_json: bool, **given: Any) -> int:
    """Check the ANSWER to a CHALLENGE. That a challenge is answered once is for whoever keeps it to see to.

    Exit 0: signed in. 1: not, or not known.

    Example: entrepot identity check challenge.json answer.json
    """
    from entrepot.document.control import check_answer

    asked, resolver = _challenge(challenge), resolver_of(given["did_docs"], offline=given["offline"])
    found = check_answer(read_file(answer, BYTES_MAX), asked, resolver=resolver, at=moment_of(moment))
    shown = {"did": asked.did, "signedIn": str(found.status) == "valid", **found.to_json()}
    click.echo(json.dumps(shown, ensure_ascii=False) if as_json else f"{found.status}: {found.reason}")
    return int(not shown["signedIn"])


@group.command()
@click.argument("document", type=INPUT)
@click.option("--mandate", "mandates", multiple=True, type=FILES, help="The signer's mandate, then those above it.")
@click.option("--status-list", "lists", multiple=True, type=FILES, help="A status list of whoever gave a mandate.")
@click.option("--proof", "securing", default="vc+jwt", help="How it is secured.")
@click.option("--did-log", "logs", multiple=True, type=FILES, help="The log of a did:webvh to use.")
@click.option("--accept-unknown", "person", help="Who accepts that it is unknown whether the mandate allows it.")
@click.option("--reason", help="Why; both are kept in the folder.")
@click.option("--out", type=FILES, help="File to write; else standard output.")
@DID_DOCS
@OFFLINE
@PARTY
@DATA
@JSON
def sign(document: Path, *, party_id: str, data: Path, out: Path | None, as_json: bool, **given: Any) -> int:
    """Sign the credential in DOCUMENT (- is standard input) with the party's key: for itself, or under a mandate.

    Exit 0: signed. 1: the mandate does not allow it, or whether it does is unknown and nobody accepts that. 64: wrong
    use.

    Example: entrepot identity sign invoice.json --party p0123456789ab --mandate ann.jwt --data node
    """
    from entrepot.base.jsontext import read_json
    from entrepot.document.proof.opened import LIMITS
    from entrepot.flow.corporate import Accepting, SigningRequest

    value, findings = read_json(read_file(document, BYTES_MAX), LIMITS)
    if not isinstance(value, dict):
        raise click.UsageError(f"{document}: {findings[0].text if findings else 'not a JSON object'}")
    if bool(given["person"]) is not bool(given["reason"]):
        raise click.UsageError("--accept-unknown and --reason go together")
    accepted = Accepting(person=given["person"], reason=given["reason"]) if given["person"] else None
    provider = _provider(
        data, party_id, given["did_docs"], lists=given["lists"], logs=given["logs"], offline=given["offline"]
    )
    mandates = tuple(read_file(each, BYTES_MAX) for each in given["mandates"])
    done = provider.sign(
        SigningRequest(document=value, mandates=mandates, securing=given["securing"], accepted=accepted)
    )
    if str(done.mandate.status) in ("invalid", "unknown"):
        click.echo(f"entrepot: {done.mandate.reason} ({done.mandate.code})", err=True)
    if done.data is None:
        return 1
    if out is not None:
        out.write_bytes(done.data)
    if as_json:
        where = {"file": str(out)} if out is not None else {"document": done.data.decode()}
        click.echo(json.dumps({"mandate": done.mandate.to_json(), **where}, ensure_ascii=False))
    elif out is None:
        click.echo(done.data.decode())
    return 0


@group.command()
@click.option("--field", "fields", multiple=True, required=True, type=click.Choice(FIELDS), help="What the form asks.")
@click.option("--consent", "consented", multiple=True, type=click.Choice(FIELDS), help="What may be told.")
@click.option("--for", "audience", required=True, help="Who asks: a DID or URL.")
@click.option("--purpose", required=True, help="What for.")
@DID_DOCS
@OFFLINE
@PARTY
@DATA
@JSON
def prefill(*, party_id: str, data: Path, as_json: bool, **given: Any) -> int:
    """Fill in a form with what is known of the party: only the fields that --consent names are told.

    Exit 0: all filled in. 1: something is withheld or unknown.

    Example: entrepot identity prefill --field name --consent name --for https://bank.example --purpose account
    --party p0123456789ab --data node
    """
    from entrepot.base.shape import dump
    from entrepot.flow.corporate import Consent, Form

    now = moment_of("")
    form = Form(audience=given["audience"], purpose=given["purpose"], fields=given["fields"])
    consent = Consent(
        audience=form.audience,
        purpose=form.purpose,
        fields=given["consented"],
        given=now,
        until=now + timedelta(minutes=1),
    )
    provider = _provider(data, party_id, given["did_docs"], offline=given["offline"])
    told = provider.prefill(form, consent)
    print_value(dump(told), as_json=as_json)
    return int(bool(told.withheld or told.unknown))


@group.group()
def licence() -> None:
    """Licences and other credentials of a party: kept, listed with their end, shown."""


@licence.command("add")
@click.argument("file", type=INPUT)
@PARTY
@DATA
@JSON
def add(file: Path, *, party_id: str, data: Path, as_json: bool) -> int:
    """Keep the credential in FILE (- is standard input).

    Example: entrepot identity licence add permit.jwt --party p0123456789ab --data node
    """
    from entrepot.base.shape import dump

    print_value(dump(_provider(data, party_id).keep_licence(read_file(file, BYTES_MAX))), as_json=as_json)
    return 0


@licence.command("list")
@PARTY
@DATA
@JSON
def list_licences(*, party_id: str, data: Path, as_json: bool) -> None:
    """List what is kept, what ends first before the rest; with --json one object per line.

    Example: entrepot identity licence list --party p0123456789ab --data node
    """
    from entrepot.base.shape import dump

    for each in _provider(data, party_id).licences():
        shown = dump(each)
        words = f"{each.id}  {each.state:<9} {shown.get('until', 'no end'):<24} {', '.join(each.types)}  {each.issuer}"
        click.echo(json.dumps(shown, ensure_ascii=False) if as_json else words)


@licence.command("show")
@click.argument("licence_id", metavar="LICENCE")
@click.option("--out", type=FILES, help="File to write; else standard output.")
@PARTY
@DATA
@JSON
def show(licence_id: str, *, party_id: str, data: Path, out: Path | None, as_json: bool) -> int:
    """Give out LICENCE as its issuer signed it.

    Example: entrepot identity licence show 0123456789abcdef0123456789abcdef --party p0123456789ab --data node
    """
    from entrepot.base.shape import dump

    provider = _provider(data, party_id)
    body = provider.show_licence(licence_id)
    if as_json and out is None:
        licence = next(each for each in provider.licences() if each.id == licence_id)
        print_value(dump(licence) | {"data": body.decode("utf-8", "replace")}, as_json=True)
    else:
        _put(body, out, as_json=as_json)
    return 0


def _provider(
    data: Path,
    party_id: str,
    did_docs: tuple[Path, ...] = (),
    *,
    lists: tuple[Path, ...] = (),
    logs: tuple[Path, ...] = (),
    offline: bool = True,
) -> "CorporateIdentity":
    from datetime import UTC, datetime

    from entrepot.document.status import StatusLists
    from entrepot.flow.local_identity import LocalIdentity
    from entrepot.flow.office import Signatory
    from entrepot.flow.paper_folder import PaperFolder
    from entrepot.party.folder import PartyFolder

    folder = PartyFolder(data)
    kept = folder.show(party_id)
    pair = folder.signing_key(kept, lock_of(kept, data))
    provider = LocalIdentity(
        kept.party,
        Signatory(did=str(kept.party.did), key=pair, method=kept.method_id),
        PaperFolder(data, kept.id),
        resolver=resolver_of(did_docs, offline=offline, logs=logs),
        clock=lambda: datetime.now(UTC),
        entropy=os.urandom,
    )
    if lists:
        provider.lists = StatusLists([read_file(each, BYTES_MAX) for each in lists])
    return provider


def _challenge(file: Path) -> "Challenge":
    from entrepot.cli.member import read_challenge

    return read_challenge(file)


def _put(data: bytes, out: Path | None, *, as_json: bool) -> None:
    """Write what was made; what it is, is JSON or a token by itself."""
    if out is None:
        click.echo(data.decode())
        return
    out.write_bytes(data)
    if as_json:
        click.echo(json.dumps({"file": str(out)}))
