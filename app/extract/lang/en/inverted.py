"""The noun phrase behind a verb: who it is in "said Ashcombe, a lawyer"."""

from app.extract.lang.en import words
from app.extract.lang.en.phrases import LONGEST_PHRASE
from app.extract.lang.en.reading import Reading, Sentence, Token, TokenRange


def subject_after(reading: Reading, sentence: Sentence, first: int) -> TokenRange | None:
    """The noun phrase that begins right at `first`, as in "said Ashcombe, a lawyer"."""
    tags, last = reading.tags, first
    if first < sentence.last and tags[first] in "PQ":
        return first, first + 1
    while last < min(sentence.last, first + LONGEST_PHRASE) and _goes_on(reading, last, first):
        last += 1
    while last > first and (tags[last - 1] in "ICUGR" or not (reading.tokens[last - 1].is_word or tags[last - 1] == "'")):
        last -= 1
    last = _with_name(reading, sentence, first, last)
    is_plural = reading.tokens[first].low.endswith("s")  # "told reporters in the capital"
    if last == first or not (tags[first] in "DKMs" or is_plural or last - first < 4 or "K" in tags[first:last]):
        return None
    return first, last


def _with_name(reading: Reading, sentence: Sentence, first: int, last: int) -> int:
    """Past the name behind a comma: "said the club's president, Ann Berg"."""
    tags, end = reading.tags, last + 1
    if last == first or last >= sentence.last or tags[last] != "," or tags[last - 1] == "K":
        return last
    while end < sentence.last and tags[end] == "K":
        end += 1
    return end if end > last + 1 and (end >= sentence.last or tags[end] in ',."') else last


def _goes_on(reading: Reading, at: int, first: int) -> bool:
    tokens, tags = reading.tokens, reading.tags
    token, tag = tokens[at], tags[at]
    if tag == "'" or token.text.startswith("-") or token.text in "&":
        return at > first
    if at > first and tag in "DP" and tags[at - 1] in "NKM":
        return False
    if at > first and (tag == "O" or _is_day(token)):
        return False
    if tag == "I":
        return at > first and (
            token.low == "of" or (token.low in ("for", "at", "from", "with", "in") and not tokens[at - 1].is_capital)
        )
    if tag == "C":
        return at > first and at + 1 < len(tokens) and token.low in ("and", "&") and tokens[at + 1].is_capital
    if tag == "R":
        return at == first or tags[at - 1] == "D"
    if tag == "s" and at > first and at + 1 < len(tags) and tags[at + 1] in ',."':
        return True  # union records
    if tag in "dsx":
        return at == first or (tags[at - 1] in "DNKMsdI'" and not reading.is_finite(at))
    return tag in "DNKMnJ"


def _is_day(token: Token) -> bool:
    return token.low.endswith("day") and token.low in words.numbers("weekdays")
