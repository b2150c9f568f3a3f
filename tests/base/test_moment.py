"""Times of RFC 3339 at their edges."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.error import UsageError
from entrepot.base.moment import EPOCH, format_moment, from_millis, parse_date, parse_moment, require_aware, to_millis

MILLIS = st.integers(to_millis(datetime(1, 1, 1, tzinfo=UTC)), to_millis(datetime(9999, 12, 31, 23, 59, tzinfo=UTC)))


@given(MILLIS)
def test_a_moment_comes_back(millis):
    moment = from_millis(millis)
    assert parse_moment(format_moment(moment)) == moment
    assert to_millis(moment) == millis


@given(MILLIS, st.integers(-1439, 1439))
def test_the_zone_changes_the_writing_and_not_the_moment(millis, minutes):
    moment = from_millis(millis)
    try:
        local = moment.astimezone(timezone(timedelta(minutes=minutes)))
    except OverflowError:
        return
    text = local.isoformat(timespec="milliseconds")
    assert parse_moment(text) == moment
    assert format_moment(local) == format_moment(moment)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("2026-11-22t08:30:00z", "2026-11-22T08:30:00Z"),
        ("2026-11-22T08:30:00.5Z", "2026-11-22T08:30:00.500Z"),
        ("2026-11-22T08:30:00.000Z", "2026-11-22T08:30:00Z"),
        ("2026-11-22T08:30:00.9999Z", "2026-11-22T08:30:00.999Z"),
        ("2026-11-22T08:30:00.123456789+08:00", "2026-11-22T00:30:00.123Z"),
        ("2026-11-22T08:30:00-00:00", "2026-11-22T08:30:00Z"),
        ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ("2026-01-01T00:00:00+23:59", "2025-12-31T00:01:00Z"),
    ],
)
def test_forms_of_rfc_3339(text, normal):
    assert format_moment(parse_moment(text)) == normal


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026-11-22", "2026-11-22T08:30:00", "2026-11-22 08:30:00Z", "2026-11-22T08:30Z", "20261122T083000Z"),
        *("2026-11-22T08:30:00+0800", "2026-11-22T08:30:00+8", "2026-11-22T08:30:00Z\n", " 2026-11-22T08:30:00Z"),
        *("2026-11-22T24:00:00Z", "2026-11-22T08:60:00Z", "2026-11-22T08:30:61Z", "2026-13-01T00:00:00Z"),
        *("2026-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "2026-11-22T08:30:00.Z", "2026-11-22T08:30:00.1234567890Z"),
        *("2026-11-22T08:30:00+24:00", "2026-11-22T08:30:00+08:60", "٢٠٢٦-11-22T08:30:00Z", "-001-01-01T00:00:00Z"),
        *("2026-11-22T08:30:00,5Z", "2026-W47-7T08:30:00Z", "12026-11-22T08:30:00Z", "2026-11-22T08:30:00UTC"),
        *("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"),
    ],
)
def test_anything_else_is_a_value_error(text):
    with pytest.raises(ValueError):
        parse_moment(text)


@pytest.mark.parametrize("text", ["2016-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00", "2026-01-01T00:00:60.5Z"])
def test_a_leap_second_is_refused_by_name(text):
    with pytest.raises(ValueError, match="leap second"):
        parse_moment(text)


def test_long_texts_are_not_repeated_in_full():
    with pytest.raises(ValueError, match="RFC 3339") as caught:
        parse_moment("9" * 100_000)
    assert len(str(caught.value)) < 200


def test_what_has_no_zone_or_no_place_in_the_calendar():
    with pytest.raises(UsageError, match="zone"):
        require_aware(datetime(2026, 1, 1))  # noqa: DTZ001 -- that is the point
    with pytest.raises(UsageError, match="zone"):
        format_moment(datetime(2026, 1, 1))  # noqa: DTZ001 -- that is the point
    with pytest.raises(UsageError, match="calendar"):
        format_moment(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8))))
    with pytest.raises(UsageError, match="calendar"):
        from_millis(10**18)


def test_millis_are_cut_toward_the_past():
    assert to_millis(EPOCH - timedelta(microseconds=1)) == -1
    assert to_millis(EPOCH + timedelta(microseconds=1999)) == 1


@given(st.dates())
def test_a_date_comes_back(day):
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    "text", ["", "2026-1-1", "20260101", "2026-01-01T00:00:00Z", "2026-W01-1", "2026-02-30", "0000-01-01"]
)
def test_other_dates_are_refused(text):
    with pytest.raises(ValueError):
        parse_date(text)


def test_the_calendar_ends():
    assert (parse_date("0001-01-01"), parse_date("9999-12-31")) == (date.min, date.max)
