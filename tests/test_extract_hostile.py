"""Texts that no newsroom writes: nothing fails, every place is the text's own, and twice the text is about twice the work.

How long 2 MB of each take is told by `python bench/hostile.py`.
"""

import sys
from collections.abc import Iterator
from types import FrameType

import pytest

from app.extract import rules
from app.models.extraction import Extraction
from bench.hostile import PIECES

OPENING = "The port has not been open for years and the mayor of the town is to blame for it. "  # so that the text is read at all
CHARACTERS = 15_000


def repeated(piece: str, size: int) -> str:
    return OPENING * (size // 300) + piece * (size // len(piece))


def places(found: Extraction) -> Iterator[tuple[int, int]]:
    for thing in (*found.dates, *found.claims, *(m for e in found.entities for m in e.mentions)):
        yield thing.start, thing.end
    for claim in found.claims:
        parties = (p.span for p in (*claim.speakers, *claim.subjects))
        for span in (claim.cue, *claim.continued, *claim.hedges, *parties):
            if span is not None:
                yield span.start, span.end


def work(text: str) -> int:
    """Calls of functions, which grow with the text where a pass over it is repeated for each of its words."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        rules.extract(text, None, narrated=True)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("name", PIECES)
def test_any_text_is_read_and_every_place_is_its_own(name: str) -> None:
    text = repeated(PIECES[name], CHARACTERS)
    found = rules.extract(text, None, narrated=True)
    assert found.claims
    for start, end in set(places(found)):
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()


@pytest.mark.parametrize("name", PIECES)
def test_twice_the_text_is_twice_the_work(name: str) -> None:
    short, long = work(repeated(PIECES[name], 5_000)), work(repeated(PIECES[name], 10_000))
    assert long < 2.6 * short


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\x00", '"', "(", ".", "\u200b", "\ufeff", "🙂", "İ", "'", "“", "a" * 200_000, "1." * 100_000]
)
def test_next_to_nothing_holds_nothing(text: str) -> None:
    found = rules.extract(text, None, narrated=True)
    assert (found.claims, found.dates) == ((), ())


def test_a_byte_order_mark_and_markup_do_not_hide_a_claim() -> None:
    text = "\ufeff<p>Ann Berg said that the port was closed"
    assert [text[c.start : c.end] for c in rules.extract(text, None).claims] == ["the port was closed"]
