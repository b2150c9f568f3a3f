"""Questions about one economy on one day. ``None`` means unknown; it never stands for no or for nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from entrepot.base.error import UsageError
from entrepot.economy.agreement import AGREEMENTS
from entrepot.economy.fields import checked_on
from entrepot.economy.load import economy, sources_of
from entrepot.economy.shape import Backed, Confidence, Economy, LowValue, Membership, Source, TaxRate

Dated = TypeVar("Dated", TaxRate, LowValue)


def member_of(code: str, agreement: str, on: date) -> bool | None:
    """Whether the economy is a party to (a member of) ``agreement`` on the day ``on``; None if not known.

    Associates and signatories are not parties. A row without a first day answers from the day it was checked on; an
    unconfirmed row is for showing, and decides nothing.
    Raises :class:`~entrepot.economy.load.EconomyError` for an economy without a file, ``UsageError`` for an
    agreement that is not in :data:`~entrepot.economy.agreement.AGREEMENTS`.
    """
    if agreement not in AGREEMENTS:
        raise UsageError(f"no agreement {agreement!r} is known here", remedy="Use one of: " + ", ".join(AGREEMENTS))
    found = economy(code)
    rows = [row for row in found.memberships if row.agreement == agreement]
    if not rows:
        return False if f"memberships.{agreement}" in found.absent else None
    answers = {_standing(found, row, on) for row in rows}
    return True if True in answers else None if None in answers else False


def _standing(found: Economy, row: Membership, on: date) -> bool | None:
    if source_of(found, row).confidence is Confidence.UNCONFIRMED:
        return None
    if row.status != "party":
        return False if row.to is None or on <= row.to else None
    if row.to is not None and on > row.to:
        return False
    if row.from_ is not None:
        return on >= row.from_
    return True if on >= checked_on(row, sources_of(found)) else None


def tax_rates(code: str, on: date) -> tuple[TaxRate, ...] | None:
    """The rates of the general tax on consumption in force on ``on``: empty where a source shows that there is no
    such tax, None where it is not known (no row, or none that reaches back to that day).
    Unconfirmed rows are left out.

    Raises :class:`~entrepot.economy.load.EconomyError` for an economy without a file.
    """
    found = economy(code)
    if "taxes" in found.absent:
        return ()
    return _in_force(found, found.taxes, on)


def low_value_rules(code: str, on: date) -> tuple[LowValue, ...] | None:
    """The rules for imported goods of low value in force on ``on``: empty where a source shows that there is none,
    None where it is not known."""
    found = economy(code)
    if "lowvalue" in found.absent:
        return ()
    return _in_force(found, found.lowvalue, on)


def source_of(found: Economy, row: Backed) -> Source:
    """The source of ``row`` in the file of ``found``, with the row's own confidence and day where it states them."""
    source = sources_of(found)[row.source]
    return replace(source, confidence=row.confidence or source.confidence, checked=row.checked or source.checked)


def _in_force(found: Economy, rows: Iterable[Dated], on: date) -> tuple[Dated, ...] | None:
    sources, answer = sources_of(found), []
    for row in rows:
        if row.to is not None and on > row.to:
            continue
        if row.from_ is not None and on < row.from_:
            continue
        if source_of(found, row).confidence is Confidence.UNCONFIRMED:
            continue
        if row.from_ is None and on < checked_on(row, sources):
            return None
        answer.append(row)
    return tuple(answer) or None
