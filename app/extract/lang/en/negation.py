"""Whether a statement denies: its main predicate is negated, or its cue turns it round."""

from functools import cache

from app.extract.lang.en import clauses, words
from app.extract.lang.en.reading import Reading, Token
from app.extract.lang.en.statement import Statement, TokenRange


def of(reading: Reading, statement: Statement) -> bool:
    """A denial is a negated claim: "denied that it leaked" claims that it did not, "denied that it did not leak" that it did.

    The same holds for "does not think that it leaked". "Did not say that it leaked" denies the saying; the claim stays as it is.
    """
    return within(reading, clauses.parts(reading, statement)) != _turned_round(reading, statement)


def within(reading: Reading, parts: list[TokenRange]) -> bool:
    """Whether the main clause of the parts holds a word that denies it; those of subordinate clauses deny less than the whole."""
    return any(_denies(reading.tokens, i) for i in clauses.main(reading, parts)) or _opens_not_to(reading, parts)


def _turned_round(reading: Reading, statement: Statement) -> bool:
    if statement.cue is None:
        return False
    cue = [t.low for t in reading.tokens[slice(*statement.cue)]]
    if statement.lemma in words.denying("denying") or (statement.rule == "noun_cue" and set(cue) & words.denying("denials")):
        return not _is_negated(cue)
    return statement.lemma in words.denying("raising") and _is_negated(cue)


def _is_negated(lows: list[str]) -> bool:
    return any(low in words.denying("words") or low.endswith("n't") for low in lows)


def _denies(tokens: list[Token], at: int) -> bool:
    low = tokens[at].low
    opening = _openings().get(low)
    if opening is None:
        return low.endswith("n't")
    if any(_reads(tokens, at - back, phrase) for phrase, back in opening.harmless):
        return False
    if any(_reads(tokens, at, phrase) for phrase in opening.phrases):
        return True
    return low in words.denying("words") and not _of_no_predicate(tokens, at)


def _reads(tokens: list[Token], at: int, phrase: list[str]) -> bool:
    return at >= 0 and [t.low for t in tokens[at : at + len(phrase)]] == phrase


def _of_no_predicate(tokens: list[Token], at: int) -> bool:
    """A negation that belongs to a phrase inside the clause: "with no help", "urged them not to go", "No 10"."""
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    if tokens[at].low == "no":
        return following[:1].isdecimal() or (at > 0 and tokens[at - 1].low in words.grammar("prepositions") | {"without"})
    return tokens[at].low == "not" and following == "to"


def _opens_not_to(reading: Reading, parts: list[TokenRange]) -> bool:
    """ "vowed not to go": what was vowed is a negation."""
    first, last = parts[0]
    return [t.low for t in reading.tokens[first : min(last, first + 2)]] == ["not", "to"]


class _Opening:
    """The phrases that a word opens, or stands in `back` words behind the first; lists of words."""

    def __init__(self) -> None:
        self.harmless: list[tuple[list[str], int]] = []
        self.phrases: list[list[str]] = []


@cache
def _openings() -> dict[str, _Opening]:
    found = {word: _Opening() for word in words.denying("words")}
    for phrase in sorted(words.denying("harmless")):
        parts = phrase.split()
        back = next(k for k, word in enumerate(parts) if word in found)
        found[parts[back]].harmless.append((parts, back))
    for phrase in sorted(words.denying("also")):
        found.setdefault(phrase.split()[0], _Opening()).phrases.append(phrase.split())
    return found
