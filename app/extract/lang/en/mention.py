"""One place where a text names something, before it is known what."""

from dataclasses import dataclass

from app.extract.lang.en.reading import Reading
from app.models.extraction import EntityType, MentionKind


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens `first` to `last` (half-open) name something; `lead` is where its office begins ("Iraqi Prime Minister X")."""

    start: int
    end: int
    first: int
    last: int
    kind: MentionKind = "name"
    lead: int | None = None
    country: str | None = None
    type: EntityType | None = None

    shouts: bool = False  # in capitals only

    @property
    def begins(self) -> int:
        return self.start if self.lead is None else self.lead


def make(reading: Reading, first: int, last: int, **more: object) -> Mention:
    start, end = reading.tokens[first].start, reading.tokens[last - 1].end
    return Mention(start, end, first, last, shouts=reading.view[start:end].isupper(), **more)  # type: ignore[arg-type]
