"""What is demanded of a packing list."""

from collections.abc import Callable
from decimal import Decimal

from entrepot.base.amount import exact_sum, format_decimal
from entrepot.base.finding import Finding, Severity
from entrepot.document.demand import Demand, Findings
from entrepot.document.packing.model import PackedUnits, PackingList
from entrepot.document.parts import Economies, check_delivery_terms, check_hs, check_ids, check_trading
from entrepot.document.transport.iso6346 import check_digit_holds

_KTDDE = "ICC KTDDE, packing list"
_FIX = "Correct the total, or an entry."
NO_INVOICE = Demand(
    "ENT-CORE-PACKING-01", "No invoice is named.", "Name the invoice that bills these goods.", _KTDDE, Severity.WARNING
)
PACKAGES = Demand("ENT-CORE-PACKING-02", "The entries hold {computed} packages, not {stated}.", _FIX, _KTDDE)
WEIGHT = Demand("ENT-CORE-PACKING-03", "The entries weigh {computed} kg ({which}), not {stated} kg.", _FIX, _KTDDE)
VOLUME = Demand("ENT-CORE-PACKING-04", "The entries measure {computed} m3, not {stated} m3.", _FIX, _KTDDE)
NET_GROSS = Demand(
    "ENT-CORE-PACKING-05", "Net weight {net} kg above gross weight {gross} kg.", "Correct a weight.", _KTDDE
)
NO_WEIGHT = Demand(
    "ENT-CORE-PACKING-06", "The total gross weight is not stated.", "State it.", _KTDDE, Severity.WARNING
)
SSCC = Demand(
    "ENT-CORE-PACKING-07",
    "{sscc} is not a serial shipping container code with a right check digit.",
    "Read it again from the label.",
    "GS1 General Specifications, SSCC (AI 00)",
)
SSCC_MANY = Demand(
    "ENT-CORE-PACKING-08",
    "One serial shipping container code for {count} packages.",
    "Give each package an entry of its own.",
    "GS1 General Specifications, SSCC (AI 00)",
)
NO_KIND = Demand(
    "ENT-CORE-PACKING-09",
    "The kind of package is not stated.",
    "Give its code of UN/ECE Recommendation 21.",
    _KTDDE,
    Severity.WARNING,
)
QUANTITY = Demand("ENT-CORE-PACKING-10", "A quantity of {value}.", "State how much it is.", _KTDDE)
CONTAINER = Demand(
    "ENT-CORE-PACKING-11",
    "{id} is not a container number with a right check digit.",
    "Read the number again from the container.",
    "ISO 6346",
    Severity.WARNING,
)
DEMANDS = (
    NO_INVOICE, PACKAGES, WEIGHT, VOLUME, NET_GROSS, NO_WEIGHT, SSCC, SSCC_MANY, NO_KIND, QUANTITY, CONTAINER,
)  # fmt: skip


def check(packing: PackingList, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on a packing list; ``economies``: ISO codes of those known here."""
    return tuple(found for part in _PARTS for found in part(packing, economies))


def _check_frame(packing: PackingList, economies: Economies) -> Findings:
    yield from check_trading(packing.buyer, packing.seller, economies)
    yield from check_delivery_terms(packing.delivery_terms)
    if packing.invoice is None:
        yield NO_INVOICE.broken("$.invoice")


def _check_units(packing: PackingList, _: Economies) -> Findings:
    yield from check_ids((each.id for each in packing.units), "$.units")
    for index, each in enumerate(packing.units):
        yield from _check_unit(each, f"$.units[{index}]")


def _check_unit(unit: PackedUnits, path: str) -> Findings:
    net, gross = unit.net_weight_kg, unit.gross_weight_kg
    if net is not None and gross is not None and net > gross:
        yield NET_GROSS.broken(f"{path}.netWeightKg", net=net, gross=gross)
    if unit.packages.code is None:
        yield NO_KIND.broken(f"{path}.packages.code")
    if unit.sscc is not None and not sscc_holds(unit.sscc):
        yield SSCC.broken(f"{path}.sscc", sscc=unit.sscc)
    if unit.sscc is not None and unit.packages.count > 1:
        yield SSCC_MANY.broken(f"{path}.sscc", count=unit.packages.count)
    if unit.equipment is not None and not check_digit_holds(unit.equipment):
        yield CONTAINER.broken(f"{path}.equipment", id=unit.equipment)
    for index, content in enumerate(unit.contents):
        if content.quantity.value <= 0:
            yield QUANTITY.broken(f"{path}.contents[{index}].quantity", value=content.quantity.value)
        if content.hs is not None:
            yield from check_hs(content.hs, f"{path}.contents[{index}].hs")


def _check_totals(packing: PackingList, _: Economies) -> Findings:
    totals, units = packing.totals, packing.units
    count = sum(each.packages.count for each in units)
    if totals.packages != count:
        yield PACKAGES.broken("$.totals.packages", computed=count, stated=totals.packages)
    if totals.gross_weight_kg is None:
        yield NO_WEIGHT.broken("$.totals.grossWeightKg")
    elif totals.net_weight_kg is not None and totals.net_weight_kg > totals.gross_weight_kg:
        yield NET_GROSS.broken("$.totals.netWeightKg", net=totals.net_weight_kg, gross=totals.gross_weight_kg)
    rows = (
        (WEIGHT, "grossWeightKg", totals.gross_weight_kg, [each.gross_weight_kg for each in units]),
        (WEIGHT, "netWeightKg", totals.net_weight_kg, [each.net_weight_kg for each in units]),
        (VOLUME, "volumeM3", totals.volume_m3, [each.volume_m3 for each in units]),
    )
    for demand, name, stated, parts in rows:
        computed = _sum_of(parts)
        if stated is not None and computed is not None and stated != computed:
            yield demand.broken(
                f"$.totals.{name}",
                which=name.removesuffix("WeightKg"),
                stated=format_decimal(stated),
                computed=format_decimal(computed),
            )


def _sum_of(parts: list[Decimal | None]) -> Decimal | None:
    """The sum, or None where an entry does not say: nothing can be compared then."""
    known = [each for each in parts if each is not None]
    return exact_sum(known) if len(known) == len(parts) else None


def sscc_holds(code: str) -> bool:
    """Whether ``code`` is 18 digits with a right check digit (GS1 General Specifications, 7.9.1)."""
    if len(code) != 18 or not (code.isascii() and code.isdigit()):
        return False
    total = sum(int(each) * (3 if place % 2 == 0 else 1) for place, each in enumerate(code[:17]))
    return -total % 10 == int(code[17])


_PARTS: tuple[Callable[[PackingList, Economies], Findings], ...] = (_check_frame, _check_units, _check_totals)
