"""Statements whose words are no clause: X vowed to …, X urged Y to …, X denied …, X accused Y of …, what X describes as …."""

from app.extract.lang.en import doers, extents, phrases, quoting, telling, words
from app.extract.lang.en.reading import Reading, Sentence
from app.extract.lang.en.statement import Statement

_ADDRESSEE_WITHIN = 10  # tokens between "urged" and "to"
_NO_OBJECT = frozenset({"this", "it", "them", "him", "her", "that", "so"})


def with_infinitive(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """X vowed to leave; "want" and its like only of others, since in talk "I want to" tells nothing."""
    tokens, tags = reading.tokens, reading.tags
    frames = words.cue_verbs()[tokens[verb].low].frames
    if (
        not {"to", "third_to"} & frames
        or verb + 2 >= sentence.last
        or tags[verb + 1] != "U"
        or doers.is_passive(reading, verb, floor)
    ):
        return None
    if not _of_others(reading, sentence, verb, floor, "P" if "to" in frames else ""):
        return None
    if "third_to" in frames and not reading.is_finite(verb):
        return None  # "his plan to leave"
    if reading.tags[verb + 2] not in "bxBAR" or _might(reading, verb, floor):
        return None  # "agreed to a truce"
    return telling.made(reading, sentence, verb, verb + 1, floor, "cue_to")


def _of_others(reading: Reading, sentence: Sentence, verb: int, floor: int, also: str) -> bool:
    speaker = doers.speaker_of(reading, sentence, verb, floor)
    if speaker is None or reading.tokens[speaker[0]].low in words.cue_words("speakers", "present"):
        return False
    return reading.tags[speaker[0]] in "DKNsM" + also and reading.tags[verb] in "dsVxb"


def toward(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """X urged Y to leave: what is urged begins with Y."""
    if "toward" not in words.cue_verbs()[reading.tokens[verb].low].frames or doers.is_passive(reading, verb, floor):
        return None
    tags, first = reading.tags, verb + 1
    if first < sentence.last and reading.tokens[first].low in ("on", "upon"):
        first += 1
    if first < sentence.last and tags[first] not in "DPOKNMsx":
        return None
    for i in range(first + 1, min(sentence.last - 1, first + _ADDRESSEE_WITHIN)):
        if tags[i] == "U" and tags[i + 1] in "bxBAR":
            return (
                telling.made(reading, sentence, verb, first, floor, "cue_to")
                if _of_others(reading, sentence, verb, floor, "P")
                else None
            )
        if tags[i] not in "DKNMxsOIC'PJ":
            return None
    return None


def with_object(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """X declared victory over Y, X accused Y of theft, X warned of floods: the claim is a noun phrase."""
    tokens = reading.tokens
    its = words.cue_verbs()[tokens[verb].low]
    if not {"object", "of"} & its.frames or verb + 1 >= sentence.last or doers.is_passive(reading, verb, floor):
        return None
    first = _object_from(reading, sentence, verb, its)
    if (
        first is None
        or first >= sentence.last
        or not tokens[first].is_word
        or reading.tags[first] in "TWSVARIU"
        or tokens[first].low in _NO_OBJECT
    ):
        return None
    told = doers.told_by(reading, sentence, verb, floor)
    if told is None or told[0] is None or not _happened(reading, verb, floor):
        return None
    content = extents.object_phrase(reading, sentence, first, words.grammar("closes_object") - {"to", "as"})
    if content is None:
        return None
    cue = phrases.verb_group(reading, verb, floor), verb + 1
    return Statement(content, cue, "cue_object", told[0], quoting.kind_of(reading, content))


def _might(reading: Reading, verb: int, floor: int) -> bool:
    """Whether the verb says what could be: "would deny", "can ask"."""
    start = phrases.verb_group(reading, verb, floor)
    return any(t.low in words.grammar("modals") for t in reading.tokens[start:verb])


def _happened(reading: Reading, verb: int, floor: int) -> bool:
    start = phrases.verb_group(reading, verb, floor)
    return (reading.is_finite(verb) or start < verb) and reading.tags[verb] != "G" and not _might(reading, verb, floor)


def _object_from(reading: Reading, sentence: Sentence, verb: int, its: words.Verb) -> int | None:
    """Where the object begins: right behind the verb, or behind the preposition that the verb takes."""
    taken = words.cue_prepositions().get(its.lemma)
    low = reading.tokens[verb + 1].low
    if taken is None:
        return verb + 1 if "object" in its.frames else None
    if low in taken:
        return verb + 2
    reach = range(verb + 2, min(sentence.last, verb + 12))
    return (
        verb + 1
        if any(reading.tokens[i].low in taken for i in reach) and its.lemma in words.cue_words("objects", "of_whom")
        else None
    )


def describes_as(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """… what X describes as Y; a fee that X calls Y."""
    tokens, tags = reading.tokens, reading.tags
    if (
        tokens[verb].low not in words.cue_words("nouns", "describing")
        or verb + 1 >= sentence.last
        or doers.is_passive(reading, verb, floor)
    ):
        return None
    start = phrases.verb_group(reading, verb, floor)
    speaker = phrases.phrase_ending(reading, start, floor)
    if speaker is None or speaker[0] <= sentence.first or tokens[speaker[0] - 1].low not in ("what", "that", "which"):
        return None
    first = verb + 2 if tokens[verb + 1].low == "as" else verb + 1
    if first >= sentence.last or (first == verb + 1 and tokens[verb].low.startswith("describe")) or tags[first] in "UIR":
        return None
    content = extents.object_phrase(reading, sentence, first, (words.grammar("closes_object") | words.grammar("finite")) - {"and"})
    if content is None:
        return None
    return Statement(content, (start, first), "describes_as", speaker, quoting.kind_of(reading, content))
