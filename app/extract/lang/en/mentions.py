"""Where names stand: runs of capitalised words, taken apart at countries, offices and possessives.

1. A run is capitalised words and the small ones that names hold ("of", "bin").
2. What opens a sentence is a name only if it is known, or capitalised elsewhere too.
3. Known places and nationalities at its front, and offices before a person, are split off; an office stays with the person as role.
4. A headline, where every word is a capital, holds only names that are known or stand in the body.
"""

from dataclasses import dataclass
from itertools import pairwise

from app.extract.lang.en import gazetteer, runs, titles, words
from app.extract.lang.en.reading import Reading, Sentence, Token
from app.models.extraction import EntityType, FoundDate, MentionKind


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

    @property
    def begins(self) -> int:
        return self.start if self.lead is None else self.lead


def find(reading: Reading, dates: list[FoundDate]) -> list[Mention]:
    """Mentions in text order; a nested one ("U.S." of "U.S.-led coalition") follows the one that holds it."""
    usual = _capitalised_inside(reading)
    taken = {t for d in dates for t in range(reading.token_at(d.start), reading.token_at(d.end))}
    found: list[Mention] = []
    for sentence in reading.sentences:
        if sentence.heading:
            continue
        for run_first, last in runs.find(reading, sentence, taken):
            first = _without_opener(reading, sentence, run_first, last, usual)
            if first < last:
                found += _in_run(reading, sentence, first, last)
    found += _in_headings(reading, found)
    return sorted(found, key=lambda m: (m.start, -m.end))


def _capitalised_inside(reading: Reading) -> frozenset[str]:
    """Words that stand capitalised where no rule of spelling asks for it."""
    found = set()
    for sentence in reading.sentences:
        if sentence.heading:
            continue
        tokens = reading.tokens[sentence.first : sentence.last]
        for before, token in pairwise(tokens):
            if token.is_capital and (before.is_word or before.text == ","):
                found.add(token.low)
    return frozenset(found - words.naming("ordinary"))


def _without_opener(reading: Reading, sentence: Sentence, first: int, last: int, usual: frozenset[str]) -> int:
    """Skip the word that is capitalised only because it opens the sentence or a quotation."""
    tokens = reading.tokens
    before = tokens[first - 1] if first > sentence.first else None
    if before is not None and before.text not in '":—':
        return first
    token = tokens[first]
    if token.low in words.grammar("never_names") or token.low in words.cue_verbs():
        return next((i for i in range(first + 1, last) if runs.is_name_word(tokens[i])), last)
    if last - first == 1 and titles.length_at(tokens, first, sentence.last) > 1:
        return last  # "Agency director": the capital opens the sentence
    is_known = (
        gazetteer.known(tokens, first, last)
        or titles.length_at(tokens, first, last)
        or (token.text.isupper() and len(token.text) > 1)
    )
    if is_known or token.low in usual or "-" in token.text:
        return first
    if last - first > 1:
        return first + 1 if token.low in words.grammar("openers_of_names") else first
    return first if _acts(tokens, last, sentence.last) else last


def _acts(tokens: list[Token], at: int, last: int) -> bool:
    """Whether what follows a sentence's single first word makes it a doer: "Farrowby said", "Daesh began", "Storrow's"."""
    if at >= last:
        return False
    low = tokens[at].low
    return low in words.cue_verbs() or low == "'s" or low in words.grammar("finite") or (low.endswith("ed") and len(low) > 4)


def _mention(reading: Reading, first: int, last: int, **more: object) -> Mention:
    return Mention(reading.tokens[first].start, reading.tokens[last - 1].end, first, last, **more)  # type: ignore[arg-type]


def _in_run(reading: Reading, sentence: Sentence, first: int, last: int) -> list[Mention]:
    tokens = reading.tokens
    head = _led_head(tokens, last, sentence.last)
    if head is not None:
        whole = _mention(reading, first, head, type="organization")
        return [whole, *_in_name(reading, sentence, first, last)]
    return _in_name(reading, sentence, first, last)


def _led_head(tokens: list[Token], at: int, last: int) -> int | None:
    """The end of "…-led international coalition", whose "-led" is token `at`."""
    if at >= last or tokens[at].low[1:] not in words.naming("led") or not tokens[at].text.startswith("-"):
        return None
    for i in range(at + 1, min(last, at + 5)):
        if tokens[i].low in words.naming("led_heads"):
            return i + 1
        if not tokens[i].is_word:
            return None
    return None


