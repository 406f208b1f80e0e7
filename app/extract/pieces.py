"""A long text in pieces, for readers that take only so much at a time."""

from app.models.extraction import Span

_ENDS = ("\n\n", "\n", ". ", " ")  # where to cut, the best first


def pieces(text: str, most: int) -> list[Span]:
    """The whole text in stretches of at most `most` characters, cut behind a paragraph if there is one, else a line, a sentence,
    a word. Pieces of nothing but white space are left out."""
    found, start = [], 0
    while start < len(text):
        end = len(text) if len(text) - start <= most else _cut(text, start, start + most)
        if not text[start:end].isspace():
            found.append(Span(start, end))
        start = end
    return found


def _cut(text: str, start: int, end: int) -> int:
    """Not in the first half: many small pieces would cost more than a cut inside a paragraph."""
    for mark in _ENDS:
        place = text.rfind(mark, start + (end - start) // 2, end)
        if place >= 0:
            return place + len(mark)
    return end
