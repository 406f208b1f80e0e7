"""Whether a sentence looks ahead or back from a time: the verb that governs it decides which Friday "on Friday" is."""

from functools import cache

from app.extract.lang.en import words
from app.extract.lang.en.date_words import Line

_REACH = 30  # words to either side


@cache
def _forms(key: str) -> frozenset[str]:
    return frozenset(words.table("dates")["tense"][key])


def looks_ahead(line: Line, first: int, last: int) -> bool | None:
    """True for "will meet on Friday", False for "met on Friday", None where no verb tells: the nearest before, else behind."""
    if line.lexemes[last].low == "deadline":
        return True
    begin = max(line.kinds.rfind("\n", 0, first) + 1, first - _REACH)
    end = line.kinds.find("\n", last, last + _REACH)
    before = _nearest(line, range(first - 1, begin - 1, -1), first)
    if before is None and first > begin and line.lexemes[first - 1].low in ("until", "by"):
        return True
    return (
        _nearest(line, range(last, end if end >= 0 else min(last + _REACH, len(line.kinds))), first) if before is None else before
    )


def _nearest(line: Line, places: range, first: int) -> bool | None:
    return next((tells for tells in (_tells(line, i, first) for i in places) if tells is not None), None)


def _tells(line: Line, i: int, until: int) -> bool | None:
    low = line.lexemes[i].low
    tells = _tenses().get(low)
    if tells is None:
        if len(low) < 5 or not low.endswith("ed") or not line.lexemes[i].text.islower():
            return None
    elif tells != "past":
        return True if tells == "future" else _participle(line, i)
    if i and line.lexemes[i - 1].low == "be":  # "will be signed", "to be completed": the word before tells
        return None
    return low in _forms("promising") and any(line.lexemes[j].low == "to" for j in range(i + 1, until))


@cache
def _tenses() -> dict[str, str]:
    keys = ("past", "participles", "future")
    return {word: key for key in keys for word in sorted(_forms(key))}


def _participle(line: Line, i: int) -> bool:
    """ "is due", "scheduled for": ahead, unless it is a verb of its own ("they planned the attack")."""
    nearby = [line.lexemes[j].low for j in range(max(0, i - 3), i)]
    following = line.lexemes[i + 1].low if i + 1 < len(line.lexemes) else ""
    return following in ("to", "for", "on", "by", "in", "at") or any(w in _forms("present") for w in nearby)
