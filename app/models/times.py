"""Dates as they come in, as they are asked for and as they are answered. Keys are integers: they sort alike in every database."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

from app import edtf
from app.models.extraction import DateModifier, DatePrecision
from app.models.fields import PlacedDraft, Shape, clean

UNDATED = -(2**62)  # the publication key of what has no date: older than everything
FIRST_DAY, LAST_DAY = date.min.toordinal(), date.max.toordinal()  # the keys of open ends
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d(?:\.\d{1,6})?)([Zz]|[+ -]\d\d:\d\d)")
# For the OpenAPI document: of what is accepted, all but closed intervals and years before 1000, which no pattern can hold true.
_YEAR = r"([1-8]\d{3}|9[0-8]\d{2})"
_LEAP = r"([1-9]\d(0[48]|[2468][048]|[13579][26])|([2468][048]|[13579][26])00)"
_MONTH_DAY = r"((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))"
_DAY = rf"({_YEAR}-{_MONTH_DAY}|{_LEAP}-02-29)"
_DATE = rf"({_DAY}|{_YEAR}(-(0[1-9]|1[0-2]|XX))?)"
_SIMPLE = rf"({_DATE}|{_YEAR}-2[1-4]|[1-8]\d(\dX|XX))[~?%]?"
_TIME = rf"{_DAY}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{{1,6}})?(Z|[+-](0\d|1[0-3]):[0-5]\d)"
EDTF_PATTERN = {"pattern": rf"^({_SIMPLE}|\.\./{_SIMPLE}|{_SIMPLE}/\.\.)$"}
BOUND_PATTERN = {"pattern": rf"^({_SIMPLE}|{_TIME})$"}
PUBLISHED_PATTERN = {"pattern": rf"^({_DAY}|{_YEAR}(-(0[1-9]|1[0-2]))?|{_TIME})$"}
_ACCEPTED_INSTANT = "or an instant with its offset: 2024-02-13T09:00:00Z (a + in an address is written %2B)"


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970, UTC."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def parse_instant(text: str) -> datetime | None:
    """The instant in UTC, or None when it is not written as one. A space stands for the + that an address turned into one."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    day, time, offset = match[1], match[2], match[3].upper().replace("Z", "+00:00").replace(" ", "+")
    try:
        return datetime.fromisoformat(f"{day}T{time}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4096)  # a question asks for the ends of its ranges several times
def stretch(text: str) -> tuple[int, int]:
    """First and last microsecond (UTC, both inclusive) of a partial date or an instant. Open ends reach to UNDATED + 1 and 2^62.

    Raises:
        ValueError: with what was given and what is accepted.
    """
    if moment := parse_instant(text):
        return microseconds(moment), microseconds(moment)
    try:
        partial = edtf.parse(text)
    except ValueError as error:
        raise ValueError(f"{error}; {_ACCEPTED_INSTANT}") from None
    earliest = UNDATED + 1 if partial.earliest is None else microseconds(_midnight(partial.earliest))
    latest = 2**62 if partial.latest is None else microseconds(_midnight(partial.latest)) + 86_400_000_000 - 1
    return earliest, latest


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def canonical_published(text: str) -> str:
    """A day stays a day, a partial date stays partial; an instant is turned to UTC."""
    stretch(clean(text))
    if moment := parse_instant(text):
        return moment.isoformat().replace("+00:00", "Z")
    # A search looks for what begins before its range at the beginnings of a day, a month and a year: store/time_keys.py.
    if "X" in text or edtf.parse(text).precision not in ("day", "month", "year"):
        raise ValueError(f"{text!r} cannot be a publication date: give a year, a month, a day, or an instant with its offset")
    return text


def day_of(published: str | None) -> date | None:
    """The day of publication, when it is known to the day."""
    if published is None:
        return None
    if moment := parse_instant(published):
        return moment.date()
    partial = edtf.parse(published)
    return partial.earliest if partial.precision == "day" else None


def _bound(text: str) -> str:
    stretch(text)
    return text


def _edtf(text: str) -> str:
    edtf.parse(text)
    return text


Published = Annotated[
    str, AfterValidator(canonical_published), Field(max_length=40, examples=["2024-02-13"], json_schema_extra=PUBLISHED_PATTERN)
]
Bound = Annotated[
    str,
    AfterValidator(_bound),
    Field(
        max_length=40,
        description="A partial date, which means all of itself, or an instant.",
        examples=["2024-02"],
        json_schema_extra=BOUND_PATTERN,
    ),
]
Edtf = Annotated[str, AfterValidator(_edtf), Field(max_length=40, examples=["2017-12"], json_schema_extra=EDTF_PATTERN)]


class PartialDate(Shape):
    """A time that a text speaks about. `earliest` and `latest` are inside it; null is an open or unknown end.

    `edtf` is null when the words cannot be placed in time ("today" in an undated text, "three years").
    """

    text: str | None = Field(description="The words in the article, null when no words give it.")
    edtf: str | None
    earliest: date | None
    latest: date | None
    precision: DatePrecision | None
    start: int | None = Field(description="Where the words begin, in code points of the revision's text.")
    end: int | None
    modifier: DateModifier | None = Field(description="What the words narrow: `end` in “the end of 2021”.")
    anchor: str | None = Field(description="What a relative date was counted from.")
    inferred: bool = Field(description="True when a part of the date was not written there.")
    timex: str | None = Field(
        description="The value as TIMEX3 writes it, also of what EDTF has no word for: `P3Y`, `XXXX-WXX-2`, `PRESENT_REF`."
    )


class DateDraft(PlacedDraft):
    """A date of a claim: EDTF, and where its words stand when they stand in the text."""

    edtf: Edtf


def day_keys(earliest: date | None, latest: date | None) -> tuple[int, int]:
    """Day numbers for the index; an open end reaches to the first or last day there is."""
    return (earliest.toordinal() if earliest else FIRST_DAY, latest.toordinal() if latest else LAST_DAY)


def day_range(begin: str | None, end: str | None) -> tuple[int, int]:
    """Day numbers, both inclusive, of a range of bounds; an instant counts as its day."""
    first = FIRST_DAY if begin is None else day_number(stretch(begin)[0])
    last = LAST_DAY if end is None else day_number(stretch(end)[1])
    return first, last


def day_number(moment: int) -> int:
    """The number of the UTC day that holds this microsecond."""
    return min(max(moment // 86_400_000_000 + _EPOCH.toordinal(), FIRST_DAY), LAST_DAY)
