"""``entrepot party anchors``: sign an edition of an anchor list, and check one that is to be relied on."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.cli.kept import DATA, JSON, lock_of, moment_of, read_file

if TYPE_CHECKING:
    from entrepot.party.anchor import AnchorList, Anchors
    from entrepot.party.edition import EditionMemory
    from entrepot.party.key import PublicKey

FILES = click.Path(path_type=Path)
INPUT = click.Path(path_type=Path, allow_dash=True)
SIGNERS = click.option("--anchor-signer", "signers", multiple=True, help="Key of a signer: Multikey or did:key.")
MEMORY = click.option(
    "--anchor-memory", "memory", type=FILES, help="File with the editions seen so far; older ones are refused."
)
BYTES_MAX = 4 << 20


@click.group()
def anchors() -> None:
    """Lists of trust anchors: sign an edition, check one."""


@anchors.command()
@click.argument("file", type=INPUT)
@click.option("--by", "party_id", required=True, metavar="ID", help="The party whose key signs.")
@click.option("--out", type=FILES, help="File to write; else standard output.")
@MEMORY
@DATA
@JSON
def sign(file: Path, *, party_id: str, data: Path, memory: Path | None, out: Path | None, as_json: bool) -> int:
    """Sign the list in FILE (TOML or JSON; - is standard input).

    With --anchor-memory an edition that was signed before under its number with another text is refused.

    Exit 0: signed. 1: it is no list, or not a newer edition. 64: wrong use.

    Example: entrepot party anchors sign my.toml --by p0123456789ab --data node --out my.jws
    """
    from dataclasses import replace

    from entrepot.party.anchor import read_anchors
    from entrepot.party.edition import RunMemory, admit, edition_of, sign_list
    from entrepot.party.folder import PartyFolder

    listed, findings = read_anchors(read_file(file, BYTES_MAX))
    folder = PartyFolder(data)
    kept = folder.show(party_id)
    pair = folder.signing_key(kept, lock_of(kept, data))
    if listed is not None:
        listed = replace(listed, signer=pair.public.multikey)
        findings = admit(listed, _memory(memory) or RunMemory())
    if listed is None or findings:
        _tell(findings)
        return 1
    text = sign_list(listed, pair)
    if out is not None:
        out.write_text(text + "\n", "ascii")
    edition = edition_of(listed)
    told = {
        "economy": edition.economy,
        "sequence": edition.sequence,
        "digest": edition.digest,
        "signer": edition.signer,
    }
    if as_json:
        click.echo(json.dumps(told | ({"file": str(out)} if out is not None else {"list": text})))
    elif out is None:
        click.echo(text)
    return 0


@anchors.command()
@click.argument("files", nargs=-1, required=True, type=INPUT)
@SIGNERS
@MEMORY
@click.option("--did", default="", help="Say as what this DID stands on the lists.")
@click.option("--at", "moment", default="", help="The moment asked for (RFC 3339); now by default.")
@JSON
def check(
    files: tuple[Path, ...], *, signers: tuple[str, ...], memory: Path | None, as_json: bool, **given: Any
) -> int:
    """Check lists of trust anchors: form, signature, edition, whether the next is due.

    Exit 0: all may be relied on. 1: one must not. 64: wrong use.

    Example: entrepot party anchors check my.jws --anchor-signer z6Mk... --anchor-memory seen.json
    """
    from entrepot.party.edition import RunMemory

    seen, at, worst = _memory(memory) or RunMemory(), moment_of(given["moment"]), 0
    for file in files:
        listed, findings = _read(file, _keys(signers), seen)
        told: dict[str, Any] = {
            "file": str(file),
            "usable": not findings,
            "findings": [each.to_json() for each in findings],
        }
        if listed is not None:
            told |= _described(listed, str(given["did"])) | {"overdue": listed.is_overdue(at)}
            told["usable"] &= not told["overdue"]
        worst = max(worst, int(not told["usable"]))
        _tell(findings)
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else _words(told))
    return worst


def anchors_of(files: Sequence[Path], signers: Sequence[str], memory: Path | None) -> "Anchors | None":
    """The lists that a verification was given; None for none.

    A list that is older than one seen before, or contradicts one under its own number, is named in ``refused`` and
    said on standard error; of two that contradict each other neither is used. Raises ``PartyError`` for a file that
    cannot be read.
    """
    from entrepot.party.anchor import Anchors
    from entrepot.party.edition import RunMemory, edition_of
    from entrepot.party.error import PartyError

    seen, keys = _memory(memory) or RunMemory(), _keys(signers)
    lists, refused = list["AnchorList"](), list[Any]()
    for file in files:
        try:
            listed, findings = _read(file, keys, seen)
        except OSError as wrong:
            raise PartyError(f"--anchors {file}: {wrong.strerror}", remedy="Give the list as published.") from None
        if listed is None:
            raise PartyError(f"--anchors {file}: {findings[0].text}", remedy=findings[0].to_json()["remedy"])
        if findings:
            edition = edition_of(listed)
            refused += findings
            lists = [each for each in lists if edition_of(each).key != edition.key]
        else:
            lists.append(listed)
    _tell(refused)
    return Anchors(tuple(lists), tuple(refused)) if files else None


def admitted(data: bytes, signers: Sequence[str], memory: Path | None) -> tuple["AnchorList | None", tuple[Any, ...]]:
    """The list that ``data`` writes, where it is signed by one of ``signers`` or by nobody, and why its edition must
    not be relied on."""
    from entrepot.party.anchor import read_anchors
    from entrepot.party.edition import RunMemory, admit

    listed, _ = read_anchors(data, signers=_keys(signers))
    return listed, () if listed is None else admit(listed, _memory(memory) or RunMemory())


def _read(
    file: Path, keys: "Sequence[PublicKey]", seen: "EditionMemory"
) -> tuple["AnchorList | None", tuple[Any, ...]]:
    from entrepot.party.anchor import read_anchors
    from entrepot.party.edition import admit

    listed, findings = read_anchors(read_file(file, BYTES_MAX), signers=keys)
    return listed, findings if listed is None else admit(listed, seen)


def _memory(file: Path | None) -> "EditionMemory | None":
    from entrepot.party.edition import FileMemory

    return None if file is None else FileMemory(file)


def _keys(texts: Sequence[str]) -> "list[PublicKey]":
    from entrepot.party.error import KeyFormError
    from entrepot.party.key import PublicKey

    try:
        return [PublicKey.from_multikey(each.removeprefix("did:key:").partition("#")[0]) for each in texts]
    except KeyFormError as wrong:
        raise click.UsageError(f"--anchor-signer: {wrong.message}") from None


def _described(listed: "AnchorList", did: str) -> dict[str, Any]:
    from entrepot.base.shape import dump
    from entrepot.party.edition import edition_of

    told: dict[str, Any] = dump(edition_of(listed)) | {"issued": dump(listed.issued), "anchors": len(listed.anchors)}
    if did:
        told["entries"] = [dump(each) for each in listed.anchors if each.did == did]
    return told


def _tell(findings: Sequence[Any]) -> None:
    for each in findings:
        click.echo(f"entrepot: {each.text} ({each.id})", err=True)


def _words(told: dict[str, Any]) -> str:
    if "economy" not in told:
        return f"{told['file']}: not a list that can be used"
    state = "usable" if told["usable"] else "overdue" if told["overdue"] else "refused"
    lines = [f"{told['file']}: {told['economy']}, edition {told['sequence']}, {told['anchors']} anchors: {state}"]
    lines += [f"  {each['role']}: {each['name']}" for each in told.get("entries", [])]
    return "\n".join(lines)
