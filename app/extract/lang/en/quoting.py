"""Statements in quotation marks, and those whose cue comes behind them or between: “…,” said X; …, X said; X said: “…”."""

from app.extract.lang.en import doers, extents, inverted, phrases, words
from app.extract.lang.en.reading import Reading, Sentence
from app.extract.lang.en.statement import Statement, TokenRange
from app.models.extraction import ClaimKind

_DESCRIPTION = 2  # tokens in quotation marks that describe; a capital opens a name
_AFTER_CUE = 12  # tokens between "he said" and the second half of a quotation


def trailing(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """“…,” X said and …, X said; also with the verb first. Content reaches back to `floor`."""
    if not {"trail", "quote"} & words.cue_verbs()[reading.tokens[verb].low].frames or verb <= floor:
        return None
    speaker, comma = _around(reading, sentence, verb, floor)
    if speaker is None or comma <= floor or reading.tags[speaker[1] - 1] == "W":
        return None
    if comma - 2 > floor and reading.tags[comma - 1] == "," and reading.tags[comma - 2] == '"':
        comma -= 1  # “…”, said Farrowby
    quoted = reading.tags[comma - 1] == '"'
    if quoted and reading.tags[comma - 2] not in ",.?!—…" and reading.tags[comma] != ",":
        return None  # he said the ministry “tidied up” earlier reports
    content = (_behind_colon(reading, floor, comma), comma) if quoted else extents.trimmed(reading, (floor, comma))
    if content is None or content[1] - content[0] < (3 if quoted else 1):
        return None
    more = going_on(reading, sentence, content, max(verb + 1, speaker[1]))
    if not quoted and not _may_trail(reading, sentence, verb, content, more):
        return None
    rule = "quote_trailing_cue" if quoted else "trailing_said"
    cue = phrases.verb_group(reading, verb, floor), verb + 1
    return Statement(content, cue, rule, speaker, kind_of(reading, content), more=more)


def _behind_colon(reading: Reading, floor: int, end: int) -> int:
    """Where a quotation that ends at `end` begins, if a colon stands before it: He is sure of it: “We will win,” he said."""
    quotation = reading.quotation_at(reading.tokens[end - 1].start)
    first = floor if quotation is None else reading.token_at(quotation.start)
    return first if first > floor and reading.tags[first - 1] == ":" else floor


def _may_trail(reading: Reading, sentence: Sentence, verb: int, content: TokenRange, more: list[TokenRange]) -> bool:
    """Without marks a clause must stand before "…, X said", or go on behind it."""
    if words.cue_verbs()[reading.tokens[verb].low].lemma not in words.cue_words("trailing", "lemmas") or reading.tags[verb] == "G":
        return False
    if reading.tags[content[0]] == "S" and not more:
        return False
    if any(t == '"' for t in reading.tags[verb + 1 : min(sentence.last, verb + 4)]):
        return False
    complete = content[1] - content[0] >= 3 and (
        sentence.heading or reading.has_finite(content[0], min(content[1], content[0] + 60))
    )
    return complete or bool(more)


def _around(reading: Reading, sentence: Sentence, verb: int, floor: int) -> tuple[TokenRange | None, int]:
    """The speaker left or right of the verb, and the token after the content's last."""
    tags = reading.tags
    start = phrases.verb_group(reading, verb, floor)
    if tags[start - 1] in ',"' and verb + 1 < sentence.last:
        after = inverted.subject_after(reading, sentence, verb + 1)
        is_end = tags[start - 1] == '"' or (after is not None and extents.closes(reading, sentence, after[1]))
        if after is not None and is_end and (tags[start - 1] == '"' or _inverts(reading, verb, after)):
            return after, start
    before = doers.speaker_of(reading, sentence, verb, floor)
    if before is None or before[0] <= floor or not _closes_behind(reading, sentence, verb):
        return None, 0
    opens = before[0] - 1
    while opens > floor and tags[opens] == "R":
        opens -= 1
    return (before, opens + 1) if tags[opens] in ',"' else (None, 0)


def _inverts(reading: Reading, verb: int, after: TokenRange) -> bool:
    """Whether "…, said Farrowby" can be meant where no marks stand."""
    lemma = words.cue_verbs()[reading.tokens[verb].low].lemma
    return lemma in words.cue_words("trailing", "inverted") and (
        reading.tags[after[0]] in "DKMs" or "K" in reading.tags[after[0] : after[1]]
    )


def _closes_behind(reading: Reading, sentence: Sentence, verb: int) -> bool:
    """Whether the cue ends with the verb, or with whom it was said to."""
    if extents.closes(reading, sentence, verb + 1):
        return True
    if "told" not in words.cue_verbs()[reading.tokens[verb].low].frames:
        return False
    behind = inverted.subject_after(reading, sentence, verb + 1)
    return (behind is not None and extents.closes(reading, sentence, behind[1])) or reading.tags[verb + 1] == "O"


def going_on(reading: Reading, sentence: Sentence, content: TokenRange, behind: int) -> list[TokenRange]:
    """The content's other half behind ", he said,": a second quotation, or a clause that has no doer of its own."""
    tags, at = reading.tags, behind
    while at < min(sentence.last, behind + _AFTER_CUE) and tags[at] not in ',"':
        at += 1
    if at + 2 >= sentence.last or tags[at] != ",":
        return []
    if tags[at + 1] == '"':
        quotation = reading.quotation_at(reading.tokens[at + 1].start)
        last = reading.token_at(quotation.end) if quotation is not None else at + 1
        return [(at + 1, min(last, sentence.last))] if last - at > 3 else []
    if at != behind or tags[content[1] - 1] == '"':
        return []
    return _clause_going_on(reading, sentence, content, at)


def _clause_going_on(reading: Reading, sentence: Sentence, content: TokenRange, comma: int) -> list[TokenRange]:
    tags = reading.tags
    if tags[comma + 1] == "W":  # past what is said about the speaker: ", said Lee, who heads the office, …"
        later = range(comma + 1, min(sentence.last - 2, comma + 1 + _AFTER_CUE))
        comma = next((i for i in later if tags[i] == ","), comma)
    first = comma + 1
    if tags[first] in "GWS" or extents.next_cue(reading, sentence, comma):
        return []
    complete = tags[content[0]] != "S" and reading.has_finite(content[0], min(content[1], content[0] + 60))
    joins = (tags[first] == "C" and not extents.clause_from(reading, sentence, first + 1)) or reading.is_finite(first)
    if (complete and not joins) or not reading.has_finite(first, min(sentence.last, first + 40)):
        return []
    rest = extents.until_next_cue(reading, sentence, first)
    return [] if rest is None else [rest]


def thought(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """… I think. In talk no comma stands before it."""
    tokens, tags = reading.tokens, reading.tags
    lemma = words.cue_verbs()[tokens[verb].low].lemma
    ends = verb + 1 >= sentence.last or tags[verb + 1] in ".?!"
    if (
        not ends
        or lemma not in words.cue_words("trailing", "thoughts")
        or tokens[verb - 1].low not in ("i", "we")
        or verb - floor < 4
    ):
        return None
    content = extents.trimmed(reading, (floor, verb - 1))
    if content is None or not reading.has_finite(*content):
        return None
    return Statement(content, (verb, verb + 1), "trailing_said", (verb - 1, verb), kind_of(reading, content))


def kind_of(reading: Reading, content: TokenRange) -> ClaimKind:
    first, last = reading.tokens[content[0]], reading.tokens[content[1] - 1]
    quotation = reading.quotation_at(first.start)
    if quotation is not None and quotation.start == first.start:
        ending = reading.quotation_at(last.start)
        return "direct" if ending is not None else "mixed"
    if quotation is not None and quotation.end >= last.end:
        return "indirect"  # told inside somebody's quotation
    return "mixed" if '"' in reading.tags[content[0] : content[1]] else "indirect"


def before_quote(reading: Reading, sentence: Sentence, verb: int, floor: int) -> Statement | None:
    """X said: “…”; X told reporters, “…”; X called the report “half true”."""
    frames = words.cue_verbs()[reading.tokens[verb].low].frames
    if not {"quote", "told"} & frames or doers.is_passive(reading, verb, floor):
        return None
    describes = reading.tokens[verb].low in words.cue_words("nouns", "describing")
    reach = 8 if describes or "told" in frames else 12
    for i in range(verb + 1, min(sentence.last, verb + 1 + reach)):
        if reading.tags[i] == '"':
            is_speech = reading.tags[i - 1] in ",:" or _quotes_part(reading, verb, i, describes)
            return _quoted(reading, sentence, verb, i, floor, describes) if is_speech else None
        if reading.tags[i] in (";.—VA" if describes else ";.—TVA") or (
            reading.is_finite(i) and reading.tokens[i].low in words.cue_verbs()
        ):
            return None
    return None


def _quotes_part(reading: Reading, verb: int, mark: int, describes: bool) -> bool:
    """Whether marks that no comma or colon comes before hold speech, and not a name: a ship called "Aurora"."""
    quotation = reading.quotation_at(reading.tokens[mark].start)
    inside = reading.token_at(quotation.end) - mark - 2 if quotation is not None else 0
    if describes:
        return inside >= _DESCRIPTION and reading.tags[verb + 1] != "I" and not reading.tokens[mark + 1].is_capital
    whole = inside > 0 and reading.tags[mark + inside] in ".!?"
    return mark <= verb + 2 and (whole or words.cue_verbs()[reading.tokens[verb].low].lemma in words.cue_words("speech", "lemmas"))


def _quoted(reading: Reading, sentence: Sentence, verb: int, first: int, floor: int, describes: bool) -> Statement | None:
    tags = reading.tags
    quotation = reading.quotation_at(reading.tokens[first].start)
    last = min(reading.token_at(quotation.end) if quotation else sentence.last, sentence.last)
    told = doers.told_by(reading, sentence, verb, floor)
    if last - first < 4 or told is None or (describes and told[0] is None):
        return None
    alone = tags[first - 1] in ",:" or first == verb + 1
    if describes:
        content: TokenRange | None = (verb + 1 if tags[verb + 1] != "S" else verb + 2, last)
    elif tags[last - 2] in ".!?,:" or last >= sentence.last - 1 or (tags[last] == "C" and tags[last + 1] != '"'):
        content = (first, last)
    else:
        content = extents.until_next_cue(reading, sentence, first)
    if content is None or (content[1] - content[0] < 3):
        return None
    cue = phrases.verb_group(reading, verb, floor), verb + 1
    return Statement(content, cue, "cue_before_quote", told[0], kind_of(reading, content) if alone else "mixed")


def _signed(reading: Reading, sentence: Sentence, at: int) -> TokenRange | None:
    """Who stands behind a dash: “…” — Ann Berg."""
    if at + 1 >= sentence.last or reading.tags[at] not in "—-" or reading.tags[at + 1] != "K":
        return None
    return inverted.subject_after(reading, sentence, at + 1)


def left_over(reading: Reading, sentence: Sentence, found: list[Statement], spoke: bool) -> list[Statement]:
    """Quotations that no cue has claimed: what follows “…,” he said, and sentences that are nothing but a quotation."""
    statements = []
    taken = sorted(r for s in found for r in (s.content, *s.more))
    at, i = 0, sentence.first
    while i < sentence.last:
        if reading.tags[i] != '"':
            i += 1
            continue
        quotation = reading.quotation_at(reading.tokens[i].start)
        last = min(reading.token_at(quotation.end), sentence.last) if quotation is not None else i + 1
        while at < len(taken) and taken[at][1] <= i:
            at += 1
        if last - i > 4 and not (at < len(taken) and taken[at][0] < last):
            statements += _unclaimed(reading, sentence, (i, last), bool(found), spoke)
        i = max(last, i + 1)
    return statements


def _unclaimed(reading: Reading, sentence: Sentence, content: TokenRange, here: bool, before: bool) -> list[Statement]:
    if content[0] == sentence.first and content[1] >= sentence.last - 1 and before:
        return [Statement(content, None, "quote_carried", None, "direct")]
    named = _signed(reading, sentence, content[1])
    if named is not None:
        return [Statement(content, (content[1], content[1] + 1), "quote_trailing_cue", named, "direct")]
    if here and content[0] > sentence.first and reading.tags[content[0] - 1] in ",:.":
        return [Statement(content, None, "quote_continued", None, "direct")]
    return []
