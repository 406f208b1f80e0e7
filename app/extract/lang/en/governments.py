"""The government of a country, spoken of as "the Iraqi government", "Iraq's government" or "the U.S. government"."""

from app.extract.lang.en import words
from app.extract.lang.en.mention import Mention, make
from app.extract.lang.en.reading import Reading

_NOUN = "government"


def find(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """One nominal mention for each, article included; its `country` is whose government it is."""
    tokens, found = reading.tokens, []
    for mention in mentions:
        if mention.country is None or mention.last >= len(tokens):
            continue
        at = mention.last + (tokens[mention.last].low == "'s")
        if at < len(tokens) and tokens[at].low == _NOUN:
            first = mention.first - (mention.first > 0 and tokens[mention.first - 1].low == "the")
            found.append(make(reading, first, at + 1, kind="nominal", country=mention.country, type="organization"))
    return found


def key(code: str) -> str:
    return f"{_NOUN} {code}"


def name(code: str) -> str:
    country = words.countries()[code].name
    article = "the " if country.startswith("United ") or code in words.naming("with_article") else ""
    return f"Government of {article}{country}"
