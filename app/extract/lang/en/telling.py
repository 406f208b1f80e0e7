"""Statements in the writer's words, whose cue comes before them: X said that …, X vowed to …, according to X, …, what X calls …."""

from functools import cache

from app.extract.lang.en import extents, phrases, quoting, words
from app.extract.lang.en.reading import Reading, Sentence, Token
from app.extract.lang.en.statement import Statement

_THAT_WITHIN = 10  # tokens between a verb and its "that": "said on Monday in a statement that"

_SOURCE_WITHIN = 12  # tokens between the source's name and the comma that closes it


def with_that(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    tokens = reading.tokens
    if not {"that", "told"} & words.cue_verbs()[tokens[verb].low].frames:
        return None
    that = _that_after(reading, sentence, verb)
    if that is None:
        return None
    return _made(reading, sentence, verb, that + 1, floor, "cue_that")


def _that_after(reading: Reading, sentence: Sentence, verb: int) -> int | None:
    tokens = reading.tokens
    for i in range(verb + 1, min(sentence.last - 2, verb + 1 + _THAT_WITHIN)):
        token = tokens[i]
        if token.low == "that" and not reading.quotation_at(token.start):
            return None if tokens[i + 1].low == "'s" or tokens[i + 1].low in words.grammar("auxiliaries") else i
        if (
            token.text in '";:.'
            or (token.low in words.grammar("finite") and not token.is_capital)  # in May 2019
            or (token.low in words.cue_verbs() and not token.is_capital)
        ):
            return None
    return None


def bare(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """X said the sea rose: a clause without "that" must open like one and hold a finite verb."""
    tokens = reading.tokens
    its = words.cue_verbs()[tokens[verb].low]
    told = "told" in its.frames
    if its.participle or (not told and not {"bare", "clause"} & its.frames):
        return None
    first = _after_addressee(reading, sentence, verb) if told else verb + 1
    while first < sentence.last and tokens[first].low.endswith("day") and tokens[first].is_capital:
        first += 1
    if first >= sentence.last - 1:
        return None
    freely = "bare" in its.frames and _says_freely(reading, sentence, verb)
    if not freely and not _opens_clause(reading, sentence, first):
        return None
    return _made(reading, sentence, verb, first, floor, "cue_bare")


def _says_freely(reading: Reading, sentence: Sentence, verb: int) -> bool:
    """Verbs like "say" take no plain objects: what follows in small letters, and is no adverbial, is a clause already."""
    tokens, first = reading.tokens, verb + 1
    if sentence.last - first < 4 or not tokens[first].is_word or tokens[first].low in _no_clause():
        return False
    if tokens[first].low in words.grammar("subject_pronouns") or tokens[first].low in words.grammar("determiners"):
        return any(t.is_word for t in tokens[first + 2 : first + 4])
    return _holds_finite(tokens, first, min(sentence.last, first + 8))


@cache
def _no_clause() -> frozenset[str]:
    return words.grammar("prepositions") | words.grammar("clause_words") | words.grammar("adverbs")


def _after_addressee(reading: Reading, sentence: Sentence, verb: int) -> int:
    """The token after whom was told: a pronoun, "reporters", or a name."""
    tokens, at = reading.tokens, verb + 1
    while at < min(sentence.last, verb + 5) and (tokens[at].is_capital or tokens[at].low in ("the", "a", "his", "her", "their")):
        at += 1
    return at + 1 if at == verb + 1 or not tokens[at - 1].is_capital else at


def _opens_clause(reading: Reading, sentence: Sentence, first: int) -> bool:
    tokens, token = reading.tokens, reading.tokens[first]
    opens = (
        token.low in words.grammar("subject_pronouns")
        or token.low in words.grammar("determiners")
        or token.is_capital
        or token.low.endswith("s")
        or token.text[0].isdecimal()
    )
    if token.low == "that":
        return tokens[first + 1].low == "'s" or tokens[first + 1].low in words.grammar("auxiliaries")
    if not opens or token.low in words.grammar("prepositions"):
        return False
    return _holds_finite(tokens, first, sentence.last)


def _holds_finite(tokens: list[Token], first: int, last: int) -> bool:
    for i in range(first, min(last, first + 16)):
        if tokens[i].text in ".;:":
            return False
        if tokens[i].low in words.grammar("finite") or (i > first and tokens[i].low.endswith("ed")):
            return True
    return False


def _made(reading: Reading, sentence: Sentence, verb: int, first: int, floor: int, rule: str) -> Statement | None:
    tokens = reading.tokens
    cue = phrases.verb_group(tokens, verb, floor), verb + 1
    is_participle = words.cue_verbs()[tokens[verb].low].participle and cue[0] == verb
    carried = is_participle and rule == "cue_that" and _coordinated(reading, verb, sentence)
    speaker = None if is_participle else speaker_of(reading, sentence, verb, floor)
    if not carried and (speaker is None or phrases.is_noun(tokens, verb, speaker, floor)):
        return None
    content = extents.until_next_cue(reading, sentence, first)
    return Statement(content, cue, rule, speaker, quoting.kind_of(reading, content)) if content is not None else None


def _coordinated(reading: Reading, at: int, sentence: Sentence) -> bool:
    return at > sentence.first and reading.tokens[at - 1].low in ("and", "but", ",")


def speaker_of(reading: Reading, sentence: Sentence, verb: int, floor: int) -> tuple[int, int] | None:
    """The phrase before the verb, or who opened the clause when the verb is the second of two."""
    start = phrases.verb_group(reading.tokens, verb, sentence.first)
    if _coordinated(reading, start, sentence) and reading.tokens[start - 1].low != ",":
        return phrases.opening_subject(reading, min(floor, start), start)
    return phrases.subject_before(reading, sentence, verb, floor)


def with_object(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """X declared victory over Y: the claim is a noun phrase."""
    tokens = reading.tokens
    if "object" not in words.cue_verbs()[tokens[verb].low].frames or verb + 1 >= sentence.last:
        return None
    if not tokens[verb + 1].is_word or tokens[verb + 1].low in words.grammar("clause_words") | {"this", "it", "them", "him", "her"}:
        return None
    speaker = speaker_of(reading, sentence, verb, floor)
    if speaker is None or phrases.is_noun(tokens, verb, speaker, floor):
        return None
    content = extents.object_phrase(reading, sentence, verb + 1, words.grammar("closes_object") - {"to"})
    if content is None:
        return None
    return Statement(
        content, (phrases.verb_group(tokens, verb, floor), verb + 1), "cue_object", speaker, quoting.kind_of(reading, content)
    )


def with_infinitive(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    tokens = reading.tokens
    if "to" not in words.cue_verbs()[tokens[verb].low].frames or verb + 2 >= sentence.last or tokens[verb + 1].low != "to":
        return None
    return _made(reading, sentence, verb, verb + 1, floor, "cue_to")


def describes_as(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """… what X describes as Y; a fee that X calls Y."""
    tokens = reading.tokens
    if tokens[verb].low not in words.cue_words("nouns", "describing") or verb + 1 >= sentence.last:
        return None
    speaker = phrases.subject_before(reading, sentence, verb, floor)
    if speaker is None or speaker[0] <= sentence.first or tokens[speaker[0] - 1].low not in ("what", "that", "which"):
        return None
    first = verb + 2 if tokens[verb + 1].low == "as" else verb + 1
    if first >= sentence.last:
        return None
    content = extents.object_phrase(reading, sentence, first, (words.grammar("closes_object") | words.grammar("finite")) - {"and"})
    if content is None:
        return None
    return Statement(
        content, (phrases.verb_group(tokens, verb, floor), first), "describes_as", speaker, quoting.kind_of(reading, content)
    )


def according_to(reading: Reading, sentence: Sentence, at: int, floor: int) -> Statement | None:
    """`at` is the token "according" or "per"."""
    tokens = reading.tokens
    speaker = phrases.subject_after(reading, sentence, at + 2) if at + 2 < sentence.last else None
    if tokens[at + 1 : at + 2] == [] or tokens[at + 1].low != "to" or speaker is None:
        return None
    cue = (at, at + 2)
    if at <= floor + 1 or tokens[at - 1].low in ("but", "and", "that"):
        content = extents.until_next_cue(reading, sentence, _after_source(reading, sentence, speaker[1]))
    else:
        content = extents.trimmed(reading, (floor, at))
    if content is None or content[1] - content[0] < 2:
        return None
    nobody = tokens[speaker[1] - 1].low in words.cue_words("nouns", "attributing")
    return Statement(content, cue, "according_to", speaker, quoting.kind_of(reading, content), nobody=nobody)


def _after_source(reading: Reading, sentence: Sentence, at: int) -> int:
    """Where the content begins behind "According to X": past a comma, and past a relative clause between two of them."""
    tokens = reading.tokens
    comma = next((i for i in range(at, min(sentence.last, at + _SOURCE_WITHIN)) if tokens[i].text == ","), None)
    comma = _second_comma(reading, sentence, comma)
    return at if comma is None or comma + 2 >= sentence.last else comma + 1


def _second_comma(reading: Reading, sentence: Sentence, comma: int | None) -> int | None:
    """Past a relative clause: "According to reports, which could not be checked, …"."""
    tokens = reading.tokens
    if comma is None or comma + 1 >= sentence.last or tokens[comma + 1].low not in ("which", "who", "a", "an", "whose"):
        return comma
    return next((i for i in range(comma + 1, min(sentence.last, comma + 20)) if tokens[i].text == ","), comma)


def noun_cue(reading: Reading, sentence: Sentence, noun: int, floor: int) -> Statement | None:
    """There are reports that …; amid claims that …: the noun says that somebody said it."""
    tokens = reading.tokens
    if (
        noun + 2 >= sentence.last
        or tokens[noun + 1].low != "that"
        or tokens[noun].low not in words.cue_words("nouns", "attributing")
    ):
        return None
    first = _described_from(reading, noun, floor)
    opening = first
    while opening > floor and first - opening < 3 and (tokens[opening - 1].low in ("there", *words.grammar("finite"))):
        opening -= 1
    if tokens[opening].low != "there" and not tokens[noun].low.endswith("s"):
        return None
    cue = (opening if tokens[opening].low == "there" else first, noun + 2)
    content = extents.until_next_cue(reading, sentence, noun + 2)
    if content is None:
        return None
    return Statement(content, cue, "noun_cue", (first, noun + 1), quoting.kind_of(reading, content), nobody=True)


def _described_from(reading: Reading, noun: int, floor: int) -> int:
    """Where the adjectives of "various reports" begin."""
    tokens, first = reading.tokens, noun
    ends = words.grammar("finite") | words.grammar("prepositions")
    while first > max(floor, noun - 6) and tokens[first - 1].is_word and tokens[first - 1].low not in ends:
        first -= 1
    return first


def headline(reading: Reading, sentence: Sentence) -> Statement | None:
    """PM: Iraq No Longer Needs Forces."""
    tokens = reading.tokens
    colon = next((i for i in range(sentence.first, min(sentence.last, sentence.first + 6)) if tokens[i].text == ":"), None)
    if colon is None or colon == sentence.first or colon + 2 >= sentence.last:
        return None
    content = extents.trimmed(reading, (colon + 1, sentence.last))
    if content is None or content[1] - content[0] < 3:
        return None
    return Statement(content, (colon, colon + 1), "headline_colon", (sentence.first, colon), quoting.kind_of(reading, content))
