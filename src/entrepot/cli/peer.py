"""``entrepot peer``: invite, accept and block other nodes, through the running node of a folder."""

import json
import secrets
from pathlib import Path
from typing import Any

import click

from entrepot.base.error import EntrepotError, UsageError
from entrepot.cli.folder import DATA, JSON, operator_token, print_json


class NodeUnreached(EntrepotError):
    """The folder's node does not run, or did not do what it was asked."""

    code = "node-unreached"


@click.group(name="peer")
def group() -> None:
    """Invite, accept and block other nodes, and see how each stands. The node must be running.

    Example: entrepot peer list --data node
    """


@group.command("list")
@DATA
@JSON
def list_(data: Path, as_json: bool) -> int:
    """List the nodes that this one knows.

    Example: entrepot peer list --data node
    """
    found = _ask(data, "peers")
    if as_json:
        print_json(found)
        return 0
    for each in found:
        _print(each)
    if not found:
        click.echo("no peers yet", err=True)
    return 0


@group.command()
@click.argument("url")
@DATA
def invite(url: str, data: Path) -> int:
    """Ask the node at URL to exchange records with this one. Its operator accepts with `entrepot peer accept`.

    Example: entrepot peer invite https://node.example --data node
    """
    _print(_ask(data, "peers/invite", {"url": url}))
    return 0


@group.command()
@click.argument("node")
@DATA
def accept(node: str, data: Path) -> int:
    """Admit NODE (a did:key, as `entrepot peer list` shows it), which has asked.

    Example: entrepot peer accept did:key:z6Mk... --data node
    """
    _print(_ask(data, "peers/accept", {"node": node}))
    return 0


@group.command()
@click.argument("node")
@DATA
def block(node: str, data: Path) -> int:
    """Exchange nothing more with NODE (a did:key).

    Example: entrepot peer block did:key:z6Mk... --data node
    """
    _print(_ask(data, "peers/block", {"node": node}))
    return 0


def _print(each: dict[str, Any]) -> None:
    click.echo(f"{each['status']:9} {each['node']}  {each['url']}  {len(each['parties'])} parties")


def _ask(data: Path, what: str, body: dict[str, Any] | None = None) -> Any:
    """What the folder's running node answers to its operator; ``body``: a POST."""
    from entrepot.party.error import FetchError
    from entrepot.party.fetch import Fetcher, Limits

    address, token = _door(data)
    fetcher = Fetcher(limits=Limits(bytes_max=8 << 20, seconds_max=60.0), loopback=True)
    url = f"{address}/api/v1/operator/{what}"
    headers = {"Authorization": f"Bearer {token}"}
    try:
        if body is None:
            answer = fetcher.get(url, headers)
        else:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16)}
            answer = fetcher.post(url, json.dumps(body).encode("ascii"), headers)
    except FetchError as wrong:
        remedy = f"Start it: entrepot serve --data {data}"
        raise NodeUnreached(f"the node of {data} does not answer: {wrong.message}", remedy=remedy) from None
    told = _json(answer.body)
    if answer.status != 200:
        raise _refusal(told)
    return told


def _door(data: Path) -> tuple[str, str]:
    from entrepot.node.prepare import ADDRESS

    try:
        return (data / ADDRESS).read_text("ascii").strip(), operator_token(data)
    except FileNotFoundError:
        remedy = f"Start one there: entrepot serve --data {data}"
        raise UsageError(f"no node has run in {data}", remedy=remedy) from None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return {}


def _refusal(told: Any) -> NodeUnreached:
    """What the node's problem document says."""
    found = told if isinstance(told, dict) else {}
    reasons = "; ".join(f"{each['path']}: {each['text']}" for each in found.get("findings", ()))
    message = f"the node refuses: {found.get('detail') or found.get('title') or 'no reason given'} {reasons}".strip()
    return NodeUnreached(message, code=str(found.get("code", NodeUnreached.code)))
