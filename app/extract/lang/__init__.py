"""The languages that the rules read: a folder each, with its grammar as code and its words as data.

A folder named by its ISO 639 code holds `function_words.toml`, by which a text is known to be in that language, and `pipeline.py`
with `extract(text, published, extractor, author_too)`. Nothing else knows which languages are read; `others.toml` knows other ones.
"""

import importlib
import pkgutil
import re
import tomllib
from functools import cache
from importlib.resources import files
from types import ModuleType

CODES: tuple[str, ...] = tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))

_WINDOW = 1500  # characters that are looked at first; where they do not settle it, as many from the middle and the end
_SURE = 0.25  # share of function words that settles it at once
_LEAST = 0.06  # a headline has a share of 0.08 and more, prose of 0.25 to 0.5, and what is in another script of 0
_TOO_SHORT = 8  # words; so few say nothing about a language
_SHORT = 30  # words, as of a headline, that may well hold no function word at all
_SIGNS = 2  # function words of another language in so short a text: one alone may be an English word too, as "met" is in Dutch
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def of(text: str) -> str | None:
    """The code of the best-fitting language; the first of all for a text too short to tell, and None where none fits.

    None fits megabytes of quotation marks either, which is why they take no time.
    """
    words = _WORD.findall(text, 0, _WINDOW)
    best, share = _best(words)
    if len(text) > _WINDOW and (share < _SURE or best not in CODES):
        middle = max(_WINDOW, len(text) // 2)
        words += _WORD.findall(text, middle, middle + _WINDOW) + _WORD.findall(text, max(middle + _WINDOW, len(text) - _WINDOW))
        best, share = _best(words)
    says_little = len(words) < _TOO_SHORT or (len(words) < _SHORT and share * len(words) < _SIGNS)
    if len(text) <= _WINDOW and says_little and _is_latin(words):
        return CODES[0]
    return best if share >= _LEAST and best in CODES else None


def _is_latin(words: list[str]) -> bool:
    return sum(word.isascii() for word in words) * 2 >= len(words)


def pipeline(code: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{code}.pipeline")


def _best(words: list[str]) -> tuple[str, float]:
    """The language whose function words make up the largest share of the words, and that share; where two tie, one that is read.

    "Los Angeles" and "La Paz" do not make a text Spanish: with a capital, only words of the languages that are read count.
    """
    languages, counts = _languages(), dict.fromkeys(CODES, 0)
    lows = [word.lower().replace("’", "'") for word in words]
    for word, low in [(word, low) for word, low in zip(words, lows, strict=True) if low in languages]:
        for code in languages[low]:
            if code in CODES or not word.istitle():
                counts[code] = counts.get(code, 0) + 1
    best = max(counts, key=counts.__getitem__)
    return best, counts[best] / max(1, len(words))


@cache
def _languages() -> dict[str, tuple[str, ...]]:
    """Function word → the codes of all languages that have it."""
    found: dict[str, tuple[str, ...]] = {}
    lists = {code: _read(f"{code}/function_words.toml")["words"] for code in CODES}
    for code, listed in {**_read("others.toml"), **lists}.items():
        for word in listed:
            found[word] = (*found.get(word, ()), code)
    return found


def _read(path: str) -> dict[str, list[str]]:
    return tomllib.loads((files(__name__) / path).read_text("utf-8"))
