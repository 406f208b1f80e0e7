"""Noun phrases beside a verb, without a parser: how far the doer's words reach to its left, or to its right."""

from functools import cache

from app.extract.lang.en import words
from app.extract.lang.en.reading import Reading, Sentence, Token
from app.extract.lang.en.statement import TokenRange

LONGEST_PHRASE = 18  # tokens
LONGEST_APPOSITION = 22
_SHORT_OPENING = 6


def verb_group(tokens: list[Token], verb: int, floor: int) -> int:
    """The first token of "has also said", whose last is `verb`."""
    start = verb
    while start > floor and tokens[start - 1].low in _between():
        start -= 1
    while start < verb and tokens[start].low not in words.grammar("auxiliaries"):
        start += 1
    return start


@cache
def _between() -> frozenset[str]:
    return words.grammar("auxiliaries") | words.grammar("adverbs")


def subject_before(reading: Reading, sentence: Sentence, verb: int, floor: int | None = None) -> TokenRange | None:
    """The noun phrase that ends before `verb`; over an apposition between commas to the name it explains."""
    tokens, floor = reading.tokens, sentence.first if floor is None else floor
    at = verb
    while at > floor and (
        tokens[at - 1].low in _between() or (tokens[at - 1].low.endswith("ly") and not tokens[at - 1].is_capital)
    ):
        at -= 1
    if at > floor and tokens[at - 1].text == ",":
        return _before_apposition(tokens, at - 1, floor)
    return _phrase_ending(tokens, at, floor)


def _before_apposition(tokens: list[Token], comma: int, floor: int) -> TokenRange | None:
    """In "Farrowby, director of the agency, said" the phrase before the first comma."""
    for i in range(comma - 1, max(floor, comma - LONGEST_APPOSITION) - 1, -1):
        if tokens[i].text in '";:':
            return None
        if tokens[i].text == "," and i > floor:
            return _phrase_ending(tokens, i, floor)
    return None


def _phrase_ending(tokens: list[Token], end: int, floor: int) -> TokenRange | None:
    first = end
    while first > max(floor, end - LONGEST_PHRASE) and _belongs(tokens, first - 1, end, floor):
        first -= 1
        if tokens[first].low in words.cue_words("speakers", "pronouns"):
            return (first, end) if first == end - 1 else (first + 1, end)
    first = _without_edge(tokens, first, end)
    return (first, end) if first < end else None


def _belongs(tokens: list[Token], at: int, end: int, floor: int) -> bool:
    token = tokens[at]
    if not token.is_word:
        return token.low == "'s" or ((token.text in "'&" or token.text.startswith("-")) and at > floor)
    if token.low in words.grammar("inside_subjects"):
        return at > floor and at < end - 1
    if token.low == "and":
        return (
            at > floor
            and at < end - 1
            and (tokens[at - 1].is_capital or tokens[at - 1].low.endswith("s"))
            and _starts_phrase(tokens[at + 1])
        )
    if token.low == "to" and at > floor and tokens[at - 1].low in ("close", "next", "according"):
        return True
    if token.low in words.grammar("clause_words") and not token.is_capital:
        return (
            token.low == "in" and at > floor and at < end - 1 and not tokens[at - 1].is_capital and tokens[at - 1].low.endswith("s")
        )
    return (token.low not in words.grammar("finite") and token.low not in words.cue_verbs()) or (token.is_capital and at > floor)


def _starts_phrase(token: Token) -> bool:
    return token.is_capital or token.low in words.grammar("determiners") or token.low.endswith("s")


def _without_edge(tokens: list[Token], first: int, end: int) -> int:
    while first < end and (tokens[first].low in _edge() or not tokens[first].is_word):
        first += 1
    return first


@cache
def _edge() -> frozenset[str]:
    edge = words.grammar("clause_words") | words.grammar("adverbs") | words.grammar("inside_subjects") | {"however", "meanwhile"}
    return edge - words.grammar("determiners")


def subject_after(reading: Reading, sentence: Sentence, first: int) -> TokenRange | None:
    """The noun phrase that begins right at `first`, as in "said Ashcombe, a lawyer"."""
    tokens, last = reading.tokens, first
    if first < sentence.last and tokens[first].low in words.cue_words("speakers", "pronouns"):
        return first, first + 1
    while last < min(sentence.last, first + LONGEST_PHRASE) and _goes_on(tokens, last, first):
        last += 1
    while last > first and (
        tokens[last - 1].low in words.grammar("prepositions") or (not tokens[last - 1].is_word and tokens[last - 1].low != "'s")
    ):
        last -= 1
    if last == first or not (_starts_phrase(tokens[first]) or last - first < 4):
        return None
    return first, last


def _goes_on(tokens: list[Token], at: int, first: int) -> bool:
    token = tokens[at]
    if not token.is_word:
        return token.low == "'s" or token.text.startswith("-") or token.text == "'"
    if at > first and tokens[at - 1].is_capital and token.low in words.grammar("determiners"):
        return False
    if token.low == "of" or (token.low in ("for", "at", "from") and at > first and not tokens[at - 1].is_capital):
        return at > first
    if token.low == "and":
        return at > first and at + 1 < len(tokens) and tokens[at + 1].is_capital
    stops = (
        token.low in words.grammar("clause_words")
        or token.low in words.grammar("after_trailing")
        or token.low in words.grammar("finite")
    )
    return not stops and token.low not in words.grammar("adverbs") and not token.low.endswith("ing")


def opening_subject(reading: Reading, first: int, before: int) -> TokenRange | None:
    """The phrase that opens a clause: who "did A and said B". A short opening before a comma is passed over."""
    tokens = reading.tokens
    for i in range(first, min(before, first + LONGEST_PHRASE)):
        if is_finite(tokens[i]):
            return _phrase_ending(tokens, i, first)
        if tokens[i].text in ",;:":
            if i - first >= _SHORT_OPENING:
                return _phrase_ending(tokens, i, first)
            first = i + 1
    return None


def is_finite(token: Token) -> bool:
    low = token.low
    return low in words.grammar("finite") or low in words.cue_verbs() or (low.endswith("ed") and not token.is_capital)


def is_noun(tokens: list[Token], verb: int, subject: TokenRange, floor: int) -> bool:
    """Whether what looks like a cue verb is a noun: "various reports that", "the claim was", "in remarks that"."""
    first, last = subject
    own = [t.low for t in tokens[first:last]]
    if all(low in words.grammar("determiners") for low in own) and own[-1] not in words.cue_words("speakers", "collective"):
        return tokens[verb].low not in ("said", "says", "told") or own[-1] in (
            "the",
            "a",
            "an",
            "his",
            "her",
            "their",
            "its",
            "my",
            "our",
            "your",
        )
    if tokens[verb].low not in words.cue_words("nouns", "attributing"):
        return False
    governed = first > floor and tokens[first - 1].low in words.grammar("prepositions") | {"are", "were", "is", "was", "be", "been"}
    named = (
        tokens[last - 1].is_capital or own[0] in words.grammar("determiners") or own[-1] in words.cue_words("speakers", "pronouns")
    )
    return governed or not (named or (own[-1].endswith("s") and not own[-1].endswith("ous")))
