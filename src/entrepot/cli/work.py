"""``entrepot work``: the background work of a node, beside its web workers."""

import json
import logging
import os
import signal
import threading
from collections.abc import Mapping
from pathlib import Path

import click

from entrepot.base.error import UsageError
from entrepot.cli.folder import DATA, keys_of
from entrepot.journal.port import JournalDamaged
from entrepot.node.config import Config, read_config
from entrepot.node.lock import WorkLock
from entrepot.node.logline import LineFormatter
from entrepot.node.prepare import URL
from entrepot.node.station import Station
from entrepot.node.watch import open_patiently

LOOK_S = 0.5


@click.command()
@DATA
@click.option("--url", default="", help="The node's public address; by default that of its last start.")
@click.option("--json", "as_json", is_flag=True, help="Progress as JSON lines on standard output.")
def command(data: Path, url: str, *, as_json: bool) -> None:
    """Send what is due to peers, seal the log and tend it, until stopped (SIGTERM, SIGINT). It answers no requests.

    For a node whose journal lies in PostgreSQL, on the machine where it is served; any number of these may run. On
    SQLite the running node does all that itself.

    Example: entrepot work --data node
    """
    os.umask(0o077)
    config = _settings(data, url)
    keys_of(data)
    _log()
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    with WorkLock(data, alone=False):
        station = open_patiently(config)
        try:
            _tell(f"works for {config.url}", {"event": "started", "url": config.url}, as_json=as_json)
            done = _watch(station, stop, as_json=as_json)
        finally:
            station.close()
    _tell(f"stopped; {done} messages sent", {"event": "stopped", "delivered": done}, as_json=as_json)


def _settings(data: Path, url: str) -> Config:
    """The settings of the node that is served from ``data``. Raises :class:`UsageError` where it is not shared."""
    kept = data / URL
    address = url or os.environ.get("ENTREPOT_URL") or (kept.read_text("ascii").strip() if kept.is_file() else "")
    if not address:
        raise UsageError(f"{data} was never served", remedy="Start the node first: entrepot serve --data DIR")
    os.environ["ENTREPOT_DATA"], os.environ["ENTREPOT_URL"] = str(data.absolute()), address
    if address.startswith("http:"):
        os.environ.setdefault("ENTREPOT_ALLOW_LOOPBACK_HTTP", "1")
    config = read_config()
    if not config.is_shared:
        raise UsageError(
            "on SQLite the running node does this work itself: one process writes",
            remedy="Run entrepot serve alone, or keep the journal in PostgreSQL: ENTREPOT_JOURNAL=postgresql://...",
        )
    return config


def _watch(station: Station, stop: threading.Event, *, as_json: bool) -> int:
    """Tell what was done until told to stop; how many messages were delivered."""
    told = station.sender.done
    while not stop.wait(LOOK_S):
        if isinstance(station.writer.trouble, JournalDamaged):
            raise station.writer.trouble  # only opening the journal again tells what it holds
        done = station.sender.done
        if done != told:
            figures = {"delivered": done.delivered, "refused": done.refused, "failed": done.failed}
            _tell(", ".join(f"{name} {count}" for name, count in figures.items()), figures, as_json=as_json)
            told = done
    return station.sender.done.delivered


def _tell(text: str, value: Mapping[str, object], *, as_json: bool) -> None:
    """Progress for a person on standard error, or a JSON line on standard output."""
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False))
    else:
        click.echo(f"entrepot: {text}", err=True)


def _log() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("entrepot").setLevel(logging.INFO)
