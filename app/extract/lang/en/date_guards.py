"""When words that look like a time are none: a count of four digits, a street number, "may" and "second" and "fall" as plain words."""

from collections.abc import Callable
from functools import cache

from app.extract.lang.en import words
from app.extract.lang.en.date_phrase import Phrase
from app.extract.lang.en.reading import Token

_SURE_YEARS = range(1400, 2101)  # outside, a number needs more evidence to be a year


@cache
def _years(key: str) -> frozenset[str]:
    return frozenset(words.table("dates")["years"][key])


@cache
def _evidence(key: str) -> frozenset[str]:
    return frozenset(words.table("dates")["evidence"][key])


def is_time(phrase: Phrase) -> bool:
    guard = _GUARDS.get(phrase.shape)
    return guard is None or guard(phrase)


def _year(phrase: Phrase) -> bool:
    if phrase.has("year_unit") or phrase.has("fiscal"):
        return True
    before, after = phrase.before(), phrase.after()
    if before in _years("not_behind") or after.low in _years("not_before"):
        return False
    if before in _years("behind") or (before == "(" and after.low in ");,:"):
        return True
    if after.low in _years("counted") or after.low.endswith(("men", "children", "people")) or _is_street(phrase) or _is_number_part(phrase):
        return False
    if (phrase.written_year or 0) not in _SURE_YEARS:
        return False
    return before in _years("determiners") or not _is_plural(after.text)


def _is_number_part(phrase: Phrase) -> bool:
    """The end of a telephone number or of a sum."""
    before = phrase.before()
    return (before in ("-", "—") and phrase.before(2)[:1].isdigit()) or (before[:1].isdigit() and before[-1:] in ".,:/")


def _is_street(phrase: Phrase) -> bool:
    return phrase.after().text[:1].isupper() and any(phrase.after(n).low in _years("street") for n in (1, 2))


def _is_plural(word: str) -> bool:
    """A small word in -s that is no verb of the copula: "2000 ships", not "2000 was"."""
    return len(word) > 3 and word.islower() and word.endswith("s") and not word.endswith(("ss", "us", "is"))


def _month(phrase: Phrase) -> bool:
    month, after = phrase.lexemes[0], phrase.after()
    if month.low not in _evidence("doubtful"):
        return True
    if month.low.rstrip(".") not in ("may", "march", "mar") and not (after.text[:1].isupper() and after.start == month.end + 1):
        return True  # "June", but not "June Carter"
    return phrase.before() in _evidence("before") and not (after.text[:1].isupper() and phrase.before() in ("of", "to", "from", "by", "for", "and"))


def _weekday(phrase: Phrase) -> bool:
    """"Sun" and "Wed" are days in lists and before commas only."""
    word = phrase.lexemes[0]
    if word.low.rstrip(".") not in ("sun", "sat", "wed", "mon"):
        return True
    return word.text.endswith(".") or phrase.before() in ("on", "-", "—", "until", "to") or phrase.after().text in "-—,"


def _season(phrase: Phrase) -> bool:
    """"the fall" only where it is no collapse; "spring" without its article only behind "in"."""
    season = phrase.word("season")
    if phrase.after().low in ("of", "in", "from") and season in ("fall", "spring"):
        return False
    if not phrase.lexemes[0].low == "the":
        return phrase.before() in ("in", "this", "during", "since", "by", "last", "until") and season != "fall"
    return season in ("summer", "winter", "autumn") or phrase.before() in ("in", "during", "by", "until", "since", "for", "of", "through")


def _day(phrase: Phrase) -> bool:
    """"May 12 people", "May 10,000": not a day when a count goes on."""
    return not (phrase.word("year") is None and phrase.lexemes[-1].low.isdigit() and phrase.after().low in _years("counted"))


def _clock(phrase: Phrase) -> bool:
    written = phrase.word("clock")
    if written is None or phrase.has("ampm") or phrase.has("zone") or written[-1] == "m":
        return True
    if "." in written:
        return False
    return phrase.before() in ("at", "by", "from", "until", "till", "to", "around", "about", "before", "after", "since", "between", "-", "—", "and")


