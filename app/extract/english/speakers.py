"""Who speaks: from the words that stand as a claim's source to parties and their entities."""

from bisect import bisect_left

from app.extract.english import words
from app.extract.english.reading import Reading
from app.folding import name_key
from app.models.extraction import FoundEntity, FoundMention, FoundParty, Span, SpeakerKind


class Cast:
    """The entities of a text by place, and who spoke last: what a pronoun or a surname is resolved by."""

    def __init__(self, reading: Reading, entities: list[FoundEntity]) -> None:
        self.reading, self.entities = reading, entities
        self.places = sorted((m.start, m.end, i, m.kind) for i, e in enumerate(entities) for m in e.mentions)
        self._starts = [p[0] for p in self.places]
        self._by_office = _by_office(entities)
        self._last_person: int | None = None
        self._read = 0  # of `places`: those before are behind the current sentence

    def inside(self, span: Span) -> list[tuple[int, int, int, str]]:
        """(start, end, entity, kind) of the mentions that lie inside."""
        first, last = bisect_left(self._starts, span.start), bisect_left(self._starts, span.end)
        return [p for p in self.places[first:last] if p[1] <= span.end]

    def meet(self, before: int) -> None:
        """Take notice of the people named before this offset; the last one is whom "he" means, unless someone spoke since."""
        while self._read < len(self.places) and self.places[self._read][0] < before:
            entity = self.places[self._read][2]
            if self.entities[entity].type == "person":
                self._last_person = entity
            self._read += 1

    def spoke(self, parties: tuple[FoundParty, ...]) -> None:
        if len(parties) == 1 and parties[0].entity is not None and self.entities[parties[0].entity].type == "person":
            self._last_person = parties[0].entity

    def parties(self, source: Span) -> tuple[FoundParty, ...]:
        low = self.reading.view[source.start : source.end].lower()
        if low in words.cue_words("speakers", "pronouns"):
            entity = self._last_person if low in ("he", "she") else None
            return (FoundParty("named" if entity is not None else "unnamed", source, entity),)
        office = self._by_office.get(words.offices().get(low.removeprefix("the "), low.removeprefix("the ")))
        if office is not None:
            return (FoundParty("named", source, office),)
        people = [p for p in self.inside(source) if self.entities[p[2]].type == "person"]
        if len({p[2] for p in people}) > 1 and " and " in low:
            return self._joint(source, people)
        return (self._one(source, low, people),)

    def _joint(self, source: Span, people: list[tuple[int, int, int, str]]) -> tuple[FoundParty, ...]:
        """Each speaker with the words from the end of the one before."""
        parties, start = [], source.start
        for _, end, entity, _ in people:
            lead = self.reading.view[start:end]
            start += len(lead) - len(lead.lstrip(" ,"))
            start += 4 if self.reading.view[start : start + 4] == "and " else 0
            parties.append(FoundParty("named", Span(start, end), entity))
            start = end
        return tuple(parties)

    def _one(self, source: Span, low: str, people: list[tuple[int, int, int, str]]) -> FoundParty:
        if people:
            return FoundParty("named", source, people[-1][2])
        kind = _kind_of_words(low.split()[-1:])
        names = [p for p in self.inside(source) if p[3] != "demonym"]
        at_end = [p for p in names if p[1] >= source.end - 2]
        if kind is not None and not at_end:
            return FoundParty(kind, source, None)
        if at_end and not _kind_of_words(low.split()[:-1]):
            return FoundParty("named", source, max(at_end, key=lambda p: p[1] - p[0])[2])
        return FoundParty(kind or _kind_of_words(low.split()) or "unnamed", source, None)


def _kind_of_words(found: list[str]) -> SpeakerKind | None:
    if set(found) & (words.cue_words("speakers", "collective") | words.cue_words("nouns", "attributing")):
        return "collective"
    return "unnamed" if set(found) & words.cue_words("speakers", "unnamed") else None


def _by_office(entities: list[FoundEntity]) -> dict[str, int]:
    """Office → the person who holds it in this text; one of a former holder counts only when there is no other."""
    found: dict[str, int] = {}
    offices = set(words.offices().values())
    for former in (False, True):
        for index, entity in enumerate(entities):
            role = name_key(entity.role or "").split()
            if bool({"then", "former", "ex", "late"} & set(role)) == former:
                for length in (1, 2):
                    office = " ".join(role[-length:])
                    if office in offices:
                        found.setdefault(office, index)
    return found


def with_titles(reading: Reading, entities: list[FoundEntity]) -> list[FoundEntity]:
    """An office that opens a headline and stands for its holder ("PM: …") is a mention of the person."""
    holders = _by_office(entities)
    for sentence in reading.sentences[:3]:
        tokens = reading.tokens[sentence.first : sentence.first + 3]
        colon = next((i for i, t in enumerate(tokens) if t.text == ":"), None)
        if not sentence.heading or not colon:
            continue
        office = words.offices().get(" ".join(t.low for t in tokens[:colon]))
        holder = holders.get(office or "")
        if holder is not None:
            entities[holder] = _mentioned(entities[holder], FoundMention(tokens[0].start, tokens[colon - 1].end, "title"))
    return entities


def _mentioned(entity: FoundEntity, mention: FoundMention) -> FoundEntity:
    mentions = tuple(sorted((mention, *entity.mentions), key=lambda m: (m.start, -m.end)))
    return FoundEntity(entity.type, entity.names, mentions, entity.role)
