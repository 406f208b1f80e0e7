"""The line that opens a dispatch: `BAGHDAD (Dispatches) –`, `LONDON, March 3 (Reuters) -`, `PARIS —`."""

import re

from app.extract.lang.en.reading import Reading
from app.models.extraction import FoundDateline

_DATELINE = re.compile(
    r"(?P<place>[^\W\d_][^\W\d_.'\-]{1,30}(?:[ \-][^\W\d_][^\W\d_.'\-]{0,30}){0,3})"
    r"(?:,[^\n()—]{1,40}?)?"
    r"\s?(?:\((?P<agency>[^()\n]{2,40})\))?\s?(?:—|--?)\s"
)
_LOOKED_AT = 6  # sentences: a headline, a byline and a standfirst may come first


def find(reading: Reading) -> FoundDateline | None:
    for sentence in reading.sentences[:_LOOKED_AT]:
        match = _DATELINE.match(reading.view, sentence.start, sentence.end)
        if match and (match["place"].isupper() or match["agency"]):
            end = match.end() - len(match[0]) + len(match[0].rstrip())
            return FoundDateline(match.start(), end, reading.text[slice(*match.span("place"))], match["agency"])
    return None