def _duration(phrase: Phrase) -> bool:
    """Not "a second" and "the day": an ordinal, a plain noun; not the plural behind a word that makes it a name ("school days")."""
    first, last = phrase.lexemes[0], phrase.lexemes[-1].low
    if first.low in ("a", "an", "one") and last == "second":
        return False
    if _in_title(phrase.lexemes[-1]):
        return False
    if len(phrase.lexemes) == 1:
        return phrase.before() in _evidence("bare_units")
    if first.low in ("a", "an") and len(phrase.lexemes) == 2 and last in ("quarter", "night", "minute"):
        return phrase.before() in ("for", "within", "in", "after")
    return True


def _in_title(word: Token) -> bool:
    """ "Seven Days in May", "Chimes at Midnight": written large, no time but a name."""
    return word.text[0].isupper() and not word.text.isupper()


def _holiday(phrase: Phrase) -> bool:
    after = phrase.after()
    return not (after.text[0].isupper() and after.start == phrase.end + 1)


def _day_word(phrase: Phrase) -> bool:
    """Not the newspaper: "USA Today"."""
    word = phrase.lexemes[0]
    before = phrase.line.lexemes[phrase.first - 1] if phrase.first and phrase.before() else None
    return not (word.text[0].isupper() and before is not None and before.text[0].isupper())


def _set(phrase: Phrase) -> bool:
    """"annual" is, "the Daily Mail" and "Weekly" in a title are not."""
    first = phrase.lexemes[0]
    return not (phrase.has("set_word") and first.text[0].isupper() and (phrase.after().text[:1].isupper() or phrase.before() in ("the", "'s")))


def _decade(phrase: Phrase) -> bool:
    if phrase.has("year"):  # "the 1930's"
        return (phrase.written_year or 1) % 10 == 0
    decade = phrase.word("decade")
    if decade is None:
        return phrase.after().low not in ("of",)
    return len(decade) > 3 or phrase.has("apostrophe") or (phrase.has("the") and decade > "10s")


def _century(phrase: Phrase) -> bool:
    return phrase.word("unit") in ("century", "millennium") and phrase.word("unit") == "century"


def _years_range(phrase: Phrase) -> bool:
    first, last = (l.low for l in (phrase.lexemes[0], phrase.lexemes[-1]))
    if phrase.before() in _years("not_behind") or phrase.after().text in ("-", "/"):
        return False
    ends = last if len(last) == 4 else first[:2] + last.zfill(2)
    return len(last) in (2, 4) and first < ends and int(ends) - int(first) < 200


def _the_unit(phrase: Phrase) -> bool:
    """"the end of the day", "in the year": a unit that stands for the one just spoken of."""
    if phrase.first < phrase.core:
        return phrase.after().low != "of" or phrase.word("day_unit") is None
    unit = phrase.lexemes[-1].low
    if phrase.after().low in _evidence("not_after_unit"):
        return False
    before = phrase.before()
    if before in ("end", "ended", "ending", "closed", "finished"):
        return unit in ("day", "week", "year")
    return before in ("in", "during", "for") and unit in ("year", "quarter")


def _part_of_day(phrase: Phrase) -> bool:
    word = phrase.lexemes[0].low
    if _in_title(phrase.lexemes[0]) and phrase.before():
        return False
    if word in ("noon", "midnight", "midday"):
        return phrase.before() in ("at", "by", "until", "before", "after", "around", "from", "to", "about", "since", "past", "and", "local", "shortly")
    return word == "overnight"


def _numeric(phrase: Phrase) -> bool:
    return phrase.has("numeric") or phrase.has("year") or [l.low for l in phrase.lexemes] == ["9", "/", "11"]


def _reference(phrase: Phrase) -> bool:
    """Not the "now" of "now-defunct" and "now that", nor the one that only opens a speech: "Now, …"."""
    after, is_now = phrase.after(), phrase.lexemes[0].low == "now"
    opens = not phrase.before() and after.text == ","
    return after.text != "-" and not (is_now and (after.low == "that" or opens or phrase.lexemes[0].text == "NOW"))


_GUARDS: dict[str, Callable[[Phrase], bool]] = {
    "year": _year,
    "years": _years_range,
    "month": _month,
    "weekday": _weekday,
    "season": _season,
    "day": _day,
    "clock": _clock,
    "duration": _duration,
    "holiday": _holiday,
    "day_word": _day_word,
    "set": _set,
    "decade": _decade,
    "century": _century,
    "the_unit": _the_unit,
    "part_of_day": _part_of_day,
    "numeric": _numeric,
    "reference": _reference,
}
