"""Opening a node's folder from the command line: to read beside a running node, or to write while none runs."""

import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.base.error import UsageError
from entrepot.journal.journal import Journal
from entrepot.node.config import journal_address
from entrepot.node.custody import HeldKeys, open_keys
from entrepot.node.keysource import key_source

if TYPE_CHECKING:
    from entrepot.flow.resolving import NodeResolver

DATA = click.option(
    "--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True, help="The node's folder."
)
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")


def now() -> datetime:
    """The clock of the command line."""
    return datetime.now(UTC)


def keys_of(data: Path) -> HeldKeys:
    """The keys of a folder that a node has made; none is made here. Raises :class:`UsageError` for any other folder."""
    if not (data / "keys").is_dir():
        raise UsageError(f"{data} is not the folder of a node", remedy="Start one there: entrepot serve --data DIR")
    return open_keys(data, key_source(data, os.environ), entropy=secrets.token_bytes, now=now(), make=False)


def operator_token(data: Path) -> str:
    """The token of the operator that the node's first start made. Raises ``FileNotFoundError`` where there is none."""
    from entrepot.node.prepare import OPERATOR_TOKEN
    from entrepot.node.sealed import secret_in

    return secret_in(data / OPERATOR_TOKEN, lambda: key_source(data, os.environ).lock()).decode("ascii").strip()


def open_folder(data: Path, *, read_only: bool) -> Journal:
    """The journal of a node's folder; none is made. Raises ``JournalLocked`` where a running node writes it,
    ``JournalMissing`` where there is none."""
    from entrepot.journal import open_journal
    from entrepot.node.opening import setup_of

    return open_journal(journal_of(data), setup_of(keys_of(data), clock=now, read_only=read_only))


def journal_of(data: Path) -> str | Path:
    """Where the log of a node's folder lies. Raises what :func:`journal_address` raises."""
    return journal_address(os.environ) or data


def offline_resolver(keys: HeldKeys, journal: Journal) -> "NodeResolver":
    """Resolves without the network: parties of the folder, did:key, and what its log remembers of peers' parties."""
    from entrepot.flow.peer import remembered
    from entrepot.flow.resolving import NodeResolver
    from entrepot.party.error import FetchError

    def nothing(url: str) -> bytes:
        raise FetchError(f"{url} is not fetched here", code="fetch-failed")

    return NodeResolver(own=keys.document, fetch=nothing, clock=now, remembered=lambda did: remembered(journal, did))


def print_json(value: Any) -> None:
    """``value`` as JSON on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
