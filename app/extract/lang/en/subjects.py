"""Whom and what a statement is about: everything that is named inside its words."""

from bisect import bisect_left

from app.extract.lang.en.entities import Cast
from app.extract.lang.en.statement import Statement
from app.models.extraction import FoundMention, FoundParty, Span


class Subjects:
    def __init__(self, cast: Cast, spoken_of: list[tuple[FoundMention, int]]) -> None:
        named = [(m.start, m.end, cast.of[i], m.kind == "name") for i, m in enumerate(cast.mentions) if i in cast.of]
        named += [(m.start, m.end, entity, False) for m, entity in spoken_of]
        self._all = sorted(named)

    def of(self, statement: Statement, speakers: tuple[FoundParty, ...]) -> tuple[FoundParty, ...]:
        """In text order, each at its first mention; a speaker only where named there by name."""
        spoke = {p.entity for p in speakers}
        first: dict[int, Span] = {}
        at = bisect_left(self._all, (statement.span.start,))
        while at < len(self._all) and self._all[at][0] < statement.span.end:
            start, end, entity, by_name = self._all[at]
            if end <= statement.span.end and (by_name or entity not in spoke):
                first.setdefault(entity, Span(start, end))
            at += 1
        return tuple(FoundParty("named", span, entity) for entity, span in first.items())
