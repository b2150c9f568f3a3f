"""``entrepot document schema`` and ``issue``: the form of a document, and a document made of a file and a kept key."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.cli.answer import JSON_ANYWAY
from entrepot.cli.examine import read_file
from entrepot.cli.fitting import public_key_in
from entrepot.cli.kept import lock_of, moment_of, passphrase_in

if TYPE_CHECKING:
    from entrepot.base.finding import Finding
    from entrepot.base.record import Record
    from entrepot.party.folder import KeptParty

INPUT = click.Path(path_type=Path, allow_dash=True)
FOLDER = click.Path(path_type=Path, file_okay=False)
ALSO = {
    "commercial-invoice": "invoice",
    "purchase-order": "order",
    "bill-of-lading": "transport-document",
    "cargo-insurance-certificate": "insurance-certificate",
}
"""Names of kinds that UN/CEFACT uses -> ours."""


@click.command()
@click.argument("kind")
@JSON_ANYWAY
def schema(kind: str) -> int:
    """Print the JSON Schema (2020-12) of what a document of KIND says.

    Exit 0: printed. 64: there is no such kind; the message lists them.

    Example: entrepot document schema packing-list
    """
    from entrepot.base.shape import schema as schema_of
    from entrepot.document.kinds import kinds

    shape = kinds()[_kind(kind), 1].shape
    click.echo(json.dumps(schema_of(shape), indent=2, ensure_ascii=False))
    return 0


@click.command()
@click.argument("kind")
@click.option("--in", "file", required=True, type=INPUT, help="What the document says (JSON); - is standard input.")
@click.option("--issuer", required=True, metavar="ID", help="Id of the party that issues it, as party list shows it.")
@click.option("--proof", "proofs", multiple=True, required=True, help="A securing; each gives a file of its own.")
@click.option("--out", required=True, type=FOLDER, help="Folder for the files <id>.<securing>.json|jwt|sd-jwt.")
@click.option("--data", default="node", type=FOLDER, help="Data directory in which the party is kept; node by default.")
@click.option("--sale", "sales", multiple=True, help="Id of a sale that it belongs to.")
@click.option("--after", multiple=True, help="Id of a record of that sale that its issuer has seen.")
@click.option("--audience", multiple=True, help="DID of a party that may read it; without one everybody may.")
@click.option("--mandatory", multiple=True, help="JSON Pointer of what a holder cannot leave out; '' is everything.")
@click.option("--holder-key", "holder", type=INPUT, help="Key to which an SD-JWT is bound (public part is enough).")
@click.option("--proof-set", "is_set", is_flag=True, help="All proofs in one file <id>.proof-set.json.")
@click.option("--at", "moment", default="", help="When it is issued (RFC 3339); now by default.")
@click.option("--valid-until", default="", help="Until when it holds (RFC 3339); without it there is no end.")
@click.option("--status-list", "lists", multiple=True, type=INPUT, help="The issuer's status list: it gets a place.")
@click.option("--passphrase-file", type=INPUT, help="The party's own key opens with the passphrase in this file.")
@click.option("--json", "as_json", is_flag=True, help="Print id, findings and files as JSON.")
def issue(kind: str, *, file: Path, out: Path, as_json: bool, **given: Any) -> int:
    """Issue a document of KIND: check what it says, sign it with the issuer's kept key, write one file per securing.

    All findings are printed; one that blocks stops the issuing. Exit 0: issued. 1: it cannot be issued so. 2: the file
    cannot be read. 64: wrong use.

    With --status-list it can be taken back: entrepot document revoke ni:///sha-256;... --list FILE.

    Example: entrepot document issue packing-list --in list.json --issuer p0123456789ab --proof vc+jwt --out issued
    """
    from entrepot.base.finding import blocking
    from entrepot.party.folder import PartyFolder

    _check_proofs(given)
    name, payload = _kind(kind), _payload(file)
    if payload is None:
        return 2
    kept = PartyFolder(given["data"]).show(given["issuer"])
    now = moment_of(given["moment"])
    record, findings = _checked(name, payload, kept, given, now)
    stopped = record is None or blocking(findings)
    files = [] if stopped or record is None else _written(record, kept, given, out, now)
    identity = "" if record is None else record.id
    _tell({"id": identity, "findings": [each.to_json() for each in findings], "files": files}, findings, as_json)
    return int(bool(stopped))


def _kind(name: str) -> str:
    from entrepot.document.kinds import kinds

    known = sorted({each for each, _ in kinds()} | set(ALSO))
    found = ALSO.get(name, name)
    if (found, 1) not in kinds():
        raise click.UsageError(f"there is no kind {name[:60]!r}; the kinds are {', '.join(known)}")
    return found


def _payload(file: Path) -> dict[str, Any] | None:
    from entrepot.base.jsontext import read_json

    data, trouble = read_file(file)
    value, findings = read_json(data) if data is not None else (None, ())
    if isinstance(value, dict):
        return value
    reason = trouble or (findings[0].text if findings else "not a JSON object")
    click.echo(f"entrepot: {file}: {reason}", err=True)
    return None


def _checked(
    kind: str, payload: dict[str, Any], kept: "KeptParty", given: Mapping[str, Any], now: datetime
) -> "tuple[Record | None, tuple[Finding, ...]]":
    """The record that it makes, and everything that is wrong with it."""
    from entrepot.base.digest import b64url
    from entrepot.base.moment import format_moment
    from entrepot.base.record import read_content
    from entrepot.document.issuer import check_issuer
    from entrepot.flow.check import check_form

    issuer, number = str(kept.party.did), payload.get("number")
    content = {
        "kind": kind,
        "version": 1,
        "issuer": issuer,
        "number": number if isinstance(number, str) and number else "-",
        "nonce": b64url(secrets.token_bytes(16)),
        "issued": format_moment(now),
        **{name: sorted(set(given[name])) for name in ("sales", "after", "audience")},
        "payload": payload,
    }
    record, wrong = read_content(content)
    if record is None:
        return None, wrong
    shaped, checked = check_form(record, now, issuing=True)
    found = (*checked.findings, *(check_issuer(kind, shaped, issuer) if shaped is not None else ()))
    # Paths are those of the file, which is the payload.
    return record, tuple(replace(each, path=each.path.replace("$.payload", "$", 1)) for each in found)


def _written(record: "Record", kept: "KeptParty", given: Mapping[str, Any], out: Path, now: datetime) -> list[str]:
    """The files, one per securing, or one with all proofs in it."""
    from entrepot.document.proof.securing import ENDINGS, Terms, secure, secure_together
    from entrepot.party.folder import PartyFolder

    phrase, data = given["passphrase_file"], given["data"]
    lock = lock_of(kept, data) if phrase is None else passphrase_in(phrase)
    pair = PartyFolder(data).signing_key(kept, lock)
    holder = None if given["holder"] is None else public_key_in(given["holder"], "--holder-key")
    terms = Terms(entropy=secrets.token_bytes, mandatory=given["mandatory"] or None, holder=holder)
    credential, names = _credential(record, given), tuple(dict.fromkeys(given["proofs"]))
    if given["is_set"]:
        signing = [(pair, kept.method_id, name) for name in names]
        made = {"proof-set": secure_together(credential, signing, created=now, terms=terms)}
    else:
        made = {
            name: secure(credential, pair, method_id=kept.method_id, securing=name, created=now, terms=terms)
            for name in names
        }
    out.mkdir(parents=True, exist_ok=True)
    paths = {name: out / f"{record.id}.{name.replace('+', '-')}.{ENDINGS.get(name, 'json')}" for name in made}
    for name, path in paths.items():
        path.write_bytes(made[name])
    return [str(each) for each in paths.values()]


def _check_proofs(given: Mapping[str, Any]) -> None:
    """Raise :class:`click.UsageError` for proofs that there are not, and options that do nothing for those asked."""
    from entrepot.cli.fitting import TAKEN_BY, refuse_idle
    from entrepot.document.proof.securing import SECURINGS

    proofs = given["proofs"]
    known = [each for each in SECURINGS if not given["is_set"] or each in TAKEN_BY["--proof-set"]]
    wrong = [each for each in proofs if each not in known]
    if wrong:
        what = "--proof-set takes" if given["is_set"] else "--proof knows"
        raise click.UsageError(f"{what} {', '.join(known)}; not {', '.join(wrong)}")
    refuse_idle({"--mandatory": given["mandatory"], "--holder-key": given["holder"]}, proofs)


def _credential(record: "Record", given: Mapping[str, Any]) -> dict[str, Any]:
    """What is signed: the record, its end, and its places on the issuer's status lists."""
    from entrepot.cli.listing import entry_on
    from entrepot.document.proof import credential_of

    until = moment_of(given["valid_until"]) if given["valid_until"] else None
    credential = credential_of(record, valid_until=until)
    entries = [entry_on(each, credential["id"]) for each in given["lists"]]
    if entries:
        credential["credentialStatus"] = entries if len(entries) > 1 else entries[0]
    return credential


def _tell(answer: Mapping[str, Any], findings: "tuple[Finding, ...]", as_json: bool) -> None:
    for each in () if as_json else findings:
        click.echo(f"entrepot: {each.severity} {each.id} {each.path}: {each.text} ({each.source})", err=True)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    for path in () if as_json else answer["files"]:
        click.echo(path)


COMMANDS = (schema, issue)
"""What ``entrepot document`` offers from here."""
