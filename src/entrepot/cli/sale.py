"""``entrepot sale``: the sales of a node, one of them record by record, and saying something with one's own key."""

from pathlib import Path
from typing import Any

import click

from entrepot.cli.bulk import orders
from entrepot.cli.folder import DATA, JSON, open_folder, print_json
from entrepot.cli.holding import COMMANDS
from entrepot.cli.signing import sign


@click.group(name="sale")
def group() -> None:
    """List sales, show one record by record, sign with one's own key; hold what must be kept, erase what need not be.

    Example: entrepot sale list --data node
    """


for each in (sign, orders, *COMMANDS):
    group.add_command(each)


@group.command("list")
@DATA
@JSON
def list_(data: Path, as_json: bool) -> int:
    """List all sales of a node.

    Example: entrepot sale list --data node --json
    """
    from entrepot.flow.reading import all_sale_ids, sale_summary

    with open_folder(data, read_only=True) as journal:
        rows = [{**(sale_summary(journal, each) or {}), "sale": each} for each in all_sale_ids(journal)]
    if as_json:
        print_json([_line(row) for row in rows if row])
        return 0
    for row in rows:
        if row:
            click.echo(f"{row['sale']}  {row['state']:11} {row['payment']:10} {len(row['order'])} records")
    if not rows:
        click.echo("no sales yet", err=True)
    return 0


@group.command()
@click.argument("sale")
@DATA
@JSON
def show(sale: str, data: Path, as_json: bool) -> int:
    """Show one sale: its state, what is owed, and every record with its checks. SALE: its id, or the start of it.

    Example: entrepot sale show 3f2a --data node
    """
    from entrepot.flow.reading import all_sale_ids, sale_page

    with open_folder(data, read_only=True) as journal:
        found = [each for each in all_sale_ids(journal) if each.startswith(sale.lower())]
        if len(found) != 1:
            click.echo(f"{len(found)} sales begin with {sale}", err=True)
            return 1
        page = sale_page(journal, found[0], None)
    if as_json:
        print_json(page)
    elif page:
        _print_page(page)
    return 0


def _line(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("sale", "state", "agreement", "fulfilment", "payment", "dispute", "counted")}


def _print_page(page: dict[str, Any]) -> None:
    click.echo(f"sale {page['sale']}: {page['state']}")
    for account in page["accounts"]:
        click.echo(
            f"  {account['currency']}: due {account['due']}, settled {account['settled']}, owed {account['owed']}"
        )
    for each in page["records"]:
        if each.get("withheld"):
            click.echo(f"  {each['id'][:12]}  withheld")
            continue
        click.echo(f"  {each['id'][:12]}  {each['kind']:22} {each['number']:14} {each['issuer']}")
        for check in each["checks"]:
            click.echo(f"      {check['verdict']:9} {check['name']}: {check['standard']}")
            for finding in check["findings"]:
                click.echo(f"        {finding['severity']} {finding['id']} {finding['text']}")
