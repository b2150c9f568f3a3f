"""What people type into fields and tables, as members of an offer or an order; its checks say what is wrong with it.

Names of fields: ``what``, ``subject`` (``goods``, ``service``, ``service-digital``), ``quantity``, ``unit``, ``hs``,
``price``, ``currency``, ``incoterm``, ``place``, ``note``.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from entrepot.base.amount import EXACT, format_decimal, parse_decimal
from entrepot.base.money import Money, Rounding, exponent, round_to

INCOTERMS = 2020
Typed = Mapping[str, str]


def common_members(number: str, today: date, typed: Typed) -> dict[str, Any]:
    """What an order and an offer have in common, beside parties and lines."""
    subject, _, network = typed["subject"].partition("-")
    made: dict[str, Any] = {
        "number": number,
        "issueDate": today.isoformat(),
        "subject": subject,
        "channel": network or "physical",
        "currency": typed["currency"],
        "rounding": str(Rounding.HALF_EVEN),
    }
    if typed.get("incoterm"):
        made["deliveryTerms"] = _terms(typed)
    if typed.get("note", "").strip():
        made["note"] = typed["note"].strip()
    return made


def _terms(typed: Typed) -> dict[str, Any]:
    """Rule, edition and named place, as far as they were given."""
    terms = {"incoterm": typed["incoterm"], "edition": INCOTERMS, "place": typed.get("place", "").strip()}
    return {name: value for name, value in terms.items() if value}


def line_of(typed: Typed, amount: str) -> dict[str, Any]:
    """The one line: what, how much, at which price."""
    line: dict[str, Any] = {
        "id": "1",
        "name": typed["what"].strip(),
        "quantity": {"value": typed["quantity"].strip(), "unit": typed["unit"]},
        "price": {"amount": typed["price"].strip()},
        "amount": amount,
    }
    if typed.get("hs", "").strip():
        line["hs"] = {"code": typed["hs"].strip(), "vintage": "2022"}
    return line


def amount_of(typed: Typed) -> str:
    """Quantity times price in the digits of the currency; 0 where one of them is no number: the checks say so."""
    digits = exponent(typed["currency"])
    try:
        exact = EXACT.multiply(parse_decimal(typed["quantity"].strip()), parse_decimal(typed["price"].strip()))
        found = Money.of(round_to(exact, digits, Rounding.HALF_EVEN), typed["currency"]).amount
    except ValueError:
        found = Money.of(Decimal(0), typed["currency"]).amount
    return format_decimal(found)


def order_of(
    head: Mapping[str, Any], typed: Typed, sides: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> dict[str, Any]:
    """An order of one line, its figures reckoned from quantity and price. ``sides``: buyer and seller; ``until``: the
    last day on which it is wanted."""
    amount = amount_of(typed)
    made = dict(head) | {
        "buyer": sides[0],
        "seller": sides[1],
        "buyerType": "business",
        "orderedBy": "web",
        "lines": [line_of(typed, amount)],
        "totals": {
            "lines": amount,
            "withoutTax": amount,
            "payable": {"amount": amount, "currency": typed["currency"]},
        },
    }
    if typed.get("until"):
        made["requestedDelivery"] = {"end": typed["until"]}
    return made


def offer_of(head: Mapping[str, Any], typed: Typed, seller: Mapping[str, Any]) -> dict[str, Any]:
    """An offer of one line. ``end``: its last day; ``description``, ``origin`` where they are given."""
    line = line_of(typed, amount_of(typed))
    description = typed.get("description", "").strip()
    line |= {"description": description} if description else {}
    line |= {"origin": typed["origin"]} if typed.get("origin") else {}
    return dict(head) | {"validUntil": typed["end"], "seller": seller, "lines": [line]}
