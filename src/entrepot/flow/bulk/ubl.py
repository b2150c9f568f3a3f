"""An order from a UBL 2.1 file (OASIS): what the file leaves open is answered, the file goes with the record."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from entrepot.base.digest import sha256
from entrepot.base.shape import dump
from entrepot.document import order
from entrepot.flow.answering import answer, as_record
from entrepot.flow.bulk.plan import Batch, Fate, Planned, judged, told
from entrepot.flow.issue import Draft
from entrepot.flow.office import Office
from entrepot.journal.port import Attachment, Idempotency

Side = Literal["buyer", "seller"]
UBL = "ubl-2.1"
SIDES: dict[Side, Side] = {"buyer": "seller", "seller": "buyer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A file and how its party stands in it: ``side``; ``other``: the DID of the other side, where it is known."""

    name: str
    body: bytes
    side: Side = "seller"
    other: str = ""


def plan_file(office: Office, batch: Batch, brought: Brought) -> Planned:
    """What becomes of the file; a seller presents an order that its buyer gave elsewhere, a buyer orders by it."""
    read, _ = answer(order.read(brought.body), _answers(batch, brought))
    digest = sha256(brought.body)
    number = str(read.draft.get("number") or f"IM-{digest[:16].upper()}")
    payload = as_record(read, brought.name[:200])
    planned = Planned(kind=UBL, row=1, number=number[:35], what=brought.name, fate=Fate.WRONG)
    if payload is None:
        return told(planned, read.findings)
    draft = Draft(
        kind="order",
        issuer=batch.did,
        number=number,
        payload=dump(payload),
        attachments=(Attachment(digest=digest, media_type=read.presented.media_type, body=brought.body),),
    )
    key = Idempotency(scope=f"{batch.did}/import/order", key=number, digest=digest)
    return judged(office, replace(planned, number=number, draft=draft, key=key))


def _answers(batch: Batch, brought: Brought) -> dict[str, Any]:
    """What UBL cannot state, and who the sides are here."""
    given = {
        "$.buyerType": "business",
        "$.subject": "goods",
        "$.orderedBy": "web",
        "$.channel": "physical",
        f"$.{brought.side}.did": batch.did,
    }
    return given | ({f"$.{SIDES[brought.side]}.did": brought.other} if brought.other else {})
