"""``entrepot document``: verify trade documents that anyone issued."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from entrepot.document.verify import Report
    from entrepot.party.anchor import Anchors
    from entrepot.party.resolve import DidResolver

LOOPBACK_SETTING = "ENTREPOT_ALLOW_LOOPBACK_HTTP"
"""Set to 1, allows identifiers that lead to this machine, over http: for the demo and tests only."""


@click.group()
def group() -> None:
    """Verify trade documents that anyone issued."""


@group.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file, in the order of the files.")
@click.option("--offline", is_flag=True, help="Fetch nothing; identifiers resolve from --did-doc and did:key alone.")
@click.option("--did-doc", "did_docs", multiple=True, type=click.Path(path_type=Path), help="A DID document to use.")
@click.option("--anchors", "anchor_lists", multiple=True, type=click.Path(path_type=Path), help="A trust anchor list.")
@click.option("--require", default="", help="Results that must be valid, separated by commas: status,anchor")
@click.option("--at", "moment", default="", help="The moment to judge for (RFC 3339); now by default.")
def verify(files: tuple[Path, ...], *, as_json: bool, require: str, moment: str, **given: Any) -> int:
    """Verify FILES (- is standard input): credentials with a proof inside, or vc+jwt.

    Exit 0: all valid. 1: one is not, or is unknown. 2: one could not be read. 64: wrong use.

    Example: entrepot document verify invoice.json --json
    """
    from entrepot.document.verify import verify as verify_document

    required, at = _required(require), _moment(moment)
    resolver, anchors = resolver_of(given["did_docs"], offline=given["offline"]), _anchors(given["anchor_lists"])
    worst = 0
    for file in files:
        data, trouble = _read(file)
        if data is None:
            _print_unread(file, trouble, as_json=as_json)
            worst = 2
            continue
        report = verify_document(data, resolver=resolver, at=at, require=required, anchors=anchors)
        _print(file, report, as_json=as_json)
        worst = max(worst, 2 if not report.is_readable else int(not report.is_valid))
    return worst


def _required(text: str) -> tuple[str, ...]:
    from entrepot.document.verify import RESULTS

    names = tuple(each.strip() for each in text.split(",") if each.strip())
    wrong = [each for each in names if each not in RESULTS]
    if wrong:
        raise click.UsageError(f"--require knows {', '.join(RESULTS)}; not {', '.join(wrong)}")
    return names


def _moment(text: str) -> datetime:
    from entrepot.base.moment import parse_moment

    if not text:
        return datetime.now(UTC)
    try:
        return parse_moment(text)
    except ValueError as wrong:
        raise click.UsageError(f"--at: {wrong}") from None


def resolver_of(did_docs: tuple[Path, ...], *, offline: bool) -> "DidResolver":
    """The resolver of a command: given documents first; fetches unless ``offline``."""
    from entrepot.party.resolve import DidResolver

    return DidResolver(fetch=None if offline else _fetch, documents=[_did_document(each) for each in did_docs])


def _fetch(url: str) -> bytes:
    import os

    from entrepot.party.fetch import Fetcher

    return Fetcher(loopback=os.environ.get(LOOPBACK_SETTING) == "1").document(url)


def _did_document(file: Path) -> Mapping[str, Any]:
    from entrepot.party.error import PartyError
    from entrepot.party.resolve import read_document

    data, trouble = _read(file)
    resolution = read_document(data or b"")
    if resolution.document is None:
        raise PartyError(f"--did-doc {file}: {trouble or resolution.reason}", remedy="Give a DID document in JSON.")
    return resolution.document


def _anchors(files: tuple[Path, ...]) -> "Anchors | None":
    from entrepot.party.anchor import Anchors, read_anchors
    from entrepot.party.error import PartyError

    lists = []
    for file in files:
        data, trouble = _read(file)
        listed, findings = read_anchors(data or b"")
        if listed is None:
            raise PartyError(f"--anchors {file}: {trouble or findings[0].text}", remedy="Give the list as published.")
        lists.append(listed)
    return Anchors(tuple(lists)) if lists else None


def _read(file: Path) -> tuple[bytes | None, str]:
    """At most one byte more than is ever examined, or why the file cannot be read."""
    from entrepot.document.proof.opened import LIMITS

    if str(file) == "-":
        return sys.stdin.buffer.read(LIMITS.bytes_max + 1), ""
    try:
        with file.open("rb") as stream:
            return stream.read(LIMITS.bytes_max + 1), ""
    except OSError as wrong:
        return None, wrong.strerror or "cannot be read"


def _print(file: Path, report: "Report", *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False))
        return
    click.echo(f"{file}: {'valid' if report.is_valid else 'not valid'}")
    for name, result in report.results.items():
        line = f"  {name:<10}{str(result.status).replace('_', ' '):<10}{result.reason}"
        click.echo(line.rstrip())
        if result.remedy and str(result.status) != "valid":
            click.echo(f"  {'':<20}{result.remedy}")


def _print_unread(file: Path, trouble: str, *, as_json: bool) -> None:
    from entrepot.document.verify import unread

    click.echo(f"entrepot: {file}: {trouble}", err=True)
    if as_json:
        click.echo(json.dumps(unread(f"{file}: {trouble}").to_json(), ensure_ascii=False))
