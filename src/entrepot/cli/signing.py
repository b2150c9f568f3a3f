"""``entrepot sale sign``: something is said with a key that never leaves this machine: the party's own, or that of
somebody who signs for it under a mandate.

The node prepares the content (heads, audience, nonce) and says what it would find; here it is compared with the draft,
signed, and handed over. The node is not trusted with what is said: whatever it changed is refused.
"""

import base64
import json
import mimetypes
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.base.error import EntrepotError

if TYPE_CHECKING:
    from entrepot.base.record import Record
    from entrepot.party.folder import KeptParty

APART_MAX = timedelta(minutes=10)
"""How far the node's clock may be from this machine's."""
MEMBERS = frozenset({"kind", "number", "payload", "sales", "after", "audience"})
DRAFT_BYTES_MAX = 2 << 20
FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


class NoDraft(EntrepotError):
    """The file does not write a draft."""

    code = "draft"


class NodeChangedDraft(EntrepotError):
    """What the node prepared for signing is not what the draft says; nothing was signed."""

    code = "node-changed-draft"


@click.command()
@click.argument("draft", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--party", "party_id", required=True, metavar="ID", help="Who signs: id or DID of a party kept here.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder of its key.")
@click.option("--node", required=True, help="Address of the node where the party lives.")
@click.option("--token-file", type=FILES, required=True, help="A token, at that node, of the party that says it.")
@click.option(
    "--mandate",
    "mandates",
    multiple=True,
    type=FILES,
    help="Sign for whom this mandate binds: that of --party first, then those above it.",
)
@click.option("--attach", multiple=True, type=FILES, help="A file that the payload names by its SHA-256.")
@click.option("--passphrase-file", type=FILES, help="The passphrase of the key, in a file; else it is asked for.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the signed forms.")
@click.option("--yes", "is_sure", is_flag=True, help="Sign without asking.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
def sign(draft: Path, *, party_id: str, data: Path, node: str, as_json: bool, **given: Any) -> int:
    """Say what DRAFT holds (- is standard input), signed here with the party's own key.

    DRAFT is JSON: kind, number, payload; sales where it belongs to one; after and audience where they shall not follow
    from the sale. The key is opened on this machine alone; the node gets the signed record. With --mandate the record
    is that of whoever gave the mandate, which goes with it; nothing is signed that it is not known to allow.

    Exit 0: issued. 1: findings stop it. 2: the node, the key or the draft cannot be used. 64: wrong use.

    Example: entrepot sale sign invoice.json --party p0123456789ab --data own --node https://node.example
    --token-file token
    """
    from entrepot.cli.client import client_of
    from entrepot.cli.demo.client import NodeRefused
    from entrepot.flow.mandated import credential_under

    said = _draft(draft)
    kept = _party(data, party_id)
    files, mandates = [_attachment(each) for each in given["attach"]], [_mandate(each) for each in given["mandates"]]
    issuer = mandates[0][1] if mandates else str(kept.party.did)
    brought = {"attachments": files, "mandates": [each.decode() for each, _ in mandates]}
    client = client_of(node, given["token_file"])
    try:
        prepared = client.post("/api/v1/records/prepare", {**said, **brought})
        if not prepared["ok"]:
            _show(finding for each in prepared["checks"] for finding in each["findings"])
            return 1
        record = _as_drafted(said, issuer, prepared)
        _ask(record, is_sure=given["is_sure"])
        rendered = credential_under(record, [each for each, _ in mandates])
        secured = _signed(rendered, kept, data, given["passphrase_file"])
        _write(secured, record, given["out"])
        body = {"secured": list(secured.values()), **brought}
        issued = client.post("/api/v1/records/signed", body, key=f"signed-{record.id}")
    except NodeRefused as wrong:
        if wrong.status != 422:
            raise
        click.echo(f"entrepot: {wrong.problem.get('detail')} ({wrong.problem.get('code')})", err=True)
        _show(wrong.problem.get("findings", ()))
        return 1
    click.echo(json.dumps(issued, ensure_ascii=False) if as_json else f"{issued['id']}  {record.kind}, signed here")
    return 0


def _draft(file: Path) -> dict[str, Any]:
    from entrepot.base.jsontext import JsonLimits, read_json
    from entrepot.cli.kept import read_file

    value, findings = read_json(read_file(file, DRAFT_BYTES_MAX), JsonLimits(bytes_max=DRAFT_BYTES_MAX))
    if findings or not isinstance(value, dict) or not {"kind", "number", "payload"} <= value.keys() <= MEMBERS:
        reason = findings[0].text if findings else f"a draft has kind, number, payload; it may have {sorted(MEMBERS)}"
        raise NoDraft(f"{file}: {reason}", remedy="Write it as for POST /api/v1/records.")
    return dict(value)


def _party(data: Path, named: str) -> "KeptParty":
    from entrepot.party.folder import PartyFolder, party_id

    return PartyFolder(data).show(party_id(named) if named.startswith("did:") else named)


def _mandate(file: Path) -> tuple[bytes, str]:
    """A secured mandate, and the DID of whom it binds."""
    from entrepot.document.mandate import open_mandate

    data = file.read_bytes().strip()
    _, mandate, findings = open_mandate(data)
    if mandate is None:
        raise click.UsageError(f"--mandate {file}: {findings[0].text}")
    return data, mandate.principal


def _attachment(file: Path) -> dict[str, str]:
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return {"media_type": media_type, "base64": base64.b64encode(file.read_bytes()).decode("ascii")}


def _as_drafted(said: Mapping[str, Any], issuer: str, prepared: Mapping[str, Any]) -> "Record":
    """The record that the node prepared, where it says what the draft says; its id is reckoned here."""
    from entrepot.base.canonical import canonical
    from entrepot.base.record import read_content

    record, findings = read_content(prepared["content"])
    if record is None:
        raise NodeChangedDraft(f"the node prepared no record: {findings[0].path} {findings[0].text}")
    content = record.content
    wanted: dict[str, Any] = {"issuer": issuer, "kind": said["kind"], "number": said["number"]}
    wanted["sales"] = tuple(sorted(set(said.get("sales") or ())))
    if said.get("audience") is not None:
        wanted["audience"] = tuple(sorted(set(said["audience"])))
    changed = [name for name, value in wanted.items() if getattr(content, name) != value]
    # As bytes: for Python true equals 1.
    changed += ["payload"] if canonical(content.payload) != canonical(said["payload"]) else []
    changed += ["after"] if not set(said.get("after") or ()) <= set(content.after) else []
    changed += ["issued"] if abs(content.issued - datetime.now(UTC)) > APART_MAX else []
    changed += ["record"] if prepared["record"] != record.id else []
    if changed:
        raise NodeChangedDraft(f"the node prepared something else than the draft: {', '.join(changed)}")
    return record


def _ask(record: "Record", *, is_sure: bool) -> None:
    """Show what is signed and who will read it, and ask."""
    content = record.content
    click.echo(f"{content.kind} {content.number} by {content.issuer}", err=True)
    click.echo(f"  id {record.id}, after {len(content.after)} records", err=True)
    click.echo(f"  may be read by {', '.join(content.audience) or 'everybody'}", err=True)
    if not is_sure:
        click.confirm("Sign it?", abort=True, err=True)


def _signed(
    credential: Mapping[str, Any], kept: "KeptParty", data: Path, passphrase_file: Path | None
) -> dict[str, str]:
    """The secured forms, by the name of the securing, in every one that the key allows."""
    from entrepot.cli.kept import lock_of, passphrase_in
    from entrepot.document.proof import secure
    from entrepot.flow.issue import SECURINGS
    from entrepot.party.folder import PartyFolder

    lock = lock_of(kept, data) if passphrase_file is None else passphrase_in(passphrase_file)
    key = PartyFolder(data).signing_key(kept, lock)
    created = datetime.now(UTC).replace(microsecond=0)
    return {
        name: secure(credential, key, method_id=kept.method_id, securing=name, created=created).decode("utf-8")
        for name in SECURINGS[key.curve]
    }


def _write(secured: Mapping[str, str], record: "Record", out: Path | None) -> None:
    from entrepot.document.proof.securing import ENDINGS
    from entrepot.party.keystore import write_durably

    for name, text in secured.items() if out is not None else ():
        assert out is not None
        path = out / f"{record.id[:16]}.{name.replace('+', '-')}.{ENDINGS.get(name, 'json')}"
        write_durably(path, text.encode("utf-8"), replace=True)
        click.echo(str(path), err=True)


def _show(findings: Iterable[Mapping[str, Any]]) -> None:
    for each in findings:
        click.echo(f"  {each['severity']} {each['id']} {each['path']}: {each['text']} {each['remedy']}", err=True)
