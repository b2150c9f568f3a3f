"""Rules of double entry for the postings of one record."""

from collections import defaultdict
from collections.abc import Sequence

from entrepot.base.currency import exponents
from entrepot.base.finding import Finding
from entrepot.base.money import Money
from entrepot.payment.finding import finding
from entrepot.payment.settlement import MOVED_MINOR_MAX, Posting


def transfer(amount: Money, *, giver: str, taker: str) -> tuple[Posting, Posting]:
    """The two postings that move ``amount`` from one account to another."""
    return (
        Posting(account=giver, asset=amount.currency, minor=-amount.minor),
        Posting(account=taker, asset=amount.currency, minor=amount.minor),
    )


def net(postings: Sequence[Posting]) -> dict[tuple[str, str], int]:
    """Net change per (account, asset) in minor units; changes of zero are left out. Sorted by account and asset."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for each in postings:
        sums[each.account, each.asset] += each.minor
    return {key: sums[key] for key in sorted(sums) if sums[key]}


def net_of(postings: Sequence[Posting], account: str, asset: str) -> int:
    """Net change of one account in one asset, in minor units."""
    return sum(each.minor for each in postings if (each.account, each.asset) == (account, asset))


def check_postings(postings: Sequence[Posting]) -> tuple[Finding, ...]:
    """All findings: postings of zero, unknown currencies, assets that do not sum to zero, sums that are too large,
    titles moved in other than one piece."""
    found = [
        finding("POSTING", 1, "The posting moves nothing.", path=f"$.postings[{index}].minor", remedy="Leave it out.")
        for index, each in enumerate(postings)
        if each.minor == 0
    ]
    for asset in sorted({each.asset for each in postings}):
        found += _asset(asset, [each for each in postings if each.asset == asset])
    return tuple(found)


def _asset(asset: str, postings: Sequence[Posting]) -> list[Finding]:
    found = []
    if ":" not in asset and asset not in exponents():
        found.append(
            finding(
                "POSTING",
                2,
                "{asset} is not a currency with a minor unit.",
                path="$.postings",
                source="ISO 4217",
                remedy="Use the three-letter code.",
                asset=asset,
            )
        )
    total = sum(each.minor for each in postings)
    if total:
        found.append(
            finding(
                "POSTING",
                3,
                "The postings of {asset} sum to {total}, not to zero.",
                path="$.postings",
                remedy="Add the missing side.",
                asset=asset,
                total=str(total),
            )
        )
    changes = net(postings).values()
    if any(abs(each) > MOVED_MINOR_MAX for each in changes):
        found.append(
            finding(
                "POSTING",
                4,
                "Too much of {asset} moves at once.",
                path="$.postings",
                remedy="Split it.",
                asset=asset,
            )
        )
    if asset.startswith("title:") and any(abs(each) != 1 for each in changes):
        found.append(
            finding(
                "POSTING",
                5,
                "A title moves as one piece.",
                path="$.postings",
                source="singularity of a transferable record (UNCITRAL MLETR, article 10)",
                remedy="Move exactly one.",
            )
        )
    return found
