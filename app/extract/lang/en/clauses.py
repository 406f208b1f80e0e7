"""The main clause of a statement, without a parser: what is left without openings, relative clauses and all that follows."""

from collections.abc import Iterable
from functools import cache

from app.extract.lang.en import words
from app.extract.lang.en.reading import Reading, Token
from app.extract.lang.en.statement import Statement, TokenRange
from app.extract.lang.en.tagging import NOUN_LIKE

_FARTHEST = 80  # tokens in which the verb of a stretch is sought
_RELATIVE = frozenset({"who", "whom", "whose", "which", "that", "where"})
_OPENING = frozenset(
    {"if", "when", "while", "after", "before", "because", "although", "though", "until", "unless", "since", "as", "once"}
)


def parts(reading: Reading, statement: Statement) -> list[TokenRange]:
    """The content of a statement, stretch by stretch."""
    further = ((reading.token_at(span.start), reading.token_at(span.end)) for span in statement.continued)
    return [statement.content, *further]


def is_clause(reading: Reading, first: int, last: int) -> bool:
    """Whether a verb is left for the words themselves: "the man who left" has one, and "who" takes it."""
    relatives = [i for i in range(first, last) if _is_relative(reading, i)]
    if not relatives or reading.has_finite(first, relatives[0]):
        return reading.has_finite(first, last)
    return sum(map(reading.is_finite, range(first, last))) > len(relatives)


def _is_relative(reading: Reading, at: int) -> bool:
    low = reading.tokens[at].low
    return low in _RELATIVE and (low != "that" or (at > 0 and reading.tags[at - 1] in NOUN_LIKE))


def main(reading: Reading, stretches: Iterable[TokenRange]) -> list[int]:
    """The tokens of the first main clause over all stretches of a statement: up to the comma or conjunction behind its verb.

    1. Before the verb is met, a comma ends only an opening ("In May, …"), and a subordinate clause that opens is passed over.
    2. A relative clause inside the subject is passed over with its verb: "the man who left" stays "the man".
    3. Behind the verb the clause ends at the next comma, stop or conjunction.
    """
    return _Walk(reading, _words(reading, stretches)).main()


def _words(reading: Reading, stretches: Iterable[TokenRange]) -> list[int]:
    """Tokens without marks of quotation, and without the comma before a closing one: “We,” he said, “will go.”"""
    tokens, found = reading.tokens, list[int]()
    for first, last in stretches:
        edge = last - (last - first > 1 and tokens[last - 1].text == '"')
        edge -= edge - first > 1 and tokens[edge - 1].text == ","
        found += [i for i in range(first, min(edge, first + _FARTHEST)) if tokens[i].text != '"']
    return found


class _Walk:
    def __init__(self, reading: Reading, places: list[int]) -> None:
        self._reading, self._places = reading, places
        self._at = 0

    def main(self) -> list[int]:
        found, met = list[int](), False
        self._pass_opening()
        while self._at < len(self._places):
            token = self._token()
            if token.low in ".!?;:" or (met and self._ends_here()):
                break
            if not met and token.low in _RELATIVE and found:
                self._pass_relative(after_comma=self._token(-1).low == ",")
                continue
            if not met and token.low == "," and not self._is_verb_behind():
                found.clear()  # an opening: "In May, …"
            met = met or self._reading.is_finite(self._places[self._at])
            found.append(self._places[self._at])
            self._at += 1
        return found

    def _ends_here(self) -> bool:
        """At a comma, a conjunction, or an "and" that opens a second predicate: "has opened and will not close"."""
        low, behind = self._token().low, self._places[self._at + 1 : self._at + 2]
        if low in ("and", "or"):
            return bool(behind) and self._reading.tokens[behind[0]].low in words.grammar("auxiliaries") | words.grammar(
                "subject_pronouns"
            )
        return low == "," or low in _ends()

    def _token(self, step: int = 0) -> Token:
        return self._reading.tokens[self._places[self._at + step]]

    def _pass_opening(self) -> None:
        """Past "If the rain stops, "."""
        if not self._places or self._token().low not in _OPENING:
            return
        comma = next((k for k, i in enumerate(self._places) if self._reading.tokens[i].low in ",;"), None)
        self._at = 0 if comma is None else comma + 1

    def _is_verb_behind(self) -> bool:
        """Whether the comma closes an insertion, so that the verb comes next: "Berg, a lawyer, did not go"."""
        behind = self._places[self._at + 1 : self._at + 4]
        return bool(behind) and (
            self._reading.is_finite(behind[0]) or self._reading.tokens[behind[0]].low in words.grammar("adverbs")
        )

    def _pass_relative(self, after_comma: bool) -> None:
        """Past a relative clause: to the comma that closes it, or without commas to the second verb."""
        self._at += 1
        while self._at < len(self._places) and after_comma and self._token().low != ",":
            self._at += 1
        if after_comma:
            self._at += 1
            return
        verbs = last = 0
        while self._at < len(self._places) and self._token().low not in ".;,":
            place = self._places[self._at]
            if self._reading.is_finite(place) or self._reading.tags[place] == "d":
                chained = verbs and place - last <= 2 and self._is_auxiliary(last)
                verbs, last = verbs + (not chained), place
            elif verbs and not self._is_auxiliary(last) and self._token().low in words.denying("words"):
                return  # "the plan that he backed never worked"
            if verbs == 2:
                return
            self._at += 1

    def _is_auxiliary(self, place: int) -> bool:
        return self._reading.tokens[place].low in words.grammar("auxiliaries")


@cache
def _ends() -> frozenset[str]:
    return words.grammar("subordinators") - {"to"}
