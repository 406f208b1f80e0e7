"""The words around what was found, as HTML text with the matches in `<mark>`."""

from html import escape

from app.folding import words
from app.store.fulltext.query import Asked, Term

_WIDTH = 240  # characters, about three lines on a screen
_LEAD = 60  # characters shown before the first match


def snippet(text: str, asked: Asked, width: int = _WIDTH) -> str:
    """A stretch of about `width` characters that begins shortly before the first match; the whole text if it is short."""
    places = _near(text, asked, width) or _matches(text, asked)
    start = 0 if len(text) <= width or not places else _word_start(text, places[0][0] - _LEAD)
    end = len(text) if len(text) <= start + width else _word_end(text, start + width)
    shown, at = ["… "] if start else [], start
    for first, last in places:
        if at <= first and last <= end:
            shown += [escape(text[at:first], quote=False), "<mark>", escape(text[first:last], quote=False), "</mark>"]
            at = last
    return "".join([*shown, escape(text[at:end], quote=False), " …" if end < len(text) else ""])


def _near(text: str, asked: Asked, width: int) -> list[tuple[int, int]]:
    """The matches around the first place where searched words are spelled as they are folded; none, when none is there.

    Most texts hold it so, and what is not read need not be cut into words: that takes longer than all the rest of a search.
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        return []
    wanted = {" ".join(term.words) for group in asked.required for term in group}
    at = min((place for place in map(lowered.find, wanted) if place >= 0), default=-1)
    if at < 0:
        return []
    begin = text.rfind(" ", 0, max(at - _LEAD, 0)) + 1
    end = text.find(" ", at + 2 * width)
    found = _matches(text[begin : None if end < 0 else end], asked)
    return [(begin + first, begin + last) for first, last in found]


def _word_start(text: str, place: int) -> int:
    if place <= 0:
        return 0
    space = text.find(" ", place, place + 40)
    return place if space < 0 else space + 1


def _word_end(text: str, place: int) -> int:
    space = text.rfind(" ", place - 40, place)
    return place if space < 0 else space


def _matches(text: str, asked: Asked) -> list[tuple[int, int]]:
    """Places of the searched terms, in text order, none overlapping."""
    found = words(text)
    terms = [term for group in asked.required for term in group]
    first_words = {term.words[0] for term in terms if len(term.words) > 1 or not term.prefix}
    prefixes = tuple(term.words[0] for term in terms if len(term.words) == 1 and term.prefix)
    places: list[tuple[int, int]] = []
    for i, (word, start, _) in enumerate(found):
        if word not in first_words and not (prefixes and word.startswith(prefixes)):
            continue
        length = max((len(term.words) for term in terms if _stands_at(term, found, i)), default=0)
        if length and (not places or start >= places[-1][1]):
            places.append((start, found[i + length - 1][2]))
    return places


def _stands_at(term: Term, found: list[tuple[str, int, int]], i: int) -> bool:
    here = [word for word, _, _ in found[i : i + len(term.words)]]
    if len(here) < len(term.words) or here[:-1] != list(term.words[:-1]):
        return False
    return here[-1].startswith(term.words[-1]) if term.prefix else here[-1] == term.words[-1]
