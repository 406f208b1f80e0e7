"""Statements whose cue is no active verb: according to X, claims that …, X is sure that …, it is reported that …."""

from app.extract.lang.en import extents, inverted, phrases, quoting, words
from app.extract.lang.en.extents import Around
from app.extract.lang.en.reading import Reading, Sentence, TokenRange
from app.extract.lang.en.statement import Statement

_SOURCE_WITHIN = 12  # tokens between the source's name and the comma that closes it
_MODIFIERS_WITHIN = 6  # tokens between "various" and "reports"


def according_to(reading: Reading, sentence: Sentence, at: int, floor: int) -> Statement | None:
    """`at` is the token "according"."""
    tokens = reading.tokens
    speaker = inverted.subject_after(reading, sentence, at + 2) if at + 2 < sentence.last else None
    if tokens[at + 1 : at + 2] == [] or tokens[at + 1].low != "to" or speaker is None:
        return None
    more: list[TokenRange] = []
    if at <= floor + 1 or tokens[at - 1].low in ("but", "and", "that", "—"):
        content = extents.until_next_cue(reading, sentence, _after_source(reading, sentence, speaker[1]))
    else:
        content = extents.trimmed(reading, (floor, at))
        more = quoting.going_on(reading, sentence, content, speaker[1]) if content else []
    if content is None or (content[1] - content[0] < 2 and not more):
        return None
    nobody = tokens[speaker[1] - 1].low in words.cue_words("nouns", "attributing")
    return Statement(content, (at, at + 2), "according_to", speaker, quoting.kind_of(reading, content), nobody=nobody, more=more)


def _after_source(reading: Reading, sentence: Sentence, at: int) -> int:
    """Where the content begins behind "According to X": past a comma, and past a relative clause between two of them."""
    tokens = reading.tokens
    comma = next((i for i in range(at, min(sentence.last, at + _SOURCE_WITHIN)) if tokens[i].text == ","), None)
    comma = _second_comma(reading, sentence, comma)
    return at if comma is None or comma + 2 >= sentence.last else comma + 1


def _second_comma(reading: Reading, sentence: Sentence, comma: int | None) -> int | None:
    """Past a relative clause: "According to reports, which could not be checked, …"."""
    tokens = reading.tokens
    if comma is None or comma + 1 >= sentence.last:
        return comma
    if tokens[comma + 1].low not in ("which", "who", "a", "an", "whose") and reading.tags[comma + 1] not in "dn":
        return comma
    later = next((i for i in range(comma + 1, min(sentence.last, comma + 20)) if tokens[i].text == ","), comma)
    behind = (
        tokens[comma + 1].low in ("which", "who", "whose")
        or reading.tags[comma + 1] in "dn"
        or not reading.has_finite(comma + 1, later)
    )
    return later if behind else comma


def noun_cue(reading: Reading, sentence: Sentence, noun: int, floor: int) -> Statement | None:
    """There are reports that …; amid claims that …; his belief that …; her view is that …."""
    tokens, tags = reading.tokens, reading.tags
    that = noun + 1 + (reading.tokens[min(noun + 1, sentence.last - 1)].low in ("is", "was"))
    first = _described_from(reading, noun, floor)
    opening = _there(reading, first, floor)
    if not _brings_clause(reading, sentence, that) or (opening is None and _has_gap(reading, sentence, that)):
        return None
    content = extents.until_next_cue(reading, sentence, that + 1)
    if content is not None and that == noun + 1 and (first == floor or tags[first - 1] in ",CS"):
        content = _before_main_verb(reading, content)
    if content is None:
        return None
    kind, owner = quoting.kind_of(reading, content), _owner(reading, first, noun, floor)
    if owner is not None and (that == noun + 1 or tokens[owner[0]].low not in ("my", "our", "your")):
        return Statement(content, (first, that), "noun_cue", owner, kind)
    unsigned = that == noun + 1 and (tokens[noun].low.endswith("s") or tags[first] == "D")
    if opening is None and not (unsigned and tokens[noun].low in words.cue_words("nouns", "unsigned")):
        return None
    cue = (first if opening is None else opening, that + 1)
    return Statement(content, cue, "noun_cue", (first, noun + 1), kind, nobody=True)


def is_told_of(reading: Reading, noun: int, floor: int) -> bool:
    """Whether "reports" or "claims" is a noun, since "there are" stands before it."""
    nouns = words.cue_words("nouns", "attributing")
    return reading.tokens[noun].low in nouns and _there(reading, _described_from(reading, noun, floor), floor) is not None


def _brings_clause(reading: Reading, sentence: Sentence, that: int) -> bool:
    """Whether a clause follows that says what was claimed, and not one about the claim: "reports that were lost"."""
    if that + 2 >= sentence.last or reading.tags[that] != "T" or reading.tags[that + 1] in "AV'":
        return False
    return reading.has_finite(that + 1, min(sentence.last, that + 30))


def _has_gap(reading: Reading, sentence: Sentence, that: int) -> bool:
    """Whether "that" stands for the noun itself: "the reports that I have read, …"."""
    for i in range(that + 1, min(sentence.last - 1, that + 8)):
        if reading.tags[i] in "VdnAxbs" and reading.tags[i + 1] not in "ABRVdnxbs":
            return reading.tags[i + 1] == "," and (reading.is_finite(i) or reading.tags[i] in "dnxb")
    return False


