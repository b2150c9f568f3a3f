"""The view ``hold``: which legal holds stand, and which requests for erasure were refused.

Keys: ``on/<record or sale>/<hold>`` a hold that stands; ``of/<issuer>/<hold>`` every hold of an issuer, with the record
that lifted it; ``refused/<party>/<record>`` the newest refusal of a request to erase a record.
"""

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.base.record import Record
from entrepot.journal.port import Reducer, ViewTx

HOLD, LIFT = "legal-hold", "legal-hold-lift"
REFUSAL, ACCEPTANCE = "erasure-refusal", "erasure-acceptance"
HOLD_VIEW = "hold"


def hold_reducer() -> Reducer:
    """The view of holds and refusals."""
    return Reducer(HOLD_VIEW, 1, _reduce, frozenset({HOLD, LIFT, REFUSAL}))


def grounds_digest(grounds: object) -> str:
    """Tells whether two refusals rest on the same grounds."""
    return sha256(canonical(grounds))


def _reduce(view: ViewTx, record: Record) -> None:
    payload, issuer = record.content.payload, record.content.issuer
    if record.erased or record.content.version != 1:
        return
    if record.kind == HOLD:
        about = payload.get("record") or payload.get("sale")
        row = {"hold": record.id, "issuer": issuer, "about": about, "lifted": ""}
        view.put(f"on/{about}/{record.id}", row)
        view.put(f"of/{issuer}/{record.id}", row)
    elif record.kind == LIFT:
        key = f"of/{issuer}/{payload.get('hold')}"
        held = view.get(key)
        if held is not None and not held["lifted"]:  # nobody lifts what another placed
            view.put(key, {**held, "lifted": record.id})
            view.drop(f"on/{held['about']}/{held['hold']}")
    else:
        refused = {"refusal": record.id, "grounds": grounds_digest(payload.get("grounds"))}
        view.put(f"refused/{issuer}/{payload.get('record')}", refused)
