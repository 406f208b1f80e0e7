"""Statements of lines that are no sentences: PM: Bridge Will Open; Bridge Will Open: PM; and the turns of an interview."""

from app.extract.lang.en import extents, quoting
from app.extract.lang.en.reading import Reading, Sentence
from app.extract.lang.en.statement import Statement

_LONGEST_LABEL = 5  # tokens before the colon
_LONGEST_TRAILER = 3  # tokens behind it: "…: Prime Minister"


def headline(reading: Reading, sentence: Sentence) -> Statement | None:
    """PM: Iraq No Longer Needs Forces."""
    colon = _colon(reading, sentence)
    if colon is None or colon == sentence.first or colon + 2 >= sentence.last:
        return None
    content = extents.trimmed(reading, (colon + 1, sentence.last))
    if content is None or content[1] - content[0] < 3:
        return _trailing(reading, sentence, colon)
    return Statement(content, (colon, colon + 1), "headline_colon", (sentence.first, colon), quoting.kind_of(reading, content))


def _colon(reading: Reading, sentence: Sentence) -> int | None:
    places = (
        *range(sentence.first, min(sentence.last, sentence.first + _LONGEST_LABEL + 1)),
        *range(max(sentence.first, sentence.last - _LONGEST_TRAILER - 1), sentence.last),
    )
    return next((i for i in places if reading.tags[i] == ":"), None)


def _trailing(reading: Reading, sentence: Sentence, colon: int) -> Statement | None:
    """Forces Not Needed: PM."""
    if colon - sentence.first < 3 or colon + 1 >= sentence.last:
        return None
    content = sentence.first, colon
    return Statement(content, (colon, colon + 1), "headline_colon", (colon + 1, sentence.last), quoting.kind_of(reading, content))


def turns(reading: Reading) -> dict[int, Statement]:
    """The turns of a conversation, by the number of the sentence that opens each: "BERG: We left." under a label that comes twice."""
    labels: dict[str, int] = {}
    opened: list[tuple[int, int, str]] = []
    for number, sentence in enumerate(reading.sentences):
        if number and reading.sentences[number - 1].paragraph == sentence.paragraph:
            continue
        colon = _label(reading, sentence)
        if colon is not None:
            label = " ".join(t.low for t in reading.tokens[sentence.first : colon])
            labels[label] = labels.get(label, 0) + 1
            opened.append((number, colon, label))
    if len(labels) < 2:
        return {}
    return {number: _turn(reading, number, colon) for number, colon, label in opened if labels[label] > 1}


def _label(reading: Reading, sentence: Sentence) -> int | None:
    last = min(sentence.last - 2, sentence.first + _LONGEST_LABEL)
    for i in range(sentence.first, last):
        if reading.tags[i] == ":":
            return i if i > sentence.first else None
        if not reading.tokens[i].text[0].isupper() and reading.tokens[i].text not in ".'":
            return None
    return None


def _turn(reading: Reading, number: int, colon: int) -> Statement:
    sentences, paragraph = reading.sentences, reading.sentences[number].paragraph
    last = number
    while last + 1 < len(sentences) and sentences[last + 1].paragraph == paragraph:
        last += 1
    first = reading.sentences[number].first
    return Statement((colon + 1, sentences[last].last), (colon, colon + 1), "transcript", (first, colon), "direct")
