"""Wire stories printed again: recognised, counted once, and parted or joined by people."""

import random
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.conftest import Store

WORDS = random.Random(5).sample(
    [f"{a}{b}{c}" for a in "bdfgklm" for b in "aeiou" for c in ("ran", "tol", "mis", "den", "vek")], 150
)


def told(seed: int, length: int = 180) -> str:
    """A made-up dispatch."""
    drawn = random.Random(seed).choices(WORDS, k=length)
    return " ".join(word.capitalize() + "" if i % 12 == 0 else word + "." * (i % 12 == 11) for i, word in enumerate(drawn))


QUOTES = ["the dam is safe", "the gates held in the flood", "nobody was hurt on the road"]
STORY = f"Ann Lee said {QUOTES[0]}. {told(1)} Ann Lee said {QUOTES[1]}. {told(2)} Ann Lee said {QUOTES[2]}."
