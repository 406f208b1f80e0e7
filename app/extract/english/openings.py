"""Attributions that hang on no verb of speech: “according to”, reports that, what X describes as, and headlines with a colon."""

from collections.abc import Iterator
from functools import cache

from app.extract.english import phrases, words
from app.extract.english.frames import Draft, Scene, sentence_end
from app.extract.english.reading import Sentence
from app.models.extraction import Span

_THERE_ARE = frozenset({"there", "are", "is", "were", "was", "have", "has", "been"})
_LONGEST_TAG = 8  # tokens before the colon of a headline


def find(scene: Scene, sentence: Sentence) -> Iterator[Draft]:
    headline = headline_colon(scene, sentence)
    if headline:
        yield headline
    for at in range(sentence.first, sentence.last):
        low = scene.reading.tokens[at].low
        drafted = None
        if low == "according" and not scene.quoted(at):
            drafted = according_to(scene, sentence, at)
        elif low in words.cue_words("nouns", "attributing"):
            drafted = noun_cue(scene, sentence, at)
        elif low == "what" and not scene.quoted(at):
            drafted = describes_as(scene, sentence, at)
        if drafted:
            yield drafted


def headline_colon(scene: Scene, sentence: Sentence) -> Draft | None:
    tokens = scene.reading.tokens
    colon = next(
        (i for i in range(sentence.first, min(sentence.last, sentence.first + _LONGEST_TAG)) if tokens[i].text == ":"), None
    )
    if not sentence.heading or colon is None or colon in (sentence.first, sentence.last - 1) or sentence.last - colon < 4:
        return None
    if not _speaks(scene, sentence.first, colon):
        return None
    source = Span(tokens[sentence.first].start, tokens[colon - 1].end)
    cue = Span(tokens[colon].start, tokens[colon].end)
    return Draft(tokens[colon + 1].start, tokens[sentence.last - 1].end, cue, source, "headline_colon", sentence)


def _speaks(scene: Scene, first: int, colon: int) -> bool:
    """Whether what stands before the colon can speak: an office, a name, or the likes of "officials"."""
    low = " ".join(t.low for t in scene.reading.tokens[first:colon])
    unnamed = words.cue_words("speakers", "unnamed") | words.cue_words("speakers", "collective")
    return low in words.offices() or colon in scene.mentions_by_last or scene.reading.tokens[colon - 1].low in unnamed


def according_to(scene: Scene, sentence: Sentence, at: int) -> Draft | None:
    reading, tokens = scene.reading, scene.reading.tokens
    if at + 2 >= sentence.last or tokens[at + 1].low != "to":
        return None
    cue = Span(tokens[at].start, tokens[at + 1].end)
    stop = at + 2
    while stop < sentence.last and tokens[stop].text not in ',;."':
        stop += 1
    source = Span(tokens[at + 2].start, tokens[stop - 1].end) if stop > at + 2 else None
    if at == sentence.first:
        first = stop + 1
        if first >= sentence.last:
            return None
        start, end = tokens[first].start, sentence_end(reading, sentence, first)
    else:
        last = at - 2 if tokens[at - 1].text == "," else at - 1
        start, end = tokens[sentence.first].start, tokens[max(last, sentence.first)].end
    return Draft(start, end, cue, source, "according_to", sentence) if start < end else None


def noun_cue(scene: Scene, sentence: Sentence, at: int) -> Draft | None:
    """“There are various reports that …”, “rejected the group’s claim that …”"""
    tokens = scene.reading.tokens
    if at + 2 >= sentence.last or tokens[at + 1].low != "that" or scene.quoted(at):
        return None
    modifiers, first = words.cue_words("nouns", "modifiers"), at
    while first > max(sentence.first, at - 4) and tokens[first - 1].low in modifiers:
        first -= 1
    before = tokens[first - 1].low if first > sentence.first else ""
    if first == at and before not in _nouns_follow():
        return None  # “officials claim that”: a verb
    source = Span(tokens[first].start, tokens[at].end)
    if before == "'s":
        source = phrases.ending_at(scene.reading, sentence, first - 2, scene.mentions_by_last) or source
    cue_first = first
    while cue_first > sentence.first and tokens[cue_first - 1].low in _THERE_ARE:
        cue_first -= 1
    end = sentence_end(scene.reading, sentence, at + 2)
    return Draft(tokens[at + 2].start, end, Span(tokens[cue_first].start, tokens[at + 1].end), source, "noun_cue", sentence)


@cache
def _nouns_follow() -> frozenset[str]:
    return frozenset({"'s"}) | words.grammar("determiners") | words.grammar("prepositions") | words.grammar("auxiliaries")


def describes_as(scene: Scene, sentence: Sentence, at: int) -> Draft | None:
    """“what Washington describes as an ‘advisory’ mission”, “what he called a mistake”"""
    tokens = scene.reading.tokens
    verbs = words.cue_words("nouns", "describing")
    verb = next((i for i in range(at + 2, min(sentence.last - 1, at + 9)) if tokens[i].low in verbs), None)
    if verb is None:
        return None
    first = verb + 2 if tokens[verb + 1].low == "as" else verb + 1
    stop = first
    while stop < sentence.last and tokens[stop].text not in ",;.":
        stop += 1
    if stop <= first:
        return None
    start_of_source = at + 1
    end_of_source = verb
    while end_of_source > start_of_source + 1 and tokens[end_of_source - 1].low in words.grammar("auxiliaries"):
        end_of_source -= 1
    source = Span(tokens[start_of_source].start, tokens[end_of_source - 1].end)
    return Draft(
        tokens[first].start,
        tokens[stop - 1].end,
        Span(tokens[end_of_source].start, tokens[first - 1].end),
        source,
        "describes_as",
        sentence,
    )