def _in_name(reading: Reading, sentence: Sentence, first: int, last: int) -> list[Mention]:
    tokens = reading.tokens
    place = gazetteer.known(tokens, first, last)
    after = first + place.length if place else first
    if place is None or not _splits(tokens, place, after, last):
        return _titled(reading, sentence, first, last, first)
    kind = "demonym" if place.kind == "demonym" else "name"
    country = None if place.kind == "city" else place.code
    found = [_mention(reading, first, after, kind=kind, country=country, type="place")]
    if after >= last:
        return found
    if _is_organization(tokens, after, last) and place.kind != "city":
        return (
            found
            if last - after == 1 and tokens[after].low in words.naming("plain_forces")
            else [_mention(reading, first, last), *found]
        )
    return found + _titled(reading, sentence, after, last, first)


def _splits(tokens: list[Token], place: gazetteer.Known, after: int, last: int) -> bool:
    if after >= last or place.kind == "demonym" or titles.length_at(tokens, after, last):
        return True
    return place.kind == "country" and (place.length > 1 or tokens[after - 1].text.isupper())


def _is_organization(tokens: list[Token], first: int, last: int) -> bool:
    return tokens[last - 1].low in words.naming("organization") or (
        tokens[first].low in words.naming("organization") and tokens[min(first + 1, last - 1)].low == "of"
    )


def _titled(reading: Reading, sentence: Sentence, first: int, last: int, lead: int) -> list[Mention]:
    """What is left of a run after its country: an office alone, an office with its person, or a name."""
    tokens = reading.tokens
    length = titles.length_at(tokens, first, last)
    name = first + length
    if length and name >= last:
        return [_mention(reading, first, last, kind="title")]
    if length and tokens[name].low == "of":
        return [_mention(reading, first, name, kind="title"), *_in_name(reading, sentence, name + 1, last)]
    if not length and titles.is_office_with_field(tokens, first, last):
        return [_mention(reading, first + 2, last, lead=tokens[min(lead, first)].start, type="person")]
    start = titles.start_before(tokens, name, sentence.first)
    if start == name:
        return [_mention(reading, name, last)]
    if lead < first:
        start = min(start, lead)
    return [_mention(reading, name, last, lead=tokens[start].start, type="person")]


def _in_headings(reading: Reading, body: list[Mention]) -> list[Mention]:
    """Names of the body, and known ones, where they stand in a headline; `PM:` and the like as titles."""
    names = {tuple(t.low for t in reading.tokens[m.first : m.last]): m for m in reversed(body) if m.kind == "name"}
    longest: dict[str, int] = {}
    for name in names:
        longest[name[0]] = max(longest.get(name[0], 0), len(name))
    found: list[Mention] = []
    for sentence in reading.sentences:
        if sentence.heading:
            found += _in_heading(reading, sentence, names, longest)
    return found


def _in_heading(
    reading: Reading, sentence: Sentence, names: dict[tuple[str, ...], Mention], longest: dict[str, int]
) -> list[Mention]:
    tokens, i, found = reading.tokens, sentence.first, []
    while i < sentence.last:
        like, length = _named_before(tokens, i, sentence.last, names, longest)
        place = gazetteer.known(tokens, i, sentence.last) if tokens[i].is_capital else None
        office = length_of_office(tokens, i, sentence.last)
        if like is not None:
            found.append(_mention(reading, i, i + length, country=like.country, type=like.type))
        elif place is not None:
            length, kind = place.length, "demonym" if place.kind == "demonym" else "name"
            found.append(
                _mention(reading, i, i + length, kind=kind, country=None if place.kind == "city" else place.code, type="place")
            )
        elif office:
            length = office
            found.append(_mention(reading, i, i + length, kind="title"))
        i += max(1, length)
    return found


def _named_before(
    tokens: list[Token], at: int, last: int, names: dict[tuple[str, ...], Mention], longest: dict[str, int]
) -> tuple[Mention | None, int]:
    for length in range(min(longest.get(tokens[at].low, 0), last - at), 0, -1):
        found = names.get(tuple(t.low for t in tokens[at : at + length]))
        if found is not None and tokens[at].is_capital:
            return found, length
    return None, 0


def length_of_office(tokens: list[Token], at: int, last: int) -> int:
    """Tokens of an office as headlines shorten it, where it opens them or a colon follows: "PM:", "Prime Minister:"."""
    for length in (2, 1):
        end = at + length
        if end < last and tokens[end].text == ":" and " ".join(t.low for t in tokens[at:end]) in words.offices():
            return length
    return 0
