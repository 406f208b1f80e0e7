"""Runs of capitalised words, with the small ones that names hold: what a name may stand in, before it is taken apart."""

from collections.abc import Iterator
from functools import cache

from app.extract.lang.en import gazetteer, titles, words
from app.extract.lang.en.reading import Reading, Sentence, Token

LONGEST_NAME = 12  # tokens
_SHORTEST_CAMEL = 3  # letters: "eBay", "d'Ettorre"


def is_name_word(token: Token) -> bool:
    text, low = token.text, token.low
    if text == low:
        return False
    if text[0].isupper():
        return low not in words.naming("ordinary") or (text.isupper() and low in words.offices())
    return text[0].islower() and _is_camel(text)


def _is_camel(text: str) -> bool:
    """A capital inside: "iPhone", "al-Masri", "d'Ettorre"; not "mRNA", nor "pre-War"."""
    if len(text) < _SHORTEST_CAMEL or text.islower():
        return False
    head = text[:5]
    at = next((i for i in range(1, len(head)) if head[i].isupper()), 0)
    return at > 0 and text[-1].islower() and (head[at - 1] in "-'" or text.isalpha()) and head[:at] not in _PREFIXES


_PREFIXES = frozenset({"ex-", "non-", "un-", "co-", "re-", "pre-", "mid-", "pro-", "anti-", "post-"})


def find(reading: Reading, sentence: Sentence, taken: set[int], capitals: list[int]) -> Iterator[tuple[int, int]]:
    """Runs of a sentence, half-open. `capitals` are the tokens with a capital letter, `taken` those that belong to dates."""
    tokens, end, reached = reading.tokens, sentence.last, 0
    for i in capitals:
        if i < reached or i in taken or not is_name_word(tokens[i]) or _is_currency(tokens, i, end):
            continue
        last = min(_known_to(tokens, i, end), i + LONGEST_NAME)
        while last < min(end, i + LONGEST_NAME):
            step = _continues(tokens, i, last, end)
            if not step or (last in taken and not is_surname_of_a_month(tokens, last, end)):
                break
            last += step
        yield i, last
        reached = last


def _is_currency(tokens: list[Token], at: int, last: int) -> bool:
    """The "US" of "US$5"."""
    return at + 1 < last and tokens[at + 1].text in ("$", "£", "€") and tokens[at].end == tokens[at + 1].start


def _known_to(tokens: list[Token], first: int, last: int) -> int:
    """Where the known name ends that begins here: it may hold what no run does ("Procter & Gamble", "Bosnia and Herzegovina")."""
    found = gazetteer.known(tokens, first, last)
    return first + (found.length if found else 1)


def _continues(tokens: list[Token], first: int, at: int, last: int) -> int:
    """How many tokens from `at` on belong to the name before them: a word, a connector with its word, an odd apostrophe."""
    token = tokens[at]
    if is_name_word(token) or is_surname_of_a_month(tokens, at, last):
        return 1
    if at + 1 >= last:
        return 0
    if token.low == "of":
        return _of(tokens, first, at, last)
    following = tokens[at + 1]
    if not is_name_word(following):
        if token.low in ("de", "van", "von") and following.low in ("la", "las", "los", "der", "den"):
            return 3 if at + 2 < last and is_name_word(tokens[at + 2]) else 0
        is_cut = token.low in _ARTICLES and following.text == "-" and at + 2 < last and is_name_word(tokens[at + 2])
        return 3 if is_cut else 0  # "al - Abadi", as texts that were cut into words print it
    if token.low in words.naming("particles"):
        return 2
    joins = _JOINING.get(token.low)
    return joins(tokens, first, at) if joins is not None else 0


def is_surname_of_a_month(tokens: list[Token], at: int, last: int) -> bool:
    """The "May" of "Theresa May"; not that of "Virginia May 5"."""
    if tokens[at].text != "May" or tokens[at - 1].low not in words.given_names() or gazetteer.known(tokens, at - 1, at):
        return False
    return at + 1 == last or not tokens[at + 1].text[0].isdigit()


def _of(tokens: list[Token], first: int, at: int, last: int) -> int:
    if not _takes_of(tokens, first, at):
        return 0
    if tokens[at + 1].text in words.demonyms() and not (at + 2 < last and is_name_word(tokens[at + 2])):
        return 0  # "Results of Dutch matches"
    if tokens[at + 1].low == "the":
        return 3 if at + 2 < last and is_name_word(tokens[at + 2]) else 0
    return 2 if is_name_word(tokens[at + 1]) else 0


def _takes_of(tokens: list[Token], first: int, at: int) -> bool:
    """Bank of …, Gulf of …, Secretary of State; but not "Joe Biden of Delaware"."""
    if tokens[at - 1].low in _heads() or titles.is_title(f"{tokens[at - 1].low} of {tokens[at + 1].low}"):
        return True
    opens = first == 0 or not tokens[first - 1].is_word  # "Members of Zarnak fled": the capital may be the sentence's
    low = tokens[first].low
    return at - first == 1 and not opens and low not in words.given_names() and low not in words.person_nouns()


@cache
def _heads() -> frozenset[str]:
    return words.naming("organization") | words.naming("place") | words.naming("event") | words.naming("of_openers")


def _apostrophe(tokens: list[Token], _: int, at: int) -> int:
    """Shia’ al-Sudani: an apostrophe that is a letter; Dockers’ Union: a plural's."""
    token, before, following = tokens[at], tokens[at - 1], tokens[at + 1]
    if token.start != before.end or following.start == token.end:
        return 0
    return 2 if not before.low.endswith("s") or following.low in words.naming("organization") else 0


def _possessive(tokens: list[Token], first: int, at: int) -> int:
    """St. Patrick's Cathedral, King's College; but "Norway's University of Oslo"."""
    if tokens[at + 1].low not in words.naming("takes_possessive") or gazetteer.known(tokens, first, at):
        return 0
    return 2


def _and(tokens: list[Token], first: int, at: int) -> int:
    """Food and Drug Administration, Ministry of Health and Welfare: a common noun before, an organization's word behind."""
    field, heads = tokens[at - 1].low, words.naming("organization")
    if field in heads or (field not in words.everyday() and field not in words.naming("portfolios")):
        return 0
    if any(tokens[i].low == "of" and tokens[i - 1].low in heads for i in range(first + 1, at)):
        return 2
    ahead = at + 1
    while ahead < min(len(tokens), at + 5) and is_name_word(tokens[ahead]):
        ahead += 1
    return 2 if ahead > at + 2 and tokens[ahead - 1].low in heads else 0


def _for(tokens: list[Token], first: int, at: int) -> int:
    """Centers for Disease Control, Council on Foreign Relations."""
    return 2 if any(t.low in words.naming("takes_for") for t in tokens[first:at]) else 0


def _hyphen(tokens: list[Token], _: int, at: int) -> int:
    """ "al - Abadi", as texts that were cut into words print it."""
    return 2 if tokens[at - 1].low in _ARTICLES and tokens[at].start > tokens[at - 1].end else 0


_ARTICLES = frozenset({"al", "el", "ul"})  # of Arabic


def _ampersand(tokens: list[Token], _: int, at: int) -> int:
    """Dunmore & Co.; but "Dunmore & Berg, 2004" are two who wrote."""
    ahead = [t.text for t in tokens[at + 2 : at + 4] if t.text not in (",", "(")]
    return 0 if ahead and len(ahead[0]) == 4 and ahead[0].isdecimal() else 2


_JOINING = {"&": _ampersand, "'": _apostrophe, "and": _and, "for": _for, "on": _for, "-": _hyphen, "'s": _possessive}
