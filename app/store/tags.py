"""What articles and claims are filtered by, as words that stand in the index beside those of the text.

Each begins with a character that no word of a text holds, so that none can be mistaken for one. The same functions write them
when a row is put into the index and when a question is asked.
"""

import hashlib
from datetime import datetime
from functools import lru_cache

from app.store import cells

_MARK = "·"  # a letter to the tokenizer, none to folding.words
EVERY = f"{_MARK}x"
ABOUT, SAID, RECORDED = f"{_MARK}t", f"{_MARK}d", f"{_MARK}g"  # axes of time
COPY = f"{_MARK}y"  # an article that is not the first of its story, a claim that an earlier article of the story has made
ROLES = {"entity": f"{_MARK}e", "speaker": f"{_MARK}s", "subject": f"{_MARK}b"}


def party(parameter: str, entity_id: int) -> str:
    """`parameter`: entity, speaker or subject."""
    return f"{ROLES[parameter]}{entity_id}"


def article(article_id: int) -> str:
    return f"{_MARK}r{article_id}"


def source(source_id: int) -> str:
    return f"{_MARK}o{source_id}"


@lru_cache(maxsize=4096)
def author(key: str) -> str:
    """`key`: the name, folded."""
    return f"{_MARK}a{hashlib.blake2b(key.encode(), digest_size=6).hexdigest()}"


def language(tag: str) -> str:
    return f"{_MARK}l{tag.lower().replace('-', _MARK)}"


def languages(tag: str | None) -> list[str]:
    """`en-GB` is found by itself and by `en`."""
    parts = tag.split("-") if tag else []
    return [language("-".join(parts[:n])) for n in range(1, len(parts) + 1)]


def kind(name: str) -> str:
    return f"{_MARK}k{name}"


def speaker_kind(name: str) -> str:
    return f"{_MARK}p{name}"


def hedged(value: bool) -> str:
    return f"{_MARK}h{value:d}"


def negated(value: bool) -> str:
    return f"{_MARK}n{value:d}"


def status(name: str) -> str:
    return f"{_MARK}z{name}"


def confidence(value: float | None) -> str:
    """In tenths; what was sent and not found counts as sure."""
    return f"{_MARK}c{10 if value is None else int(value * 10)}"


def confident(least: float) -> list[str]:
    """Any of these: a confidence in or above the tenth that holds `least`."""
    return [f"{_MARK}c{tenth}" for tenth in range(int(least * 10), 11)]


def recorded(moment: datetime) -> str:
    day = moment.toordinal()
    return stretches(RECORDED, (day, day))


@lru_cache(maxsize=65_536)  # the same days are spoken about again and again
def stretches(axis: str, *days: tuple[int, int]) -> str:
    """Of day numbers, both ends inclusive: all tags of all stretches, each once, joined by spaces."""
    return " ".join(sorted(set().union(*(cells.kept(axis, earliest, latest) for earliest, latest in days))))


@lru_cache(maxsize=1024)  # a few different ones
def qualities(kind_: str, status_: str, is_negated: bool, tenths: float | None, is_hedged: bool) -> str:
    """What a claim is, joined by spaces."""
    return " ".join([kind(kind_), status(status_), negated(is_negated), confidence(tenths), hedged(is_hedged)])
