"""The views: what a node computes from its records, as reducers that the journal runs.

Keys of the view ``sale``: ``fact/<sale>/<record>`` the fact of each record of a sale; ``lone/<record>`` the fact of a
record that opens no sale itself (an offer); ``sale/<sale>`` the state; ``of/<did>/<sale>`` which party has which sale;
``takes/<record>/<sale>`` which sale's order follows that record, which may be an offer that comes later;
``gone/<did>/<record>`` the tombstone by which a party let go of a record; ``told/<sale>/<record>`` each message of a
sale, which is no fact: it changes nothing, and no record follows it but other messages.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.base.record import Record
from entrepot.base.shape import dump, parse
from entrepot.flow.agencyview import agency_reducer
from entrepot.flow.book import ledger_reducer
from entrepot.flow.countview import count_reducer
from entrepot.flow.holdview import hold_reducer
from entrepot.flow.kinds import ALONE, BEFORE_AGENCIES, kinds
from entrepot.flow.offerview import offer_reducer
from entrepot.flow.project import fact_of
from entrepot.flow.standing import standing_reducer
from entrepot.journal.port import Reducer, ViewTx
from entrepot.sale.fact import SAYS, Fact, Unread
from entrepot.sale.message import MESSAGE
from entrepot.sale.reduction import Judged, reduce
from entrepot.sale.state import SaleState

SALE_VIEW = "sale"
SALE_RULE = 5
"""Version of the rule of the view ``sale``: raise it with every change of what the rows hold."""
LEDGER_VIEW = "ledger"
FACTS_MAX = 20_000


def fact_row(fact: Fact) -> dict[str, Any]:
    """A fact as a row."""
    return {
        "id": fact.id,
        "kind": fact.kind,
        "issuer": fact.issuer,
        "number": fact.number,
        "issued": fact.issued.isoformat(),
        "after": sorted(fact.after),
        "says": dump(fact.says),
        "unread": fact.says.why if isinstance(fact.says, Unread) else None,
    }


def fact_from(row: Mapping[str, Any]) -> Fact:
    """The fact that a row holds."""
    says: Any = Unread(why=row["unread"]) if row["unread"] else parse(SAYS[row["kind"]], row["says"])[0]
    return Fact(
        id=row["id"],
        kind=row["kind"],
        issuer=row["issuer"],
        number=row["number"],
        issued=datetime.fromisoformat(row["issued"]),
        after=frozenset(row["after"]),
        says=says,
    )


class Recall:
    """Facts that a node has read from its view, and its judgements of them.

    A fact is named by the digest of its record, so both hold for ever; results are the same without this, only later.
    """

    def __init__(self) -> None:
        self.judged = Judged()
        self._facts: dict[tuple[str, str | None], Fact] = {}

    def fact(self, row: Mapping[str, Any]) -> Fact:
        """The fact that a row holds."""
        found = self._facts.get((row["id"], row["unread"]))
        return self._remember(row, fact_from(row)) if found is None else found

    def row(self, fact: Fact) -> dict[str, Any]:
        """The row that holds a fact; who reads it gets this fact again."""
        made = fact_row(fact)
        self._remember(made, fact)
        return made

    def _remember(self, row: Mapping[str, Any], fact: Fact) -> Fact:
        if len(self._facts) >= FACTS_MAX:
            self._facts.clear()
        self._facts[row["id"], row["unread"]] = fact
        return fact


def state_of(
    facts: Iterable[Fact],
    recall: Recall | None = None,
    *,
    sale: str | None = None,
    own: Iterable[str] = (),
) -> SaleState:
    """The state of one sale. Causes that are not among the facts are withheld: the journal admits no others.

    ``sale``, ``own``: the sale's id and the reader's DIDs, as in :func:`entrepot.sale.reduction.reduce`.
    """
    kept = {each.id: each for each in facts}
    missing = frozenset(cause for each in kept.values() for cause in each.after if cause not in kept)
    judged = recall.judged if recall else None
    return reduce(kept.values(), known=missing, judged=judged, sale=sale, own=frozenset(own))


def facts_of_sale(view: Any, sale: str, recall: Recall | None = None) -> list[Fact]:
    """The facts of a sale in a view (inside an append or read later), with the offer that its order takes up."""
    read = recall.fact if recall else fact_from
    facts = [read(row) for _, row in view.scan(f"fact/{sale}/")]
    lone = {cause for each in facts if each.kind == "order" for cause in each.after}
    rows = (view.get(f"lone/{cause}") for cause in sorted(lone - {each.id for each in facts}))
    return facts + [read(row) for row in rows if row]


def _reduce_sale(view: ViewTx, record: Record, recall: Recall) -> None:
    if record.kind == "tombstone":
        view.put(f"gone/{record.content.issuer}/{record.payload.get('record')}", {"tombstone": record.id})
    if record.kind in ALONE | BEFORE_AGENCIES:
        return
    if record.kind == MESSAGE:
        for sale in record.content.sales:
            after = sorted(record.content.after)
            view.put(f"told/{sale}/{record.id}", {"issuer": record.content.issuer, "after": after})
        return
    fact = fact_of(record)
    if record.kind == "offer":
        view.put(f"lone/{record.id}", recall.row(fact))
        for _, row in view.scan(f"takes/{record.id}/"):
            _settle(view, row["sale"], recall)
        return
    row = recall.row(fact)
    for sale in record.sales:
        view.put(f"fact/{sale}/{record.id}", row)
        if record.kind == "order":
            for cause in fact.after:
                view.put(f"takes/{cause}/{sale}", {"sale": sale})
        _settle(view, sale, recall, {fact.issuer, *record.content.audience})


def _settle(view: ViewTx, sale: str, recall: Recall, readers: Iterable[str] = ()) -> None:
    """Write the state that the facts of a sale make now, and who has the sale: its ``readers`` (also where it cannot be
    told here which role they hold), and whoever holds a role. Of a new sale nobody had anything before."""
    facts = facts_of_sale(view, sale, recall)
    state = state_of(facts, recall, sale=sale)
    view.put(f"sale/{sale}", {**state.to_json(), "facts": len(facts)})
    for did in sorted({*readers, *(each for held in state.roles.values() for each in held)}):
        if len(facts) == 1 or view.get(f"of/{did}/{sale}") is None:
            view.put(f"of/{did}/{sale}", {"sale": sale})


def reducers(is_kept_here: Callable[[str], bool]) -> tuple[Reducer, ...]:
    """All views of a node, in the order in which they are reduced; ``is_kept_here``: whose books this node keeps."""
    recall = Recall()

    def reduce_sale(view: ViewTx, record: Record) -> None:
        _reduce_sale(view, record, recall)

    return (
        Reducer(SALE_VIEW, view_version(SALE_RULE), reduce_sale),
        Reducer(LEDGER_VIEW, 1, ledger_reducer(is_kept_here), frozenset({"settlement", "refund"})),
        standing_reducer(),
        hold_reducer(),
        offer_reducer(),
        count_reducer(),
        agency_reducer(),
    )


def view_version(rule: int) -> int:
    """The version of a view that reads every kind: of its own rule, and of the kinds that this program knows.

    A program that learns a kind, or a newer version of one, thereby reduces what it had kept unread: the journal fills
    a view anew when its version changes.
    """
    known = canonical([rule, sorted(f"{name}/{version}" for name, version in kinds())])
    return int(sha256(known)[:12], 16)
