"""Statements in quotation marks, and those whose cue comes behind them: “…,” said X; …, X said; X said: “…”."""

from app.extract.lang.en import extents, phrases, words
from app.extract.lang.en.reading import Reading, Sentence
from app.extract.lang.en.statement import Statement, TokenRange
from app.models.extraction import ClaimKind


def trailing(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """“…,” X said and …, X said; also with the verb first. Content reaches back to `floor`."""
    tokens = reading.tokens
    if not {"trail", "quote"} & words.cue_verbs()[tokens[verb].low].frames or verb <= floor:
        return None
    speaker, comma = _around(reading, sentence, verb, floor)
    if speaker is None or comma <= floor:
        return None
    closed_by_quote = tokens[comma - 1].text == '"'
    if not closed_by_quote and not _may_trail(reading, sentence, verb, floor, comma):
        return None
    content = _content_before(reading, comma, floor)
    if content is None:
        return None
    rule = "quote_trailing_cue" if closed_by_quote else "trailing_said"
    return Statement(content, (phrases.verb_group(tokens, verb, floor), verb + 1), rule, speaker, kind_of(reading, content))


def _may_trail(reading: Reading, sentence: Sentence, verb: int, floor: int, comma: int) -> bool:
    """A clause of its own must stand before "…, X said", and no quotation behind it."""
    tokens = reading.tokens
    if "trail" not in words.cue_verbs()[tokens[verb].low].frames or comma - floor < 4:
        return False
    if any(t.text == '"' for t in tokens[verb + 1 : min(sentence.last, verb + 4)]):
        return False
    return any(phrases.is_finite(t) or t.low.endswith("s") for t in tokens[floor : min(comma, floor + 40)])


def _around(reading: Reading, sentence: Sentence, verb: int, floor: int) -> tuple[TokenRange | None, int]:
    """The speaker left or right of the verb, and the token after the content's last."""
    tokens = reading.tokens
    start = phrases.verb_group(tokens, verb, floor)
    if tokens[start - 1].text in ',"' and verb + 1 < sentence.last:
        after = phrases.subject_after(reading, sentence, verb + 1)
        is_end = tokens[start - 1].text == '"' or (after is not None and _closes(reading, sentence, after[1]))
        if after is not None and is_end:
            return after, start
    before = phrases.subject_before(reading, sentence, verb, floor)
    if before is None or before[0] <= floor or tokens[before[0] - 1].text not in ',"' or not _closes(reading, sentence, verb + 1):
        return None, 0
    return before, before[0]


def _closes(reading: Reading, sentence: Sentence, at: int) -> bool:
    """Whether nothing but a time, a place or an apposition can follow."""
    if at >= sentence.last:
        return True
    low = reading.tokens[at].low
    return low in '.,;:!?…"' or low in words.grammar("after_trailing") or low.endswith(("day", "ly"))


def _content_before(reading: Reading, comma: int, floor: int) -> TokenRange | None:
    tokens = reading.tokens
    if tokens[comma - 1].text == '"':
        return (floor, comma) if comma - floor > 2 else None
    return extents.trimmed(reading, (floor, comma))


def kind_of(reading: Reading, content: TokenRange) -> ClaimKind:
    first, last = reading.tokens[content[0]], reading.tokens[content[1] - 1]
    quotation = reading.quotation_at(first.start)
    if quotation is not None and quotation.start == first.start:
        ending = reading.quotation_at(last.start)
        return "direct" if ending is not None else "mixed"
    return "mixed" if any(t.text == '"' for t in reading.tokens[content[0] : content[1]]) else "indirect"


def before_quote(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """X said: “…”; X told reporters, “…”; X called the report “half true”."""
    tokens = reading.tokens
    frames = words.cue_verbs()[tokens[verb].low].frames
    if not {"quote", "told"} & frames:
        return None
    describes = tokens[verb].low in words.cue_words("nouns", "describing")
    reach = 8 if describes or "told" in frames else 6
    for i in range(verb + 1, min(sentence.last, verb + 1 + reach)):
        quotation = reading.quotation_at(tokens[i].start)
        if quotation is not None and tokens[i].start == quotation.start:
            return _quoted(reading, sentence, verb, i, floor) if tokens[i - 1].text in ",:" or i <= verb + 2 or describes else None
        if tokens[i].text in ";.—" or tokens[i].low == "that":
            return None
    return None


def _quoted(reading: Reading, sentence: Sentence, verb: int, first: int, floor: int) -> Statement | None:
    tokens = reading.tokens
    quotation = reading.quotation_at(tokens[first].start)
    speaker = phrases.subject_before(reading, sentence, verb, floor)
    last = min(reading.token_at(quotation.end) if quotation else sentence.last, sentence.last)
    if last - first < 3:
        return None
    alone = tokens[first - 1].text in ",:" or first == verb + 1
    content = (first, last) if alone else extents.trimmed(reading, (first, last))
    if content is None:
        return None
    cue = phrases.verb_group(tokens, verb, floor), verb + 1
    return Statement(content, cue, "cue_before_quote", speaker, "direct" if alone else "mixed")


def left_over(reading: Reading, sentence: Sentence, found: list[Statement]) -> list[Statement]:
    """Quotations that no cue has claimed: what follows “…,” he said, and sentences that are nothing but a quotation."""
    tokens, statements = reading.tokens, []
    i = sentence.first
    while i < sentence.last:
        quotation = reading.quotation_at(tokens[i].start)
        if quotation is None:
            i += 1
            continue
        last = min(reading.token_at(quotation.end), sentence.last)
        if not any(s.content[0] < last and i < s.content[1] for s in found) and last - i > 3:
            statements += _unclaimed(sentence, (i, last), bool(found), tokens[i - 1].text if i else "")
        i = max(last, i + 1)
    return statements


def _unclaimed(sentence: Sentence, content: TokenRange, spoken: bool, before: str) -> list[Statement]:
    if content[0] == sentence.first and content[1] >= sentence.last - 1:
        return [Statement(content, None, "quote_carried", None, "direct")]
    if spoken and before in ",:.":
        return [Statement(content, None, "quote_continued", None, "direct")]
    return []
