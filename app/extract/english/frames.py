"""The ways in which English attributes words to someone: each finds the content, the cue and the speaker's words.

Every frame looks from one cue token and answers a draft or None; `CONFIDENCE` is the share of its finds that were right when
measured on annotated news.
"""

from dataclasses import dataclass

from app.extract.english import phrases, words
from app.extract.english.mentions import Mention
from app.extract.english.reading import Reading, Sentence
from app.models.extraction import FoundDate, Span

CONFIDENCE = {
    "quote_and_cue": 0.99, "cue_before_quote": 0.9, "according_to": 0.91, "cue_that": 0.8, "cue_bare": 0.75, "trailing_said": 0.51,
    "carried_quote": 0.63, "adding_that": 0.75, "noun_cue": 0.7, "headline_colon": 0.7, "describes_as": 0.8, "nominal_object": 0.6,
    "cue_to": 0.6,
}  # fmt: skip
_REACH = 14  # tokens between a cue and its "that": “declared on the steps of the palace in July 2021 that”


@dataclass(frozen=True, slots=True)
class Draft:
    start: int
    end: int
    cue: Span
    source: Span | None
    rule: str
    sentence: Sentence
    carried: bool = False  # the speaker is the one of the claim before, or the sentence's subject
    lemma: str = ""
    said_between: Span | None = None  # where the date of the saying may stand


@dataclass(slots=True)
class Scene:
    """What the frames look at."""

    reading: Reading
    dates: list[FoundDate]
    mentions_by_last: dict[int, Mention]

    def quoted(self, token: int) -> bool:
        return self.reading.quotation_at(self.reading.tokens[token].start) is not None


def sentence_end(reading: Reading, sentence: Sentence, first: int) -> int:
    """Offset where content that starts at token `first` ends: the next participle cue or “according to”, else the full stop."""
    tokens = reading.tokens
    for at in range(first + 1, sentence.last - 1):
        if tokens[at].text == "," and reading.quotation_at(tokens[at].start) is None:
            verb = words.cue_verbs().get(tokens[at + 1].low)
            if (verb and verb.participle) or (tokens[at + 1].low == "according"):
                return tokens[at - 1].end
    return _without_stop(reading, sentence, first)


def _without_stop(reading: Reading, sentence: Sentence, first: int) -> int:
    last = sentence.last
    while last - 1 > first and reading.tokens[last - 1].text in ".,;:":
        last -= 1
    return reading.tokens[last - 1].end


def cue_that(scene: Scene, sentence: Sentence, cue: int, lemma: str) -> Draft | None:
    tokens = scene.reading.tokens
    for at in range(cue + 1, min(sentence.last - 1, cue + 1 + _REACH)):
        if tokens[at].low == "that" and not scene.quoted(at):
            if at > cue + 1 and not _adjunct(tokens[cue + 1].low) and "told" not in words.cue_verbs()[tokens[cue].low].frames:
                return None
            return _draft(scene, sentence, cue, at + 1, "cue_that", lemma, between=at)
        if tokens[at].text in ',;:"' or tokens[at].low in words.cue_verbs():
            return None
    return None


def _adjunct(low: str) -> bool:
    """Whether this can follow a verb of speech before its "that": “declared in July”, “said on Monday”, “said quietly”."""
    closed = words.grammar("prepositions") | words.grammar("adverbs") | {"today", "last", "this"}
    return low in closed or low.endswith(("ly", "day"))


def _draft(
    scene: Scene, sentence: Sentence, cue: int, first: int, rule: str, lemma: str, between: int | None = None
) -> Draft | None:
    reading, tokens = scene.reading, scene.reading.tokens
    if first >= sentence.last:
        return None
    end = sentence_end(reading, sentence, first)
    source = phrases.before(reading, sentence, cue, scene.mentions_by_last)
    said = Span(tokens[cue].start, tokens[between].start) if between else None
    start = tokens[first].start
    cue_start = _cue_start(reading, sentence, cue)
    return (
        Draft(start, end, Span(cue_start, tokens[cue].end), source, rule, sentence, source is None, lemma, said)
        if start < end
        else None
    )


def _cue_start(reading: Reading, sentence: Sentence, cue: int) -> int:
    """The auxiliaries before it belong to the cue: “has reiterated”."""
    while cue > sentence.first and reading.tokens[cue - 1].low in words.grammar("auxiliaries"):
        cue -= 1
    return reading.tokens[cue].start


