"""Where quotations begin and end: double marks, single ones used like them, and those that run over several paragraphs."""

import re
from bisect import bisect_left

from app.models.extraction import Span

LONGEST = 3000  # characters; what is longer is a mark that somebody forgot to close
_LONGEST_WORDS = 60  # characters between single marks that no stop comes before: 'advisory'

_DOUBLE = re.compile('"')
# The mark first, and what stands before it behind: a pattern that begins with one character is sought at once.
_SINGLE = re.compile(r"'(?:(?<![^\s(\[—\"]')(?=[^\W_])(?!(?:\d\ds?|em|tis|twas|til|cause|n)\b)|(?<=[\w,.?!…%]')(?!\w))")
_ENDS_SPEECH = ",.?!…"


def find(text: str, view: str, paragraphs: list[tuple[int, int]]) -> list[Span]:
    """In text order, with their marks. One never closed runs to its paragraph's end, as newspapers print long quotations."""
    found: list[Span] = []
    for start, end in paragraphs:
        double = _double(text, view, start, end) if view.find('"', start, end) >= 0 else []
        single = _single(text, view, start, end, double) if view.find("'", start, end) >= 0 else []
        found += sorted([*double, *single], key=lambda s: s.start) if single else double
    return found


def marked(view: str, quotations: list[Span]) -> str:
    """The view with double marks for the single ones that enclose a quotation."""
    places = [p for q in quotations for p in (q.start, q.end - 1) if view[p] == "'"]
    if not places:
        return view
    pieces, last = [], 0
    for place in places:
        pieces += [view[last:place], '"']
        last = place + 1
    return "".join([*pieces, view[last:]])


def _double(text: str, view: str, start: int, end: int) -> list[Span]:
    found: list[Span] = []
    opened: int | None = None
    for match in _DOUBLE.finditer(view, start, end):
        place = match.start()
        opens = text[place] in "“„«" or (opened is None and text[place] not in "”»" and not _only_closes(view, place, end))
        if opens:
            opened = place
        elif opened is not None:
            if 1 < place - opened < LONGEST:
                found.append(Span(opened, place + 1))
            opened = None
    if opened is not None and 1 < end - opened <= LONGEST:
        found.append(Span(opened, end))
    return found


def _only_closes(view: str, place: int, end: int) -> bool:
    """A straight mark behind a word and before a space or stop: of 5" pipe, or of a quotation that was not opened here."""
    return (
        place > 0
        and not view[place - 1].isspace()
        and view[place - 1] not in "([—'"
        and (place + 1 >= end or not view[place + 1].isalnum())
    )


def _single(text: str, view: str, start: int, end: int, double: list[Span]) -> list[Span]:
    """Pairs outside double marks: an opening one before a word, a closing one behind a word or a stop; an apostrophe is neither."""
    starts = [q.start for q in double]
    found: list[Span] = []
    opened: int | None = None
    for match in _SINGLE.finditer(view, start, end):
        place = match.start()
        at = bisect_left(starts, place) - 1
        if at >= 0 and double[at].end > place:
            continue
        if place + 1 < end and view[place + 1].isalnum() and text[place] != "’":
            opened = place
        elif opened is not None and _closes(text, view, opened, place):
            found.append(Span(opened, place + 1))
            opened = None
    return found


def _closes(text: str, view: str, opened: int, place: int) -> bool:
    if place - opened > LONGEST or place - opened < 2 or (text[opened] == "‘") != (text[place] == "’"):
        return False
    return (
        view[place - 1] in _ENDS_SPEECH
        or (place - opened <= _LONGEST_WORDS and view[place - 1] != "s")
        or view[place + 1 : place + 2] in _ENDS_SPEECH
    )
