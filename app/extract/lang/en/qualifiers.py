"""What weakens or distances a statement: its own words, its cue, the way its speaker is named, quotation marks around a word."""

import re
from bisect import bisect_left

from app.extract.lang.en import clauses, hedging, words
from app.extract.lang.en.hedging import Hit
from app.extract.lang.en.reading import Reading
from app.extract.lang.en.statement import Statement, TokenRange
from app.models.extraction import FoundHedge

_SCARE_WORDS = 2  # words in quotation marks inside a statement that are distance, not speech
_SINGLE = re.compile(r"'(?<![\w']')(?=\w)[\w \-]{1,60}(?<=\w)'(?!\w)")


class Hedges:
    """`author` is the article's author, who retells; every hedge inside quotation marks is the speaker's."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        hits = hedging.scan(reading)
        self._hits = [h for h in hits if not h.pattern.anonymous]
        self._double = [(q.start, q.end) for q in reading.quotations]
        self._single = [m.span() for m in _SINGLE.finditer(reading.view)]
        self._anonymous = [h for h in hits if h.pattern.anonymous]

    def of(self, statement: Statement) -> tuple[FoundHedge, ...]:
        parts = clauses.parts(self._reading, statement)
        found = [
            *statement.hedges,
            *self._of_speaker(statement),
            *self._of_cue(statement),
            *(
                hedging.made(self._reading, h, hedging.owner(self._reading, h, h.pattern.by))
                for part in parts
                for h in self._in_words(part)
            ),
            *self._scare_quotes(statement),
        ]
        return _ordered(found)

    def of_author(self, content: TokenRange) -> tuple[FoundHedge, ...]:
        """Those of a sentence that the author asserts: his own but for what he quotes."""
        return _ordered(
            [hedging.made(self._reading, h, hedging.owner(self._reading, h, "author")) for h in self._in_words(content)]
        )

    def _in_words(self, part: TokenRange) -> list[Hit]:
        """A capital inside is a name ("Likely", "May"), at the start a question ("Could we?"); in a heading it says nothing."""
        found = list(hedging.within(self._hits, *part))
        if any(self._reading.tokens[h.first].is_capital for h in found):
            return [h for h in found if self._is_no_name(h, part[0])]
        return found

    def _is_no_name(self, hit: Hit, opens: int) -> bool:
        tokens, token = self._reading.tokens, self._reading.tokens[hit.first]
        if not token.is_capital:
            return True
        if token.low == "may" and hit.first and tokens[hit.first - 1].low in words.grammar("prepositions"):
            return False
        if token.text.isupper() and len(token.text) > 1:
            return True
        opening = hit.first == opens or (hit.first == opens + 1 and tokens[opens].text == '"')
        if opening:
            return hit.pattern.before != "verb"
        place = bisect_left(self._reading.sentences, hit.first + 1, key=lambda s: s.first) - 1
        return self._reading.sentences[place].heading or token.low == "i"

    def _of_speaker(self, statement: Statement) -> list[FoundHedge]:
        """Sources without a name, and words beside the cue such as "on condition of anonymity"."""
        tokens, found = self._reading.tokens, list[FoundHedge]()
        if statement.speaker and (statement.nobody or self._is_source(statement.speaker)):
            first, last = statement.speaker
            found.append(FoundHedge(tokens[first].start, tokens[last - 1].end, "unnamed_source", "author"))
        if self._anonymous:
            sentence = self._reading.sentences[statement.sentence]
            beside = hedging.within(self._anonymous, sentence.first, sentence.last)
            inside = clauses.parts(self._reading, statement)
            found += [hedging.made(self._reading, h, "author") for h in beside if not any(a <= h.first < b for a, b in inside)]
        return found

    def _is_source(self, phrase: TokenRange) -> bool:
        sources = words.table("hedges")["unnamed"]["sources"]
        return any(t.low in sources and (not t.is_capital or i == 0) for i, t in enumerate(self._reading.tokens[slice(*phrase)]))

    def _of_cue(self, statement: Statement) -> list[FoundHedge]:
        """A cue that doubts ("claimed"), and the writer's adverb right before one ("purportedly told")."""
        tokens = self._reading.tokens
        if statement.cue is None:
            return []
        first, last = statement.cue
        end = tokens[last - 1].end
        adverb = next((h for h in hedging.within(self._hits, max(0, first - 2), last) if h.last >= first), None)
        if adverb is not None and adverb.pattern.by == "author":
            return [FoundHedge(tokens[min(first, adverb.first)].start, end, adverb.pattern.kind, "author")]
        if statement.rule == "describes_as" and statement.speaker:
            first = statement.speaker[0] - (tokens[statement.speaker[0] - 1].low == "what")
        elif statement.lemma not in words.cue_words("distancing", "lemmas"):
            return []
        return [FoundHedge(tokens[first].start, end, "distancing", "author")]

    def _scare_quotes(self, statement: Statement) -> list[FoundHedge]:
        """A word or two in marks that name or describe: the author's, in speech the speaker's.

        A capital makes a title of them, and a verb the speaker's own words: the economy was “still performing well”.
        """
        found = []
        for span in statement.spans:
            places = [] if statement.kind == "direct" else _between(self._double, span.start, span.end)
            places += _between(self._single, span.start, span.end)
            for start, end in places:
                inside = self._reading.view[start + 1 : end - 1].strip(" ,.")
                if (start, end) != (span.start, span.end) and inside.islower() and self._describes(start, end):
                    spoken = self._reading.view[start] == "'" and self._reading.quotation_at(start) is not None
                    found.append(FoundHedge(start, end, "scare_quotes", "speaker" if spoken else "author"))
        return found

    def _describes(self, start: int, end: int) -> bool:
        first, last = self._reading.token_at(start + 1), self._reading.token_at(end - 1)
        tags = [tag for tag in self._reading.tags[first:last] if tag not in ",."]
        return 0 < len(tags) <= _SCARE_WORDS and not set(tags) & set("AVbGRIU")


def _between(places: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """Of places in text order those wholly inside a range."""
    first = at = bisect_left(places, (start,))
    while at < len(places) and places[at][1] <= end:
        at += 1
    return places[first:at]


def _ordered(found: list[FoundHedge]) -> tuple[FoundHedge, ...]:
    return tuple(sorted(set(found), key=lambda h: (h.start, h.end, h.kind, h.by)))
