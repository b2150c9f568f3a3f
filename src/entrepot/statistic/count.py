"""Kind ``count``: the statistics reporter counts a sale, by its row and the row's digest."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.base.finding import Finding, Severity
from entrepot.base.shape import Digest, Economy, dump
from entrepot.statistic.definition import EDITION, HANDBOOK
from entrepot.statistic.row import Flow, Known, Row, Scheme, Subject, digital_trade


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Kind ``count``, version 1: ``row`` as ``reporter`` counts it, after the definitions of ``edition``.

    ``digest``: SHA-256 of the row's canonical JSON, by which tables name the rows that they are made of.
    """

    row: Row
    digest: Digest
    reporter: Economy
    edition: Literal["handbook-2"] = EDITION


def digest_of(row: Row) -> str:
    """SHA-256 of the row's canonical JSON."""
    return sha256(canonical(dump(row)))


def count_of(row: Row) -> Count:
    """The count of ``row`` by its own reporter."""
    return Count(row=row, digest=digest_of(row), reporter=row.reporter)


def check(count: Count) -> tuple[Finding, ...]:
    """The digest is the row's, and the row does not contradict itself."""
    return tuple(_check(count))


def _check(count: Count) -> Iterator[Finding]:
    row = count.row
    if count.digest != digest_of(row):
        yield _found(11, "$.digest", "The digest is not that of the row.", "Compute it again.")
    if count.reporter != row.reporter:
        yield _found(12, "$.reporter", "The row is of another reporter.", "Count your own side.")
    if row.flow in (Flow.EXPORT, Flow.IMPORT) and row.partner in (None, row.reporter):
        yield _found(13, "$.row.partner", "Trade across a border has a partner economy.", "State it.")
    if row.flow is Flow.DOMESTIC and row.partner is not None:
        yield _found(14, "$.row.partner", "A domestic sale has no partner economy.", "Leave it out.")
    if row.subject is Subject.GOODS and row.delivered is not Known.NO:
        yield _found(15, "$.row.delivered", "Goods are never delivered digitally.", "Say no.")
    if row.digital_trade is not digital_trade(row.flow, row.ordered, row.delivered):
        yield _found(16, "$.row.digitalTrade", "It does not follow from flow, ordered and delivered.", "Correct it.")
    if row.platform_fee is not None and row.platform_fee.minor < 0:
        yield _found(17, "$.row.platformFee", "A fee is not below zero.", "Correct it.")
    if row.product is not None and (row.product.scheme is Scheme.HS) is not (row.subject is not Subject.SERVICES):
        yield _found(18, "$.row.product", "Goods have HS codes, services EBOPS or CPC codes.", "Use the right scheme.")


def _found(number: int, path: str, message: str, remedy: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-STAT-{number:02d}",
        severity=Severity.BLOCKING,
        path=path,
        message=message,
        source=HANDBOOK,
        remedy=remedy,
    )
