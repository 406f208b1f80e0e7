"""Whom and what a statement is about: everything that its words name, also by a common noun or a pronoun where that is safe."""

from bisect import bisect_left

from app.extract.lang.en.entities import Cast
from app.extract.lang.en.reading import Reading
from app.extract.lang.en.statement import Statement
from app.models.extraction import FoundMention, FoundParty, Span

_GENDER = {"he": "he", "his": "he", "she": "she", "her": "she"}


class Subjects:
    """`gender` says which pronoun has stood for an entity so far; the linker of speakers fills it as it goes."""

    def __init__(self, reading: Reading, cast: Cast, spoken_of: list[tuple[FoundMention, int]], gender: dict[int, str]) -> None:
        self._reading, self._cast, self._gender = reading, cast, gender
        named = [(m.start, m.end, cast.of[i]) for i, m in enumerate(cast.mentions) if i in cast.of]
        named += [(m.start, m.end, entity) for m, entity in spoken_of]
        self._all = sorted(named)

    def of(self, statement: Statement, speakers: tuple[FoundParty, ...]) -> tuple[FoundParty, ...]:
        """In text order, each once at its first mention. A speaker is a subject only where the words name him again."""
        first: dict[int, Span] = {}
        for part in statement.spans:
            for start, end, entity in self.within(part.start, part.end):
                first.setdefault(entity, Span(start, end))
        for entity, span in self._by_pronoun(statement, speakers).items():
            first.setdefault(entity, span)
        return parties(first)

    def within(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Mentions wholly inside a range of characters, with their entities."""
        at, found = bisect_left(self._all, (start,)), []
        while at < len(self._all) and self._all[at][0] < end:
            if self._all[at][1] <= end:
                found.append(self._all[at])
            at += 1
        return found

    def _by_pronoun(self, statement: Statement, speakers: tuple[FoundParty, ...]) -> dict[int, Span]:
        """The one speaker, where retold words open with "he" or "she" and this sentence and the one before name no other person."""
        speaker = speakers[0].entity if len(speakers) == 1 else None
        pronoun = self._reading.tokens[statement.content[0]]
        gender = _GENDER.get(pronoun.low)
        if gender is None or speaker is None or statement.kind == "direct" or self._cast.clusters[speaker].type != "person":
            return {}
        if self._gender.get(speaker, gender) != gender or self._other_person(statement.sentence, speaker):
            return {}
        return {speaker: Span(pronoun.start, pronoun.end)}

    def _other_person(self, sentence: int, speaker: int) -> bool:
        start, end = self._reading.sentences[max(0, sentence - 1)].start, self._reading.sentences[sentence].end
        here = {entity for _, _, entity in self.within(start, end)}
        return any(entity != speaker and self._cast.clusters[entity].type == "person" for entity in here)


def parties(first: dict[int, Span]) -> tuple[FoundParty, ...]:
    """Each entity at its place, in text order."""
    ordered = sorted(first.items(), key=lambda item: (item[1].start, item[1].end, item[0]))
    return tuple(FoundParty("named", span, entity) for entity, span in ordered)
