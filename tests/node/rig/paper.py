"""Papers between invented firms, as the JSON of a draft."""

import base64
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from entrepot.base.digest import b64url, sha256
from entrepot.base.record import Content, record_of
from entrepot.base.shape import dump
from entrepot.cli.demo import default
from entrepot.document.order.model import Answer, OrderResponse
from entrepot.document.trade import BuyerType, RecordReference
from entrepot.flow.issue import sign
from entrepot.sale.claim import Dispute, Remedy

_numbers = count(1)


def number(prefix="N"):
    return f"{prefix}-{next(_numbers)}"


def order(buyer, seller, *, name=None, **changes):
    """A draft of an order; ``changes``: members of the order that differ from the demo's."""
    name = name or number("PO")
    made = default.order(name, datetime.now(UTC).date())
    made = replace(made, buyer=replace(made.buyer, did=buyer), seller=replace(made.seller, did=seller), **changes)
    return {"kind": "order", "number": name, "payload": dump(made)}


def private(buyer, seller):
    """A consumer's order: no time of retention of a business is known to run for it."""
    return order(buyer, seller, buyer_type=BuyerType.CONSUMER)


def response(sale, order_number, *, name=None):
    name = name or number("OR")
    made = OrderResponse(
        number=name,
        issue_date=datetime.now(UTC).date(),
        order=RecordReference(record=sale, number=order_number),
        answer=Answer.ACCEPT,
    )
    return {"kind": "order-response", "number": name, "payload": dump(made), "sales": [sale]}


def dispute(sale):
    made = Dispute(about=(sale,), grounds="It is late.", remedy=Remedy.OTHER)
    return {"kind": "dispute", "number": number("DI"), "payload": dump(made), "sales": [sale]}


def file(data, media_type="application/octet-stream"):
    return {"media_type": media_type, "base64": base64.b64encode(data).decode("ascii")}


def naming(draft, *files):
    """The draft with its files; its payload names the first of them, as a record must."""
    payload = {**draft["payload"], "note": sha256(base64.b64decode(files[0]["base64"]))}
    return {**draft, "payload": payload, "attachments": list(files)}


def content(draft, issuer, *, issued=None, nonce=None):
    """The record that a draft makes where its issuer writes it itself."""
    return record_of(
        Content(
            kind=draft["kind"],
            version=1,
            issuer=issuer,
            number=draft["number"],
            nonce=nonce or b64url(secrets.token_bytes(16)),
            issued=issued or datetime.now(UTC).replace(microsecond=0),
            sales=tuple(draft.get("sales", ())),
            after=tuple(sorted({*draft.get("after", ()), *draft.get("sales", ())})),
            audience=tuple(sorted(draft.get("audience", (issuer,)))),
            payload=draft["payload"],
        )
    )


def signed(office, draft, party):
    """The body that hands over a draft, signed with the key that the node holds of ``party``: any signer will do."""
    record = content(draft, party)
    return {"secured": [each.body.decode() for each in sign(office, record, office.custody.signatory(party))]}


ACCEPT = {"name": "A. Clerk", "role": "data protection officer", "reasons": "Counsel knows of no time of retention."}
"""An invented person accepts that it is unknown whether a record must be kept."""
SAID = {"name": "B. Counsel", "role": "general counsel", "reason": "A claim on the goods is near."}
"""An invented person orders a hold, or lifts it."""


def declaration(seller, buyer, office, records):
    """An export declaration of the sale that has these lines, to the customs ``office`` (a party as JSON)."""
    invoice = next(each for each in records if each.get("kind") == "invoice")
    value = {"amount": "30000.00", "currency": "MYR"}
    card = {"name": "Kebun Contoh", "economy": "MY", "did": seller}
    payload = {
        "number": "ED-1", "issueDate": datetime.now(UTC).date().isoformat(), "direction": "export", "declarant": card,
        "office": office, "exporter": card, "importer": {"name": "示例进口", "economy": "CN", "did": buyer},
        "procedure": "10", "dispatch": "MY", "destination": "CN", "customsValue": value, "valuation": "fob",
        "goods": [{"id": "1", "description": "Durian, fresh", "hs": {"code": "081060", "vintage": "2022"},
                   "origin": "MY", "quantity": {"value": "1200", "unit": "KGM"}, "customsValue": value}],
        "invoice": {"record": invoice["id"], "number": invoice["number"]},
    }  # fmt: skip
    return {"kind": "customs-declaration", "number": "ED-1", "payload": payload}
