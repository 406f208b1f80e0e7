"""Who a phrase means: a name inside it, the person of an office, the last one whom a pronoun can stand for, or nobody by name."""

from bisect import bisect_left
from dataclasses import dataclass, field

from app.extract.lang.en import phrases, words
from app.extract.lang.en.entities import Cast
from app.extract.lang.en.offices import Offices
from app.extract.lang.en.reading import Reading
from app.extract.lang.en.statement import Statement, TokenRange
from app.models.extraction import FoundMention, FoundParty, MentionKind, Span, SpeakerKind

_LOOK_BACK = 4  # sentences in which a pronoun's person is sought
_SINGULAR = frozenset({"he", "she"})


@dataclass(slots=True)
class Linker:
    reading: Reading
    cast: Cast
    last: tuple[FoundParty, ...] = ()
    last_sentence: int = -1
    gender: dict[int, str] = field(default_factory=dict)
    _starts: list[int] = field(init=False)
    _offices: Offices = field(init=False)

    def __post_init__(self) -> None:
        self._offices = Offices(self.reading, self.cast)
        self._starts = [m.start for m in self.cast.mentions]

    def parties(self, statement: Statement) -> tuple[FoundParty, ...]:
        """The speakers of one statement; called in text order, since speakers are carried on."""
        found = self._parties(statement)
        self.last, self.last_sentence = found, statement.sentence
        return found

    def _parties(self, statement: Statement) -> tuple[FoundParty, ...]:
        if statement.speaker is None:
            return self._carried(statement)
        if statement.nobody:
            return (self._nobody(statement.speaker),)
        return tuple(self._party(part, statement.sentence) for part in self._parts(statement.speaker))

    def within(self, start: int, end: int) -> list[int]:
        """Places, in the list of mentions, of those that stand inside a range of characters."""
        at = bisect_left(self._starts, start)
        found = []
        while at < len(self._starts) and self._starts[at] < end:
            if self.cast.mentions[at].end <= end and at in self.cast.of:
                found.append(at)
            at += 1
        return found

    def _carried(self, statement: Statement) -> tuple[FoundParty, ...]:
        """The last speaker of this sentence; without one the sentence's subject, or for a quotation whoever spoke just before."""
        same = self.last_sentence == statement.sentence
        if self.last and (same or (statement.cue is None and statement.sentence - self.last_sentence <= 2)):
            return self.last
        sentence = self.reading.sentences[statement.sentence]
        before = statement.cue[0] if statement.cue else statement.content[0]
        opening = phrases.opening_subject(self.reading, sentence.first, before)
        if opening is None:
            return (FoundParty("unnamed", None, None),)
        return tuple(self._party(part, statement.sentence) for part in self._parts(opening))

    def _parts(self, phrase: TokenRange) -> list[TokenRange]:
        """Joint speakers apart: at an "and" between two phrases that each end in a name."""
        tokens = self.reading.tokens
        for i in range(phrase[0] + 1, phrase[1] - 1):
            if tokens[i].low == "and" and self._name_ending(phrase[0], i) is not None:
                rest = self._parts((i + 1, phrase[1]))
                if self._name_ending(*rest[-1]) is not None:
                    return [(phrase[0], i), *rest]
        return [phrase]

    def _party(self, phrase: TokenRange, sentence: int) -> FoundParty:
        tokens = self.reading.tokens
        span = Span(tokens[phrase[0]].start, tokens[phrase[1] - 1].end)
        low = tokens[phrase[0]].low
        if phrase[1] - phrase[0] == 1 and low in words.cue_words("speakers", "pronouns"):
            return self._pronoun(phrase[0], span, sentence)
        entity = self._entity(phrase)
        if entity is not None:
            return FoundParty("named", span, entity)
        return FoundParty(self._kind(phrase), span, None)

    def _nobody(self, phrase: TokenRange) -> FoundParty:
        tokens = self.reading.tokens
        kind: SpeakerKind = "collective" if tokens[phrase[1] - 1].low.endswith("s") else "unnamed"
        return FoundParty(kind, Span(tokens[phrase[0]].start, tokens[phrase[1] - 1].end), None)

    def _kind(self, phrase: TokenRange) -> SpeakerKind:
        lows = {t.low for t in self.reading.tokens[phrase[0] : phrase[1]]}
        return "collective" if lows & words.cue_words("speakers", "collective") else "unnamed"

    def _entity(self, phrase: TokenRange) -> int | None:
        """The entity that heads a phrase: the name before its first preposition, or the one whose office it gives."""
        first, last = self._head(phrase)
        place = self._name_ending(first, last)
        if place is not None:
            return self.cast.of[place]
        return self._by_office(first, last)

    def _head(self, phrase: TokenRange) -> TokenRange:
        tokens = self.reading.tokens
        inside = {i for p in self._names(phrase) for i in range(self.cast.mentions[p].first, self.cast.mentions[p].last)}
        for i in range(phrase[0] + 1, phrase[1]):
            if i not in inside and tokens[i].low in ("of", "for", "at", "from", "in", "with", "on"):
                return phrase[0], i
        return phrase

    def _names(self, phrase: TokenRange) -> list[int]:
        tokens = self.reading.tokens
        return self.within(tokens[phrase[0]].start, tokens[phrase[1] - 1].end)

    def _name_ending(self, first: int, last: int) -> int | None:
        """The longest name that the words end with; "the Daesh group" ends with Daesh."""
        tokens = self.reading.tokens
        while last - first > 1 and tokens[last - 1].text in words.naming("appended"):
            last -= 1
        for place in self._names((first, last)):
            if self.cast.mentions[place].last == last and self.cast.mentions[place].kind in ("name", "metonym"):
                return place
        return None

    def _by_office(self, first: int, last: int) -> int | None:
        tokens = self.reading.tokens
        words_of = [t.low for t in tokens[max(first, last - 3) : last] if t.low not in words.grammar("determiners")]
        start, end = tokens[first].start, tokens[last - 1].end
        if tokens[first].low in ("a", "an", "some", "another"):
            return None
        person = self._offices.person(" ".join(words_of), start)
        if person is not None:
            self.note(person, start, end, "title")
            return person
        organization = self._offices.organization(tokens[last - 1].low, start)
        if organization is not None:
            self.note(organization, start, end, "nominal")
        return organization

    def _pronoun(self, token: int, span: Span, sentence: int) -> FoundParty:
        low = self.reading.tokens[token].low
        if low in ("i", "we"):
            return FoundParty("author", span, None)
        if low in ("who", "which"):
            return self._antecedent(token, span, sentence)
        entity = self._person_before(low, span.start, sentence) if low in _SINGULAR else self._group_before(sentence)
        if entity is None:
            return FoundParty("unnamed", span, None)
        if low in _SINGULAR:
            self.gender.setdefault(entity, low)
        self.note(entity, span.start, span.end, "pronoun")
        return FoundParty("named", span, entity)

    def _antecedent(self, token: int, span: Span, sentence: int) -> FoundParty:
        """Whom "who" stands for: the phrase right before it, over a comma."""
        end = token - (self.reading.tokens[token - 1].text == ",")
        before = phrases.phrase_ending(self.reading, end, self.reading.sentences[sentence].first)
        if before is None or self.reading.tokens[before[0]].low in words.cue_words("speakers", "pronouns"):
            return FoundParty("unnamed", span, None)
        return self._party(before, sentence)

    def _person_before(self, pronoun: str, before: int, sentence: int) -> int | None:
        """In this sentence its first person; else who spoke last; else the first person of the sentences before."""
        here = self._persons(self.reading.sentences[sentence].start, before, pronoun)
        if here:
            return here[0]
        spoke = [p.entity for p in self.last if p.entity is not None and self._fits(p.entity, pronoun)]
        if spoke and sentence - self.last_sentence <= 2:
            return spoke[-1]
        for back in range(sentence - 1, max(-1, sentence - 1 - _LOOK_BACK), -1):
            persons = self._persons(self.reading.sentences[back].start, self.reading.sentences[back].end, pronoun)
            if persons:
                return persons[0]
        return None

    def _persons(self, start: int, end: int, pronoun: str) -> list[int]:
        return [e for e in (self.cast.of[p] for p in self.within(start, end)) if self._fits(e, pronoun)]

    def _fits(self, entity: int, pronoun: str) -> bool:
        return self.cast.clusters[entity].type == "person" and self.gender.get(entity, pronoun) == pronoun

    def _group_before(self, sentence: int) -> int | None:
        spoke = [p.entity for p in self.last if p.entity is not None]
        if spoke and sentence - self.last_sentence <= 1 and self.cast.clusters[spoke[-1]].type != "person":
            return spoke[-1]
        return None

    def note(self, entity: int, start: int, end: int, kind: MentionKind) -> None:
        self.cast.clusters[entity].extra.append(FoundMention(start, end, kind))
