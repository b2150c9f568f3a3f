"""Speaking to a node that the caller names: its address, its token, and what it says of itself."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from entrepot.cli.demo.client import Client

SECONDS_MAX = 30.0


def client_of(url: str, token_file: Path | None = None) -> "Client":
    """A client of the node at ``url``. Plain http goes to this machine alone: a token can be read on the way."""
    from entrepot.cli.demo.client import Client
    from entrepot.cli.kept import read_file
    from entrepot.party.fetch import Fetcher, Limits

    parts = urlsplit(url)
    is_local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme not in ("http", "https") or not parts.hostname or (parts.scheme == "http" and not is_local):
        raise click.UsageError(f"a node's address is https: {url[:80]!r}")
    token = "" if token_file is None else read_file(token_file, 1000).decode("ascii", "replace").strip()
    if not token.isascii() or not token.isprintable():
        raise click.UsageError(f"there is no token in {token_file}")
    fetcher = Fetcher(limits=Limits(bytes_max=8 << 20, seconds_max=SECONDS_MAX), loopback=is_local)
    return Client(url.rstrip("/"), token, fetcher=fetcher)


def node_at(url: str) -> str:
    """The did:key of the node at ``url``, as it tells it."""
    told = client_of(url).get("/.well-known/entrepot")
    return str(told.get("node", "")) if isinstance(told, dict) else ""
