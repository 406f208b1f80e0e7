"""Folding: how two spellings of one name or word are found to be the same.

Names and searched words go through here on their way into an index and on their way into a question, so that both engines and
both sides always agree. Nothing that is shown to a person is ever folded.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache

_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_APOSTROPHES = re.compile("['’‘ʼʻʿʾ`´′＇]")
_DOTTED = re.compile(r"(?<![\w.])[^\W\d_](?:\.[^\W\d_])+(?!\w)\.?")
_WORD = re.compile(
    _DOTTED.pattern  # U.S.
    + r"|\w+(?:['’]s(?!\w))?"  # Iraq's: the possessive belongs to the word and is not searched
)
_SIGNS = "“”„«»–—…\u00a0"  # what keeps most texts from being ASCII, and belongs to no word
_DOT_AND_LETTER = re.compile(r"\.[a-zA-Z]")
_PLAIN_POSSESSIVE = re.compile(r"(?<=\w)'s(?!\w)")
_LOWERED = bytes(ord(chr(c).lower()) if chr(c).isalnum() and c < 128 else ord(" ") for c in range(256))
_POSSESSIVE = re.compile("['’]s$")


MOST_BYTES = 2_000  # of a key in UTF-8: what every database takes into an index (PostgreSQL: 2,704)


def bounded(key: str) -> str:
    """A key as it is, or, when it is longer than any index takes, its beginning and a digest of the whole."""
    whole = key.encode()
    return key if len(whole) <= MOST_BYTES else f"{key[:400]} {hashlib.blake2b(whole, digest_size=16).hexdigest()}"


def fold(text: str) -> str:
    """Lower case, no accents, letters that Unicode does not decompose (ø, ł) by their usual Latin stand-in."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.casefold().translate(_UNDECOMPOSED))


@lru_cache(maxsize=16_384)  # a text names the same things again and again
def name_key(name: str) -> str:
    """The key under which a name is found: `al-Sudani`, `Al Sudani` → "al sudani"; `U.S.`, `US` → "us"."""
    joined = _DOTTED.sub(lambda m: m[0].replace(".", ""), _APOSTROPHES.sub("", name))
    folded = fold(joined)
    return bounded(" ".join(re.findall(r"\w+", folded.replace("_", " "))) or "".join(folded.split()))  # “!!!” is a band


def words(text: str) -> list[tuple[str, int, int]]:
    """The words of a text as they are searched, each with the place it stands: (folded word, start, end).

    Dotted letters are one word (`U.S.` → "us"); a possessive is part of its word's place but not of its spelling.
    """
    return [(part, match.start(), match.end()) for match in _WORD.finditer(text) for part in _parts(match[0])]


def spelled(text: str) -> list[str]:
    """The same words without their places: most texts are cut without the expression, in a tenth of its time."""
    plain = text
    if not plain.isascii():
        for sign in _SIGNS:
            plain = plain.replace(sign, " ")
        plain = plain.replace("’", "'")
    if not plain.isascii() or _DOT_AND_LETTER.search(plain) or "'s's" in plain:
        return [part for word in _WORD.findall(text) for part in _parts(word)]
    if "'s" in plain:
        plain = _PLAIN_POSSESSIVE.sub(" ", plain)
    return plain.encode("ascii").translate(_LOWERED).decode("ascii").split()


def joined(text: str) -> str:
    """`spelled`, with a space between two words."""
    return " ".join(spelled(text))


@lru_cache(maxsize=65_536)  # a few megabytes; most words of most texts are among them
def _parts(word: str) -> tuple[str, ...]:
    if word.isascii() and word.isalnum():
        return (word.lower(),)
    return tuple(re.findall(r"[^\W_]+", fold(_POSSESSIVE.sub("", word).replace(".", ""))))
