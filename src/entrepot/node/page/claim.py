"""Claims: what articles say of economies, with who said it and when. They are no facts of ours."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from entrepot.node.page.origin import origins


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim: ``quote`` word for word; ``source``: the article; ``said``: any day of the month it was published."""

    economy: str
    quote: str
    source: str
    said: date


@cache
def claims() -> tuple[Claim, ...]:
    """The file, read once; the articles are those of the table of origins."""
    value = tomllib.loads((resources.files("entrepot.node.page") / "claims.toml").read_text("utf-8"))
    articles = origins().articles
    return tuple(
        Claim(economy=each["economy"], quote=each["quote"], source=articles[each["article"]], said=each["said"])
        for each in value["claim"]
    )
