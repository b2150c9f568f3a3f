"""Codes of economies: ISO 3166-1 alpha-2, also those that have no file here."""

from functools import cache

_OTHERS = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})
"""Codes of CLDR's territories that ISO 3166-1 does not assign: reserved, of private use, or of groups (UTS 35)."""


@cache
def codes() -> frozenset[str]:
    """The codes that ISO 3166-1 assigns, as CLDR (Babel) has them."""
    from babel import Locale  # heavy, and most commands need no list of all economies

    known = (str(each) for each in Locale("en").territories)
    return frozenset(each for each in known if len(each) == 2 and each.isalpha()) - _OTHERS


def is_code(text: str) -> bool:
    """Whether ISO 3166-1 assigns ``text`` as an alpha-2 code."""
    return text in codes()
