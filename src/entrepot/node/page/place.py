"""Where each economy stands on the tile map: one tile each, so that small ones are as easy to find as large ones.

Rows from north to south, columns from west to east; neighbours stay near each other, distances mean nothing.
"""

from entrepot.node.page.language import gettext_noop

AGREED = {"HK": gettext_noop("Hong Kong, China"), "TW": gettext_noop("Chinese Taipei")}
"""Economies that APEC names otherwise than CLDR does."""
PLACES: dict[str, tuple[int, int]] = {
    "RU": (1, 4),
    "CA": (1, 9),
    "MN": (2, 4),
    "KR": (2, 6),
    "JP": (2, 7),
    "US": (2, 9),
    "PK": (3, 1),
    "CN": (3, 4),
    "TW": (3, 6),
    "MX": (3, 9),
    "MM": (4, 2),
    "LA": (4, 3),
    "VN": (4, 4),
    "HK": (4, 5),
    "PH": (4, 6),
    "TH": (5, 2),
    "KH": (5, 3),
    "MY": (6, 2),
    "BN": (6, 4),
    "SG": (7, 2),
    "ID": (7, 3),
    "TL": (7, 4),
    "PG": (7, 6),
    "SB": (7, 7),
    "PE": (6, 10),
    "AU": (8, 5),
    "CL": (8, 10),
    "NZ": (9, 7),
}
"""Alpha-2 code -> (row, column), both from 1."""
