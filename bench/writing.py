"""One made-up article, word by word, so that the place of everything found in it is known while it is written."""

from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Literal

from app import edtf
from app.models.extraction import (
    ClaimKind,
    Extraction,
    FoundClaim,
    FoundDate,
    FoundEntity,
    FoundHedge,
    FoundMention,
    FoundParty,
    HedgeKind,
    Span,
    SpeakerKind,
)
from bench.vocabulary import NEIGHBOURS, Entities, Words

EXTRACTOR = "corpus/1"
DRAWN = 1.1  # words drawn from the vocabulary for each word asked for, of which five in six are used
_CUES = ("said", "told reporters", "announced", "added", "warned", "argued", "confirmed", "has reiterated")
_OTHERS: dict[SpeakerKind, tuple[str, ...]] = {
    "unnamed": ("officials", "a senior official", "a spokesman", "sources"),
    "collective": ("residents", "critics", "experts", "many observers"),
}
_HEDGES: tuple[tuple[str, HedgeKind, Literal["author", "speaker"]], ...] = (
    ("reportedly", "distancing", "author"),
    ("allegedly", "doubt", "author"),
    ("may", "modal", "speaker"),
    ("perhaps", "doubt", "speaker"),
)
_DATE_KINDS = ("day", "month", "year", "decade", "interval", "open")
_DATE_WEIGHTS = (35, 20, 20, 8, 9, 8)
_WORDS_OF_CLAIM, _WORDS_OF_NARRATION = 21, 13  # a sentence, on average; of these an article of so many words is made


