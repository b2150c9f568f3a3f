"""``entrepot document bundle`` and ``countersign``: gather what a verification needs; testify to have seen it."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.cli.anchors import MEMORY, SIGNERS
from entrepot.cli.answer import JSON, print_files, print_made
from entrepot.cli.bringing import bringing
from entrepot.cli.examine import Asked, desk_of, fetch, given_contexts, moment_of, needed, read_file

if TYPE_CHECKING:
    from entrepot.document.bundle import Part, Role
    from entrepot.document.verify import Report

FILES = click.Path(path_type=Path)
INPUT = click.Path(path_type=Path, allow_dash=True)


@click.command()
@click.argument("file", type=INPUT)
@click.option("--out", type=FILES, help="File to write; else standard output.")
@click.option("--offline", is_flag=True, help="Fetch nothing: gather what is given.")
@click.option("--did-doc", "did_docs", multiple=True, type=FILES, help="A DID document to use.")
@click.option("--anchors", multiple=True, type=FILES, help="A trust anchor list.")
@SIGNERS
@MEMORY
@bringing
@click.option("--mandate", "mandates", multiple=True, type=FILES, help="A mandate under which it was signed.")
@click.option("--identity", "identities", multiple=True, type=FILES, help="The issuer's Digital Identity Anchor.")
@click.option("--status-list", "lists", multiple=True, type=FILES, help="A status list to use.")
@click.option("--context", "contexts", multiple=True, help="A JSON-LD context to use: FILE, or URL=FILE.")
@click.option("--schema", "schemas", multiple=True, help="A JSON Schema that documents name: FILE, or URL=FILE.")
@click.option("--at", "moment", default="", help="The moment to gather for (RFC 3339); now by default.")
@JSON
def bundle(file: Path, *, out: Path | None, moment: str, as_json: bool, **given: Any) -> int:
    """Gather the document in FILE and all that its verification needs into one file for use without network.

    What it could not bring is said on standard error, and with --json under "missing". Exit 0: written. 2: the
    document cannot be read. 64: wrong use.

    Example: entrepot document bundle invoice.json --did-log did.jsonl --evidence receipt.json --out invoice.bundle.json
    """
    from entrepot.document.bundle import gathered
    from entrepot.party.keystore import write_durably

    data, trouble = read_file(file)
    if data is None:
        click.echo(f"entrepot: {file}: {trouble}", err=True)
        return 2
    asked = Asked(at=moment_of(moment, "--at"), **given)
    answers: dict[str, bytes] = {}
    desk = desk_of(asked, None if asked.offline else _noting(answers))
    report = desk.judge(data)
    if not report.is_readable:
        click.echo(f"entrepot: {file}: {report.results['integrity'].reason}", err=True)
        return 2
    parts = [_part("document", "", data), *_given(asked), *_contexts(asked, data), *_fetched(answers)]
    written = gathered(parts, made=datetime.now(UTC).replace(microsecond=0)).to_bytes()
    missing = _missing(report)
    for each in missing:
        click.echo(
            f"entrepot: not brought, so {each['result']} is unknown: {each['reason']} {each['remedy']}", err=True
        )
    if out is None:
        print_made([written], as_json=as_json)
        return 0
    if not write_durably(out, written):
        raise click.UsageError(f"{out} is there already")
    if as_json:
        click.echo(json.dumps({"files": [str(out)], "missing": missing}, ensure_ascii=False))
    return 0


_MISSING = frozenset(
    (
        "key-unknown",
        "offline",
        "notFound",
        "context-unknown",
        "schema-unchecked",
        "STATUS_RETRIEVAL_ERROR",
        "dia-missing",
    )
) | {"mandate-missing", "timekeeper-unknown", "evidence-missing", "webvh-witness-absent", "webvh-cut-short"}
"""Codes of answers that are unknown because something is not at hand; all that a fetch says begins with ``fetch-``."""


def _missing(report: "Report") -> list[dict[str, str]]:
    """What a verification of the bundle will lack, by the answer that is unknown for it."""
    return [
        {"result": name, "code": each.code, "reason": each.reason, "remedy": each.remedy}
        for name, each in report.results.items()
        if each.status == "unknown" and (each.code in _MISSING or each.code.startswith("fetch-"))
    ]


@click.command()
@click.argument("file", type=INPUT)
@click.option("--key", required=True, type=FILES, help="A Multikey pair or private JWK (JSON).")
@click.option("--verification-method", "method", default="", help="DID URL of the key; by default as the key says.")
@click.option("--did-log", "log", type=FILES, help="Log of the key's did:webvh, whose newest version is named.")
@click.option("--out", type=FILES, help="File to write; else standard output.")
@JSON
def countersign(file: Path, *, key: Path, method: str, log: Path | None, out: Path | None, as_json: bool) -> int:
    """Testify to have seen the secured document in FILE now; for use with --evidence.

    A witness with a did:webvh names the version that lists its key: give its log with --did-log, or write
    ?versionId=... into --verification-method.

    Exit 0: signed. 2: a file cannot be read. 64: wrong use.

    Example: entrepot document countersign invoice.json --key witness.json --out invoice.seen.jwt
    """
    from entrepot.document.evidence.countersignature import countersign as sign
    from entrepot.document.proof.keyfile import read_key

    data, trouble = read_file(file)
    if data is None:
        click.echo(f"entrepot: {file}: {trouble}", err=True)
        return 2
    found = read_key(needed(key, "--key"))
    method = method or found.method_id
    method = method if log is None else _versioned(method, needed(log, "--did-log"))
    text = sign(data, found.pair, method_id=method, now=datetime.now(UTC))
    if out is None:
        print_made([text.encode()], as_json=as_json)
    else:
        out.write_text(text + "\n", "ascii")
        print_files([out], as_json=as_json)
    return 0


def _versioned(method: str, log: bytes) -> str:
    """The DID URL of a key with the newest version of the log. Raises :class:`click.UsageError` where there is none."""
    from entrepot.party.did import did_of
    from entrepot.party.reach import versioned
    from entrepot.party.resolution import Resolution
    from entrepot.party.webvh import WebvhResolver, given_log

    did = did_of(method)
    history = WebvhResolver(logs=[given_log(log)], clock=lambda: datetime.now(UTC)).history(did)
    if isinstance(history, Resolution) or not history.versions:
        reason = history.reason if isinstance(history, Resolution) else "no version of it holds"
        raise click.UsageError(f"--did-log is no log of {did or method[:100]}: {reason}")
    return versioned(method, history)


def _noting(answers: dict[str, bytes]) -> Callable[[str], bytes]:
    """The fetcher, which also keeps what it got by URL."""

    def noting(url: str) -> bytes:
        answers[url] = fetch(url)
        return answers[url]

    return noting


def _part(role: "Role | str", name: str, data: bytes) -> "Part":
    from entrepot.document.bundle import Part, Role

    return Part(Role(role), name, data)


def _given(asked: Asked) -> Iterator["Part"]:
    """A part for each file that an option names."""
    from entrepot.cli.kept import read_file as read
    from entrepot.party.webvh import LOG_BYTES_MAX, given_log

    for file in asked.logs:
        log = given_log(read(file, LOG_BYTES_MAX))
        yield _part("did-log", log.scid, log.log)
        if asked.witness is not None:
            yield _part("did-witness", log.scid, read(asked.witness, LOG_BYTES_MAX))
    for role, files in (
        ("did-document", asked.did_docs),
        ("compromised", asked.compromised),
        ("anchors", asked.anchors),
        ("mandate", asked.mandates),
        ("identity", asked.identities),
        ("status-list", asked.lists),
        ("evidence", asked.evidence),
    ):
        for file in files:
            yield _part(role, "", needed(file, f"--{role}"))


def _contexts(asked: Asked, data: bytes) -> Iterator["Part"]:
    """The contexts and schemas that were given; a context for the URL of which it is the text, in this document."""
    from entrepot.base.jsontext import read_json
    from entrepot.cli.examine import given_texts
    from entrepot.document.proof.named import contexts_for
    from entrepot.document.proof.opened import LIMITS

    named, unnamed = given_contexts(asked.contexts)
    for url, text in contexts_for(read_json(data, LIMITS)[0], named, unnamed).items():
        yield _part("context", url, json.dumps(text, ensure_ascii=False).encode())
    from entrepot.document.verify.jsonschema import read_schemas

    for url, schema in read_schemas(given_texts(asked.schemas, "--schema")).items():
        yield _part("schema", url, schema)


def _fetched(answers: dict[str, bytes]) -> Iterator["Part"]:
    """A part for each answer that the verification got, by what it is."""
    from entrepot.document.identity_anchor import DIA_TYPE
    from entrepot.document.proof.opened import open_secured
    from entrepot.document.status import LIST_TYPE
    from entrepot.party.webvh import given_log

    for url, data in answers.items():
        folder, _, name = url.partition("?")[0].rpartition("/")
        opened = open_secured(data)[0] if name not in ("did.json", "did.jsonl", "did-witness.json") else None
        types = opened.vc.get("type") if opened is not None else []
        if name == "did.jsonl":
            yield _part("did-log", given_log(data).scid, data)
        elif name == "did-witness.json":
            scid = given_log(answers.get(f"{folder}/did.jsonl", b"")).scid
            yield _part("did-witness", scid, data)
        elif name == "did.json":
            yield _part("did-document", url, data)
        elif opened is not None and isinstance(types, list):
            role = "status-list" if LIST_TYPE in types else "mandate"
            yield _part("identity" if DIA_TYPE in types else role, url, data)


COMMANDS = (bundle, countersign)
"""The commands of this module, for the group that offers them."""
