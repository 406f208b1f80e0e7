"""From sentences to claims.

1. In each sentence every cue is tried against its verb's frames, the surest first; what lies inside a claim found before is left.
2. A quotation that fills a sentence and has no cue belongs to the one who spoke just before.
3. Speakers are resolved in text order, so that "he" and "adding that" find the one who spoke last.
4. Subjects, dates, hedges and denial are read off the content.
"""

from app.extract.english import frames, hedges, openings, words
from app.extract.english.frames import Draft, Scene
from app.extract.english.mentions import Mention
from app.extract.english.reading import Reading, Sentence
from app.extract.english.speakers import Cast
from app.models.extraction import ClaimKind, FoundClaim, FoundDate, FoundEntity, FoundParty, Span

_MOST_CUES = 12  # in a sentence; more is a list, not speech
_MOST_PER_SENTENCE = 6


def find(reading: Reading, mentions: list[Mention], entities: list[FoundEntity], dates: list[FoundDate]) -> list[FoundClaim]:
    """In text order."""
    scene = Scene(reading, dates, {m.last: m for m in mentions})
    maker = _Maker(reading, entities, dates)
    for sentence in reading.sentences:
        drafts = _chosen(_drafts(scene, sentence))
        for draft in drafts or _free_quotation(reading, sentence):
            maker.add(draft)
    return sorted(dict.fromkeys(maker.claims), key=lambda c: (c.start, c.end))


def _drafts(scene: Scene, sentence: Sentence) -> list[Draft]:
    found = list(openings.find(scene, sentence))
    nouns = [draft.cue for draft in found]  # "reports" in “there are reports that” is no verb
    verbs = words.cue_verbs()
    cues = [i for i in range(sentence.first, sentence.last) if scene.reading.tokens[i].low in verbs][:_MOST_CUES]
    for cue in cues:
        verb = verbs[scene.reading.tokens[cue].low]
        token = scene.reading.tokens[cue]
        taken = scene.quoted(cue) or token.is_capital or any(n.start <= token.start < n.end for n in nouns)
        drafted = None if taken else _by_frames(scene, sentence, cue, verb)
        if drafted:
            found.append(drafted)
    return found


def _by_frames(scene: Scene, sentence: Sentence, cue: int, verb: words.Verb) -> Draft | None:
    frames_ = verb.frames
    drafted = None
    if frames_ & {"that", "told"}:
        drafted = frames.cue_that(scene, sentence, cue, verb.lemma)
    if drafted is None and "quote" in frames_:
        drafted = frames.cue_before_quote(scene, sentence, cue, verb.lemma)
    if drafted is None and "trail" in frames_ and not verb.participle:
        drafted = frames.trailing(scene, sentence, cue, verb.lemma)
    if drafted is None and frames_ & {"bare", "clause"}:
        drafted = frames.cue_bare(scene, sentence, cue, verb.lemma, "bare" in frames_)
    if drafted is None and "object" in frames_ and not verb.participle:
        drafted = frames.nominal_object(scene, sentence, cue, verb.lemma)
    return drafted


def _chosen(drafts: list[Draft]) -> list[Draft]:
    """Of two that overlap the one found by the surer rule; what is said inside another's words is not taken apart."""
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda d: (-frames.CONFIDENCE[d.rule], d.cue.start)):
        if not any(_clash(draft, k) for k in kept) and len(kept) < _MOST_PER_SENTENCE:
            kept.append(draft)
    return sorted(kept, key=lambda d: d.cue.start)


def _clash(one: Draft, other: Draft) -> bool:
    overlap = one.start < other.end and other.start < one.end
    return overlap or other.start <= one.cue.start < other.end or one.start <= other.cue.start < one.end


def _free_quotation(reading: Reading, sentence: Sentence) -> list[Draft]:
    quotation = reading.quotation_at(sentence.start)
    if (
        quotation is None
        or quotation.start != sentence.start
        or quotation.end < sentence.end - 1
        or sentence.last - sentence.first < 6
    ):
        return []
    return [
        Draft(quotation.start, quotation.end, Span(quotation.start, quotation.start + 1), None, "carried_quote", sentence, True)
    ]


