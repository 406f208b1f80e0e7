"""Stretches of days as words: what the words say of two stretches is what their days say."""

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.models.times import FIRST_DAY, LAST_DAY
from app.store import cells, time_keys
from app.store.time_keys import Span

DAYS = st.one_of(
    st.integers(FIRST_DAY, LAST_DAY),
    st.integers(date(2015, 1, 1).toordinal(), date(2016, 12, 31).toordinal()),
    st.sampled_from([FIRST_DAY, LAST_DAY, date(2000, 1, 1).toordinal(), date(1999, 12, 31).toordinal()]),
)
STRETCHES = st.tuples(DAYS, DAYS).map(sorted)
SECOND = 1_000_000
MOMENTS = st.one_of(st.integers(-5, 5), st.integers(-(10**9), 10**9)).map(lambda half: half * SECOND // 2)


@given(STRETCHES, STRETCHES)
def test_two_stretches_overlap_if_their_words_meet(kept: list[int], asked: list[int]) -> None:
    meet = bool(cells.kept("t", *kept) & set(cells.overlapping("t", *asked)))
    assert meet == (kept[0] <= asked[1] and asked[0] <= kept[1])


@given(STRETCHES, STRETCHES)
def test_a_stretch_within_another_has_a_word_of_its_inside(kept: list[int], asked: list[int]) -> None:
    if asked[0] <= kept[0] and kept[1] <= asked[1]:
        assert cells.kept("t", *kept) & set(cells.inside("t", *asked))


@given(STRETCHES, DAYS)
def test_a_stretch_holds_a_day_if_a_word_says_so(kept: list[int], day: int) -> None:
    assert bool(cells.kept("t", *kept) & set(cells.holding("t", day))) == (kept[0] <= day <= kept[1])


def test_a_month_is_one_cell_and_all_that_hold_it() -> None:
    month = date(2017, 12, 1).toordinal(), date(2017, 12, 31).toordinal()
    assert cells.kept("t", *month) == {"ta201712", "ti2017", "ti201", "ti20", "ti2"}


def test_any_range_is_few_words() -> None:
    assert len(cells.overlapping("t", date(1901, 2, 2).toordinal(), date(2098, 11, 29).toordinal())) < 300
    assert len(cells.overlapping("t", FIRST_DAY, LAST_DAY)) < 30


@given(MOMENTS, MOMENTS, MOMENTS, MOMENTS)
def test_spans_hold_the_key_of_whatever_reaches_into_the_range(earliest: int, latest: int, begin: int, end: int) -> None:
    """Something dated to a year begins at one of `starts`; everything else is shorter than a second."""
    earliest, latest = sorted((earliest, latest))
    begin, end = sorted((begin, end))
    starts = [earliest] if latest > earliest else []
    spans = time_keys.spans_between(begin, end, starts)
    assert all(a.last < b.first for a, b in pairwise(spans)), "no key is in two spans"
    key = time_keys.span_of(earliest).first + 7
    holding = [span for span in spans if span.first <= key <= span.last]
    is_in = earliest <= end and latest >= begin
    assert bool(holding) >= is_in
    assert all(is_in for span in holding if span.exact)


@given(st.lists(MOMENTS, max_size=5))
def test_keys_are_in_the_order_of_the_seconds(moments: list[int]) -> None:
    in_order = sorted(moments)
    firsts = [time_keys.span_of(moment).first for moment in in_order]
    assert firsts == sorted(firsts)
    assert all(first > time_keys.span_of(-(2**62)).last for first in firsts), "what has no date comes before everything"


def test_everything_is_one_exact_span() -> None:
    assert Span(time_keys.LOWEST, time_keys.HIGHEST) == time_keys.EVERYTHING
