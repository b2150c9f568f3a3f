"""``entrepot sale hold|lift|holds|erase``: what must be kept at a node, and erasing what need not be."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

NODE = click.option("--node", required=True, help="Address of the node.")
TOKEN = click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="An owner's token of the party at that node, or the operator's.",
)
OPERATOR = click.option("--operator", is_flag=True, help="For every party of the node, with the operator's token.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
NAME = click.option("--name", required=True, help="The natural person who orders it.")
ROLE = click.option("--role", required=True, help="As what that person orders it.")
REASON = click.option("--reason", required=True, help="Why.")


@click.command()
@click.argument("about", metavar="ID")
@click.option("--whole-sale", is_flag=True, help="ID is a sale: keep all its records, those to come too.")
@click.option("--instrument", required=True, help="By which order, proceeding or law.")
@NAME
@ROLE
@REASON
@OPERATOR
@NODE
@TOKEN
@JSON
def hold(about: str, *, whole_sale: bool, as_json: bool, **given: Any) -> int:
    """Place a legal hold: record ID is not erased until it is lifted. Nobody else is told.

    Exit 0: placed. 1: findings stop it. 2: the node refuses.

    Example: entrepot sale hold 5f4d28c3... --name "B. Counsel" --role counsel --reason "A claim is near"
    --instrument "Case 7" --node http://127.0.0.1:8000 --token-file token
    """
    what = "sale" if whole_sale else "record"
    body = {what: about, **{each: given[each] for each in ("name", "role", "reason", "instrument")}}
    return _tell(given, as_json, lambda client: client.post(_holds(given), body, key=_key()), "held by {record}")


@click.command()
@click.argument("held", metavar="HOLD")
@NAME
@ROLE
@REASON
@OPERATOR
@NODE
@TOKEN
@JSON
def lift(held: str, *, as_json: bool, **given: Any) -> int:
    """Lift the legal hold that record HOLD placed, for good.

    Example: entrepot sale lift 9a1c... --name "B. Counsel" --role counsel --reason "Settled"
    --node http://127.0.0.1:8000 --token-file token
    """
    body = {each: given[each] for each in ("name", "role", "reason")}
    path = f"{_holds(given)}/{held}/lift"
    return _tell(given, as_json, lambda client: client.post(path, body, key=_key()), "lifted by {record}")


@click.command()
@OPERATOR
@NODE
@TOKEN
@JSON
def holds(*, as_json: bool, **given: Any) -> int:
    """List the legal holds of the token's party, or of the operator.

    Example: entrepot sale holds --node http://127.0.0.1:8000 --token-file token --json
    """
    line = "{hold}  {about}  {name}: {reason}  {state}"
    return _tell(given, as_json, lambda client: client.get(_holds(given)), line)


@click.command()
@click.argument("record")
@click.option("--reason", required=True, help="Why it is to be erased.")
@click.option("--accept", default="", metavar="NAME", help="Who accepts that it is unknown whether it must be kept.")
@click.option("--role", default="", help="As what that person accepts it.")
@click.option("--because", default="", help="Why that person accepts it.")
@NODE
@TOKEN
@JSON
def erase(record: str, *, reason: str, as_json: bool, **given: Any) -> int:
    """Erase RECORD for the token's party; it cannot be undone. Legal holds and times of retention are asked first.

    Exit 0: erased. 1: a hold or a law refuses it, or the law is unknown and nobody accepts that.

    Example: entrepot sale erase 5f4d28c3... --reason "The person asked for it" --node http://127.0.0.1:8000
    --token-file token
    """
    accept = {"name": given["accept"], "role": given["role"], "reasons": given["because"]}
    if any(accept.values()) and not all(accept.values()):
        raise click.UsageError("--accept, --role and --because belong together")
    body = {"record": record, "reason": reason, **({"accept": accept} if accept["name"] else {})}
    line = "tombstone {tombstone}; the content is {content}"
    return _tell(given, as_json, lambda client: client.post("/api/v1/erasures", body, key=_key()), line)


def _holds(given: dict[str, Any]) -> str:
    return "/api/v1/operator/holds" if given["operator"] else "/api/v1/holds"


def _key() -> str:
    return secrets.token_hex(16)


def _tell(given: dict[str, Any], as_json: bool, ask: Callable[[Any], Any], line: str) -> int:
    """What the node answers, as JSON or by lines; 1 with its findings where they stop it."""
    from entrepot.cli.client import client_of
    from entrepot.cli.demo.client import NodeRefused

    try:
        told = ask(client_of(given["node"], given["token_file"]))
    except NodeRefused as wrong:
        if wrong.status != 422:
            raise
        if as_json:
            click.echo(json.dumps(dict(wrong.problem), ensure_ascii=False))
        click.echo(f"entrepot: {wrong.problem.get('detail')} ({wrong.problem.get('code')})", err=True)
        for each in wrong.problem.get("findings", ()):
            click.echo(f"{each['severity']} {each['id']} {each['text']}\n  {each['remedy']}", err=True)
        return 1
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return 0
    for each in told if isinstance(told, list) else [told]:
        state = {"about": each.get("record") or each.get("sale"), "state": "lifted" if each.get("lifted") else "stands"}
        click.echo(line.format(**{**each, **state} if "hold" in each else each))
    return 0


COMMANDS = (hold, lift, holds, erase)
"""The commands of this module, for the group that offers them."""
