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

from entrepot.base.said import foreign

if TYPE_CHECKING:
    from entrepot.document._openattestation2.issuance import Issuance
    from entrepot.document.bundle import Bundle
    from entrepot.document.evidence.sighting import Timekeepers
    from entrepot.document.proof.meaning import Contexts
    from entrepot.document.status import StatusLists
    from entrepot.document.verify import Report
    from entrepot.document.verify.jsonschema import Schemas
    from entrepot.party.anchor import Anchors
    from entrepot.party.resolve import DidResolver, Fetch, Resolver

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
    log_days: float | None = None
    audience: str | None = None
    nonce: str | None = None
    logs: tuple[Path, ...] = ()
    witness: Path | None = None
    compromised: tuple[Path, ...] = ()
    evidence: tuple[Path, ...] = ()
    timekeepers: tuple[str, ...] = ()
    trusted_logs: tuple[str, ...] = ()
    authorities: tuple[Path, ...] = ()
    bundle: Path | None = None
    trusts_bundle: bool = False
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Examined:
    """What is printed of one file, what is told beside it, and its exit code."""

    text: str
    told: str
    code: int


@dataclass(slots=True)
class Desk:
    """What judges: made once in each process. ``bundle``: of which documents and all that is not given come."""

    asked: Asked
    resolver: "Resolver"
    anchors: "Anchors | None"
    lists: "StatusLists"
    named: Mapping[str, Mapping[str, Any]]
    unnamed: list[Mapping[str, Any]]
    schemas: "Schemas"
    issuances: "tuple[Issuance, ...]"
    mandates: tuple[bytes, ...]
    identities: tuple[bytes, ...]
    evidence: tuple[bytes, ...]
    timekeepers: "Timekeepers"
    fetch: "Fetch | None"
    bundle: "Bundle | None" = None
    contexts: dict[tuple[str, ...], "Contexts"] = field(default_factory=dict)

    def contexts_for(self, data: bytes) -> "Contexts":
        """The contexts that one document may name."""
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

    def judge(self, data: bytes) -> "Report":
        """The report on one document."""
        from entrepot.document.verify import Given, verify

        given = Given(
            contexts=self.contexts_for(data),
            lists=self.lists,
            audience=self.asked.audience,
            nonce=self.asked.nonce,
            anchors=self.anchors,
            schemas=self.schemas,
            issuances=self.issuances,
            mandates=self.mandates,
            identities=self.identities,
            fetch=self.fetch,
            evidence=self.evidence,
            timekeepers=self.timekeepers,
            now=datetime.now(UTC),
            log_age_max=None if self.asked.log_days is None else timedelta(days=self.asked.log_days),
        )
        return verify(data, resolver=self.resolver, at=self.asked.at, require=self.asked.required, given=given)


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
    from entrepot.document.verify import unread

    desk = _desk(asked)
    inner = desk.bundle.document if desk.bundle is not None and file == asked.bundle else None
    data, trouble = (inner, "") if inner is not None else read_file(file)
    if data is None:
        report = unread(foreign(f"{file}: {trouble}"))
        text = json.dumps(report.to_json(), ensure_ascii=False) if asked.as_json else ""
        return Examined(text, f"entrepot: {file}: {trouble}", 2)
    report = desk.judge(data)
    text = json.dumps(report.to_json(), ensure_ascii=False) if asked.as_json else _words(file, report)
    return Examined(text, "", 2 if not report.is_readable else int(not report.is_valid))


@cache
def _desk(asked: Asked) -> Desk:
    return desk_of(asked, None if asked.offline else fetch)


