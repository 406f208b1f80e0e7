"""The line that opens a dispatch: `BAGHDAD (Dispatches) –`, `LONDON, March 3 (Reuters) -`, `PARIS —`, or its day alone."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from app.extract.lang.en import gazetteer, words
from app.extract.lang.en.mention import Mention
from app.extract.lang.en.reading import Reading
from app.folding import name_key
from app.models.extraction import FoundDate, FoundDateline

_DATELINE = re.compile(
    r"(?P<place>[^\W\d_][^\W\d_.'\-]{1,30}(?:[ \-][^\W\d_][^\W\d_.'\-]{0,30}){0,3})"
    r"(?P<more>(?:,[^\n()—/]{1,40}?)?)"
    r"\s?(?:\((?P<agency>[^()\n]{2,40})\)|/(?P<wire>[^/\n]{2,40})/)?\s?(?:—|--?)\s"
)
_LOOKED_AT = 6  # sentences: a headline, a byline and a standfirst may come first


@cache
def _day_line() -> re.Pattern[str]:
    """A line that is only a day with its year."""
    month = "|".join(sorted((m.capitalize() for m in words.numbers("months")), key=lambda m: (-len(m), m)))
    weekday = "|".join(d.capitalize() for d in words.numbers("weekdays") if d.endswith("day"))
    return re.compile(
        rf"(?:(?:Published|Updated|Posted|Date)(?: on)?:? )?(?:(?:{weekday}),? )?"
        rf"(?:(?:{month})\.? \d{{1,2}},? \d{{4}}|\d{{1,2}} (?:{month})\.? \d{{4}}|\d{{4}}-\d\d-\d\d)\.?"
    )


def find(reading: Reading) -> FoundDateline | None:
    """The line with place or agency; where there is none, the line with the day."""
    day = None
    for sentence in reading.sentences[:_LOOKED_AT]:
        match = _DATELINE.match(reading.view, sentence.start, sentence.end)
        if match and (match["place"].isupper() or match["agency"] or match["wire"] or _is_known(match, sentence.heading)):
            end = match.end() - len(match[0]) + len(match[0].rstrip())
            return FoundDateline(match.start(), end, reading.text[slice(*match.span("place"))], match["agency"] or match["wire"])
        if day is None and sentence.end - sentence.start < 60 and _day_line().fullmatch(reading.view, sentence.start, sentence.end):
            day = FoundDateline(sentence.start, sentence.end, None, None)
    return day


def _is_known(match: re.Match[str], is_heading: bool) -> bool:
    """A place in ordinary letters needs the gazetteer: “Paris — …”."""
    key = name_key(match["place"])
    return not is_heading and (key in words.cities() or key in words.capitals())


def typed(reading: Reading, line: FoundDateline | None, mentions: list[Mention]) -> list[Mention]:
    """Where a dispatch comes from is a place, and who sent it an organization, unless the name is known for something else."""
    if line is None or line.place is None:
        return mentions
    place_end = line.start + len(line.place)
    agency = reading.text.find(line.agency, place_end, line.end) if line.agency else line.end
    return [_of_its_kind(reading, m, place_end, agency) if line.start <= m.start < line.end else m for m in mentions]


def _of_its_kind(reading: Reading, mention: Mention, place_end: int, agency: int) -> Mention:
    if mention.type is not None or gazetteer.known(reading.tokens, mention.first, mention.last) is not None:
        return mention
    if mention.start >= agency:
        return replace(mention, type="organization")
    return replace(mention, type="place") if mention.end <= place_end else mention


def dated(line: FoundDateline | None, dates: Sequence[FoundDate]) -> FoundDateline | None:
    """With the index of the day that stands in it."""
    if line is None:
        return None
    inside = (i for i, d in enumerate(dates) if line.start <= d.start and d.end <= line.end)
    return replace(line, date=next(inside, None))
