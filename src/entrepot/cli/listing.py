"""``entrepot document status-list|revoke|suspend|reinstate``: an issuer's own status lists.

Beside each list lies ``<list>.register``: which document has which place. It stays with the issuer; published, it
would tell the world whose documents are meant.
"""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.cli.answer import JSON, JSON_ANYWAY, print_files
from entrepot.cli.examine import moment_of, read_file

if TYPE_CHECKING:
    from entrepot.document.proof.keyfile import FileKey

FILES = click.Path(path_type=Path)
KEY = click.option("--key", "key_file", type=FILES, help="The issuer's key: the list is signed again.")
PARTY = click.option(
    "--party", "party_id", default="", metavar="ID", help="Instead of --key: the issuer, a party kept."
)
DATA = click.option("--data", default="node", type=FILES, help="Data directory in which the party is kept.")
PHRASE = click.option(
    "--passphrase-file", type=FILES, help="The party's own key opens with the passphrase in this file."
)
LIST = click.option("--list", "list_file", required=True, type=FILES, help="The status list, as published.")
METHOD = click.option("--verification-method", "method", default="", help="DID URL of the key.")
PROOF = click.option("--proof", "securing", default="", help="How the list is signed; as before, or by the key's kind.")
AT = click.option("--at", "moment", default="", help="The moment of the change (RFC 3339); now by default.")


@click.command("status-list")
@LIST
@click.option("--url", required=True, help="Where the list will be published.")
@click.option("--issuer", default="", help="DID of the issuer; by default that of the key.")
@click.option("--status-purpose", "purpose", type=click.Choice(["revocation", "suspension"]), default="revocation")
@KEY
@PARTY
@DATA
@PHRASE
@METHOD
@PROOF
@AT
@JSON
def create(list_file: Path, *, url: str, issuer: str, purpose: str, as_json: bool, **given: Any) -> int:
    """Make a new status list on which nothing is set.

    Example: entrepot document status-list --list l.json --url https://example.org/l --key key.json
    """
    from entrepot.document.status import new_list
    from entrepot.party.did import did_of

    if list_file.exists():
        raise click.UsageError(f"{list_file} is there already")
    signing = _Signing(given)
    made = new_list(url=url, issuer=issuer or did_of(signing.method), purpose=purpose, issued=signing.moment)
    list_file.write_bytes(signing.signed(made))
    _keep_register(list_file, {})
    print_files([list_file, _register_file(list_file)], as_json=as_json)
    return 0


@click.command("status-entry")
@click.argument("document_id", metavar="ID")
@LIST
@JSON_ANYWAY
def assign(document_id: str, *, list_file: Path) -> int:
    """Give the document ID a place on the list, and print the credentialStatus that it must carry.

    Example: entrepot document status-entry urn:uuid:1 --list l.json
    """
    click.echo(json.dumps(entry_on(list_file, document_id)))
    return 0


def entry_on(list_file: Path, document_id: str) -> dict[str, Any]:
    """The ``credentialStatus`` of a document on a list of its issuer's; it is given a place where it has none."""
    from entrepot.document.status import ENTRIES_MIN, entry_of

    listed, _ = _listed(list_file)
    register = _register(list_file)
    if document_id not in register:
        taken = set(register.values())
        # At random, so that places tell nothing of order and number.
        while (place := secrets.randbelow(ENTRIES_MIN)) in taken:
            continue
        register[document_id] = place
        _keep_register(list_file, register)
    return entry_of(listed, register[document_id])


def _change(name: str, purpose: str, value: int, text: str) -> click.Command:
    @click.command(name, help=f"{text}\n\nExample: entrepot document {name} urn:uuid:1 --list l.json --key key.json")
    @click.argument("document_id", metavar="ID")
    @LIST
    @KEY
    @PARTY
    @DATA
    @PHRASE
    @METHOD
    @PROOF
    @AT
    @JSON
    def command(document_id: str, *, list_file: Path, as_json: bool, **given: Any) -> int:
        from entrepot.document.status import with_status

        listed, securing = _listed(list_file)
        stated = listed["credentialSubject"]["statusPurpose"]
        if purpose not in (stated if isinstance(stated, list) else [stated]):
            raise click.UsageError(f"{list_file} is a list for {stated}, not for {purpose}")
        place = _place(document_id, listed, list_file)
        signing = _Signing({**given, "securing": given["securing"] or securing})
        changed = with_status(listed, place, value, issued=signing.moment)
        list_file.write_bytes(signing.signed(changed))
        answer = {"id": document_id, "statusListIndex": str(place), "status": value}
        if as_json:
            answer = {"id": document_id, "list": str(list_file), "purpose": purpose, "value": value}
        click.echo(json.dumps(answer))
        return 0

    return command


