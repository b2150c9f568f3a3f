"""Papers between invented firms, as the JSON of a draft."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from entrepot.base.digest import sha256
from entrepot.base.shape import dump
from entrepot.cli.demo import default
from entrepot.document.order.model import Answer, OrderResponse
from entrepot.document.trade import RecordReference

_numbers = count(1)


def number(prefix="N"):
    return f"{prefix}-{next(_numbers)}"


def order(buyer, seller, *, name=None, **changes):
    """A draft of an order; ``changes``: members of the order that differ from the demo's."""
    name = name or number("PO")
    made = default.order(name, datetime.now(UTC).date())
    made = replace(made, buyer=replace(made.buyer, did=buyer), seller=replace(made.seller, did=seller), **changes)
    return {"kind": "order", "number": name, "payload": dump(made)}


def response(sale, order_number, *, name=None):
    name = name or number("OR")
    made = OrderResponse(
        number=name,
        issue_date=datetime.now(UTC).date(),
        order=RecordReference(record=sale, number=order_number),
        answer=Answer.ACCEPT,
    )
    return {"kind": "order-response", "number": name, "payload": dump(made), "sales": [sale]}


def file(data, media_type="application/octet-stream"):
    return {"media_type": media_type, "base64": base64.b64encode(data).decode("ascii")}


def naming(draft, *files):
    """The draft with its files; its payload names the first of them, as a record must."""
    payload = {**draft["payload"], "note": sha256(base64.b64decode(files[0]["base64"]))}
    return {**draft, "payload": payload, "attachments": list(files)}
