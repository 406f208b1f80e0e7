"""The languages that the rules read: a folder each, with its grammar as code and its words as data.

A folder named by its ISO 639 code holds `function_words.toml`, by which a text is known to be in that language, and `pipeline.py`
with `extract(text, published, extractor, author_too)`. Nothing else knows which languages there are.
"""

import importlib
import pkgutil
import re
import tomllib
from functools import cache
from importlib.resources import files
from types import ModuleType

CODES: tuple[str, ...] = tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))

_WINDOW = 2500  # characters that are looked at first; where they do not settle it, as many from the middle and the end
_SURE = 0.18  # share of function words that settles it at once
# English news has a share of 0.25 to 0.4, English headlines 0.08 and more; German, French, Spanish, Dutch, Italian, Portuguese,
# Swedish, Danish, Polish, Turkish and Indonesian stay below 0.05, and other scripts at 0.
_LEAST = 0.07
_TOO_SHORT = 8  # words; so few of them say nothing about a language, and are read
_LETTERS_A_WORD = 8  # of scripts without spaces
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def of(text: str) -> str | None:
    """The code of the best-fitting language; the first of all for a text too short to tell, and None where none fits."""
    words = _WORD.findall(text, 0, _WINDOW)
    best, share = _best(words)
    if share < _SURE and len(text) > _WINDOW:
        middle = max(_WINDOW, len(text) // 2)
        words += _WORD.findall(text, middle, middle + _WINDOW) + _WORD.findall(text, max(middle + _WINDOW, len(text) - _WINDOW))
        best, share = _best(words)
    if max(len(words), sum(map(len, words)) // _LETTERS_A_WORD) < _TOO_SHORT:
        return CODES[0]
    return best if share >= _LEAST else None


def pipeline(code: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{code}.pipeline")


def _best(words: list[str]) -> tuple[str, float]:
    """The language whose function words make up the largest share of the words, and that share."""
    low = [word.lower().replace("’", "'") for word in words]
    shares = {code: sum(word in _function_words(code) for word in low) / max(1, len(low)) for code in CODES}
    code = max(CODES, key=lambda c: shares[c])
    return code, shares[code]


@cache
def _function_words(code: str) -> frozenset[str]:
    listed = tomllib.loads((files(f"{__name__}.{code}") / "function_words.toml").read_text("utf-8"))
    return frozenset(listed["words"])
