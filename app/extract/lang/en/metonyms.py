"""A capital that speaks is its country's government: "what Washington describes as"."""

from dataclasses import replace

from app.extract.lang.en import words
from app.extract.lang.en.mention import Mention
from app.extract.lang.en.reading import Reading
from app.extract.lang.en.statement import Statement


def marked(reading: Reading, mentions: list[Mention], statements: list[Statement]) -> list[Mention]:
    """Mentions with the capitals that are the whole of a speaker's phrase given to their country, where the text names it too."""
    speaking = {s.speaker for s in statements if s.speaker is not None}
    named = {m.country for m in mentions if m.country}
    made = []
    for mention in mentions:
        code = words.capitals().get(reading.view[mention.start : mention.end].lower())
        is_metonym = code in named and (mention.first, mention.last) in speaking
        made.append(replace(mention, kind="metonym", country=code) if is_metonym else mention)
    return made
