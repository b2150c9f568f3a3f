"""Many offers or orders at once, from a table (CSV, XLSX) or from an order in UBL 2.1."""

import base64
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, StringConstraints

from entrepot.flow.bulk import Batch, Brought, Planned, make, planned_file, report
from entrepot.node.api.auth import WRITERS, caller
from entrepot.node.api.edge import BEHIND_TOKEN, ON_POST, FindingOut, require_clean, wrongs
from entrepot.node.api.record import ATTACHMENT_BYTES_MAX, BASE64
from entrepot.node.page.sale.context import party_of
from entrepot.node.running import office
from entrepot.party.party import Party

router = Router(tags=["imports"], auth=WRITERS)


class ImportIn(Schema):
    """A file of offers or orders. ``check``: only say what becomes of it. ``side``, ``other``: in a UBL file, how the
    caller's party stands in it, and the DID of the other side."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["offer", "order"]
    name: Annotated[str, StringConstraints(min_length=1, max_length=150, pattern="^[^\\x00]+$")]
    base64: Annotated[str, StringConstraints(pattern=BASE64, max_length=ATTACHMENT_BYTES_MAX * 4 // 3 + 4)]
    check: bool = False
    side: Literal["buyer", "seller"] = "seller"
    other: Annotated[str, StringConstraints(max_length=500, pattern="^(did:[a-z0-9]+:[A-Za-z0-9._:%-]+)?$")] = ""


class CellFinding(FindingOut):
    """A finding, and the column in which it was found; empty where it is none's."""

    column: str


class RowOut(Schema):
    """One row. ``outcome``: ready, made, known (made before) or wrong; ``record``: id of what was made."""

    row: int
    number: str
    name: str
    outcome: Literal["ready", "made", "known", "wrong"]
    record: str
    findings: list[CellFinding]


class ImportOut(Schema):
    """What became of the rows; ``findings``: of the file as a whole; ``report``: all of it as CSV."""

    rows: list[RowOut]
    findings: list[FindingOut]
    report: str


@router.post("", response={200: ImportOut, **wrongs(*BEHIND_TOKEN, *ON_POST)}, summary="Import offers or orders")
def import_file(request: HttpRequest, body: ImportIn) -> dict[str, Any]:
    """Make each row of a file once. Rows need no idempotency key: a row is known by its number and content, also in
    another file and at another time; one that was made before is named with its record.

    A row that cannot be made stops no other.
    """
    here, party = office(), caller(request).party
    issuer = party_of(party) or Party(name=party[:200], did=party)
    batch = Batch(kind=body.kind, issuer=issuer, today=here.clock().date())
    data = base64.b64decode(body.base64, validate=True)
    require_clean(data)
    found = planned_file(here, batch, Brought(name=body.name, body=data, side=body.side, other=body.other))
    rows = found.rows if body.check else tuple(make(here, each) for each in found.rows)
    return {
        "rows": [_row(each) for each in rows],
        "findings": [each.to_json() for each in found.findings],
        "report": report(rows).decode("utf-8-sig"),
    }


def _row(planned: Planned) -> dict[str, Any]:
    return {
        "row": planned.row,
        "number": planned.number,
        "name": planned.what,
        "outcome": str(planned.fate),
        "record": planned.record,
        "findings": [{**each.to_json(), "column": column} for column, each in planned.findings],
    }
