"""From what the model told to what the text bears out: every word that is kept stands in the text, at the place that is given."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.extract import lang
from app.extract.lang.en import dateline, dates, entities, given, mentions, reading, told
from app.extract.lang.en.given import Analysis, GivenName
from app.extract.lang.en.reading import Reading
from app.extract.lang.en.told import Qualified, Told
from app.extract.llm.answers import Answer
from app.extract.llm.cast import Cast
from app.extract.llm.finding import Finder
from app.extract.llm.prompt import ToldClaim
from app.extract.naming import clustered
from app.models.extraction import Extraction, FoundClaim, FoundDate, FoundEntity, Span

CONFIDENCE = 0.7  # of every claim; not measured, since it depends on the model
FARTHEST = 500  # characters between a claim and the words that say who made it
# Invented words are counted and never repeated: whoever makes the model invent them shall not have them shown to anybody.
_LOST = {
    "claims": "claims of the model that were dropped: {}; their words do not stand in the text",
    "names": "names of the model that were dropped: {}; they do not stand in the text",
    "parts": "speakers or attributing words of the model that were dropped: {}; they do not stand near their claim",
    "unusable": "entries of the model that were dropped: {}; they are not of the shape that was asked for",
    "cut": "answers of the model that broke off: {}; claims may be missing",
    "unread": "pieces of the text that were not read: {}; the model did not answer with the JSON that was asked for",
}
ENGLISH_ONLY = "dates, hedges and negations are found in English only, which this text is not"

Parts = Sequence[tuple[Span, Answer]]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A claim of the model and the places of its words."""

    claim: ToldClaim
    at: Told


def extraction(name: str, text: str, published: date | None, parts: Parts, warnings: list[str]) -> Extraction:
    """`parts` are stretches of the text in order, each with what the model said about it."""
    read, lost = reading.read(text), Counter[str]()
    line = dateline.find(read)
    found_dates = dates.find(read, line, published)
    english = lang.of(text) == "en"
    names = _names(text, parts, lost)
    cast = Cast(text, _clustered(read, found_dates, names) if english else clustered(text, names))
    by_place = {(one.at.content.start, one.at.content.end): one for one in _placed(read, parts, lost)}
    placed = [by_place[place] for place in sorted(by_place)]
    qualified = told.qualified(read, found_dates, [one.at for one in placed])
    claims = tuple(_claim(cast, one, its, english) for one, its in zip(placed, qualified, strict=True))
    dropped = [*_warnings(lost, [answer for _, answer in parts]), *([] if english else [ENGLISH_ONLY])]
    return Extraction(name, cast.entities(), tuple(found_dates), claims, dateline.dated(line, found_dates), (*warnings, *dropped))


def _warnings(lost: Counter[str], answers: list[Answer]) -> list[str]:
    for answer in answers:
        lost.update(unusable=answer.unusable, cut=int(answer.cut_off), unread=int(not answer.readable))
    return [sentence.format(lost[key]) for key, sentence in _LOST.items() if lost[key]]


def _names(text: str, parts: Parts, lost: Counter[str]) -> list[GivenName]:
    """Every place of every name in the whole text; of two that overlap the longer, as in "Bank of Kelvar"."""
    finder, found = Finder(text), dict[tuple[int, int], GivenName]()
    for name in {name.name: name for _, answer in parts for name in answer.names}.values():
        places = finder.places(name.name)
        lost["names"] += not places
        for place in places:
            found.setdefault((place.start, -place.end), GivenName(place.start, place.end, name.type))
    kept: list[GivenName] = []
    for _, one in sorted(found.items()):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _clustered(read: Reading, found_dates: list[FoundDate], names: list[GivenName]) -> list[FoundEntity]:
    return entities.finished(read, entities.gather(read, given.names(read, mentions.find(read, found_dates), Analysis(names))))


def _placed(read: Reading, parts: Parts, lost: Counter[str]) -> Iterator[_Placed]:
    for part, answer in parts:
        finder, taken = Finder(read.text[part.start : part.end], part.start), list[Span]()
        for claim in answer.claims:
            found = finder.best(claim.quote, claim.before, taken)
            content = found and _whole(read, found)
            if found is None or content is None:
                lost["claims"] += 1
                continue
            taken.append(found)
            cue, speaker = (_near(finder, words, content, lost) for words in (claim.cue, claim.speaker))
            yield _Placed(claim, Told(content, cue, speaker))


def _near(finder: Finder, words: str | None, content: Span, lost: Counter[str]) -> Span | None:
    if not words:
        return None
    found = finder.nearest(words, content)
    if found is None or max(found.start - content.end, content.start - found.end) > FARTHEST:
        lost["parts"] += 1
        return None
    return found


def _whole(read: Reading, found: Span) -> Span | None:
    """With the marks when it is all that stands between them; else without a leading "that" and what ends a sentence."""
    text, start, end = read.text, found.start, found.end
    quotation = read.quotation_at(start)
    if quotation is not None and end <= quotation.end:
        around = text[quotation.start : start] + text[end : quotation.end]
        if not any(c.isalnum() for c in around):
            return quotation
    start += len("that ") if text[start : start + 5].lower() == "that " else 0
    while end > start and text[end - 1] in " \n.,;:…":
        end -= 1
    return Span(start, end) if given.tokens_of(read, start, end) is not None else None


def _claim(cast: Cast, placed: _Placed, its: Qualified, english: bool) -> FoundClaim:
    content = placed.at.content
    speaker = cast.speaker(placed.at.speaker, placed.claim.speaker_name, quoted=its.kind != "indirect" or placed.at.cue is not None)
    claim = FoundClaim(
        start=content.start,
        end=content.end,
        kind="narrated" if speaker.kind == "author" else its.kind,
        cue=placed.at.cue,
        speakers=(speaker,),
        subjects=cast.subjects(content, placed.claim.subjects, speaker.entity),
        rule="llm",
        confidence=CONFIDENCE,
    )
    return replace(claim, hedges=its.hedges, dates=its.dates, said=its.said, negated=its.negated) if english else claim