def cue_before_quote(scene: Scene, sentence: Sentence, cue: int, lemma: str) -> Draft | None:
    """said, “…” and told the paper: “…”"""
    tokens = scene.reading.tokens
    for at in range(cue + 1, min(sentence.last, cue + 8)):
        if tokens[at].text == '"':
            quotation = scene.reading.quotation_at(tokens[at].start)
            if quotation is None or quotation.start != tokens[at].start:
                return None
            drafted = _draft(scene, sentence, cue, at, "cue_before_quote", lemma, between=at)
            closed = scene.reading.view[quotation.end - 2 : quotation.end - 1] in ".,!?" and quotation.end < sentence.end
            return _ending(drafted, quotation.end) if drafted and (closed or drafted.end < quotation.end) else drafted
        if (
            tokens[at].text in ";."
            or tokens[at].low in words.cue_verbs()
            or (tokens[at].text == "," and at > cue + 1 and tokens[at + 1 : at + 2] and tokens[at + 1].text != '"')
        ):
            return None
    return None


def _ending(draft: Draft, end: int) -> Draft:
    return Draft(
        draft.start, end, draft.cue, draft.source, draft.rule, draft.sentence, draft.carried, draft.lemma, draft.said_between
    )


def trailing(scene: Scene, sentence: Sentence, cue: int, lemma: str) -> Draft | None:
    """“…,” X said. and …, said X. The content is what stands before in the sentence."""
    reading, tokens = scene.reading, scene.reading.tokens
    following = tokens[cue + 1] if cue + 1 < sentence.last else None
    ends_here = (
        following is None
        or following.text in '.,;:"'
        or following.low in words.grammar("after_trailing")
        or _adjunct(following.low)
    )
    source = phrases.before(reading, sentence, cue, scene.mentions_by_last) if ends_here else None
    border = reading.token_at(source.start) if source else reading.token_at(_cue_start(reading, sentence, cue))
    if source is None:
        if tokens[border - 1].text not in ',"' or border == sentence.first:
            return None
        source = phrases.after(reading, sentence, cue)
    if source is None or border <= sentence.first + 1 or tokens[border - 1].text not in ',"?!':
        return None
    last = border - 1 if tokens[border - 1].text == '"' else border - 2
    first = sentence.first
    span_end = tokens[last].end
    if (
        (last - first < 2
        and tokens[last].text != '"')
        or (tokens[first].low in ("in", "on", "at", "after")
        and tokens[last].text != '"'
        and last - first < 6)
    ):
        return None  # “On Monday, he said …”: an adverbial is no content
    rule = "quote_and_cue" if tokens[last].text == '"' else "trailing_said"
    return Draft(
        tokens[first].start,
        span_end,
        Span(_cue_start(reading, sentence, cue), tokens[cue].end),
        source,
        rule,
        sentence,
        False,
        lemma,
        Span(tokens[cue].start, sentence.end),
    )


def cue_bare(scene: Scene, sentence: Sentence, cue: int, lemma: str, sure: bool) -> Draft | None:
    """said the sea rose. Verbs that also take plain objects need a finite verb soon after."""
    tokens = scene.reading.tokens
    first = cue + 1
    while first < sentence.last - 1 and (tokens[first].low.endswith("day") or tokens[first].low in ("today", "yesterday")):
        first += 1
    if first >= sentence.last - 1 or not _begins_clause(tokens[first].text, tokens[first].low):
        return None
    if not (sure and tokens[first].low in words.grammar("subject_pronouns")) and not _has_finite(scene, sentence, first + 1):
        return None
    drafted = _draft(scene, sentence, cue, first, "cue_bare", lemma, between=first)
    return drafted if drafted and not drafted.carried else None


def _begins_clause(text: str, low: str) -> bool:
    opens = words.grammar("subject_pronouns") | words.grammar("determiners")
    return (
        low in opens
        or text[0].isupper()
        or text[0].isdigit()
        or (low.endswith("s") and low.isalpha() and low not in words.common())
    )


def _has_finite(scene: Scene, sentence: Sentence, first: int) -> bool:
    for token in scene.reading.tokens[first : min(sentence.last, first + 14)]:
        if token.low in words.grammar("finite") or (token.low.endswith("ed") and len(token.low) > 4):
            return True
        if token.text in ";:":
            return False
    return False


def nominal_object(scene: Scene, sentence: Sentence, cue: int, lemma: str) -> Draft | None:
    """declared victory over the group | in December 2017"""
    tokens, first = scene.reading.tokens, cue + 1
    if first >= sentence.last or not tokens[first].is_word or tokens[first].low in words.common() - words.grammar("determiners"):
        return None
    stop = first
    while (
        stop < sentence.last
        and tokens[stop].text not in ',;:.?!"—('
        and (stop == first or tokens[stop].low not in words.grammar("closes_object"))
    ):
        stop += 1
    source = phrases.before(scene.reading, sentence, cue, scene.mentions_by_last)
    if source is None or stop == first or stop - first > 15:
        return None
    end = tokens[stop - 1].end
    return Draft(
        tokens[first].start,
        end,
        Span(tokens[cue].start, tokens[cue].end),
        source,
        "nominal_object",
        sentence,
        False,
        lemma,
        Span(end, min(sentence.end, end + 60)),
    )
