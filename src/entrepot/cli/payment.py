"""``entrepot payment``: payment codes on one machine."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entrepot.base.finding import Finding
    from entrepot.payment.qr import EmvCode

_READ_MAX = 1 << 16
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def group() -> None:
    """Read and write payment codes."""


@group.group()
def qr() -> None:
    """EMV merchant-presented QR codes as text."""


@qr.command()
@click.argument("text", metavar="TEXT")
@_JSON
def decode(text: str, *, as_json: bool) -> int:
    """Read a code; - reads it from standard input. Exit 0 where it can be read, 2 where it cannot.

    Example: entrepot payment qr decode - < code.txt
    """
    from entrepot.payment.qr import decode as read

    given = sys.stdin.read(_READ_MAX).strip() if text == "-" else text
    code, findings = read(given)
    result: dict[str, Any] = {"read": code is not None, "findings": [each.to_json() for each in findings]}
    if code is not None:
        result |= _described(code)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        _tell(result, findings)
    return 0 if code is not None else 2


@qr.command()
@click.option("--amount", required=True, help="Amount in major units, for instance 12.30.")
@click.option("--currency", required=True, help="ISO 4217 code.")
@click.option("--number", required=True, help="Bill number, up to 25 characters.")
@click.option("--name", required=True, help="The payee's name, up to 25 printable ASCII characters.")
@click.option("--city", required=True, help="The payee's city, up to 15 characters.")
@click.option("--economy", required=True, help="ISO 3166-1 alpha-2 code of the payee's economy.")
@click.option("--scheme", default="generic", show_default=True, help="Profile of the payment scheme.")
@click.option("--guid", help="Identifier of the network, for the generic scheme.")
@click.option("--object", "objects", multiple=True, metavar="ID=VALUE", help="Object of the account template.")
@click.option("--png", type=click.Path(path_type=Path, dir_okay=False), help="Also draw the code into this file.")
@_JSON
def encode(*, as_json: bool, png: Path | None, **given: Any) -> int:
    """Write a code that asks for an amount. Exit 0 where it was written, 1 where findings forbid it.

    Example: entrepot payment qr encode --amount 12.30 --currency MYR --number INV-1 --name KEBUN --city RAUB
    --economy MY --guid my.example.pay --object 01=890053
    """
    from entrepot.payment.qr import Merchant, request_code
    from entrepot.payment.qr import png as draw

    merchant = Merchant(
        name=given["name"],
        city=given["city"],
        economy=given["economy"],
        objects=_objects(given["objects"]),
        guid=given["guid"],
    )
    money = _money(given["amount"], given["currency"])
    text, findings = request_code(money, given["number"], merchant=merchant, scheme=given["scheme"])
    if text is not None and png is not None:
        png.write_bytes(draw(text))
    if as_json:
        found = [each.to_json() for each in findings]
        click.echo(json.dumps({"qr": text, "png": str(png) if png and text else None, "findings": found}))
    else:
        _complain(findings)
        if text is not None:
            click.echo(text)
    return 0 if text is not None else 1


def _money(amount: str, currency: str) -> Any:
    from entrepot.base.money import Money

    try:
        return Money.of(amount, currency)
    except ValueError as wrong:
        raise click.UsageError(f"--amount: {wrong}") from wrong


def _objects(pairs: tuple[str, ...]) -> dict[str, str]:
    found = dict(each.partition("=")[::2] for each in pairs)
    if len(found) != len(pairs) or not all(found.values()):
        raise click.UsageError("--object is written ID=VALUE, each id once")
    return found


def _described(code: "EmvCode") -> dict[str, Any]:
    """What a person wants to know of a code, and all its data objects."""
    from entrepot.payment._emvco import profile_of

    profile = profile_of(code)
    return {
        "scheme": "generic" if profile is None else profile.id,
        "name": code.value("59"),
        "city": code.value("60"),
        "economy": code.value("58"),
        "amount": None if code.amount is None else code.amount.to_json(),
        "currency": code.currency,
        "dynamic": code.dynamic,
        "accounts": [{"tag": tag, "objects": objects} for tag, objects in code.accounts],
        "fields": [{"tag": each.tag, "value": each.value} for each in code.fields],
    }


def _tell(result: dict[str, Any], findings: "Iterable[Finding]") -> None:
    _complain(findings)
    for name in ("scheme", "name", "city", "economy", "currency"):
        if result.get(name) is not None:
            click.echo(f"{name:9} {result[name]}")
    if result.get("amount"):
        click.echo(f"{'amount':9} {result['amount']['amount']}")
    for each in result.get("fields", ()):
        click.echo(f"{each['tag']:>9} {each['value']}")


def _complain(findings: "Iterable[Finding]") -> None:
    for each in findings:
        click.echo(f"{each.severity}: {each.text} ({each.id}, {each.path})", err=True)
