"""The status lists that a node publishes for its parties, signed when they are asked for, as of any moment."""

from datetime import datetime

from entrepot.base.moment import parse_moment
from entrepot.document.proof import secure
from entrepot.document.status import ENTRIES_MIN, encoded, new_list
from entrepot.flow.office import Office
from entrepot.flow.standing import STANDING_VIEW
from entrepot.party.key import Curve

LIST_SECURING = {Curve.ED25519: "eddsa-rdfc-2022", Curve.P256: "ecdsa-rdfc-2019", Curve.P384: "ecdsa-rdfc-2019"}
"""How a status list is secured, by the curve of the issuer's key; also what is taken where nobody asks for another."""


def published(office: Office, name: str, at: datetime) -> bytes | None:
    """The list of that name as of ``at``, signed by its issuer now; None where there was none then."""
    view = office.journal.view(STANDING_VIEW)
    row = view.get(f"list/{name}")
    signatory = office.custody.signatory(row["issuer"]) if row is not None else None
    if row is None or signatory is None or parse_moment(row["since"]) > at:
        return None
    bits = bytearray(ENTRIES_MIN // 8)
    for _, each in view.scan(f"set/{name}/"):
        known = [value for on, value in each["changes"] if parse_moment(on) <= at]
        if known and known[-1]:
            bits[each["index"] // 8] |= 0x80 >> each["index"] % 8
    made = new_list(url=list_url(office, name), issuer=row["issuer"], purpose=row["purpose"], issued=at)
    made["credentialSubject"]["encodedList"] = encoded(bytes(bits))
    return secure(
        made,
        signatory.key,
        method_id=signatory.method,
        securing=LIST_SECURING[signatory.key.curve],
        created=office.clock().replace(microsecond=0),
    )


def list_url(office: Office, name: str) -> str:
    """Where the node publishes the list of that name."""
    return f"{office.url}/api/v1/status-lists/{name}"
