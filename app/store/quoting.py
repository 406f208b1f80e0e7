"""Where the words stand that a caller sent: looked up in the text, or checked against it."""

from app.errors import Fault
from app.models.claims import PlaceDraft, QuoteDraft

MOST_PLACES = 20  # of an ambiguous quote, named in the error


def quote_place(text: str, quote: QuoteDraft, pointer: str, faults: list[Fault]) -> tuple[int, int]:
    if quote.start is not None and quote.end is not None:
        check_place(text, quote.exact, quote.start, quote.end, pointer, faults)
        return quote.start, quote.end
    places = _places(text, quote.exact)
    if not places:
        faults.append(Fault(f"{pointer}/exact", "these words do not stand in the text; send them exactly as they stand there"))
    if len(places) > 1:
        listed = ", ".join(f"{start}–{start + len(quote.exact)}" for start in places[:MOST_PLACES])
        more = " and more" if len(places) > MOST_PLACES else ""
        faults.append(Fault(f"{pointer}/exact", f"these words stand in several places; send start and end of one: {listed}{more}"))
    return (places[0], places[0] + len(quote.exact)) if places else (0, 1)


def check_continued(text: str, quote: QuoteDraft, end: int, pointer: str, faults: list[Fault]) -> None:
    for i, part in enumerate(quote.continued):
        check(text, part, f"{pointer}/{i}", faults)
        if not end <= part.start < part.end:
            faults.append(
                Fault(f"{pointer}/{i}/start", f"it must begin at {end} or later, behind what comes before it, and end behind that")
            )
        end = part.end


def _places(text: str, exact: str) -> list[int]:
    found: list[int] = []
    start = text.find(exact)
    while start >= 0 and len(found) <= MOST_PLACES:
        found.append(start)
        start = text.find(exact, start + 1)
    return found


def check(text: str, sent: PlaceDraft, pointer: str, faults: list[Fault]) -> None:
    check_place(text, sent.exact, sent.start, sent.end, pointer, faults)


def check_place(text: str, exact: str, start: int, end: int, pointer: str, faults: list[Fault]) -> None:
    """`text[start:end] == exact`, or a fault that says what stands there."""
    if end > len(text):
        faults.append(Fault(f"{pointer}/end", f"{end} is behind the end of the text, which has {len(text)} characters"))
    elif text[start:end] != exact:
        there = text[start:end][:80]
        faults.append(Fault(f"{pointer}/end", f"from {start} to {end} the text says {there!r}, not what exact says"))