def _before_main_verb(reading: Reading, content: TokenRange) -> TokenRange:
    """In "the claim that they had fled was false" the content ends before the verb whose doer is the claim."""
    tags, seen = reading.tags, False
    for i in range(*content):
        if tags[i] in "CTWS,":
            seen = False if i > content[0] and tags[i] != "C" else seen
        if tags[i] in "AV" and tags[i - 1] not in "AR":
            if seen and tags[i - 1] not in "PQWTC":
                return content[0], i
            seen = True
    return content


def _there(reading: Reading, first: int, floor: int) -> int | None:
    """The "there" of "there are reports", whose cue begins with it."""
    for at in range(first - 1, max(floor, first - 4) - 1, -1):
        if reading.tokens[at].low == "there":
            return at
        if reading.tags[at] not in "ABR":
            return None
    return None


def _owner(reading: Reading, first: int, noun: int, floor: int) -> TokenRange | None:
    """Whose claim it is: "his", "Farrowby's", or the doer of "expressed fear", "made the argument"."""
    tokens, tags = reading.tokens, reading.tags
    if tokens[first].low in words.grammar("possessives"):
        return first, first + 1
    for i in range(noun - 1, first, -1):
        if tokens[i].low == "'s" or (tags[i] == "'" and i > first):
            return phrases.phrase_ending(reading, i, floor)
    verb = first - 1
    while verb > floor and tags[verb] in "RO":
        verb -= 1
    if verb > floor and tokens[verb].low in words.cue_words("nouns", "light_verbs"):
        if tags[verb - 1] == "U":
            return None
        return phrases.subject_before(reading, Sentence(0, 0, floor, noun, 0, False), verb, floor)
    return None


def _described_from(reading: Reading, noun: int, floor: int) -> int:
    """Where the adjectives of "various reports" begin."""
    tags, first = reading.tags, noun
    while (
        first > max(floor, noun - _MODIFIERS_WITHIN) and tags[first - 1] in "NKMxsdnDGJ'" and not _ends_clause(reading, first - 1)
    ):
        first -= 1
    return first


def _ends_clause(reading: Reading, at: int) -> bool:
    low = reading.tokens[at].low
    return reading.is_finite(at) or low in words.cue_words("nouns", "light_verbs") or (reading.tags[at] in "G")


def adjective_cue(reading: Reading, sentence: Sentence, at: int, floor: int) -> Statement | None:
    """X is sure that …, X was unclear on whether …."""
    verb, first = _copula(reading, at, floor), _after_adjective(reading, sentence, at)
    if verb is None or first is None or not reading.has_finite(first, min(sentence.last, first + 25)):
        return None
    speaker = (verb, verb + 1) if reading.tags[verb] == "Q" else phrases.subject_before(reading, sentence, verb, floor)
    if speaker is None or reading.tokens[speaker[0]].low in ("it", "there", "what", "this", "that"):
        return None
    content = extents.until_next_cue(reading, sentence, first, Around(loose=True))
    if content is None:
        return None
    return Statement(content, (verb, at + 1), "adjective_cue", speaker, quoting.kind_of(reading, content))


def _copula(reading: Reading, at: int, floor: int) -> int | None:
    """The "is" of "is sure"; in "I'm sure" the word that holds it."""
    start, left = phrases.verb_group(reading, at, floor), phrases.left_of_group(reading, at, floor)
    if start < at:
        return start
    seems = at > floor and reading.tokens[at - 1].low in words.cue_words("adjectives", "copulas")
    return left - 1 if seems or (left > floor and reading.tags[left - 1] in "Q'") else None


def _after_adjective(reading: Reading, sentence: Sentence, at: int) -> int | None:
    """Where the content begins behind "sure that", "unsure about whether", "sure"."""
    tags, first = reading.tags, at + 1
    if first + 2 >= sentence.last:
        return None
    if reading.tokens[first].low in ("on", "about", "of") and tags[first + 1] == "W":
        first += 1
    if tags[first] == "T":
        return first + 1
    asks = reading.tokens[first].low in words.cue_words("questions", "words") and tags[first + 1] != "U"
    return first if asks or tags[first] in "PQ" else None


def passive(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """It was reported that …; the mayor is said to have left: nobody is named who says so."""
    tokens, tags = reading.tokens, reading.tags
    lemma = words.cue_verbs()[tokens[verb].low].lemma
    if tags[verb] not in "dn" or lemma not in words.cue_words("passives", "lemmas") or verb + 3 >= sentence.last:
        return None
    start = phrases.verb_group(reading, verb, floor)
    if start == verb or not any(t.low in words.grammar("be") for t in tokens[start:verb]):
        return None
    subject = phrases.subject_before(reading, sentence, verb, floor)
    if subject is None:
        return None
    if tokens[subject[0]].low == "it" and tags[verb + 1] == "T":
        content = extents.until_next_cue(reading, sentence, verb + 2)
        return (
            None if content is None else Statement(content, (subject[0], verb + 2), "passive", (subject[0], verb + 1), nobody=True)
        )
    rest = extents.until_next_cue(reading, sentence, verb + 1) if tags[verb + 1] == "U" and tags[verb + 2] in "bxBA" else None
    if rest is None or tags[subject[0]] == "W":
        return None
    return Statement(subject, (start, verb + 1), "passive", (start, verb + 1), nobody=True, more=[rest])
