"""What is demanded of a customs declaration and of the decision on it."""

from collections.abc import Callable

from entrepot.base.amount import exact_sum, format_decimal
from entrepot.base.finding import Finding, Severity
from entrepot.document.customs.model import CustomsDeclaration, CustomsRelease, Decision, DeclaredGoods, Direction
from entrepot.document.demand import Demand, Findings
from entrepot.document.parts import Economies, check_delivery_terms, check_hs, check_ids, check_party

_DECLARATION = "Entrepot customs declaration 1"
_RELEASE = "Entrepot customs release 1"
_VALUE = "WTO Agreement on Customs Valuation"
ONE_ECONOMY = Demand(
    "ENT-CORE-CUSTOMS-01", "Goods leave {economy} for {economy}: no border is crossed.", "Correct one.", _DECLARATION
)
WRONG_OFFICE = Demand(
    "ENT-CORE-CUSTOMS-02",
    "The office sits in {office}; this declaration is made in {expected}.",
    "Declare to an office of that economy.",
    _DECLARATION,
)
VALUE_SUM = Demand(
    "ENT-CORE-CUSTOMS-03", "The goods are worth {computed} together, not {stated}.", "Correct a value.", _VALUE
)
VALUE_CURRENCY = Demand(
    "ENT-CORE-CUSTOMS-04", "One value is in {stated}, the total in {currency}.", "State all in one currency.", _VALUE
)
NO_CERTIFICATE = Demand(
    "ENT-CORE-CUSTOMS-05",
    "Preference under {agreement} is claimed without a proof of origin.",
    "Name the certificate's record, or do not claim it.",
    "RCEP article 3.22",
    Severity.WARNING,
)
NET_GROSS = Demand(
    "ENT-CORE-CUSTOMS-06", "Net weight {net} kg above gross weight {gross} kg.", "Correct a weight.", _DECLARATION
)
VALUE_SIGN = Demand("ENT-CORE-CUSTOMS-07", "A value of {value}.", "State what the goods are worth.", _VALUE)
NO_REASON = Demand("ENT-CORE-CUSTOMS-08", "Refused without a reason.", "State the reasons.", _RELEASE)
NO_CONDITION = Demand(
    "ENT-CORE-CUSTOMS-09", "An inspection is ordered, but not of what.", "State what is to be done.", _DECLARATION
)
UNPAID = Demand(
    "ENT-CORE-CUSTOMS-10",
    "Released although {kind} of {amount} is not paid.",
    "State the security or deferment among the conditions.",
    _RELEASE,
    Severity.WARNING,
)
DEMANDS = (
    ONE_ECONOMY, WRONG_OFFICE, VALUE_SUM, VALUE_CURRENCY, NO_CERTIFICATE, NET_GROSS, VALUE_SIGN, NO_REASON,
    NO_CONDITION, UNPAID,
)  # fmt: skip


def check(declaration: CustomsDeclaration, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on a declaration; ``economies``: ISO codes of those known here."""
    return tuple(found for part in _PARTS for found in part(declaration, economies))


def check_release(release: CustomsRelease, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on the decision of an office."""
    return tuple(_check_release(release, economies))


def _check_parties(declaration: CustomsDeclaration, economies: Economies) -> Findings:
    yield from check_party(declaration.declarant, "$.declarant", "declarant", economies)
    yield from check_party(declaration.office, "$.office", "customs office", economies)
    for role in ("exporter", "importer"):
        yield from check_party(getattr(declaration, role), f"$.{role}", role, economies, did=False)


def _check_border(declaration: CustomsDeclaration, _: Economies) -> Findings:
    if declaration.dispatch == declaration.destination:
        yield ONE_ECONOMY.broken("$.destination", economy=declaration.destination)
    leaves = declaration.direction is Direction.EXPORT
    expected = declaration.dispatch if leaves else declaration.destination
    if declaration.office.economy not in (None, expected):
        yield WRONG_OFFICE.broken("$.office.economy", office=declaration.office.economy, expected=expected)
    yield from check_delivery_terms(declaration.delivery_terms)


def _check_goods(declaration: CustomsDeclaration, _: Economies) -> Findings:
    yield from check_ids((each.id for each in declaration.goods), "$.goods")
    for index, each in enumerate(declaration.goods):
        yield from _check_good(each, declaration.customs_value.currency, f"$.goods[{index}]")
    stated = declaration.customs_value.amount
    computed = exact_sum([each.customs_value.amount for each in declaration.goods])
    if stated != computed:
        yield VALUE_SUM.broken("$.customsValue", stated=format_decimal(stated), computed=format_decimal(computed))


def _check_good(goods: DeclaredGoods, currency: str, path: str) -> Findings:
    yield from check_hs(goods.hs, f"{path}.hs", Severity.BLOCKING)
    if goods.customs_value.currency != currency:
        yield VALUE_CURRENCY.broken(f"{path}.customsValue", stated=goods.customs_value.currency, currency=currency)
    if goods.customs_value.minor <= 0:
        yield VALUE_SIGN.broken(f"{path}.customsValue", value=goods.customs_value)
    if goods.preference is not None and goods.certificate is None:
        yield NO_CERTIFICATE.broken(f"{path}.certificate", agreement=goods.preference)
    net, gross = goods.net_weight_kg, goods.gross_weight_kg
    if net is not None and gross is not None and net > gross:
        yield NET_GROSS.broken(f"{path}.netWeightKg", net=net, gross=gross)


def _check_release(release: CustomsRelease, economies: Economies) -> Findings:
    yield from check_party(release.office, "$.office", "customs office", economies)
    if release.decision is Decision.REFUSED and not release.reasons:
        yield NO_REASON.broken("$.reasons")
    if release.decision is Decision.INSPECT and not release.conditions:
        yield NO_CONDITION.broken("$.conditions")
    if release.decision is Decision.RELEASED and not release.conditions:
        for index, charge in enumerate(release.charges):
            if not charge.paid:
                yield UNPAID.broken(f"$.charges[{index}].paid", kind=charge.kind, amount=charge.amount)


_PARTS: tuple[Callable[[CustomsDeclaration, Economies], Findings], ...] = (
    _check_parties, _check_border, _check_goods,
)  # fmt: skip
