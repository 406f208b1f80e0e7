"""What a common noun that calls a name by its kind tells: "the retailer X", "a village called X", "the capital, X,"."""

from functools import cache

from app.extract.lang.en import words
from app.extract.lang.en.reading import Token
from app.models.extraction import EntityType

_AGED = 10
_OF_A_PEOPLE = 9
_CALLED = 8
_APPOSED = 7
_REACH = 5  # tokens before "as" or "called" in which is said who or what
_INTRODUCES = frozenset({"as", "called", "named", "nicknamed", "dubbed", "codenamed"})
_NAMING = frozenset({"known", "identified", "name", "named", "described", "introduced", "registered"})
_SELF = frozenset({"himself", "herself", "who", "whom"})
_PERIPHERY = frozenset({",", ".", ";", ")", "—"})

_Votes = tuple[tuple[EntityType, int], ...]


def votes(tokens: list[Token], first: int, last: int) -> _Votes:
    """Of what stands right before token `first`."""
    before = tokens[first - 1]
    if before.low.endswith("year-old"):
        return (("person", _AGED),)
    if before.low in _INTRODUCES:
        return _called(tokens, first - 1)
    if before.text == ",":
        return _behind_its_noun(tokens, first - 2, last)
    if last - first == 1 and last < len(tokens) and _is_of_a_people(tokens[first], tokens[last]):
        return (("other", _OF_A_PEOPLE),)
    kind = _apposed().get(before.low)
    return ((kind, _APPOSED),) if kind else ()


def _called(tokens: list[Token], at: int) -> _Votes:
    """ "a village called X", "a guard known as X", "who gives her name only as X"."""
    back = tokens[max(0, at - _REACH) : at]
    if tokens[at].low == "as" and not any(t.low in _NAMING for t in back[-3:]) and not any(t.low in _SELF for t in back[-2:]):
        return ()
    for token in reversed(back):
        kind = "person" if token.low in _SELF else words.kinds_of_nouns().get(token.low)
        if kind:
            return ((kind, _CALLED),)
    return ()


def _behind_its_noun(tokens: list[Token], at: int, last: int) -> _Votes:
    """ "the capital, X, burned"; but "in the capital, X said"."""
    if at < 1 or last >= len(tokens) or tokens[last].text not in _PERIPHERY:
        return ()
    kind = words.kinds_of_nouns().get(tokens[at].low)
    return ((kind, _APPOSED),) if kind in ("place", "organization", "person") else ()


def _is_of_a_people(token: Token, behind: Token) -> bool:
    """ "Tarvian" of "two Tarvian soldiers": an adjective of a people that no list has."""
    if not token.low.endswith(("ian", "nese", "lese")) or not behind.is_word or behind.text != behind.low:
        return False
    noun = behind.low.removesuffix("s") in words.kinds_of_nouns() or behind.low in words.naming("of_peoples")
    return noun and token.low not in words.given_names() and token.low not in words.surnames()


@cache
def _apposed() -> dict[str, EntityType]:
    kinds: tuple[EntityType, ...] = ("place", "organization")
    return {word: kind for kind in kinds for word in words.spaced("evidence", "apposed", kind)}
