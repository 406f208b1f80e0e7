"""What kind of thing a name names: evidence from its own words and from its neighbours, summed over all its mentions."""

from collections import Counter

from app.extract.lang.en import gazetteer, words
from app.extract.lang.en.mentions import Mention
from app.extract.lang.en.reading import Reading, Token
from app.models.extraction import EntityType

_SURE = 10  # its own words say so
_LIKELY = 3  # its neighbours say so
_SLIGHT = 1  # what it would be by default

_OWN_WORDS: dict[str, EntityType] = {"organization": "organization", "event": "event", "place": "place"}


def evidence(reading: Reading, mention: Mention) -> Counter[EntityType]:
    if mention.type is not None:
        return Counter({mention.type: _SURE})
    tokens = reading.tokens
    votes: Counter[EntityType] = Counter()
    votes.update(_from_own_words(tokens, mention))
    votes.update(_from_before(tokens, mention))
    votes.update(_from_after(tokens, mention))
    return votes


def _from_own_words(tokens: list[Token], mention: Mention) -> dict[EntityType, int]:
    own = tokens[mention.first : mention.last]
    ends: list[Token] = [own[-1], own[0]] if len(own) > 1 else own
    if any(t.low == "of" for t in own):
        ends = [own[max(0, [t.low for t in own].index("of") - 1)]]
    for token in ends:
        for key, kind in _OWN_WORDS.items():
            if token.low in words.naming(key) and (key != "place" or len(own) > 1):
                return {kind: _SURE}
    place = gazetteer.known(tokens, mention.first, mention.last)
    if place is not None and place.length == len(own):
        return {"place": _LIKELY + 1}
    text = own[0].text.replace(".", "")
    if len(own) == 1 and text.isupper() and 2 <= len(text) <= 6:
        return {"organization": _LIKELY}
    if 2 <= len(own) <= 4 and all(t.text.isalpha() or t.text[-1] == "." or "-" in t.text or t.text == "'" for t in own):
        return {"person": _SLIGHT + 1}
    return {"organization": _SLIGHT}


def _from_before(tokens: list[Token], mention: Mention) -> dict[EntityType, int]:
    before = tokens[mention.first - 1].low if mention.first else ""
    if before in words.naming("place_prepositions"):
        return {"place": _LIKELY}
    if before == "the":
        return {"organization": _LIKELY}
    if before in words.cue_verbs():
        return {"person": _LIKELY}
    return {}


def _from_after(tokens: list[Token], mention: Mention) -> dict[EntityType, int]:
    following = [t.low for t in tokens[mention.last : mention.last + 3]]
    if not following:
        return {}
    if following[0] in words.naming("beside_organization"):
        return {"organization": _LIKELY + 1}
    if following[0] in words.naming("beside_place"):
        return {"place": _LIKELY}
    if following[0] in words.cue_verbs() or following[0] == "who":
        return {"person": _LIKELY}
    if following[0] == "," and len(following) > 1 and (following[1].isdecimal() or following[1] == "who"):
        return {"person": _SURE}
    return {}


def decide(votes: Counter[EntityType]) -> EntityType:
    """The kind with most evidence; a tie goes to the rarer kind, in this order."""
    order: tuple[EntityType, ...] = ("event", "place", "person", "organization", "other")
    return max(order, key=lambda kind: (votes[kind], -order.index(kind))) if votes else "other"


def is_known_person(votes: Counter[EntityType]) -> bool:
    """More than two capitalised words: a title, an age, or words of speech beside the name."""
    return votes["person"] >= _LIKELY + _SLIGHT and decide(votes) == "person"
