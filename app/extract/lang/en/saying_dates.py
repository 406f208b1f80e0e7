"""When a statement was made, and of what times it speaks: a date stands either at the cue or inside the words."""

from bisect import bisect_left

from app.extract.lang.en import words
from app.extract.lang.en.reading import Reading
from app.extract.lang.en.statement import Statement
from app.models.extraction import FoundDate

_BEHIND_CUE = 12  # tokens between a cue and the date of the saying
_FRONTED = 16  # tokens of "At a news conference in Oslo on Monday,"
_AROUND = 40  # tokens around a cue in which its date is sought
_TIMELESS = frozenset({"duration", "set"})


class SayingDates:
    """`said` is called in text order, since what was "added" was said when the statement before it was."""

    def __init__(self, reading: Reading, dates: list[FoundDate], statements: list[Statement]) -> None:
        self._reading, self._dates = reading, dates
        self._inside = {i: statement for statement in statements for i in self.about(statement)}  # of two, the inner one
        self._last: tuple[int, int | None] = -1, None  # sentence, date

    def about(self, statement: Statement) -> tuple[int, ...]:
        """The dates inside the words, in all their parts."""
        found = [i for span in statement.spans for i in self.between(span.start, span.end)]
        return tuple(sorted(set(found)))

    def said(self, statement: Statement) -> int | None:
        """The date nearest the cue that dates the saying and stands in no statement's words; else none."""
        found = self._said(statement)
        if found is None and statement.speaker is None and statement.cue is not None and self._last[0] == statement.sentence:
            return self._last[1]
        self._last = statement.sentence, found
        return found

    def between(self, start: int, end: int) -> range:
        """The dates that stand wholly inside a range of characters."""
        first = bisect_left(self._dates, start, key=lambda d: d.start)
        last = bisect_left(self._dates, end, key=lambda d: d.start)
        while last > first and self._dates[last - 1].end > end:
            last -= 1
        return range(first, last)

    def _said(self, statement: Statement) -> int | None:
        if statement.cue is None or statement.rule == "headline_colon":
            return None
        near = [(i, *self._tokens(i)) for i in self._near(statement)]
        behind = next((i for i, first, last in near if self._behind(statement, first, last)), None)
        if behind is not None:
            return behind
        return next((i for i, first, last in reversed(near) if self._before(statement, first, last)), None)

    def _near(self, statement: Statement) -> list[int]:
        tokens, sentence = self._reading.tokens, self._reading.sentences[statement.sentence]
        cue = statement.cue or (0, 0)
        ends = max(cue[1], statement.content[1]) if statement.rule == "cue_object" else cue[1]
        first, last = max(sentence.first, cue[0] - _AROUND), min(sentence.last, ends + _AROUND)
        near = self.between(tokens[first].start, tokens[last - 1].end)
        return [i for i in near if not self._is_said_of(i, cue[0]) and self._dates[i].precision not in _TIMELESS]

    def _is_said_of(self, date: int, cue: int) -> bool:
        """Whether the date stands in the words of a statement to which the cue does not belong."""
        inside = self._inside.get(date)
        return inside is not None and not inside.content[0] <= cue < inside.content[1]

    def _tokens(self, date: int) -> tuple[int, int]:
        found = self._dates[date]
        return self._reading.token_at(found.start), self._reading.token_at(found.end)

    def _behind(self, statement: Statement, first: int, last: int) -> bool:
        """ "said on Monday", "told reporters Tuesday", "declared victory in 2017": over no comma and into no other clause."""
        tokens, cue = self._reading.tokens, statement.cue or (0, 0)
        begins = max(cue[1], statement.content[1]) if statement.rule == "cue_object" else cue[1]
        if statement.speaker is not None and begins <= statement.speaker[0] < first:
            begins = statement.speaker[1]  # "said Ann Berg on Monday"
        if not begins <= first <= begins + _BEHIND_CUE or self._is_modifier(first, last):
            return False
        between = [t.low for t in tokens[begins:first]]
        return not (set(between) & (_breaks() | words.sayings("turns_away"))) and tokens[first - 1].low not in words.sayings(
            "not_dating"
        )

    def _before(self, statement: Statement, first: int, last: int) -> bool:
        """ "On Monday, Berg said", "Berg on Monday said", "Speaking in Oslo on Monday, Berg said"."""
        tokens, cue = self._reading.tokens, statement.cue or (0, 0)
        if last > cue[0] or self._is_modifier(first, last):
            return False
        if last == cue[0]:
            return first > 0 and tokens[first - 1].low not in words.sayings("not_dating")
        speaks_from = cue[0] if statement.speaker is None else min(statement.speaker[0], cue[0])
        return last <= speaks_from and self._is_fronted(self._reading.sentences[statement.sentence].first, first, last, speaks_from)

    def _is_fronted(self, opens: int, first: int, last: int, speaks_from: int) -> bool:
        """Whether the date stands in an opening of its own right before the speaker."""
        tokens = self._reading.tokens
        while opens < first and tokens[opens].low in words.sayings("skipped"):
            opens += 1
        if first - opens > _FRONTED or any(t.text in ',;:"' for t in tokens[opens:first]):
            return False
        dated_first = first - opens <= 1 and tokens[opens].low not in words.sayings("not_dating")
        if not dated_first and tokens[opens].low not in words.sayings("openings"):
            return False
        rest = [t.low for t in tokens[last:speaks_from]]
        return not rest or rest == [","] or (dated_first and rest[-1] == "," and rest.count(",") <= 2)

    def _is_modifier(self, first: int, last: int) -> bool:
        """A date that belongs to the noun behind it: "Monday's attack", "the 2014 law"."""
        tokens = self._reading.tokens
        if last < len(tokens) and tokens[last].low == "'s":
            return True
        determined = first > 0 and tokens[first - 1].low in words.grammar("determiners")
        return determined and last < len(tokens) and tokens[last].is_word and tokens[last].low not in _breaks()


def _breaks() -> frozenset[str]:
    return words.grammar("subordinators") - {"to", "as"} | {",", ";", ":", '"', "(", "—"}
