"""Partial dates and ranges: laws that hold for every day there is."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import edtf
from app.models.times import canonical_published, day_number, day_range, microseconds, stretch

days = st.dates()
MICROSECONDS_OF_A_DAY = 86_400_000_000


@given(days)
def test_a_year_is_all_of_its_days_and_no_other(day: date) -> None:
    year = edtf.parse(f"{day.year:04}")
    assert (year.earliest, year.latest) == (date(day.year, 1, 1), date(day.year, 12, 31))


@given(days)
def test_a_month_ends_on_the_day_before_the_next_begins(day: date) -> None:
    month = edtf.parse(f"{day.year:04}-{day.month:02}")
    assert month.earliest is not None
    assert month.latest is not None
    assert month.earliest.day == 1
    assert month.latest == date.max or (month.latest + timedelta(days=1)).day == 1
    assert month.earliest <= day <= month.latest


@given(days, st.sampled_from(["", "~", "?", "%"]))
def test_a_day_is_itself_whatever_is_uncertain_about_it(day: date, qualifier: str) -> None:
    found = edtf.parse(day.isoformat() + qualifier)
    assert (found.earliest, found.latest, found.precision) == (day, day, "day")


@given(days, days)
def test_an_interval_is_refused_exactly_when_it_ends_before_it_begins(first: date, last: date) -> None:
    text = f"{first}/{last}"
    if first > last:
        with pytest.raises(ValueError, match="ends before it begins"):
            edtf.parse(text)
    else:
        found = edtf.parse(text)
        assert (found.earliest, found.latest) == (first, last)


@given(st.text(max_size=30) | st.from_regex(r"[0-9X./~?%-]{1,24}", fullmatch=True))
def test_no_text_is_anything_but_a_date_or_a_clear_refusal(text: str) -> None:
    try:
        found = edtf.parse(text)
    except ValueError as error:
        assert "accepted is a partial date" in str(error)  # noqa: PT017
    else:
        assert found.edtf == text
        assert found.earliest is None or found.latest is None or found.earliest <= found.latest


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("201X", "2010-01-01", "2019-12-31", "decade"),
        ("20XX", "2000-01-01", "2099-12-31", "century"),
        ("2024-XX", "2024-01-01", "2024-12-31", "year"),
        ("2021-24", "2021-12-01", "2022-02-28", "season"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("../2021-12-31", None, "2021-12-31", "interval"),
    ],
)
def test_each_form_of_a_partial_date_means_its_stretch_of_days(
    text: str, earliest: str | None, latest: str | None, precision: str
) -> None:
    found = edtf.parse(text)
    assert (found.earliest and found.earliest.isoformat(), found.latest and found.latest.isoformat(), found.precision) == (
        earliest,
        latest,
        precision,
    )


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.timezones()))  # noqa: DTZ001
def test_an_instant_is_the_same_in_every_zone(moment: datetime) -> None:
    offset = moment.utcoffset() or timedelta()
    if offset.seconds % 60 or offset.microseconds:
        return  # RFC 3339 knows no offsets with seconds, as some zones had before 1900
    first, last = stretch(moment.isoformat())
    assert first == last == microseconds(moment.astimezone(UTC))


@given(days)
def test_the_days_of_a_month_partition_it(day: date) -> None:
    first, last = stretch(f"{day.year:04}-{day.month:02}")
    in_month = [stretch(date(day.year, day.month, d).isoformat()) for d in range(1, 32) if _exists(day.year, day.month, d)]
    assert in_month[0][0] == first
    assert in_month[-1][1] == last
    assert all(before[1] + 1 == after[0] for before, after in pairwise(in_month))


@given(days, days)
def test_a_range_of_days_has_the_numbers_of_its_first_and_last_day(one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    assert day_range(first.isoformat(), last.isoformat()) == (first.toordinal(), last.toordinal())


@given(days, st.integers(0, MICROSECONDS_OF_A_DAY - 1))
def test_every_moment_of_a_day_has_that_days_number(day: date, after_midnight: int) -> None:
    assert day_number(stretch(day.isoformat())[0] + after_midnight) == day.toordinal()


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("text", ["2021-21", "2021-24~", "202X", "20XX", "2021-XX", "2021/2022", "../2021"])
def test_published_is_a_year_a_month_or_a_day_of_which_a_search_knows_where_they_begin(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be a publication date: give a year, a month, a day"):
        canonical_published(text)
    assert canonical_published("2021-03~") == "2021-03~"
