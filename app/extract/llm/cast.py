"""Who and what a text names, asked by name or by place: which entity the model means, and which the words hold."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace

from app.extract.lang.en import words
from app.folding import name_key
from app.models.extraction import FoundEntity, FoundMention, FoundParty, Span, SpeakerKind


class Cast:
    """The entities of a text; those mentions are added to them by which speakers are spoken of."""

    def __init__(self, text: str, found: Iterable[FoundEntity]) -> None:
        self._text = text
        self._found = list(found)
        self._by_name: dict[str, int] = {}
        for number, entity in enumerate(self._found):
            for written in (*(n.text for n in entity.names), *(text[m.start : m.end] for m in entity.mentions)):
                self._by_name.setdefault(name_key(written), number)
        places = [(m.start, m.end, number) for number, entity in enumerate(self._found) for m in entity.mentions]
        self._places = sorted(places)

    def entities(self) -> tuple[FoundEntity, ...]:
        return tuple(self._found)

    def named(self, name: str | None) -> int | None:
        return self._by_name.get(name_key(name)) if name else None

    def within(self, span: Span) -> dict[int, Span]:
        """Entities that are named inside, each with its first place there, in text order."""
        found: dict[int, Span] = {}
        for place in range(bisect_left(self._places, (span.start,)), len(self._places)):
            start, end, number = self._places[place]
            if start >= span.end:
                break
            if end <= span.end:
                found.setdefault(number, Span(start, end))
        return found

    def speaker(self, span: Span | None, name: str | None, *, quoted: bool) -> FoundParty:
        """Whom the words at `span` or else the name mean; where there is neither, the article itself, or for a quotation nobody."""
        entity = self.named(name)
        if entity is None and span is not None:
            entity = next(reversed(self.within(span)), None)
        if entity is not None:
            if span is not None:
                self._note(entity, span)
            return FoundParty("named", span, entity)
        if span is None:
            return FoundParty("unnamed" if quoted or name else "author", None, None)
        return FoundParty(self._nobody(span), span, None)

    def subjects(self, claim: Span, names: Iterable[str], speaker: int | None) -> tuple[FoundParty, ...]:
        """Those named in the claim's words, then those whom the model names besides; a speaker only where named there."""
        inside = self.within(claim)
        told = {number: None for name in names if (number := self.named(name)) is not None and number not in (*inside, speaker)}
        return tuple(FoundParty("named", inside.get(number), number) for number in (*inside, *told))

    def _note(self, entity: int, span: Span) -> None:
        """ "He" and "the minister" are mentions too; a phrase that holds the name is one already."""
        if entity in self.within(span):
            return
        pronoun = self._text[span.start : span.end].lower() in words.cue_words("speakers", "pronouns")
        mention = FoundMention(span.start, span.end, "pronoun" if pronoun else "nominal")
        old = self._found[entity]
        if all((m.start, m.end) != (mention.start, mention.end) for m in old.mentions):
            mentions = sorted((*old.mentions, mention), key=lambda m: (m.start, m.end))
            self._found[entity] = replace(old, mentions=tuple(mentions))

    def _nobody(self, span: Span) -> SpeakerKind:
        own = set(self._text[span.start : span.end].lower().split())
        return "collective" if own & words.cue_words("speakers", "collective") else "unnamed"
