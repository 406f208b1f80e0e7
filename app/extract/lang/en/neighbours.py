"""What the words around a name say about its kind."""

from collections.abc import Iterator
from functools import cache

from app.extract.lang.en import called, gazetteer, words
from app.extract.lang.en.reading import Token
from app.models.extraction import EntityType

_Weights = tuple[tuple[EntityType, int], ...]

_AGE = 12  # "Ann Berg, 43,"
_APPOSITION = 7  # "Ann Berg, a lawyer", "Berg is a town"
_RESULT = 10  # "Hull 2 Stoke City 1": more than a city has of its own
_REACH = 9  # tokens in which the head of an apposition is sought
_PRONOUNS = 12  # tokens in which a pronoun may look back on the name
_BY_PREPOSITION: dict[str, _Weights] = {
    "in": (("place", 3),),
    "at": (("place", 1), ("organization", 1)),
    "from": (("place", 1),),
    "to": (("place", 1),),
    "via": (("place", 2),),
    "through": (("place", 1),),
    "around": (("place", 1),),
    "between": (("place", 1),),
    "by": (("person", 1), ("organization", 1)),
    "with": (("person", 1),),
    "the": (("organization", 3),),
    "at-the": (("place", 2),),
    "in-the": (("place", 1),),
}
_ARTICLES = frozenset({"a", "an", "the", "its", "his", "her", "their", "one", "another"})
_COPULAS = frozenset({"is", "was", "are", "were"})
_STOPS = words.grammar("prepositions") | words.grammar("clause_words") | {"based", "located", "born", "known"}
_PERSONAL = frozenset({"he", "she", "his", "her", "him", "himself", "herself"})


def votes(tokens: list[Token], first: int, last: int) -> Iterator[tuple[EntityType, int]]:
    yield from _before(tokens, first)
    if first:
        yield from called.votes(tokens, first, last)
    yield from _behind(tokens, last, tokens[first - 1].low if first else "")
    if any(t.low in _PERSONAL for t in tokens[last : last + _PRONOUNS]):
        yield "person", 1


def _before(tokens: list[Token], first: int) -> _Weights:
    if not first:
        return ()
    before = tokens[first - 1].low
    table = _words_before()
    if before == "'s" and first > 1 and (owner := gazetteer.known(tokens, first - 2, first - 1)) is not None:
        return (("place", 2),) if owner.kind == "country" else ()
    pair = f"{tokens[first - 2].low}-{before}" if first > 1 else ""
    return table.get(pair) or table.get(before, ())


def _behind(tokens: list[Token], last: int, before: str) -> _Weights:
    if last >= len(tokens):
        return ()
    low = tokens[last].low
    if low == "'s" or low == "'":
        return _possessed(tokens, last + 1)
    if low == ",":
        return _behind_comma(tokens, last + 1)
    if low == "(":
        return _behind_bracket(tokens, last + 1)
    if low.isdecimal():
        return _behind_number(tokens, last, before)
    if low in _COPULAS and last + 1 < len(tokens) and tokens[last + 1].low in _ARTICLES:
        return _head(tokens, last + 2)
    if low == "who" or (low == "et" and tokens[last + 1 : last + 2] and tokens[last + 1].low == "al"):
        return (("person", 5),)
    return _words_behind().get(low, ())


def _behind_number(tokens: list[Token], at: int, before: str) -> _Weights:
    """Results and standings: "Hull 2 Stoke City 1", "Hull 74 59"; but a player's points: "A. Berg 61"."""
    if len(tokens[at].text) > 3 or before in _BY_PREPOSITION:
        return ()
    if at > 1 and len(tokens[at - 2].text) == 2 and tokens[at - 2].text.endswith("."):
        return (("person", _RESULT),)
    behind = tokens[at + 1] if at + 1 < len(tokens) else None
    ends = behind is None or behind.text in ",;.-(" or behind.text[0].isdigit() or behind.text[0].isupper()
    return (("organization", _RESULT),) if ends else ()