def desk_of(asked: Asked, fetch: "Fetch | None") -> Desk:
    """What judges as ``asked``. Raises an ``EntrepotError`` where something that was given cannot be used."""
    from entrepot.cli.anchors import anchors_of
    from entrepot.cli.bringing import Brought, bundle_of, timekeepers_of
    from entrepot.document.status import StatusLists
    from entrepot.document.verify.jsonschema import Schemas, read_schemas

    brought = Brought(bundle_of(asked.bundle), is_vouched=asked.trusts_bundle)
    named, unnamed = given_contexts(asked.contexts)
    fresh = None if asked.fresh_hours is None else timedelta(hours=asked.fresh_hours)
    lists = [needed(each, "--status-list") for each in asked.lists]
    return Desk(
        asked,
        brought.resolver(asked, fetch),
        brought.anchors(anchors_of(asked.anchors, asked.signers, asked.memory), asked.signers, asked.memory),
        StatusLists(lists, fetch=fetch, fresh_max=fresh, brought=brought.status_lists, known=brought.known),
        brought.contexts | named,
        unnamed,
        Schemas(brought.schemas | read_schemas(given_texts(asked.schemas, "--schema"))),
        tuple(map(_issuance, asked.issued)),
        (*(needed(each, "--mandate") for each in asked.mandates), *brought.mandates),
        (*(needed(each, "--identity") for each in asked.identities), *brought.identities),
        (*(needed(each, "--evidence") for each in asked.evidence), *brought.evidence),
        timekeepers_of(asked.timekeepers, asked.trusted_logs, asked.authorities),
        fetch,
        brought.bundle,
    )


def _issuance(file: Path) -> "Issuance":
    from entrepot.document._openattestation2.issuance import read_issuance

    read, findings = read_issuance(needed(file, "--issued"))
    if read is None:
        reason = f"{findings[0].path}: {findings[0].text}"
        raise click.UsageError(f"--issued {file}: {reason}")
    return read


def given_contexts(texts: tuple[str, ...]) -> tuple[dict[str, Mapping[str, Any]], list[Mapping[str, Any]]]:
    """The contexts that ``--context`` names: ``FILE``, or ``URL=FILE``."""
    from entrepot.document.proof.named import read_contexts

    return read_contexts(given_texts(texts, "--context"))


def given_texts(texts: tuple[str, ...], option: str) -> list[tuple[str, bytes]]:
    """URL (empty where none is said) and content of each ``FILE``, or ``URL=FILE``."""
    found = []
    for text in texts:
        url, mark, file = text.rpartition("=")
        if not mark or "://" not in url:
            url, file = "", text
        found.append((url, needed(Path(file), option)))
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


def resolver_of(did_docs: tuple[Path, ...], *, offline: bool, logs: tuple[Path, ...] = ()) -> "DidResolver":
    """The resolver of a command: given documents and logs first; fetches unless ``offline``."""
    from entrepot.cli.kept import read_file as read
    from entrepot.party.resolve import DidResolver
    from entrepot.party.webvh import LOG_BYTES_MAX, given_log

    return DidResolver(
        fetch=None if offline else fetch,
        documents=[did_document(each) for each in did_docs],
        logs=[given_log(read(each, LOG_BYTES_MAX)) for each in logs],
    )


LOOPBACK_SETTING = "ENTREPOT_ALLOW_LOOPBACK_HTTP"
"""Set to 1, allows identifiers that lead to this machine, over http: for the demo and tests only."""


def fetch(url: str) -> bytes:
    """What a URL answers, by the guarded fetcher. Raises ``FetchError``."""
    import os

    from entrepot.party.fetch import Fetcher, Limits
    from entrepot.party.webvh import LOG_BYTES_MAX

    return Fetcher(limits=Limits(bytes_max=LOG_BYTES_MAX), loopback=os.environ.get(LOOPBACK_SETTING) == "1").document(
        url
    )


def did_document(file: Path) -> Mapping[str, Any]:
    """The DID document in a file. Raises ``PartyError`` where it holds none."""
    from entrepot.party.error import PartyError
    from entrepot.party.resolve import read_document

    data, trouble = read_file(file)
    resolution = read_document(data or b"")
    if resolution.document is None:
        raise PartyError(f"--did-doc {file}: {trouble or resolution.reason}", remedy="Give a DID document in JSON.")
    return resolution.document


def needed(file: Path, option: str) -> bytes:
    """What a file that an option names holds. Raises ``PartyError`` where it cannot be read."""
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
