"""Verifying many files: each judged alone, in input order, on all cores."""

import json
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from entrepot.document._openattestation2.issuance import Issuance
    from entrepot.document.proof.meaning import Contexts
    from entrepot.document.status import StatusLists
    from entrepot.document.verify import Report
    from entrepot.document.verify.jsonschema import Schemas
    from entrepot.party.anchor import Anchors
    from entrepot.party.resolve import DidResolver

ALONE_MAX = 24
"""Files that one process judges before others are worth their start."""
_CHUNK = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a verification was asked with; plain values, so that another process can make the same of them."""

    at: datetime
    offline: bool
    required: tuple[str, ...] = ()
    did_docs: tuple[Path, ...] = ()
    anchors: tuple[Path, ...] = ()
    signers: tuple[str, ...] = ()
    memory: Path | None = None
    mandates: tuple[Path, ...] = ()
    identities: tuple[Path, ...] = ()
    lists: tuple[Path, ...] = ()
    contexts: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    issued: tuple[Path, ...] = ()
    fresh_hours: float | None = None
    audience: str | None = None
    nonce: str | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Examined:
    """What is printed of one file, what is told beside it, and its exit code."""

    text: str
    told: str
    code: int


@dataclass(slots=True)
class _Desk:
    """What judges: made once in each process."""

    asked: Asked
    resolver: "DidResolver"
    anchors: "Anchors | None"
    lists: "StatusLists"
    named: Mapping[str, Mapping[str, Any]]
    unnamed: list[Mapping[str, Any]]
    schemas: "Schemas"
    issuances: "tuple[Issuance, ...]"
    mandates: tuple[bytes, ...]
    identities: tuple[bytes, ...]
    contexts: dict[tuple[str, ...], "Contexts"] = field(default_factory=dict)

    def contexts_for(self, data: bytes) -> "Contexts":
        from entrepot.base.jsontext import read_json
        from entrepot.document.proof.meaning import Contexts
        from entrepot.document.proof.named import contexts_for
        from entrepot.document.proof.opened import LIMITS

        given = self.named
        if self.unnamed:
            given = contexts_for(read_json(data, LIMITS)[0], self.named, self.unnamed)
        key = tuple(given)
        if key not in self.contexts:
            self.contexts[key] = Contexts(given)
        return self.contexts[key]


def examine(files: tuple[Path, ...], asked: Asked) -> Iterator[Examined]:
    """Each file judged, in order; many files by several processes."""
    import os

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    _desk(asked)  # whatever is wrong with what was given is told once, here
    if len(files) <= ALONE_MAX or cores < 2 or any(str(each) == "-" for each in files):
        yield from (_examine(file, asked) for file in files)
        return
    with ProcessPoolExecutor(max_workers=cores) as pool:
        yield from pool.map(_examine, files, [asked] * len(files), chunksize=_CHUNK)


def _examine(file: Path, asked: Asked) -> Examined:
    from entrepot.document.verify import Given, unread, verify

    data, trouble = read_file(file)
    if data is None:
        report = unread(f"{file}: {trouble}")
        text = json.dumps(report.to_json(), ensure_ascii=False) if asked.as_json else ""
        return Examined(text, f"entrepot: {file}: {trouble}", 2)
    desk = _desk(asked)
    given = Given(
        contexts=desk.contexts_for(data),
        lists=desk.lists,
        audience=asked.audience,
        nonce=asked.nonce,
        anchors=desk.anchors,
        schemas=desk.schemas,
        issuances=desk.issuances,
        mandates=desk.mandates,
        identities=desk.identities,
        fetch=None if asked.offline else _fetch,
    )
    report = verify(data, resolver=desk.resolver, at=asked.at, require=asked.required, given=given)
    text = json.dumps(report.to_json(), ensure_ascii=False) if asked.as_json else _words(file, report)
    return Examined(text, "", 2 if not report.is_readable else int(not report.is_valid))


@cache
def _desk(asked: Asked) -> _Desk:
    from entrepot.cli.anchors import anchors_of
    from entrepot.document.status import StatusLists
    from entrepot.document.verify.jsonschema import Schemas, read_schemas

    named, unnamed = given_contexts(asked.contexts)
    schemas = Schemas(read_schemas(_given_texts(asked.schemas, "--schema")))
    fresh = None if asked.fresh_hours is None else timedelta(hours=asked.fresh_hours)
    lists = StatusLists(
        [_needed(each, "--status-list") for each in asked.lists],
        fetch=None if asked.offline else _fetch,
        fresh_max=fresh,
    )
    resolver = resolver_of(asked.did_docs, offline=asked.offline)
    anchors, issuances = anchors_of(asked.anchors, asked.signers, asked.memory), tuple(map(_issuance, asked.issued))
    mandates = tuple(_needed(each, "--mandate") for each in asked.mandates)
    identities = tuple(_needed(each, "--identity") for each in asked.identities)
    return _Desk(asked, resolver, anchors, lists, named, unnamed, schemas, issuances, mandates, identities)


def _issuance(file: Path) -> "Issuance":
    from entrepot.document._openattestation2.issuance import read_issuance

    read, findings = read_issuance(_needed(file, "--issued"))
    if read is None:
        reason = f"{findings[0].path}: {findings[0].text}"
        raise click.UsageError(f"--issued {file}: {reason}")
    return read


def given_contexts(texts: tuple[str, ...]) -> tuple[dict[str, Mapping[str, Any]], list[Mapping[str, Any]]]:
    """The contexts that ``--context`` names: ``FILE``, or ``URL=FILE``."""
    from entrepot.document.proof.named import read_contexts

    return read_contexts(_given_texts(texts, "--context"))


def _given_texts(texts: tuple[str, ...], option: str) -> list[tuple[str, bytes]]:
    """URL (empty where none is said) and content of each ``FILE``, or ``URL=FILE``."""
    found = []
    for text in texts:
        url, mark, file = text.rpartition("=")
        if not mark or "://" not in url:
            url, file = "", text
        found.append((url, _needed(Path(file), option)))
    return found


def moment_of(text: str, option: str) -> datetime:
    """The moment that an option names; now where it is empty."""
    from entrepot.base.moment import parse_moment

    if not text:
        return datetime.now(UTC)
    try:
        return parse_moment(text)
    except ValueError as wrong:
        raise click.UsageError(f"{option}: {wrong}") from None


def resolver_of(did_docs: tuple[Path, ...], *, offline: bool) -> "DidResolver":
    """The resolver of a command: given documents first; fetches unless ``offline``."""
    from entrepot.party.resolve import DidResolver

    return DidResolver(fetch=None if offline else _fetch, documents=[_did_document(each) for each in did_docs])


LOOPBACK_SETTING = "ENTREPOT_ALLOW_LOOPBACK_HTTP"
"""Set to 1, allows identifiers that lead to this machine, over http: for the demo and tests only."""


def _fetch(url: str) -> bytes:
    import os

    from entrepot.party.fetch import Fetcher

    return Fetcher(loopback=os.environ.get(LOOPBACK_SETTING) == "1").document(url)


def _did_document(file: Path) -> Mapping[str, Any]:
    from entrepot.party.error import PartyError
    from entrepot.party.resolve import read_document

    data, trouble = read_file(file)
    resolution = read_document(data or b"")
    if resolution.document is None:
        raise PartyError(f"--did-doc {file}: {trouble or resolution.reason}", remedy="Give a DID document in JSON.")
    return resolution.document


def _needed(file: Path, option: str) -> bytes:
    from entrepot.party.error import PartyError

    data, trouble = read_file(file)
    if data is None:
        raise PartyError(f"{option} {file}: {trouble}", remedy="Give a file that can be read.")
    return data


def read_file(file: Path) -> tuple[bytes | None, str]:
    """At most one byte more than is ever examined, or why the file cannot be read; ``-`` is standard input."""
    from entrepot.document.proof.opened import LIMITS

    if str(file) == "-":
        return sys.stdin.buffer.read(LIMITS.bytes_max + 1), ""
    try:
        with file.open("rb") as stream:
            return stream.read(LIMITS.bytes_max + 1), ""
    except OSError as wrong:
        return None, wrong.strerror or "cannot be read"


def _words(file: Path, report: "Report") -> str:
    lines = [f"{file}: {'valid' if report.is_valid else 'not valid'}"]
    for name, result in report.results.items():
        lines.append(f"  {name:<10}{str(result.status).replace('_', ' '):<10}{result.reason}".rstrip())
        if result.remedy and str(result.status) != "valid":
            lines.append(f"  {'':<20}{result.remedy}")
    return "\n".join(lines)