def _possessed(tokens: list[Token], at: int) -> _Weights:
    table = _of_possessors()
    for token in tokens[at : at + 3]:
        if token.low in table:
            return ((table[token.low], 4),)
        if not token.is_word or token.is_capital:
            break
    return ()


def _behind_comma(tokens: list[Token], at: int) -> _Weights:
    if at >= len(tokens):
        return ()
    token = tokens[at]
    if token.text.isdecimal() and len(token.text) < 3 and at + 1 < len(tokens) and tokens[at + 1].text in ",.);":
        return (("person", _AGE),)
    if token.low == "who":
        return (("person", 5),)
    if token.text.isdecimal() and len(token.text) == 4 and at + 1 < len(tokens) and tokens[at + 1].text in ");":
        return (("person", 3),)  # "(Berg, 2004)"
    if token.low in _ARTICLES:
        return _head(tokens, at + 1)
    if token.is_capital:
        known = gazetteer.known(tokens, at, min(len(tokens), at + 3))
        if known is not None and known.kind in ("country", "city", "place"):
            behind = tokens[at + known.length].low if at + known.length < len(tokens) else "."
            if behind == "'s":
                return _head(tokens, at + known.length + 1)  # "Berg, Norway's largest brewer"
            return (("place", 3),) if behind in (",", ".", ")", ";") else ()
        return ()
    return _head(tokens, at) if token.low in words.kinds_of_nouns() or token.low in ("former", "then") else ()


def _behind_bracket(tokens: list[Token], at: int) -> _Weights:
    """ "(born 1950", "(1809 — 1865)"."""
    ahead = [t.text.lower() for t in tokens[at : at + 14]]
    if not ahead:
        return ()
    if ahead[0] in ("born", "b.", "née"):
        return (("person", _AGE),)
    text = " ".join(ahead).partition(")")[0]
    years = [t for t in ahead if len(t) == 4 and t.isdecimal()]
    if len(ahead[0]) == 4 and ahead[0].isdecimal() and ahead[1:2] == [")"]:
        return (("person", 3),)  # "Berg (2004) found"
    return (("person", 5),) if len(years) > 1 and ("—" in text or "-" in text) else ()


def _head(tokens: list[Token], at: int) -> _Weights:
    """The last noun that tells, before whatever ends the phrase: "a British football club"."""
    heads, found = words.kinds_of_nouns(), None
    for token in tokens[at : at + _REACH]:
        if token.low == "'s":
            found = None  # "the Harbour Party's nominee"
            continue
        if not token.is_word or token.low in _STOPS:
            break
        if found and token.low in words.cue_verbs():
            return ()  # "… in Berg, an official said"
        kind = heads.get(token.low) if token.text == token.low else None
        if kind is not None:
            found = kind
    return ((found, _APPOSITION),) if found else ()


@cache
def _of_possessors() -> dict[str, EntityType]:
    kinds: tuple[EntityType, ...] = ("place", "organization", "person")
    return {word: kind for kind in kinds for word in words.spaced("evidence", "nouns_of", kind)}


@cache
def _words_before() -> dict[str, _Weights]:
    found: dict[str, _Weights] = dict.fromkeys(words.cue_verbs(), (("person", 2),))
    kinds: tuple[EntityType, ...] = ("place", "organization", "person")
    for kind in kinds:
        for word in words.spaced("evidence", "before", kind):
            found[word] = ((kind, 3 if "-" not in word else 4),)
    return {**found, **_BY_PREPOSITION}


@cache
def _words_behind() -> dict[str, _Weights]:
    """Verbs and nouns right behind a name; a verb of saying is a person's more often than an organization's."""
    found: dict[str, _Weights] = dict.fromkeys(words.cue_verbs(), (("person", 3), ("organization", 1)))
    kinds: tuple[EntityType, ...] = ("place", "organization", "person")
    for kind in kinds:
        found |= dict.fromkeys(words.spaced("evidence", "verbs_behind", kind), ((kind, 2),))
        found |= dict.fromkeys(words.spaced("evidence", "nouns_behind", kind), ((kind, 4),))
    return found
