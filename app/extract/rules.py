"""The default extractor: rules of English, no model, no network. The stages stand in `english/`, in this order."""

from datetime import date

from app.extract.english import claims, dateline, dates, mentions, names, reading, speakers
from app.models.extraction import Extraction

NAME = "rules/1"
LANGUAGES = ("en",)


def extract(text: str, published: date | None) -> Extraction:
    """Everything the rules find. The same text and day give the same answer; `published` places "today" and "on Monday"."""
    read = reading.read(text)
    times = dates.find(read.view, published)
    named = mentions.find(read, times)
    entities = speakers.with_titles(read, names.entities(read, named))
    return Extraction(NAME, entities, times, claims.find(read, named, entities, times), dateline.find(read))
