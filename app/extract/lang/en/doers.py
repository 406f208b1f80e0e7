"""Who says it: the phrase that does what a cue verb says, and whether the word is a verb where it stands."""

from app.extract.lang.en import phrases, words
from app.extract.lang.en.reading import Reading, Sentence, TokenRange


def is_passive(reading: Reading, verb: int, floor: int) -> bool:
    if reading.tags[verb] not in "dn":
        return False
    at = verb - 1
    while at >= floor and reading.tags[at] == "R":
        at -= 1
    low = reading.tokens[at].low if at >= floor else ""
    return low in words.grammar("be") or (low == "'s" and reading.tags[at] == "A")


def told_by(reading: Reading, sentence: Sentence, verb: int, floor: int) -> tuple[TokenRange | None, bool] | None:
    """Who says it, and whether that is whoever spoke last; None where the word is no verb or nobody does it."""
    start, tags = phrases.verb_group(reading, verb, floor), reading.tags
    if reading.hints and verb in reading.hints.subjects:
        return reading.hints.subjects[verb], False
    left = phrases.left_of_group(reading, verb, floor)
    before = "" if left <= sentence.first else tags[left - 1]
    if left <= floor and before not in ",CSI—;:" + '"':
        return None  # nothing stands before it in what another cue brought
    if tags[verb] == "G" and start == verb and (before in ",CSI—" or before == ""):
        return None if before == "" else (None, True)
    if before in ",C" and start == verb and reading.tags[verb + 1] == "T" and _again(reading, verb, floor):
        return None, True
    if not _acts(reading, verb, start, before) or _is_stock(reading, verb, start, floor):
        return None
    speaker = speaker_of(reading, sentence, verb, floor)
    if speaker is None:
        return (None, True) if before in (",", "C") and start > sentence.first and start == floor else None
    return speaker, False


def _again(reading: Reading, verb: int, floor: int) -> bool:
    """Whether the same verb came before: "they know that …, know that … and know that …"."""
    low = reading.tokens[verb].low
    return any(reading.tokens[i].low == low for i in range(max(floor, verb - 60), verb))


def _acts(reading: Reading, verb: int, start: int, before: str) -> bool:
    """Whether the word is a verb where it stands."""
    tag = reading.tags[verb]
    if start < verb or before in "UPQ":
        return True
    if tag == "n" or (tag == "G" and before not in "NKsx)"):
        return False
    if tag in "xbs":
        brings = (
            reading.tags[verb + 1] == "T"
            and before in "NKs"
            and reading.tokens[verb].low not in words.cue_words("nouns", "attributing")
        )
        if before in "NK" and _is_plural(reading, verb):
            return True
        return before in ",CW" or brings or reading.is_finite(verb) or _ends_relative(reading, verb)
    return tag != "d" or before not in "DI'" or before == ""


def _is_plural(reading: Reading, verb: int) -> bool:
    """Whether many do it, for a verb that is seldom a noun: "officials in Oslo and Bergen say"."""
    if reading.tags[verb] != "b":
        return False
    phrase = phrases.phrase_ending(reading, verb, max(0, verb - 20))
    if phrase is None:
        return False
    head = next((i for i in range(phrase[0] + 1, phrase[1]) if reading.tags[i] in "I,W"), phrase[1])
    return reading.tokens[head - 1].low.endswith("s") or "and" in (t.low for t in reading.tokens[phrase[0] : head])


def _ends_relative(reading: Reading, verb: int) -> bool:
    """Whether a relative clause stands right before: "those who know him say"."""
    if reading.tags[verb - 1] not in "ObxRdP":
        return False
    before = range(verb - 2, max(0, verb - 12), -1)
    return any(reading.tokens[i].low == "who" for i in before)


def _is_stock(reading: Reading, verb: int, start: int, floor: int) -> bool:
    """Phrases that tell nobody's words: "that said, …", "it means that …"."""
    lemma = words.cue_verbs()[reading.tokens[verb].low].lemma
    subject = reading.tokens[start - 1] if start > floor else None
    if subject is None:
        return False
    return (lemma == "mean" and subject.low not in words.cue_words("speakers", "present")) or (
        lemma == "say" and reading.tags[start - 1] == "T" and start - 1 == floor
    )


def speaker_of(reading: Reading, sentence: Sentence, verb: int, floor: int) -> TokenRange | None:
    """The phrase before the verb, or who opened the clause when the verb is the second of two."""
    if reading.hints and verb in reading.hints.subjects:
        return reading.hints.subjects[verb]
    start = phrases.verb_group(reading, verb, floor)
    if start <= floor:
        return None
    before = reading.tags[start - 1]
    if before == "U":
        return _who_is_to(reading, sentence, start - 1, floor)
    if before == "C" or (before == "," and start - 2 >= floor and reading.tags[start - 2] in "C"):
        return phrases.opening_subject(reading, _clause_start(reading, floor, start - 1), start - 1)
    return phrases.subject_before(reading, sentence, verb, floor) or (
        phrases.opening_subject(reading, floor, start) if before in "VbdAR" else None
    )


def _clause_start(reading: Reading, floor: int, before: int) -> int:
    """Where the innermost clause opens: behind the last "when" with no comma between it and the verb."""
    for i in range(before - 1, max(floor, before - 25), -1):
        if reading.tags[i] in ",;":
            break
        if reading.tags[i] == "S":
            return i + 1
    return floor


def _who_is_to(reading: Reading, sentence: Sentence, to: int, floor: int) -> TokenRange | None:
    """Who "came to say": the doer of the nearest verb before "to"."""
    for i in range(to - 1, max(floor - 1, to - 14), -1):
        if reading.is_finite(i):
            who = (i, i + 1) if reading.tags[i] == "Q" else phrases.subject_before(reading, sentence, i, floor)
            return None if who is not None and reading.tokens[who[0]].low in ("it", "there", "it's") else who
    return None
