"""What is demanded of a transport document."""

from collections.abc import Callable

from entrepot.base.finding import Finding, Severity
from entrepot.document.demand import Demand, Findings
from entrepot.document.parts import Economies, check_hs, check_party
from entrepot.document.transport.iso6346 import check_digit_holds
from entrepot.document.transport.model import Load, Mode, Title, TransportDocument, TransportType

_DCSA = "DCSA eBL 3.0 TransportDocument"
CONTAINER = Demand(
    "ENT-CORE-TRANSPORT-01",
    "{id} is not a container number with a right check digit.",
    "Read the number again from the container.",
    "ISO 6346",
)
UNKNOWN_EQUIPMENT = Demand(
    "ENT-CORE-TRANSPORT-02", "Cargo lies in {id}, which is not listed.", "List the container.", _DCSA
)
NO_CONSIGNEE = Demand("ENT-CORE-TRANSPORT-03", "A straight document without consignee.", "Name the consignee.", _DCSA)
NO_ENDORSEE = Demand(
    "ENT-CORE-TRANSPORT-04", "Made out to order, but of nobody.", "Name the endorsee, or say blank.", _DCSA
)
ENDORSEE = Demand(
    "ENT-CORE-TRANSPORT-05", "A {title} document names an endorsee.", "Say order, or remove the party.", _DCSA
)
WAYBILL_TITLE = Demand(
    "ENT-CORE-TRANSPORT-06",
    "A waybill is not a document of title and cannot be made out to {title}.",
    "Say straight, or issue a bill of lading.",
    _DCSA,
)
NO_VESSEL = Demand(
    "ENT-CORE-TRANSPORT-07", "Sea transport without vessel and voyage.", "Name them.", _DCSA, Severity.WARNING
)
NO_BOARD_DATE = Demand(
    "ENT-CORE-TRANSPORT-08", "Goods are on board, but since when is not stated.", "State the date.", _DCSA
)
NO_PLACE = Demand("ENT-CORE-TRANSPORT-09", "The place has neither code nor name.", "Give one of them.", _DCSA)
NET_GROSS = Demand(
    "ENT-CORE-TRANSPORT-10", "Net weight {net} kg above gross weight {gross} kg.", "Correct a weight.", _DCSA
)
ARRIVAL = Demand("ENT-CORE-TRANSPORT-11", "Arrival {arrival} before departure {departure}.", "Correct a date.", _DCSA)
NO_LAW = Demand(
    "ENT-CORE-TRANSPORT-12",
    "The governing law is not stated; whether this record carries title is then unknown.",
    "Name an economy whose law knows electronic transferable records.",
    "UNCITRAL Model Law on Electronic Transferable Records (2017)",
    Severity.WARNING,
)
EMPTY = Demand(
    "ENT-CORE-TRANSPORT-13", "No cargo lies in {id}.", "Remove it, or say what it holds.", _DCSA, Severity.WARNING
)
TWICE = Demand("ENT-CORE-TRANSPORT-14", "{id} is listed twice.", "List it once.", _DCSA)
NO_HS = Demand(
    "ENT-CORE-TRANSPORT-15", "The cargo has no HS code.", "Give at least six digits.", _DCSA, Severity.WARNING
)
DEMANDS = (
    CONTAINER, UNKNOWN_EQUIPMENT, NO_CONSIGNEE, NO_ENDORSEE, ENDORSEE, WAYBILL_TITLE, NO_VESSEL, NO_BOARD_DATE,
    NO_PLACE, NET_GROSS, ARRIVAL, NO_LAW, EMPTY, TWICE, NO_HS,
)  # fmt: skip


def check(document: TransportDocument, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on a transport document; ``economies``: ISO codes of those known here."""
    return tuple(found for part in _PARTS for found in part(document, economies))


def _check_parties(document: TransportDocument, economies: Economies) -> Findings:
    yield from check_party(document.carrier, "$.carrier", "carrier", economies)
    yield from check_party(document.shipper, "$.shipper", "shipper", economies, did=False)
    if document.consignee is not None:
        yield from check_party(document.consignee, "$.consignee", "consignee", economies, did=False)


def _check_title(document: TransportDocument, _: Economies) -> Findings:
    title = document.title
    if title is Title.STRAIGHT and document.consignee is None:
        yield NO_CONSIGNEE.broken("$.consignee")
    if title is Title.ORDER and document.endorsee is None:
        yield NO_ENDORSEE.broken("$.endorsee")
    if title is not Title.ORDER and document.endorsee is not None:
        yield ENDORSEE.broken("$.endorsee", title=title)
    if document.type is TransportType.WAYBILL and title is not Title.STRAIGHT:
        yield WAYBILL_TITLE.broken("$.title", title=title)
    if document.type is TransportType.BILL_OF_LADING and document.governing_law is None:
        yield NO_LAW.broken("$.governingLaw")


def _check_route(document: TransportDocument, _: Economies) -> Findings:
    for name in ("loading", "discharge", "receipt", "delivery"):
        place = getattr(document, name)
        if place is not None and place.locode is None and place.name is None:
            yield NO_PLACE.broken(f"$.{name}")
    if document.mode is Mode.SEA and (document.vessel is None or document.voyage is None):
        yield NO_VESSEL.broken("$.vessel")
    if document.on_board and document.on_board_date is None:
        yield NO_BOARD_DATE.broken("$.onBoardDate")
    leaves, arrives = document.departure, document.arrival
    if leaves is not None and arrives is not None and arrives < leaves:
        yield ARRIVAL.broken("$.arrival", arrival=arrives, departure=leaves)


def _check_equipment(document: TransportDocument, _: Economies) -> Findings:
    seen = set()
    used = {load.equipment for item in document.items for load in item.loads}
    for index, each in enumerate(document.equipment):
        path = f"$.equipment[{index}].id"
        if not check_digit_holds(each.id):
            # Boxes that a shipper brings along need not carry a registered number; a foreign file is as it is.
            soft = each.shipper_owned or document.presented is not None
            severity = Severity.WARNING if soft else Severity.BLOCKING
            yield CONTAINER.broken(path, severity=severity, id=each.id)
        if each.id in seen:
            yield TWICE.broken(path, id=each.id)
        if each.id not in used:
            yield EMPTY.broken(path, id=each.id)
        seen.add(each.id)


def _check_cargo(document: TransportDocument, _: Economies) -> Findings:
    known = {each.id for each in document.equipment}
    for index, item in enumerate(document.items):
        path = f"$.items[{index}]"
        if not item.hs:
            yield NO_HS.broken(f"{path}.hs")
        for place, code in enumerate(item.hs):
            yield from check_hs(code, f"{path}.hs[{place}]")
        for place, load in enumerate(item.loads):
            yield from _check_load(load, known, f"{path}.loads[{place}]")


def _check_load(load: Load, known: set[str], path: str) -> Findings:
    if load.equipment is not None and load.equipment not in known:
        yield UNKNOWN_EQUIPMENT.broken(f"{path}.equipment", id=load.equipment)
    if load.net_weight_kg is not None and load.net_weight_kg > load.gross_weight_kg:
        yield NET_GROSS.broken(f"{path}.netWeightKg", net=load.net_weight_kg, gross=load.gross_weight_kg)


_PARTS: tuple[Callable[[TransportDocument, Economies], Findings], ...] = (
    _check_parties, _check_title, _check_route, _check_equipment, _check_cargo,
)  # fmt: skip
