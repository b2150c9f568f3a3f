"""Counting: what the statistics room needs to know of one sale, gathered from its view and the records behind it."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Literal

from entrepot.base.moment import parse_moment
from entrepot.document.invoice.model import Invoice
from entrepot.document.order.model import Order
from entrepot.document.trade import Line, PlatformRole
from entrepot.flow.kinds import read_record
from entrepot.flow.reading import is_readable, sale_summary
from entrepot.flow.sight import Recall
from entrepot.journal.journal import Journal
from entrepot.movement.event import HandOver, Leg
from entrepot.statistic.row import Product, SaleRow, Scheme

BILLING = frozenset({"invoice", "credit-note"})
"""Kinds without which a row would state a wrong value."""


def sale_row(
    journal: Journal,
    sale: str,
    *,
    readers: Collection[str] | None = None,
    recall: Recall | None = None,
    persons_employed: int | None = None,
) -> SaleRow | None:
    """What ``readers`` may know of a sale, for the digital-trade table; ``readers`` None: what the node knows.

    None where the sale or its order is not here, or where its order or what was billed is not for these readers.
    ``persons_employed``: of the enterprise on the reporter's side, from the reporter's own register.
    """
    state = sale_summary(journal, sale, readers, recall=recall)
    if state is None or not _is_told(journal, sale, readers):
        return None
    order = _payload(journal, sale)
    if not isinstance(order, Order):
        return None
    account: dict[str, str] | None = next(
        (each for each in state["accounts"] if each["currency"] == order.currency), None
    )
    effective = [each for each in state["order"] if state["standings"][each]["status"] == "effective"]
    papers = [_payload(journal, each) for each in effective]
    invoices = [each for each in papers if isinstance(each, Invoice)]
    return SaleRow(
        sale=sale,
        currency=order.currency,
        seller_economy=order.seller.economy,
        buyer_economy=order.buyer.economy,
        subject=state["subject"],
        ordered_by=state["orderedBy"],
        delivered_by=order.channel.value,
        platform=_platform(order),
        platform_fee=order.platform.fee if order.platform else None,
        buyer_type=state["buyerType"],
        product=_product(order.lines),
        persons_employed=persons_employed,
        invoiced=_figure(account, "invoiced") if account and invoices else None,
        credited=_figure(account, "credited"),
        awarded=_figure(account, "awarded"),
        settled=_figure(account, "settled"),
        refunded=_figure(account, "refunded"),
        tax_included=_tax_included(invoices),
        ended={"unknown": None, "cancelled": True, "rejected": True}.get(state["agreement"], False),
        incoterm=order.delivery_terms.incoterm if order.delivery_terms else None,
        day=_day(papers, is_known=state["fulfilment"] != "unknown"),
    )


def _is_told(journal: Journal, sale: str, readers: Collection[str] | None) -> bool:
    """Whether the order, and whatever is billed for it as far as this node knows, is for these readers."""
    whole = sale_summary(journal, sale)
    if readers is None or whole is None:
        return whole is not None
    hidden = [each for each in whole["order"] if not is_readable(journal, each, readers)]
    billed = (each for each in hidden if _kind(journal, each) in BILLING)
    return sale not in hidden and not any(whole["standings"][each]["status"] == "effective" for each in billed)


def _figure(account: Mapping[str, str] | None, name: str) -> int | None:
    """Minor units of a figure; None where records that cannot be read or judged here would add to it."""
    figure = account[name] if account else "0"
    return None if figure == "unknown" else int(figure)


def _kind(journal: Journal, record_id: str) -> str | None:
    record = journal.record(record_id)
    return None if record is None else record.kind


def _payload(journal: Journal, record_id: str) -> Any | None:
    record = journal.record(record_id)
    return None if record is None or record.erased else read_record(record)[0]


def _platform(order: Order) -> Literal["none", "intermediary", "reseller", "unknown"]:
    """An order that names no platform does not say that there was none: its form has no place to say so."""
    if order.platform is None:
        return "unknown"
    return "intermediary" if order.platform.role is PlatformRole.INTERMEDIARY else "reseller"


def _product(lines: tuple[Line, ...]) -> Product | None:
    """The product where all lines agree on it; a mixed basket has no one code."""
    codes = {(each.hs.code[:6], str(each.hs.vintage)) for each in lines if each.hs and each.hs.vintage}
    if len(codes) != 1 or not all(each.hs for each in lines):
        return None
    code, vintage = codes.pop()
    return Product(scheme=Scheme.HS, code=code, vintage=vintage)


def _tax_included(invoices: list[Invoice]) -> bool | None:
    stated = [each.totals.tax for each in invoices if each.totals.tax is not None]
    return any(stated) if stated and len(stated) == len(invoices) else None


def _day(papers: list[Any], *, is_known: bool) -> date | None:
    """The day on which the goods were delivered, else the day of the first invoice; None where it is not known
    whether they were."""
    for each in papers:
        if isinstance(each, HandOver) and each.leg is Leg.DELIVERED:
            return parse_moment(str(each.event["eventTime"])).date()
    return next((each.issue_date for each in papers if isinstance(each, Invoice)), None) if is_known else None
