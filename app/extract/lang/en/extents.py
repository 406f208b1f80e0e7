"""Where the words of a statement begin and end inside their sentence."""

from dataclasses import dataclass

from app.extract.lang.en import inverted, words
from app.extract.lang.en.reading import Reading, Sentence, TokenRange

_CLOSING = frozenset(".!?…;,:—-")
_SUBJECT_WITHIN = 9  # tokens between "and" and the verb of the next cue
_OBJECT_END = ".,;:!?()—"
_OPENS_ADVERBIAL = "SIWGRM"


@dataclass(frozen=True, slots=True)
class Around:
    """How the clause of the cue hangs in its sentence, which tells where the content must end.

    `subordinate`: "if you think …, help us". `relative`: "Lee, who says …, left". `loose`: a thought.
    """

    subordinate: bool = False
    relative: bool = False
    loose: bool = False


PLAIN = Around()


def until_next_cue(reading: Reading, sentence: Sentence, first: int, around: Around = PLAIN) -> TokenRange | None:
    """From `first` to the sentence's end, or to where the next statement or the cue's own clause goes on."""
    tags, i = reading.tags, first
    while i < sentence.last:
        tag = tags[i]
        if tag == '"':
            i = _past_quotation(reading, i)
            continue
        if tag == ":" and i + 1 < sentence.last and opens_quotation(reading, i + 1) and reading.has_finite(max(first, i - 40), i):
            return trimmed(reading, (first, i))  # he is sure they will win: “Give us time,” he says
        if i > first and tag in ",;C—" and _ends_at(reading, sentence, first, i, around):
            return trimmed(reading, (first, i))
        i += 1
    return trimmed(reading, (first, sentence.last))


def _past_quotation(reading: Reading, at: int) -> int:
    quotation = reading.quotation_at(reading.tokens[at].start)
    opens = quotation is not None and quotation.start == reading.tokens[at].start
    return max(at + 1, reading.token_at(quotation.end)) if quotation is not None and opens else at + 1


def _ends_at(reading: Reading, sentence: Sentence, first: int, at: int, around: Around) -> bool:
    tags = reading.tags
    if at + 1 >= sentence.last:
        return False
    if tags[at] == ";":
        return tags[at + 1] not in "TICSW" or next_cue(reading, sentence, at)
    if next_cue(reading, sentence, at):
        return True
    if tags[at] != ",":
        return False
    if around.relative and (reading.is_finite(at + 1) or (tags[at + 1] == "R" and reading.is_finite(at + 2))):
        return True
    return (around.subordinate or around.loose or tags[at + 1] in "PQ") and _new_clause(reading, sentence, first, at, around)


def _new_clause(reading: Reading, sentence: Sentence, first: int, comma: int, around: Around) -> bool:
    """Whether a clause is complete before the comma and another, with its own doer, begins behind it."""
    tags, start = reading.tags, comma + 1
    if tags[start] == "C" or reading.tokens[start].low == "so":
        if not around.loose:
            return False
        start += 1
    while start < sentence.last and tags[start] == "R":
        start += 1
    if around.subordinate and tags[comma + 1] not in "CWSIGT" and reading.has_finite(max(first, comma - 40), comma):
        return True
    if start >= sentence.last or tags[start] not in "DPQKNMs":
        return False
    segment = _segment(reading, first, comma)
    if tags[segment] in _OPENS_ADVERBIAL and not around.subordinate and not (segment == first and tags[first] == "W"):
        return False
    return (
        reading.has_finite(max(first, comma - 40), comma)
        and not _fronted(reading, first, comma)
        and clause_from(reading, sentence, start)
    )


def _fronted(reading: Reading, first: int, comma: int) -> bool:
    """Whether the comma closes what was put before a clause: "the point is that in many places, they …"."""
    tags = reading.tags
    last = next((i for i in range(comma - 1, max(first, comma - 30), -1) if tags[i] == "T" and tags[i - 1] not in "NKsAI"), None)
    return last is not None and tags[last + 1] in "ISW"


def _segment(reading: Reading, first: int, comma: int) -> int:
    """Where the stretch between commas begins that ends at `comma`."""
    at = comma - 1
    while at > max(first, comma - 25) and reading.tags[at] != ",":
        at -= 1
    return at if at == first else at + 1


def clause_from(reading: Reading, sentence: Sentence, start: int) -> bool:
    """A doer and its verb right behind: "they left", "the minister has"."""
    tags = reading.tags
    if start >= sentence.last or tags[start] == "Q":
        return start < sentence.last
    for i in range(start + 1, min(sentence.last, start + _SUBJECT_WITHIN)):
        if tags[i] in ',;:"CWTSU':
            return False
        if reading.is_finite(i) or (tags[i] in "xb" and tags[start] == "P"):
            return True
    return False