class _Signing:
    """The issuer's key and how it signs."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        if (given["key_file"] is None) == (not given["party_id"]):
            raise click.UsageError("give --key, or --party with --data")
        self._key = _kept_key(given) if given["party_id"] else _key(given["key_file"])
        self.method = given["method"] or self._key.method_id
        self.moment = moment_of(given["moment"], "--at")
        self._securing = given["securing"]

    def signed(self, listed: Mapping[str, Any]) -> bytes:
        """The list with its proof."""
        from entrepot.document.proof.securing import secure

        name = self._securing
        if not name:
            name = "eddsa-jcs-2022" if str(self._key.pair.curve) == "Ed25519" else "ecdsa-jcs-2019"
        return secure(listed, self._key.pair, method_id=self.method, securing=name, created=self.moment)


def _kept_key(given: Mapping[str, Any]) -> "FileKey":
    """The key with which a kept party signs documents."""
    from entrepot.cli.kept import lock_of, passphrase_in
    from entrepot.document.proof.keyfile import FileKey
    from entrepot.party.folder import PartyFolder

    folder, phrase = PartyFolder(given["data"]), given["passphrase_file"]
    kept = folder.show(given["party_id"])
    lock = lock_of(kept, given["data"]) if phrase is None else passphrase_in(phrase)
    return FileKey(folder.signing_key(kept, lock), kept.method_id)


def _key(file: Path) -> "FileKey":
    from entrepot.document.proof.keyfile import read_key
    from entrepot.party.error import PartyError

    data, trouble = read_file(file)
    if data is None:
        raise PartyError(f"--key {file}: {trouble}", remedy="Give a file that can be read.")
    return read_key(data)


def _listed(file: Path) -> tuple[Mapping[str, Any], str]:
    """The list, and how it was signed."""
    from entrepot.document.proof.opened import open_secured
    from entrepot.document.status import LIST_TYPE
    from entrepot.party.error import PartyError

    data, trouble = read_file(file)
    opened, findings = open_secured(data or b"")
    types = opened.vc.get("type") if opened is not None else None
    if opened is None or not isinstance(types, list) or LIST_TYPE not in types:
        reason = trouble or (findings[0].text if findings else "no status list")
        raise PartyError(f"--list {file}: {reason}", remedy="Give the list as published.")
    return opened.vc, opened.securing


def _place(document_id: str, listed: Mapping[str, Any], file: Path) -> int:
    """The place of a document: by number, by its entry's id, by the register, or by the document's own file."""
    register = _register(file)
    if document_id in register:
        return register[document_id]
    start, mark, rest = document_id.rpartition("#")
    number = rest if mark and start == listed.get("id") else document_id
    if number.isascii() and number.isdigit():
        return int(number)
    from_file = _place_in_file(document_id, listed)
    if from_file is None:
        raise click.UsageError(f"{document_id} has no place on {file}")
    return from_file


def _place_in_file(name: str, listed: Mapping[str, Any]) -> int | None:
    from entrepot.document.proof.model import items_of
    from entrepot.document.proof.opened import open_secured

    data, _ = read_file(Path(name)) if len(name) < 4000 and "\0" not in name else (None, "")
    opened, _findings = open_secured(data or b"")
    for each in items_of(opened.vc.get("credentialStatus")) if opened is not None else []:
        if isinstance(each, Mapping) and each.get("statusListCredential") == listed.get("id"):
            index = each.get("statusListIndex")
            if isinstance(index, str) and index.isascii() and index.isdigit():
                return int(index)
    return None


def _register(file: Path) -> dict[str, int]:
    path = _register_file(file)
    if not path.exists():
        return {}
    value = json.loads(path.read_text("utf-8"))
    return {str(name): int(place) for name, place in value["places"].items()}


def _keep_register(file: Path, places: Mapping[str, int]) -> None:
    text = json.dumps({"places": dict(sorted(places.items()))}, ensure_ascii=False, indent=1)
    _register_file(file).write_text(text + "\n", "utf-8")


def _register_file(file: Path) -> Path:
    return file.with_name(file.name + ".register")


COMMANDS = (
    create,
    assign,
    _change("revoke", "revocation", 1, "Revoke the document ID for good."),
    _change("suspend", "suspension", 1, "Suspend the document ID until it is reinstated."),
    _change("reinstate", "suspension", 0, "Take back the suspension of the document ID."),
)
"""What ``entrepot document`` offers from here."""
