"""Whether a sentence looks ahead or back from a time: the verb that governs it decides which Friday "on Friday" is."""

from functools import cache

from app.extract.lang.en import words
from app.extract.lang.en.date_words import Line

_REACH = 30  # words to either side


@cache
def _forms(key: str) -> frozenset[str]:
    return frozenset(words.table("dates")["tense"][key])


def looks_ahead(line: Line, first: int, last: int) -> bool | None:
    """True for "will meet on Friday", False for "met on Friday", None where no verb tells. The nearest verb before counts, else behind."""
    if line.lexemes[last].low == "deadline":
        return True
    for i in range(first - 1, max(-1, first - _REACH), -1):
        if line.kinds[i] == "\n":
            break
        found = _tells(line, i)
        if found is not None:
            return found
    for i in range(last, min(len(line.kinds), last + _REACH)):
        if line.kinds[i] == "\n":
            break
        found = _tells(line, i)
        if found is not None:
            return found
    return None


def _tells(line: Line, i: int) -> bool | None:
    low = line.lexemes[i].low
    if low in _forms("participles") or low == "to":
        return _participle(line, i) if low != "to" else None
    if low in _forms("future"):
        return True
    if i and line.lexemes[i - 1].low == "be":  # "will be signed", "to be completed": the word before tells
        return None
    if low in _forms("past") or (len(low) > 4 and low.endswith("ed") and line.lexemes[i].text.islower()):
        return False
    return None


def _participle(line: Line, i: int) -> bool:
    """"is due", "scheduled for": ahead, unless it is a verb of its own ("they planned the attack")."""
    nearby = [line.lexemes[j].low for j in range(max(0, i - 3), i)]
    following = line.lexemes[i + 1].low if i + 1 < len(line.lexemes) else ""
    return following in ("to", "for", "on", "by", "in", "at") or any(w in _forms("present") for w in nearby)