class _Maker:
    """Turns drafts to claims in text order, and keeps who spoke last."""

    def __init__(self, reading: Reading, entities: list[FoundEntity], dates: list[FoundDate]) -> None:
        self.reading, self.dates = reading, dates
        self.cast = Cast(reading, entities)
        self.claims: list[FoundClaim] = []
        self._last: tuple[Draft, tuple[FoundParty, ...]] | None = None

    def add(self, draft: Draft) -> None:
        speakers = self._speakers(draft)
        if not speakers:
            return
        self._last = draft, speakers
        self.cast.spoke(speakers)
        kind = _kind(self.reading, draft)
        weak = next((p.span for p in speakers if p.entity is None and not _is_pronoun(self.reading, p)), None)
        about, said = self._times(draft)
        self.claims.append(
            FoundClaim(
                draft.start, draft.end, kind, None if draft.rule == "carried_quote" else draft.cue, speakers, self._subjects(draft), draft.rule,
                frames.CONFIDENCE[draft.rule], hedges.find(self.reading, draft, kind, weak), about, said, hedges.is_negated(self.reading, draft),
            )
        )  # fmt: skip

    def _speakers(self, draft: Draft) -> tuple[FoundParty, ...]:
        source = draft.source
        if source is not None:
            self.cast.meet(draft.sentence.start if draft.sentence.start <= source.start else source.start)
            return self.cast.parties(source)
        last = self._last
        if last and draft.sentence.paragraph - last[0].sentence.paragraph <= (1 if draft.rule == "carried_quote" else 0):
            near = last[0].sentence is draft.sentence or draft.rule == "carried_quote"
            if near:
                return last[1]
        return () if draft.rule == "carried_quote" else self._sentence_subject(draft)

    def _sentence_subject(self, draft: Draft) -> tuple[FoundParty, ...]:
        """Of “Smith refused, saying that …”: the first pronoun or name of the sentence."""
        opening = self.reading.tokens[draft.sentence.first]
        if opening.low in words.cue_words("speakers", "pronouns"):
            self.cast.meet(draft.sentence.start)
            return self.cast.parties(Span(opening.start, opening.end))
        named = [p for p in self.cast.inside(Span(draft.sentence.start, draft.cue.start)) if p[3] != "demonym"]
        people = [p for p in named if self.cast.entities[p[2]].type == "person"]
        return tuple(FoundParty("named", Span(start, end), entity) for start, end, entity, _ in (people or named)[:1])

    def _subjects(self, draft: Draft) -> tuple[FoundParty, ...]:
        first: dict[int, Span] = {}
        for start, end, entity, _ in self.cast.inside(Span(draft.start, draft.end)):
            first.setdefault(entity, Span(start, end))
        return tuple(FoundParty("named", span, entity) for entity, span in first.items())

    def _times(self, draft: Draft) -> tuple[tuple[int, ...], int | None]:
        about = [i for i, d in enumerate(self.dates) if draft.start <= d.start and d.end <= draft.end]
        between = draft.said_between
        within = [i for i, d in enumerate(self.dates) if between and between.start <= d.start and d.end <= between.end]
        said = next((i for i in within if i not in about), None)
        if said is not None and draft.rule == "nominal_object":  # what was declared in December 2017 also was so then
            about = sorted([*about, said])
        return tuple(about), said


def _is_pronoun(reading: Reading, party: FoundParty) -> bool:
    return party.span is not None and reading.view[party.span.start : party.span.end].lower() in words.cue_words(
        "speakers", "pronouns"
    )


def _kind(reading: Reading, draft: Draft) -> ClaimKind:
    first = reading.quotation_at(draft.start)
    if first and first.start == draft.start and first.end >= draft.end - 1:
        return "direct"
    quoted = any(reading.tokens[i].text == '"' for i in range(reading.token_at(draft.start), reading.token_at(draft.end)))
    return "mixed" if quoted else "indirect"