def next_cue(reading: Reading, sentence: Sentence, at: int) -> bool:
    """Whether, behind the comma or "and" at `at`, another statement is told: adding that, and said it, but Lee says."""
    tags, tokens, i = reading.tags, reading.tokens, at + 1
    after_comma = tags[at] in ",—"
    joined = tags[at] == "C" and tokens[at].low in ("and", "but")
    if i < sentence.last and (tags[i] == "C" or tokens[i].low in ("while", "whereas", "although", "though")):
        i, joined = i + 1, True
    while i < sentence.last and tags[i] == "R":
        i += 1
    if i + 1 >= sentence.last:
        return False
    if tokens[i].low == "according":
        return after_comma and tokens[i + 1].low == "to"
    verb = words.cue_verbs().get(tokens[i].low)
    if verb is not None and tags[i] in "GdVnbs":
        if verb.participle:
            return (after_comma or joined) and _tells(reading, sentence, i)
        if after_comma and _is_inverted(reading, sentence, i, verb.lemma):
            return True
        plain = tags[i] in "dV" or tags[i + 1] in 'T"'
        taken_up = tags[i] in "dV" and tags[i + 1] in "DPOKNMsxUI" and verb.lemma in words.cue_words("continuing", "lemmas")
        return (joined and (taken_up or (plain and _tells(reading, sentence, i)))) or (after_comma and tokens[i + 1].low == "that")
    return _cue_with_subject(reading, sentence, i, joined, after_comma)


def _is_inverted(reading: Reading, sentence: Sentence, verb: int, lemma: str) -> bool:
    """…, said Farrowby."""
    if lemma not in words.cue_words("trailing", "inverted") or reading.tags[verb + 1] not in "DKNMs":
        return False
    doer = inverted.subject_after(reading, sentence, verb + 1)
    return doer is not None and closes(reading, sentence, doer[1])


def _cue_with_subject(reading: Reading, sentence: Sentence, start: int, joined: bool, after_comma: bool) -> bool:
    tags = reading.tags
    if tags[start] not in ("DPQKNMsx" if after_comma else "DPQK"):
        return False
    for i in range(start + 1, min(sentence.last, start + _SUBJECT_WITHIN)):
        verb = words.cue_verbs().get(reading.tokens[i].low)
        if verb is not None and reading.is_finite(i):
            return (joined and _tells(reading, sentence, i)) or (
                after_comma and "trail" in verb.frames and closes(reading, sentence, i + 1)
            )
        if tags[i] in ',;:"WTSUV':
            return False
    return False


def _tells(reading: Reading, sentence: Sentence, verb: int) -> bool:
    """Whether the cue brings a clause or a quotation: "that" or a mark soon, or, for verbs like "say", a doer right behind."""
    ahead = reading.tags[verb + 1 : min(sentence.last, verb + 6)]
    if "T" in ahead or any(tag == '"' and opens_quotation(reading, verb + 1 + i) for i, tag in enumerate(ahead[:3])):
        return True
    its = words.cue_verbs()[reading.tokens[verb].low]
    return (
        bool(ahead)
        and ({"bare", "clause"} & its.frames != set())
        and ahead[0] in "PQDKNMs"
        and reading.has_finite(verb + 2, min(sentence.last, verb + 12))
    )


def opens_quotation(reading: Reading, at: int) -> bool:
    quotation = reading.quotation_at(reading.tokens[at].start)
    return quotation is not None and quotation.start == reading.tokens[at].start


def closes(reading: Reading, sentence: Sentence, at: int) -> bool:
    """Whether nothing but a time, a place or an apposition can follow."""
    if at >= sentence.last:
        return True
    low, tag = reading.tokens[at].low, reading.tags[at]
    return tag in '.,;:!?…"—)' or low in words.grammar("after_trailing") or low in words.numbers("weekdays") or tag == "R"


def trimmed(reading: Reading, content: TokenRange) -> TokenRange | None:
    """Without punctuation at the edges; None when nothing is left. A mark of quotation stays."""
    first, last = content
    tokens = reading.tokens
    while last > first and tokens[last - 1].text in _CLOSING and len(tokens[last - 1].text) == 1:
        last -= 1
    while first < last and (tokens[first].text in _CLOSING or tokens[first].text in "')"):
        first += 1
    return (first, last) if any(t.is_word for t in tokens[first : min(last, first + 40)]) else None


def object_phrase(reading: Reading, sentence: Sentence, first: int, taken: frozenset[str]) -> TokenRange | None:
    """A noun phrase with its inner prepositions, up to a comma, a word that opens an adverbial, or the end."""
    tokens, last = reading.tokens, first
    while last < sentence.last and tokens[last].text not in _OBJECT_END and (last == first or tokens[last].low not in taken):
        last = _past_quotation(reading, last)
    return trimmed(reading, (first, min(last, sentence.last)))
