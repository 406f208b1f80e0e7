"""Paragraphs and sentences. A quotation holds its sentences together, and with those words that say who spoke."""

import re
from typing import TYPE_CHECKING

from app.extract.lang.en import words
from app.extract.lang.en.tokens import Sentence, Token

if TYPE_CHECKING:
    from app.extract.lang.en.reading import Reading

LONGEST_SENTENCE = 4000  # characters; what is longer is cut at a space

_ENDS = re.compile(r"[.!?…]{1,5}[\"')\]]{0,5}\s")


def paragraphs(view: str) -> list[tuple[int, int]]:
    """Lines; a line of a column's width that goes on in small letters is joined to the next."""
    found: list[tuple[int, int]] = []
    offset = 0
    for line in view.splitlines(keepends=True):
        start, end = offset + len(line) - len(line.lstrip()), offset + len(line.rstrip())
        offset += len(line)
        if start >= end:
            continue
        if found and view[start].islower() and found[-1][1] - found[-1][0] > 50 and "\n\n" not in view[found[-1][1] : start]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def sentences(reading: "Reading", number: int, start: int, end: int) -> list[Sentence]:
    found = []
    cuts = [*_cuts(reading, start, end), end]
    for begin, stop in zip([start, *cuts], cuts, strict=False):
        first, last = reading.token_at(begin), reading.token_at(stop)
        if first < last:
            tokens = reading.tokens[first:last]
            heading = begin == start and stop == end and _is_heading(reading.view[begin:stop], tokens)
            found.append(Sentence(tokens[0].start, tokens[-1].end, first, last, number, heading))
    return found


def _cuts(reading: "Reading", start: int, end: int) -> list[int]:
    cuts: list[int] = []
    last = start
    for match in _ENDS.finditer(reading.view, start, end):
        while match.end() - last > LONGEST_SENTENCE:
            last = _cut_at_space(reading.view, last)
            cuts.append(last)
        if _is_end(reading, match):
            last = match.end()
            cuts.append(last)
    while end - last > LONGEST_SENTENCE:
        last = _cut_at_space(reading.view, last)
        cuts.append(last)
    return cuts


def _cut_at_space(view: str, last: int) -> int:
    space = view.rfind(" ", last + 1, last + LONGEST_SENTENCE)
    return space + 1 if space > 0 else last + LONGEST_SENTENCE


def _is_end(reading: "Reading", match: re.Match[str]) -> bool:
    following = reading.token_at(match.end())
    if following >= len(reading.tokens) or following == 0:
        return False
    quotation = reading.quotation_at(match.start())
    if quotation is not None and quotation.end > match.end() - 1:
        return False
    before, after = reading.tokens[reading.token_at(match.start() + 1) - 1], reading.tokens[following]
    if before.end > match.start() and before.text.endswith(".") and len(before.text) > 1:  # the stop belongs to an abbreviation
        return before.text.count(".") > 1 and (after.text in words.grammar("openers") or after.text == '"')
    if after.text[0].islower() or (after.text == "—" and quotation is not None):
        return False
    return quotation is None or not _goes_on(reading, following)


def _goes_on(reading: "Reading", following: int) -> bool:
    """Whether a cue verb comes so soon after a closed quotation that it belongs to it: “Is it?” Smith asked."""
    ahead = reading.tokens[following : following + 4]
    verbs = words.cue_verbs()
    at = next((i for i, t in enumerate(ahead) if t.low in verbs), None)
    if at is None or at == 0 or '"' in [t.text for t in ahead[:at]]:
        return False
    behind = reading.tokens[following + at + 1 : following + at + 2]
    return bool(behind) and behind[0].text in ".,"


def _is_heading(view: str, tokens: list[Token]) -> bool:
    """A short line without a full stop, most of whose longer words are capitalised, or which holds a colon near its start."""
    if len(tokens) > 30 or view.rstrip("\"'")[-1:] in ".!?,":
        return False
    long_words = [t for t in tokens if t.is_word and len(t.text) > 3]
    return sum(t.is_capital for t in long_words) * 10 >= len(long_words) * 7 or ":" in [t.text for t in tokens[:8]]
