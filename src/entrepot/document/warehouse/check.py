"""What is demanded of a warehouse receipt."""

from collections.abc import Callable

from entrepot.base.finding import Finding, Severity
from entrepot.document.demand import Demand, Findings
from entrepot.document.parts import Economies, check_hs, check_ids, check_party, check_period
from entrepot.document.transport.model import Title
from entrepot.document.warehouse.model import StoredGoods, WarehouseReceipt

_KTDDE = "ICC KTDDE, warehouse receipt"
_LAW = "UNCITRAL-UNIDROIT Model Law on Warehouse Receipts (2024)"
RECEIVED_LATER = Demand(
    "ENT-CORE-WAREHOUSE-01",
    "Issued on {issued}, goods received on {received}.",
    "A receipt follows the goods: correct a date.",
    _KTDDE,
)
NO_ENDORSEE = Demand(
    "ENT-CORE-WAREHOUSE-02", "Made out to order, but of nobody.", "Name the endorsee, or say blank.", _KTDDE
)
ENDORSEE = Demand(
    "ENT-CORE-WAREHOUSE-03", "A {title} receipt names an endorsee.", "Say order, or remove the party.", _KTDDE
)
NO_LAW = Demand(
    "ENT-CORE-WAREHOUSE-04",
    "The receipt may be negotiated, but the governing law is not stated; whether this record carries title is unknown.",
    "Name an economy whose law knows electronic transferable records.",
    f"{_LAW}; UNCITRAL Model Law on Electronic Transferable Records (2017)",
    Severity.WARNING,
)
QUANTITY = Demand("ENT-CORE-WAREHOUSE-05", "A quantity of {value}.", "State how much is stored.", _KTDDE)
NET_GROSS = Demand(
    "ENT-CORE-WAREHOUSE-06", "Net weight {net} kg above gross weight {gross} kg.", "Correct a weight.", _KTDDE
)
NO_CHARGES = Demand(
    "ENT-CORE-WAREHOUSE-07",
    "Storage charges are not stated.",
    "State the rate, or that none is owed: a holder must know what the goods are held for.",
    _LAW,
    Severity.WARNING,
)
NO_ADDRESS = Demand(
    "ENT-CORE-WAREHOUSE-08", "The address of the warehouse is empty.", "State where the goods lie.", _KTDDE
)
STORED_EARLY = Demand(
    "ENT-CORE-WAREHOUSE-09",
    "Storage begins on {start}, goods were received on {received}.",
    "Correct a date.",
    _KTDDE,
    Severity.WARNING,
)
DEMANDS = (
    RECEIVED_LATER, NO_ENDORSEE, ENDORSEE, NO_LAW, QUANTITY, NET_GROSS, NO_CHARGES, NO_ADDRESS, STORED_EARLY,
)  # fmt: skip


def check(receipt: WarehouseReceipt, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on a receipt; ``economies``: ISO codes of those known here."""
    return tuple(found for part in _PARTS for found in part(receipt, economies))


def _check_parties(receipt: WarehouseReceipt, economies: Economies) -> Findings:
    yield from check_party(receipt.keeper, "$.keeper", "warehouse keeper", economies)
    yield from check_party(receipt.depositor, "$.depositor", "depositor", economies, did=False)
    place = receipt.warehouse_address
    if not place.lines and place.city is None and place.economy is None:
        yield NO_ADDRESS.broken("$.warehouseAddress")


def _check_title(receipt: WarehouseReceipt, _: Economies) -> Findings:
    title = receipt.title
    if title is Title.ORDER and receipt.endorsee is None:
        yield NO_ENDORSEE.broken("$.endorsee")
    if title is not Title.ORDER and receipt.endorsee is not None:
        yield ENDORSEE.broken("$.endorsee", title=title)
    if title is not Title.STRAIGHT and receipt.governing_law is None:
        yield NO_LAW.broken("$.governingLaw")
    if receipt.charges is None and receipt.charges_due is None:
        yield NO_CHARGES.broken("$.charges")


def _check_dates(receipt: WarehouseReceipt, _: Economies) -> Findings:
    received = receipt.received_date
    if received > receipt.issue_date:
        yield RECEIVED_LATER.broken("$.receivedDate", issued=receipt.issue_date, received=received)
    yield from check_period(receipt.storage, "$.storage")
    if receipt.storage is not None and receipt.storage.start is not None and receipt.storage.start < received:
        yield STORED_EARLY.broken("$.storage.start", start=receipt.storage.start, received=received)


def _check_goods(receipt: WarehouseReceipt, _: Economies) -> Findings:
    yield from check_ids((each.id for each in receipt.goods), "$.goods")
    for index, each in enumerate(receipt.goods):
        yield from _check_good(each, f"$.goods[{index}]")


def _check_good(goods: StoredGoods, path: str) -> Findings:
    if goods.quantity.value <= 0:
        yield QUANTITY.broken(f"{path}.quantity", value=goods.quantity.value)
    if goods.hs is not None:
        yield from check_hs(goods.hs, f"{path}.hs")
    net, gross = goods.net_weight_kg, goods.gross_weight_kg
    if net is not None and gross is not None and net > gross:
        yield NET_GROSS.broken(f"{path}.netWeightKg", net=net, gross=gross)


_PARTS: tuple[Callable[[WarehouseReceipt, Economies], Findings], ...] = (
    _check_parties, _check_title, _check_dates, _check_goods,
)  # fmt: skip
