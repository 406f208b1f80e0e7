"""Where the words of a statement begin and end inside their sentence."""

from app.extract.lang.en import words
from app.extract.lang.en.reading import Reading, Sentence
from app.extract.lang.en.statement import TokenRange

_CLOSING = frozenset(".!?…;,:—-")


def until_next_cue(reading: Reading, sentence: Sentence, first: int) -> TokenRange | None:
    """From `first` to the sentence's end, or to where the next statement's cue begins (", adding that", ", he said")."""
    tokens = reading.tokens
    for i in range(first + 1, sentence.last):
        if tokens[i].text in (",", "and", "but", ";") and _cue_follows(reading, sentence, i):
            return trimmed(reading, (first, i))
    return trimmed(reading, (first, sentence.last))


def _cue_follows(reading: Reading, sentence: Sentence, at: int) -> bool:
    """Whether a participle ("adding that") or, after "and", a finite cue verb with its "that" comes right behind."""
    tokens, i = reading.tokens, at + 1
    if i < sentence.last and tokens[i].low in ("and", "but"):
        i += 1
    if reading.quotation_at(tokens[at].start) is not None:
        return False
    while i < sentence.last and tokens[i].low in words.grammar("adverbs"):
        i += 1
    if i >= sentence.last:
        return False
    if tokens[i].low == "according" and i + 1 < sentence.last and tokens[i + 1].low == "to":
        return tokens[at].text == ","
    verb = words.cue_verbs().get(tokens[i].low)
    if verb is None or i + 1 >= sentence.last:
        return False
    ahead = [t.low for t in tokens[i + 1 : min(sentence.last, i + 4)]]
    follows = "that" in ahead or '"' in ahead[:2] or "told" in verb.frames
    return follows if verb.participle else follows and tokens[i].low.endswith(("ed", "aid", "old"))


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
    while last < sentence.last and tokens[last].text not in ".,;:!?()" and (last == first or tokens[last].low not in taken):
        quotation = reading.quotation_at(tokens[last].start)
        last = reading.token_at(quotation.end) if quotation else last + 1
    return trimmed(reading, (first, min(last, sentence.last)))
