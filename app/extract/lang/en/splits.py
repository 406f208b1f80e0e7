"""A run of capitalised words taken apart: countries and nationalities before an office, an office before a person."""

from functools import cache

from app.extract.lang.en import gazetteer, titles, words
from app.extract.lang.en.mention import Mention, make
from app.extract.lang.en.reading import Reading, Sentence, Token
from app.models.extraction import EntityType

_ORDINALS = ("1st", "2nd", "3rd", "th")
_MODEL = range(2, 4)  # digits of a model: "Boeing 747"; a year has four


def in_run(reading: Reading, sentence: Sentence, first: int, last: int) -> list[Mention]:
    tokens = reading.tokens
    if first > sentence.first and _is_numbered_unit(tokens, first, last):
        return [make(reading, first - 1, last, type=_numbered()[tokens[last - 1].low])]
    head = _led_head(tokens, last, sentence.last)
    if head is not None:
        whole = make(reading, first, head, type="organization")
        return [whole, *_in_name(reading, sentence, first, last)]
    model = _model(tokens, first, last, sentence.last)
    return [make(reading, first, model, type="other")] if model else _in_name(reading, sentence, first, last)


@cache
def _numbered() -> dict[str, EntityType]:
    lists: dict[str, EntityType] = {"numbered_organizations": "organization", "numbered_places": "place"}
    return {word: kind for name, kind in lists.items() for word in words.naming(name)}


def _is_numbered_unit(tokens: list[Token], first: int, last: int) -> bool:
    """ "101st Airborne", "42nd Street"."""
    return tokens[last - 1].low in _numbered() and tokens[first - 1].text[0].isdigit() and tokens[first - 1].low.endswith(_ORDINALS)


def _led_head(tokens: list[Token], at: int, last: int) -> int | None:
    """The end of "…-led international coalition", whose "-led" is token `at`."""
    if at >= last or tokens[at].low[1:] not in words.naming("led") or not tokens[at].text.startswith("-"):
        return None
    for i in range(at + 1, min(last, at + 5)):
        if tokens[i].low in words.naming("led_heads"):
            return i + 1
        if not tokens[i].is_word:
            return None
    return None


def _model(tokens: list[Token], first: int, last: int, end: int) -> int | None:
    """The end of "Boeing 747-400": a maker's single name and a number of two or three digits."""
    if last - first > 1 or last >= end or not tokens[last].text[0].isdigit():
        return None
    found = gazetteer.known(tokens, first, last)
    digits = tokens[last].text.split("-")[0].rstrip("sER")
    if found is None or found.kind != "organization" or not digits.isdecimal() or len(digits) not in _MODEL:
        return None
    return last + 1 if last + 1 == end or not tokens[last + 1].low.endswith("s") else None


def _in_name(reading: Reading, sentence: Sentence, first: int, last: int) -> list[Mention]:
    tokens = reading.tokens
    place = gazetteer.known(tokens, first, last)
    if place is not None and place.length == last - first:
        return [_known(reading, first, last, place)]
    suffix = next((i for i in range(first + 1, last - 1) if tokens[i].low in words.naming("company_tails")), None)
    if suffix is not None and tokens[suffix + 1].low in words.given_names():
        return [*_in_name(reading, sentence, first, suffix + 1), *_titled(reading, sentence, suffix + 1, last, suffix + 1)]
    office = _office_inside(tokens, first, last)
    if office is not None:
        return [*_in_name(reading, sentence, first, office), *_titled(reading, sentence, office, last, first)]
    if place is None or place.kind not in ("country", "demonym", "city"):
        return _titled(reading, sentence, first, last, first)
    return _after_place(reading, sentence, first, last, place)


def _known(reading: Reading, first: int, last: int, known: gazetteer.Known) -> Mention:
    if known.kind == "demonym":
        return make(reading, first, last, kind="demonym", country=known.code, type="place")
    if known.kind == "country":
        return make(reading, first, last, country=known.code, type="place")
    return make(reading, first, last)


def _office_inside(tokens: list[Token], first: int, last: int) -> int | None:
    """Where an office stands between an organization or place and a person: "NATO | Secretary General Javier Solana"."""
    if titles.length_at(tokens, first, last) or tokens[last - 1].low in words.naming("organization"):
        return None
    for at in range(first + 1, last - 1):
        length = titles.length_at(tokens, at, last)
        if not length or at + length >= last or (length == 1 and tokens[at].low in words.naming("names_like_titles")):
            continue
        goes_on = tokens[at - 1].low in words.naming("connectors") or tokens[at + length].low == "of"
        if not goes_on and not _is_first_name(tokens, at - 1):
            return at
    return None


def _is_first_name(tokens: list[Token], at: int) -> bool:
    return tokens[at].low in words.given_names() and gazetteer.known(tokens, at, at + 1) is None


def _after_place(reading: Reading, sentence: Sentence, first: int, last: int, place: gazetteer.Known) -> list[Mention]:
    tokens, after = reading.tokens, first + place.length
    if not _splits(tokens, place, after, last):
        return _titled(reading, sentence, first, last, first)
    known = _known(reading, first, after, place)
    if place.kind == "city":
        return [known, *_titled(reading, sentence, after, last, first)]
    if _belongs_to(tokens, after, last):
        alone = last - after == 1 and tokens[after].low in words.naming("plain_forces")
        return [known] if alone else [make(reading, first, last), known]
    return [known, *_titled(reading, sentence, after, last, first)]


def _splits(tokens: list[Token], place: gazetteer.Known, after: int, last: int) -> bool:
    if place.kind == "demonym" or titles.length_at(tokens, after, last):
        return True
    return place.kind == "country" and (place.length > 1 or tokens[after - 1].text.isupper())


def _belongs_to(tokens: list[Token], first: int, last: int) -> bool:
    """Whether a name from `first` on begins with the country before it: "Norwegian Nobel Committee", "U.S. Supreme Court"."""
    end = tokens[last - 1].low
    if end in words.naming("organization") or end in words.naming("event") or end in words.naming("place"):
        return tokens[first].low not in words.given_names()
    found = gazetteer.known(tokens, first, last)
    if found is not None and found.length == last - first and found.kind == "organization":
        return True
    return tokens[first].low in words.naming("organization") and tokens[min(first + 1, last - 1)].low == "of"


def _titled(reading: Reading, sentence: Sentence, first: int, last: int, lead: int) -> list[Mention]:
    """What is left of a run after its country: an office alone, an office with its person, or a name."""
    tokens = reading.tokens
    length = titles.length_at(tokens, first, last)
    name = first + length
    if length and name >= last:
        return [make(reading, first, last, kind="title")]
    if length and tokens[name].low == "of":
        place = name + 2 if tokens[name + 1].low == "the" else name + 1
        return [make(reading, first, name, kind="title"), *_in_name(reading, sentence, place, last)]
    if length and tokens[last - 1].low in words.naming("organization") and tokens[name].low not in words.given_names():
        return [make(reading, first, last)]  # General Electric, Lord's Resistance Army
    if not length and titles.is_office_with_field(tokens, first, last):
        return [make(reading, first + 2, last, lead=tokens[min(lead, first)].start, type="person")]
    start = titles.start_before(tokens, name, sentence.first)
    if start == name:
        return [make(reading, name, last)]
    if lead < first:
        start = min(start, lead)
    known = gazetteer.known(tokens, name, last)
    if known is not None and known.kind in ("country", "demonym") and known.length == last - name:
        return [_known(reading, name, last, known)]
    return [make(reading, name, last, lead=tokens[start].start, type="person")]
