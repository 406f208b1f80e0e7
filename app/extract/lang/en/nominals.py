"""Names spoken of by a common noun: "the group" after "the Daesh group", "the coalition" after "the U.S.-led coalition"."""

from app.extract.lang.en import words
from app.extract.lang.en.entities import Cast
from app.extract.lang.en.reading import Reading
from app.models.extraction import FoundMention

_GROUP = "group"
_REACH = 3  # tokens between a name and the noun that stands beside it


def resolve(reading: Reading, cast: Cast) -> list[tuple[FoundMention, int]]:
    """Each "the …" whose noun belongs to a name that came before, with the index of its cluster; also noted in the cluster."""
    tokens, found = reading.tokens, []
    inside = {i for m in cast.mentions for i in range(m.first, m.last)}
    beside = _beside(reading, cast)
    owners: dict[str, int] = {}
    governments = {m.last - 1: cast.of[i] for i, m in enumerate(cast.mentions) if m.kind == "nominal"}
    for i in sorted({*beside, *governments, *(i for i, low in enumerate(reading.lows) if low == "the")}):
        token = tokens[i]
        if i in beside:
            owners[beside[i][0]] = beside[i][1]
        if i in governments:
            owners[token.low] = governments[i]
        if token.low != "the" or i + 1 >= len(tokens) or i + 1 in inside:
            continue
        at = i + 1
        if tokens[at].low in words.naming("violent") and at + 1 < len(tokens) and tokens[at + 1].low in words.naming("appended"):
            at += 1  # "the terror outfit" of whichever group was named last
            owner = owners.get(tokens[at].low, owners.get(_GROUP))
        else:
            owner = owners.get(tokens[at].low)
        if owner is not None and not tokens[at].is_capital and at + 1 not in inside:
            mention = FoundMention(token.start, tokens[at].end, "nominal")
            found.append((mention, owner))
            cast.clusters[owner].extra.append(mention)
    return found


def _beside(reading: Reading, cast: Cast) -> dict[int, tuple[str, int]]:
    """Token → the noun that ends there, or right behind a name there, and the name's cluster."""
    tokens, found = reading.tokens, {}
    nouns = words.naming("organization") | words.naming("beside_organization")
    for place, mention in enumerate(cast.mentions):
        if place not in cast.of or mention.kind != "name" or cast.clusters[cast.of[place]].type not in ("organization", "person"):
            continue
        if tokens[mention.last - 1].low in nouns and cast.clusters[cast.of[place]].type == "organization":
            found[mention.last - 1] = (tokens[mention.last - 1].low, cast.of[place])
        for i in range(mention.last, min(len(tokens), mention.last + _REACH)):
            if not tokens[i].is_word or tokens[i].low not in words.naming("beside_organization"):
                break
            if tokens[i].low in words.naming("appended"):
                found[i] = (tokens[i].low, cast.of[place])
    return found
