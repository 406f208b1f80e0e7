"""Statements in the writer's words, whose cue verb comes before them: X said that …, X says …, X asked whether …."""

from app.extract.lang.en import doers, extents, phrases, quoting, words
from app.extract.lang.en.extents import Around
from app.extract.lang.en.reading import Reading, Sentence, TokenRange
from app.extract.lang.en.statement import Statement

_THAT_WITHIN = 10  # tokens between a verb and its "that": "said on Monday in a statement that"
_FINITE_WITHIN = 30  # tokens of a subject before the verb of a clause without "that"


def with_that(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    if not {"that", "told"} & words.cue_verbs()[reading.tokens[verb].low].frames or doers.is_passive(reading, verb, floor):
        return None
    that = _that_after(reading, sentence, verb)
    return None if that is None else made(reading, sentence, verb, that + 1, floor, "cue_that")


def _that_after(reading: Reading, sentence: Sentence, verb: int) -> int | None:
    """The "that" which opens what was said, not one that points ("that day") or that a noun brings ("a plan that")."""
    tokens, tags = reading.tokens, reading.tags
    needed = words.cue_particles().get(words.cue_verbs()[tokens[verb].low].lemma)
    for i in range(verb + 1, min(sentence.last - 2, verb + 1 + _THAT_WITHIN)):
        if tags[i] == "T":
            if tokens[verb + 1].low in ("on", "about") and tokens[i - 1].low in words.cue_words("nouns", "attributing"):
                return None  # "commented on reports that"
            if needed is not None and not any(t.low in needed for t in tokens[verb + 1 : i]):
                return None
            return i if _opens_content(reading, sentence, verb, i) else None
        if (
            tags[i] in '";:.WSVAQ'
            or (tags[i] == "C" and "told" not in words.cue_verbs()[tokens[verb].low].frames)
            or (reading.is_finite(i) and not tokens[i].is_capital)
        ):
            return None
    return None


def _opens_content(reading: Reading, sentence: Sentence, verb: int, that: int) -> bool:
    tags = reading.tags
    if tags[that + 1] in "A'V" or reading.tokens[that - 1].low in words.grammar("before_that"):
        return False
    if that == verb + 1 and reading.tags[that + 1] in "PD":
        return True  # "that" before "the" or "he" points to nothing
    if that == verb + 1:
        return any(
            reading.tags[i] in "AVQds" or (reading.tags[i] in "xb" and reading.tags[i - 1] in "NKPs")
            for i in range(that + 1, min(sentence.last, that + _FINITE_WITHIN))
        )
    if not reading.has_finite(that + 1, min(sentence.last, that + _FINITE_WITHIN)) and tags[that + 1] != '"':
        return False
    if reading.tags[that - 1] in "RO,)" or reading.tokens[that - 1].low in words.numbers("weekdays"):
        return True
    its = words.cue_verbs()[reading.tokens[verb].low]
    return (
        bool({"told", "bare"} & its.frames)
        or its.lemma in words.cue_words("objects", "addressed")
        or any(t in "IU" for t in tags[verb + 1 : that])
        or reading.tokens[that - 1].low in ("out", "clear", "sure", "it", "known", "plain")
    )


def with_wh(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """X asked whether …, X explained how …, X does not know what …."""
    its = words.cue_verbs()[reading.tokens[verb].low]
    if "wh" not in its.frames or doers.is_passive(reading, verb, floor):
        return None
    first = _after_addressee(reading, sentence, verb) if "told" in its.frames or its.lemma == "ask" else verb + 1
    for at in dict.fromkeys((verb + 1, first)):
        while at < sentence.last - 2 and reading.tags[at] == "R":
            at += 1
        if (
            at < sentence.last - 2
            and _is_question(reading, its.lemma, at)
            and reading.has_finite(at + 1, min(sentence.last, at + 25))
        ):
            return made(reading, sentence, verb, at, floor, "cue_wh")
    return None


def _is_question(reading: Reading, lemma: str, at: int) -> bool:
    low, following = reading.tokens[at].low, reading.tags[at + 1]
    if low in words.cue_words("questions", "words"):
        return following != "U" and not (low in ("who", "which") and following in ",;")
    return low == "if" and lemma in words.cue_words("questions", "takes_if")


def bare(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """X said the sea rose: a clause without "that" must open like one and hold a finite verb."""
    its = words.cue_verbs()[reading.tokens[verb].low]
    told = "told" in its.frames
    if (
        (its.participle and not {"bare", "told"} & its.frames)
        or not {"bare", "clause", "told"} & its.frames
        or doers.is_passive(reading, verb, floor)
    ):
        return None
    first = _after_addressee(reading, sentence, verb) if told else verb + 1
    if first < sentence.last and reading.tags[first] == ":" and "quote" in its.frames:
        first += 1
    while first < sentence.last and (
        reading.tokens[first].low in words.numbers("weekdays") or reading.tokens[first].low in ("yesterday", "today", "earlier")
    ):
        first += 1
    first = _after_circumstance(reading, sentence, first)
    if first >= sentence.last - 1 or not opens_clause(reading, sentence, first, "bare" in its.frames and not its.participle):
        return None
    return made(reading, sentence, verb, first, floor, "cue_bare")


def _after_circumstance(reading: Reading, sentence: Sentence, first: int) -> int:
    """Past when and where it was said, if the clause behind opens with "the", "its" or "he": "said on Tuesday its"."""
    tags, at = reading.tags, first
    while at < min(sentence.last - 1, first + 14) and tags[at] == "I":
        at += 2 if tags[at + 1] == "D" else 1
        while at < sentence.last and tags[at] in "NKMx'":
            at += 1
    return at if at > first and at < sentence.last and tags[at] in "DPQ" else first


def opens_clause(reading: Reading, sentence: Sentence, first: int, freely: bool) -> bool:
    """Whether a doer and a finite verb follow. `freely`: the verb takes no plain objects, so that any finite verb will do."""
    tags = reading.tags
    if tags[first] in "Q":
        return True
    if tags[first] == "T":
        return freely and first + 1 < sentence.last and tags[first + 1] in "A'V"
    if tags[first] not in "DPKNMsxG" + ("IR,RSdb" if freely else ""):
        return False
    commas = 0
    for i in range(first + 1, min(sentence.last, first + _FINITE_WITHIN)):
        if tags[i] in ';:".':
            return freely and tags[i] == '"' and extents.opens_quotation(reading, i)
        commas += tags[i] == ","
        if not freely and (commas or tags[i] in "WTSUCPQ"):
            return False
        if tags[i] == "C" and reading.is_finite(i + 1):
            return False
        if tags[first] == "P" and i == first + 1 and tags[i] in "bxdsAV":
            return True
        if reading.is_finite(i):
            return (
                freely
                or tags[i] in "AV"
                or (tags[i] == "d" and _surely_past(reading, i, sentence))
                or (tags[i] in "sbx" and tags[i - 1] in "Ks")
            )
    return False


def _surely_past(reading: Reading, at: int, sentence: Sentence) -> bool:
    return at + 1 < sentence.last and reading.tags[at + 1] in "DPOTURKMS"


def _after_addressee(reading: Reading, sentence: Sentence, verb: int) -> int:
    """The token after whom was told: a pronoun, "reporters", or a name."""
    tags, at = reading.tags, verb + 1
    if at < sentence.last and tags[at] in "OP":
        return at + 1
    while at < min(sentence.last, verb + 8) and (tags[at] in "K'" or (tags[at] in "DM" and at == verb + 1)):
        at += 1
    if at == verb + 1 or tags[at - 1] in "D":
        while at < min(sentence.last, verb + 6) and tags[at] in "NsD":
            at += 1
            if tags[at - 1] == "N" and reading.tokens[at - 1].low.endswith("s"):
                break
    return at


def made(reading: Reading, sentence: Sentence, verb: int, first: int, floor: int, rule: str) -> Statement | None:
    cue = phrases.verb_group(reading, verb, floor), verb + 1
    told = doers.told_by(reading, sentence, verb, floor)
    if told is None:
        return None
    speaker, carried = told
    hinted = reading.hints.clauses.get(verb) if reading.hints else None
    around = _around(reading, sentence, verb, speaker, floor)
    content = hinted or extents.until_next_cue(reading, sentence, first, around)
    if content is None or content[1] - content[0] < 2:
        return None
    return Statement(content, cue, rule, None if carried else speaker, quoting.kind_of(reading, content))


def _around(reading: Reading, sentence: Sentence, verb: int, speaker: TokenRange | None, floor: int) -> Around:
    if speaker is None:
        return extents.PLAIN
    tokens, tags = reading.tokens, reading.tags
    opening = speaker[0] - 1
    while opening > sentence.first and tags[opening] == "R":
        opening -= 1
    to = phrases.verb_group(reading, verb, floor) - 1
    if to >= floor and tags[to] == "U" and (to == floor or tags[to - 1] in ",C"):
        return Around(subordinate=True)
    subordinate = opening >= sentence.first and tags[opening] == "S" and tokens[opening].low != "so"
    attitude = words.cue_verbs()[tokens[verb].low].lemma in words.cue_words("attitudes", "lemmas")
    loose = attitude
    return Around(subordinate, tags[speaker[1] - 1] == "W" and speaker[1] - speaker[0] > 1, loose)