def write(random: Random, words: Words, entities: Entities, length: int, day: date) -> tuple[str, Extraction]:
    """A text of about `length` words, a quarter of them in claims for each ten, as if it was written on that day."""
    claims = max(1, round(random.gauss(length / 40, length / 150)))
    narrated = max(0, (length - claims * _WORDS_OF_CLAIM) // _WORDS_OF_NARRATION)
    writing = _Writing(random, words.choose(random, round(length * DRAWN) + 100), entities, day)
    sentences = [True] * claims + [False] * narrated
    random.shuffle(sentences)
    for is_claim in sentences:
        writing.claim() if is_claim else writing.narration()
        writing.put("\n\n" if random.random() < 0.3 else " ")
    return writing.finished()


class _Writing:
    """A text that grows, and what has been put into it."""

    def __init__(self, random: Random, drawn: list[str], entities: Entities, day: date) -> None:
        self.random, self.drawn, self.entities, self.day = random, drawn, entities, day
        self.cast = entities.choose(random, 4)
        self.pieces: list[str] = []
        self.at = self.used = 0
        self.mentions: dict[int, list[FoundMention]] = {}
        self.number: dict[int, int] = {}  # of an entity, in the order in which the text names them first
        self.dates: list[FoundDate] = []
        self.claims: list[FoundClaim] = []

    def finished(self) -> tuple[str, Extraction]:
        types, names = self.entities.types, self.entities.names
        found = tuple(FoundEntity(types[rank], names[rank], tuple(places)) for rank, places in self.mentions.items())
        return "".join(self.pieces).rstrip(), Extraction(EXTRACTOR, found, tuple(self.dates), tuple(self.claims))

    def put(self, piece: str) -> Span:
        span = Span(self.at, self.at + len(piece))
        self.pieces.append(piece)
        self.at = span.end
        return span

    def some_words(self, least: int, most: int, *, opening: bool = False) -> None:
        begin = self.used
        self.used += least + int(self.random.random() * (most - least + 1))
        piece = " ".join(self.drawn[begin : self.used])
        self.put(piece[:1].upper() + piece[1:] if opening else piece)

    def narration(self) -> None:
        self.some_words(4, 9, opening=True)
        if self.random.random() < 0.3:
            self.put(" ")
            self.named(self.random.choice(self.cast))
        self.put(" ")
        self.some_words(3, 9)
        self.put(".")

    def named(self, rank: int) -> FoundParty:
        """The full name first, then any name or, of a person, a pronoun."""
        names, random = self.entities.names[rank], self.random
        is_pronoun = rank in self.mentions and self.entities.types[rank] == "person" and random.random() < 0.25
        name = names[0] if rank not in self.mentions else random.choice(names)
        span = self.put("she" if is_pronoun else name.text)
        self.number.setdefault(rank, len(self.number))
        self.mentions.setdefault(rank, []).append(FoundMention(span.start, span.end, "pronoun" if is_pronoun else "name"))
        return FoundParty("named", span, self.number[rank])

    def claim(self) -> None:
        random, lot = self.random, self.random.random()
        rank = random.choice(self.cast)
        if lot < 0.15:
            self.keep("narrated", (FoundParty("author", None, None),), None, self.content(rank))
        elif lot < 0.42:
            self.quoted(rank)
        else:
            speakers = (self.speaker(rank),)
            self.put(" ")
            cue, said = self.cue()
            self.put(" that ")
            content = self.content(rank)
            if is_mixed := lot > 0.85:
                self.put(" “")
                self.some_words(2, 5)
                content.end = self.put("”").end
            self.keep("mixed" if is_mixed else "indirect", speakers, cue, content, said)
        self.put("" if self.pieces[-1].endswith("”") and self.claims[-1].continued else ".")

    def quoted(self, rank: int) -> None:
        """“Its words,” she said; some go on behind that."""
        start = self.put("“").start
        content = self.content(rank)
        content.start, content.end = start, self.put(",”").end
        self.put(" ")
        speakers = (self.speaker(rank),)
        self.put(" ")
        cue, said = self.cue()
        if self.random.random() < 0.2:
            self.put(", ")
            opening = self.put("“").start
            self.some_words(3, 7)
            content.continued = (Span(opening, self.put(".”").end),)
        self.keep("direct", speakers, cue, content, said)

    def speaker(self, rank: int) -> FoundParty:
        if (lot := self.random.random()) < 0.75:
            return self.named(rank)
        kind: SpeakerKind = "unnamed" if lot < 0.9 else "collective"
        return FoundParty(kind, self.put(self.random.choice(_OTHERS[kind])), None)

    def cue(self) -> tuple[Span, int | None]:
        """The words of saying, and which date they give: mostly none, at times a day just before."""
        cue = self.put(self.random.choice(_CUES))
        if self.random.random() > 0.15:
            return cue, None
        self.put(" on ")
        day = self.day - timedelta(days=self.random.randint(1, 4))
        return cue, self.dated(f"{day:%A}", day.isoformat(), anchor="published")

    def content(self, rank: int) -> "_Content":
        """What is said: of one or two that the speaker is often named with, or that the article names."""
        random, content = self.random, _Content(self.at)
        self.some_words(2, 6, opening=True)
        for joined in (" ", " and ") if random.random() < 0.3 else (" ",):
            self.put(joined)
            content.subjects.append(self.named(self.subject(rank)))
        if random.random() < 0.2:
            self.put(" ")
            word, kind, by = random.choice(_HEDGES)
            span = self.put(word)
            content.hedges.append(FoundHedge(span.start, span.end, kind, by))
        if random.random() < 0.15:
            self.put(" not")
            content.negated = True
        self.put(" ")
        self.some_words(3, 8)
        for _ in range(0 if (lot := random.random()) > 0.6 else 2 if lot < 0.08 else 1):
            content.dates.append(self.date())
        content.end = self.at
        return content

    def subject(self, rank: int) -> int:
        if self.random.random() < 0.5:
            return self.random.choice(self.cast)
        return self.entities.neighbours[rank][int(NEIGHBOURS * self.random.random() ** 2)]

    def date(self) -> int:
        before, text, value = _date_words(self.random, self.day)
        self.put(before)
        return self.dated(text, value)

    def dated(self, text: str, value: str, anchor: str | None = None) -> int:
        span, when = self.put(text), _parsed(value)
        found = FoundDate(
            span.start, span.end, value, when.earliest, when.latest, when.precision, None, anchor, anchor is not None, value
        )
        self.dates.append(found)
        return len(self.dates) - 1

    def keep(
        self, kind: ClaimKind, speakers: tuple[FoundParty, ...], cue: Span | None, content: "_Content", said: int | None = None
    ) -> None:
        self.claims.append(
            FoundClaim(
                content.start,
                content.end,
                kind,
                cue,
                speakers,
                tuple(content.subjects),
                f"made.{kind}",
                self.random.choice((0.62, 0.8, 0.91)),
                tuple(content.hedges),
                tuple(content.dates),
                said,
                content.negated,
                content.continued,
            )
        )


class _Content:
    """The words of a claim: where they stand and what they hold."""

    def __init__(self, start: int) -> None:
        self.start, self.end = start, start
        self.subjects: list[FoundParty] = []
        self.hedges: list[FoundHedge] = []
        self.dates: list[int] = []
        self.continued: tuple[Span, ...] = ()
        self.negated = False


def _date_words(random: Random, day: date) -> tuple[str, str, str]:
    """What stands before it, the words, and their EDTF value: mostly days, months and years near the day of the article."""
    kind = random.choices(_DATE_KINDS, _DATE_WEIGHTS)[0]
    near = day + timedelta(days=random.randint(-12, 14) if kind == "day" else random.randint(-300, 120))
    year = day.year + random.randint(-6, 2)
    if kind == "day":
        return " on ", f"{near.day} {near:%B %Y}", near.isoformat()
    if kind == "month":
        return " in ", f"{near:%B %Y}", f"{near:%Y-%m}"
    if kind == "year":
        return " in ", str(year), str(year)
    if kind == "decade":
        decade = random.randint(190, 201)
        return " in ", f"the {decade}0s", f"{decade}X"
    if kind == "interval":
        return " ", f"from {year - 3} to {year}", f"{year - 3}/{year}"
    return " ", f"since {year}", f"{year}/.."


@lru_cache(maxsize=16_384)
def _parsed(value: str) -> edtf.PartialDate:
    return edtf.parse(value)
