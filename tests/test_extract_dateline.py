"""The line that opens a dispatch, and the day it gives to a text without a day of publication."""

from datetime import date

import pytest

from app.extract import rules


@pytest.mark.parametrize(
    ("line", "place", "agency", "day"),
    [
        ("BAGHDAD (Dispatches) –", "BAGHDAD", "Dispatches", None),
        ("LONDON, May 3 (Reuters) -", "LONDON", "Reuters", "2024-05-03"),
        ("WASHINGTON (AP) —", "WASHINGTON", "AP", None),
        ("NEW YORK, Feb. 11, 2024 /PRNewswire/ --", "NEW YORK", "PRNewswire", "2024-02-11"),
        ("Paris —", "Paris", None, None),
    ],
)
def test_a_dateline_is_taken_apart(line: str, place: str, agency: str | None, day: str | None) -> None:
    found = rules.extract(f"{line} The minister left with his aides.", date(2024, 5, 4))
    assert found.dateline is not None
    assert (found.dateline.place, found.dateline.agency) == (place, agency)
    assert (None if found.dateline.date is None else found.dates[found.dateline.date].edtf) == day


def test_a_full_date_in_the_dateline_is_where_an_undated_text_counts_from() -> None:
    found = rules.extract("OSLO, Feb. 11, 2024 (NTB) - The ship sank on Friday.", None).dates[1]
    assert (found.edtf, found.anchor, found.inferred) == ("2024-02-09", "dateline", True)


def test_the_day_of_publication_goes_before_the_dateline() -> None:
    assert rules.extract("OSLO, Feb. 11, 2024 (NTB) - The ship sank today.", date(2024, 2, 12)).dates[1].edtf == "2024-02-12"


def test_a_line_with_a_day_alone_is_a_dateline() -> None:
    found = rules.extract("Storm hits the coast\nTuesday, May 3, 2011\nA storm hit the coast yesterday.", None)
    assert found.dateline is not None
    assert found.dateline.date == 0
    assert (found.dates[1].edtf, found.dates[1].anchor) == ("2011-05-02", "dateline")


def test_a_sentence_with_a_stroke_is_no_dateline() -> None:
    assert rules.extract("The minister — he left — spoke.", None).dateline is None
