"""Moments: aware, UTC inside, RFC 3339 outside."""

import re
from datetime import UTC, date, datetime, timedelta

from entrepot.base.error import UsageError
from entrepot.base.text import shown

_FORM = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
DATE_PATTERN = "^(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-[0-9]{2}-[0-9]{2}$"
"""ECMA 262 pattern of what :func:`parse_date` reads, for JSON Schema; whether the day exists is its format."""
_HOUR = "([01][0-9]|2[0-3])"
_CLOCK = rf"{_HOUR}:[0-5][0-9]:[0-5][0-9](\.[0-9]{{1,9}})?([Zz]|[+-]{_HOUR}:[0-5][0-9])$"
MOMENT_PATTERN = f"{DATE_PATTERN.removesuffix('$')}[Tt]{_CLOCK}"
"""ECMA 262 pattern of what :func:`parse_moment` reads, for JSON Schema."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_moment(text: str) -> datetime:
    """The moment that an RFC 3339 ``text`` names, in UTC, cut to milliseconds; at most nine digits of a second.

    Raises ``ValueError`` where it is not RFC 3339, names no zone, or does not exist. A leap second (``:60``) is
    refused: neither the databases nor the calendar types behind this can hold it (RFC 3339 section 5.7).
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"not an RFC 3339 time with a zone: {shown(text)}")
    day, clock, fraction, zone = found.groups()
    if clock.endswith(":60"):
        raise ValueError(f"a leap second cannot be kept, write the second before or after it: {text!r}")
    millis = ((fraction or ".0") + "000")[1:4]
    moment = datetime.fromisoformat(f"{day}T{clock}.{millis}{zone.upper().replace('Z', '+00:00')}")
    try:
        return moment.astimezone(UTC)
    except OverflowError as wrong:
        raise ValueError(f"outside the calendar in UTC: {text!r}") from wrong


def format_moment(moment: datetime) -> str:
    """``moment`` as RFC 3339 in UTC, with milliseconds only where it has any.

    Raises :class:`UsageError` where it names no zone or lies outside the calendar in UTC.
    """
    require_aware(moment)
    try:
        utc = moment.astimezone(UTC)
    except OverflowError as wrong:
        raise UsageError(f"outside the calendar in UTC: {moment!r}") from wrong
    millis = utc.microsecond // 1000
    text = f"{utc.year:04d}-{utc:%m-%dT%H:%M:%S}"
    return f"{text}.{millis:03d}Z" if millis else f"{text}Z"


def require_aware(moment: datetime) -> datetime:
    """``moment`` itself; raises :class:`UsageError` where it names no zone."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise UsageError(f"a time without a zone: {moment!r}", remedy="Give an aware datetime.")
    return moment


def to_millis(moment: datetime) -> int:
    """Milliseconds since 1970-01-01T00:00:00Z, cut, never rounded up."""
    since = require_aware(moment) - EPOCH
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000


def from_millis(millis: int) -> datetime:
    """The moment that lies ``millis`` milliseconds after 1970-01-01T00:00:00Z.

    Raises :class:`UsageError` outside the years 1 to 9999.
    """
    try:
        return EPOCH + timedelta(milliseconds=millis)
    except OverflowError as wrong:
        raise UsageError(f"outside the calendar: {millis} ms") from wrong


def parse_date(text: str) -> date:
    """A calendar date ``YYYY-MM-DD`` (ISO 8601); raises ``ValueError`` for anything else."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(f"not a date YYYY-MM-DD: {shown(text)}")
    return date.fromisoformat(text)
