"""Places where something happens to a consignment, and their URIs."""

import re
from dataclasses import dataclass
from decimal import Decimal

from entrepot.base.amount import format_decimal
from entrepot.base.error import UsageError

_LOCODE = re.compile("[A-Z]{2}[A-Z2-9]{3}")
LOCODE_BASE = "https://vocabulary.uncefact.org/unlocode#"
"""UN/LOCODE as a web vocabulary of UN/CEFACT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place by the first of these that is given: ``uri`` (SGLN URN, Digital Link, any other), ``locode``
    (UN/LOCODE), ``latitude`` and ``longitude`` in degrees of WGS 84 (exact decimals)."""

    uri: str | None = None
    locode: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def place_uri(place: Place) -> str:
    """The URI of a read point: given, of the UN/LOCODE, or a ``geo:`` URI (RFC 5870).

    Raises :class:`UsageError` where the place is not named, or lies outside the globe.
    """
    if place.uri is not None:
        return place.uri
    if place.locode is not None:
        if not _LOCODE.fullmatch(place.locode):
            raise UsageError(f"not a UN/LOCODE: {place.locode!r}", remedy="Use two letters and three characters.")
        return LOCODE_BASE + place.locode
    if place.latitude is None or place.longitude is None:
        raise UsageError("the place is not named", remedy="Give a URI, a UN/LOCODE, or latitude and longitude.")
    if abs(place.latitude) > 90 or abs(place.longitude) > 180:
        raise UsageError("the place lies outside the globe", remedy="Latitude comes first, in degrees.")
    return f"geo:{format_decimal(place.latitude)},{format_decimal(place.longitude)}"
