"""What a name's own words say about its kind."""

import re
from collections.abc import Callable

from app.extract.lang.en import gazetteer, words
from app.extract.lang.en.reading import Token
from app.models.extraction import EntityType

Weights = dict[EntityType, int]

_HEAD = 14  # its last word is an organization's, a place's …
_TAIL = 30  # "Inc."
_PLACE_ENDING = re.compile(
    r"(?:ville|burgh?|stan|shire|ford|grad|abad|pur|polis|borough|bury|mouth|chester|ingham|wick|stadt|heim|haven|sk|dam|land|port|ton|[nrtlbdv]ia)$"
)
_SURNAME_ENDING = re.compile(
    r"(?:sson|sen|ski|sky|skaya|ska|ov|ova|ev|eva|enko|chuk|ian|yan|vich?|vić|ić|č|oglu|oğlu|ez|escu|poulos|akis|idis|stein|man{1,2}"
    r"|berg|baum|feld|witz|wicz|shvili|adze|zadeh|nen|quist|qvist|ström|strom|gren|etti|elli|ini|etto|son|wala|moto|mura|yama|ishi|oka)$"
)
_SURNAME_OPENING = re.compile(r"(?:Mc|Mac|O'|D'|al-|Al-|el-|El-|ben-|Ben-|Fitz)(?=[A-Z])")
_PRODUCT = re.compile(r"i[A-Z]")  # iPod and what was called after it
_CAMEL = re.compile(r"[a-z][A-Z]")


def votes(tokens: list[Token], first: int, last: int) -> Weights:
    own = tokens[first:last]
    found: Weights = {}
    known = gazetteer.known(tokens, first, last)
    if known is not None and known.length == len(own):
        found.update(dict(known.votes))
        if len(own) > 1 and not known.plain:
            return found
        if len(own) == 1 and not known.plain and known.kind not in ("person", "city"):
            return found
    for kind, weight in (_of_one(own[0]) if len(own) == 1 else _of_several(own)).items():
        found[kind] = found.get(kind, 0) + weight
    return found


def _of_one(token: Token) -> Weights:
    low, text = token.low, token.text
    if low in words.naming("organization") and low not in words.surnames():
        return {"organization": _HEAD}
    if low in words.naming("place") and low not in words.surnames():
        return {"place": 8}
    letters = text.replace(".", "")
    if letters.isupper() and 2 <= len(letters) <= 6:
        return {"organization": 6}
    if any(c.isdigit() for c in text) or _PRODUCT.match(text):
        return {"other": 9}
    common = low in words.everyday()
    found: Weights = {"organization": 1}
    if low in words.given_names() and not common:
        found["person"] = 4
    elif low in words.surnames() and not common:
        found["person"] = 3
    elif _SURNAME_OPENING.match(text):
        found["person"] = 5
    elif _SURNAME_ENDING.search(low):
        found["person"] = 3
    elif _PLACE_ENDING.search(low):
        found["place"] = 4
    if _CAMEL.search(text) and "person" not in found:
        found["organization"] = 4
    return found


def _of_several(own: list[Token]) -> Weights:
    person = _as_person(own)
    if own[-1].low in words.naming("company_suffixes"):
        return {"organization": _TAIL}
    if person < _FULL_NAME or len(own) != 2 or not _is_unclear(own[-1].low):
        for rule in _HEADS:
            found = rule(own)
            if found:
                return {**found, "person": min(person, 2)} if person else found
    known = gazetteer.known(own, 0, len(own))
    if known is not None and known.kind == "other" and not known.plain:
        return {"other": _HEAD}  # "iPod Nano"
    if person < _FULL_NAME and own[0].low in words.makers():
        return {"other": 6, "organization": 4}  # Ford Fiesta, Microsoft Word
    if person < _FULL_NAME and _is_team(own):
        return {"organization": 7, "person": min(person, 2)}
    if any(t.text == "&" for t in own) or own[0].low in words.demonyms():
        return {"organization": 5, "person": min(person, 2)}
    if any(c.isdigit() for t in own for c in t.text):
        return {"other": 5, "person": min(person, 2)}
    return _plain(own, person)


_FULL_NAME = 7


def _as_person(own: list[Token]) -> int:
    """How much this looks like first name and surname."""
    first, last = own[0], own[-1]
    if len(own) > 5 or any(t.low in ("of", "for", "the", "and", "on") for t in own):
        return 0
    weight = 0
    if first.low in words.given_names():
        weight += 9 if first.low not in words.everyday() else 4
    elif _is_initial(first):
        weight += 6
    if last.low in words.surnames():
        weight += 3 if last.low not in words.everyday() else 1
    elif _SURNAME_OPENING.match(last.text) or _SURNAME_ENDING.search(last.low) or last.low in ("jr.", "sr.", "jr", "iii"):
        weight += 2
    if any(_is_initial(t) or t.low in words.naming("particles") for t in own[1:-1]):
        weight += 5
    return weight


def _is_initial(token: Token) -> bool:
    """ "J.", "J", "J.K."."""
    text = token.text
    return text[0].isupper() and (len(text) == 1 or (text[1] == "." and text[-1] == "."))


def _is_team(own: list[Token]) -> bool:
    """Jacksonville Suns: a city and a plural; Ford Australia, Hansa Rostock: a name and a place."""
    city = gazetteer.known(own, 0, len(own) - 1)
    if city is not None and city.kind == "city" and city.length == len(own) - 1 and own[-1].low.endswith("s"):
        return True
    place = gazetteer.known(own, len(own) - 1, len(own))
    opens = own[0].low in words.naming("place_openers") or own[0].low in words.given_names() or own[0].low in words.everyday()
    return place is not None and place.kind in ("country", "city") and not opens


def _plain(own: list[Token], person: int) -> Weights:
    """Two to four words of which none tells: a person's more often than not, unless they are common nouns."""
    common = sum(t.low in words.everyday() for t in own)
    if common == len(own):
        return {"other": 5, "organization": 3, "person": min(person, 2)}
    if common and not person:
        return {"organization": 3, "other": 2}
    if own[0].low in words.naming("place_openers") and person < _FULL_NAME:
        return {"place": 7, "person": min(person, 3)}
    return {"person": max(person, 3 if 2 <= len(own) <= 3 else 1), "organization": 1}


def _by_head(own: list[Token]) -> Weights:
    """The word that the name is built on: its last, or the one before "of"."""
    of = next((i for i, t in enumerate(own) if t.low in ("of", "for", "on") and i), len(own))
    head = own[of - 1].low
    if of < len(own) - 1 and own[-1].low in words.naming("organization") and head not in words.naming("event"):
        return {"organization": _HEAD}  # University of Michigan Press
    for kind in _KINDS:
        if head in words.naming(kind):
            return {kind: _HEAD}
    return {}


def _by_opening(own: list[Token]) -> Weights:
    """Lake X, University X, Hurricane X."""
    low = own[0].low
    return next((votes for key, votes in _OPENINGS.items() if low in words.naming(key)), {})


_OPENINGS: dict[str, Weights] = {
    "opens_place": {"place": 9},
    "opens_event": {"event": _HEAD},
    "opens_organization": {"organization": 8},
}
_KINDS: tuple[EntityType, ...] = ("organization", "event", "place", "other")
_HEADS: tuple[Callable[[list[Token]], Weights], ...] = (_by_head, _by_opening)


def _is_unclear(word: str) -> bool:
    """Whether a word is a surname as well as the noun of a place, so that a first name decides: Benny Hill, Hill Street."""
    return word in words.surnames() and (word not in words.naming("organization") or word in words.naming("heads_like_surnames"))
