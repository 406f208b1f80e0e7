"""What weakens, denies or dates a statement."""

from app.extract.lang.en import words
from app.extract.lang.en.reading import Reading
from app.extract.lang.en.statement import Statement
from app.models.extraction import FoundDate, FoundHedge, HedgeKind, Span

_SCARE_WORDS = 4  # words in quotation marks inside a statement that are distance, not speech
_SAID_WITHIN = 60  # characters between a cue and the date of the saying
_COUNTED = frozenset({"approximation"})


def hedges(reading: Reading, statement: Statement) -> tuple[FoundHedge, ...]:
    found = [
        *statement.hedges,
        *_of_cue(reading, statement),
        *_hedging_words(reading, statement),
        *_scare_quotes(reading, statement),
    ]
    return tuple(sorted(set(found), key=lambda h: (h.start, h.end, h.kind)))


def _of_cue(reading: Reading, statement: Statement) -> list[FoundHedge]:
    tokens = reading.tokens
    if statement.nobody and statement.speaker:
        first, last = statement.speaker
        return [FoundHedge(tokens[first].start, tokens[last - 1].end, "unnamed_source", "author")]
    if statement.cue is None:
        return []
    first, last = statement.cue
    if statement.rule == "describes_as" and statement.speaker:
        first = statement.speaker[0] - (tokens[statement.speaker[0] - 1].low == "what")
    elif statement.lemma not in words.cue_words("distancing", "lemmas"):
        return []
    return [FoundHedge(tokens[first].start, tokens[last - 1].end, "distancing", "author")]


def _hedging_words(reading: Reading, statement: Statement) -> list[FoundHedge]:
    tokens, found = reading.tokens, []
    for i in range(*statement.content):
        kind = words.hedge_words().get(tokens[i].low)
        if (
            kind is None
            or (kind in _COUNTED and not _counts(reading, i + 1))
            or (tokens[i].is_capital and i > statement.content[0])
        ):
            continue
        by_author = kind in ("distancing", "doubt") and reading.quotation_at(tokens[i].start) is None
        hedge: HedgeKind = kind  # type: ignore[assignment]
        found.append(FoundHedge(tokens[i].start, tokens[i].end, hedge, "author" if by_author else "speaker"))
    return found


def _counts(reading: Reading, at: int) -> bool:
    if at >= len(reading.tokens):
        return False
    token = reading.tokens[at]
    return token.text[0].isdecimal() or token.low in words.numbers("numbers")


def _scare_quotes(reading: Reading, statement: Statement) -> list[FoundHedge]:
    tokens, found = reading.tokens, []
    if statement.kind == "direct":
        return []
    for i in range(*statement.content):
        if tokens[i].text != '"':
            continue
        quotation = reading.quotation_at(tokens[i].start)
        if quotation is not None and quotation.start == tokens[i].start and quotation.end <= statement.span.end:
            inside = sum(t.is_word for t in tokens[i : reading.token_at(quotation.end)])
            if inside <= _SCARE_WORDS:
                found.append(FoundHedge(quotation.start, quotation.end, "scare_quotes", "author"))
    return found


def negated(reading: Reading, statement: Statement) -> bool:
    """Whether the main clause denies: a negation before its first comma or subordinate clause; "denied that" turns it round."""
    tokens, found = reading.tokens, False
    first, last = statement.content
    for i in range(first, last):
        low = tokens[i].low
        if i > first + 1 and (low in words.grammar("subordinators") - {"to"} or low in (",", ";")):
            break
        if low in words.negations() or low.endswith("n't"):
            found = True
            break
    return found != (statement.lemma == "deny")


def about(statement: Statement, dates: list[FoundDate], nearby: range) -> tuple[int, ...]:
    """The dates that stand inside the statement's words."""
    return tuple(i for i in nearby if statement.span.start <= dates[i].start and dates[i].end <= statement.span.end)


def _set_off(reading: Reading, statement: Statement, date_start: int) -> bool:
    """Whether a date before the cue stands between the speaker and the verb, behind a comma: "Quarrie, who left in 2021, said"."""
    if statement.speaker is None or statement.cue is None or date_start < reading.tokens[statement.speaker[0]].start:
        return False
    between = reading.tokens[statement.speaker[1] : statement.cue[0]]
    return any(t.text == "," for t in between)


def said(reading: Reading, statement: Statement, dates: list[FoundDate], nearby: range, taken: list[Span]) -> int | None:
    """The date nearest to the cue, in its sentence and in no statement's words."""
    if statement.cue is None:
        return None
    start, end = reading.tokens[statement.cue[0]].start, reading.tokens[statement.cue[1] - 1].end
    if statement.rule == "cue_object":
        end = statement.span.end  # "declared victory in 2017": the date stands behind what was declared
    best: tuple[int, int] | None = None
    for i in nearby:
        date = dates[i]
        if date.precision in ("duration", "set") or any(t.start < date.end and date.start < t.end for t in taken):
            continue
        if date.end <= start and _set_off(reading, statement, date.start):
            continue
        distance = min(abs(date.start - end), abs(start - date.end))
        if distance <= _SAID_WITHIN and (best is None or distance < best[0]):
            best = distance, i
    return best[1] if best else None
