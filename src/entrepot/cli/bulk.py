"""``entrepot offer import`` and ``entrepot sale import``: many offers or orders at once, through a node."""

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.cli.holding import JSON, NODE

if TYPE_CHECKING:
    from entrepot.cli.demo.client import Client

FILE_BYTES_MAX = 3 << 20
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
TOKEN = click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="A clerk's or owner's token of the party at that node.",
)
CHECK = click.option("--check", is_flag=True, help="Only say what becomes of each row.")
REPORT = click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="File for the report (CSV).")
WORDS = {"ready": "can be made", "made": "made", "known": "made before", "wrong": "not made"}


@click.group(name="offer")
def group() -> None:
    """Offer many things at once.

    Example: entrepot offer import offers.csv --node http://127.0.0.1:8000 --token-file token
    """


@group.command("import")
@FILE
@CHECK
@REPORT
@NODE
@TOKEN
@JSON
def offers(file: Path, *, as_json: bool, **given: Any) -> int:
    """Make an offer of each row of FILE (CSV in UTF-8, or XLSX); a row that was made before makes nothing.

    The first row names the columns: name, quantity, unit, price, currency, valid_until; number, subject, hs, incoterm,
    place, note, description, origin where they are known.

    Exit 0: all rows are made, now or before. 1: some are not. 2: the node refuses, or the file cannot be read.

    Example: entrepot offer import offers.csv --check --node http://127.0.0.1:8000 --token-file token
    """
    return _import(file, {"kind": "offer"}, given, as_json=as_json)


@click.command("import")
@FILE
@click.option("--side", type=click.Choice(["seller", "buyer"]), default="seller", help="How the party stands in UBL.")
@click.option("--other", default="", metavar="DID", help="The other side of an order in UBL.")
@CHECK
@REPORT
@NODE
@TOKEN
@JSON
def orders(file: Path, *, side: str, other: str, as_json: bool, **given: Any) -> int:
    """Order what each row of FILE says (CSV in UTF-8, or XLSX), or bring in FILE, an order in UBL 2.1.

    The first row names the columns: seller, seller_name, seller_economy, name, quantity, unit, price, currency; number,
    subject, hs, incoterm, place, note, wanted_until where they are known. A seller presents an order that its buyer
    gave elsewhere. What was made before makes nothing.

    Exit 0: all rows are made, now or before. 1: some are not. 2: the node refuses, or the file cannot be read.

    Example: entrepot sale import order.xml --other did:web:buyer.example --node http://127.0.0.1:8000
    --token-file token
    """
    return _import(file, {"kind": "order", "side": side, "other": other}, given, as_json=as_json)


def _import(file: Path, said: dict[str, str], given: dict[str, Any], *, as_json: bool) -> int:
    from entrepot.base.error import UsageError
    from entrepot.cli.client import client_of
    from entrepot.cli.kept import read_file

    data = read_file(file, FILE_BYTES_MAX)
    if not data:
        raise UsageError(f"{file} is empty")
    client: Client = client_of(given["node"], given["token_file"])
    body = {**said, "name": file.name[:150], "base64": base64.b64encode(data).decode("ascii"), "check": given["check"]}
    told = client.post("/api/v1/imports", body)
    if given["report"] is not None:
        given["report"].write_text(told["report"], "utf-8-sig", newline="")
    if as_json:
        click.echo(json.dumps({"rows": told["rows"], "findings": told["findings"]}, ensure_ascii=False))
    else:
        _tell(told)
    if told["findings"] and not told["rows"]:
        return 2
    return int(bool(told["findings"]) or any(each["outcome"] == "wrong" for each in told["rows"]))


def _tell(told: dict[str, Any]) -> None:
    for each in told["findings"]:
        click.echo(f"{each['severity']} {each['id']} {each['text']}\n  {each['remedy']}", err=True)
    for row in told["rows"]:
        click.echo(
            f"{row['row']:5}  {WORDS[row['outcome']]:11}  {row['number']:20}  {row['record'][:12]:12}  {row['name']}"
        )
        for each in row["findings"]:
            click.echo(f"       {each['severity']} {each['id']} {each['path']}: {each['text']}")
