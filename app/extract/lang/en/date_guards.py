"""When words that look like a time are none: a count of four digits, a street number, "may" and "fall" as plain words."""

from collections.abc import Callable
from functools import cache

from app.extract.lang.en import date_words, date_years, words
from app.extract.lang.en.date_phrase import Phrase
from app.extract.lang.en.reading import Token


@cache
def _evidence(key: str) -> frozenset[str]:
    return frozenset(words.table("dates")["evidence"][key])


def is_time(phrase: Phrase) -> bool:
    guard = _GUARDS.get(phrase.shape)
    return guard is None or guard(phrase)


def _month(phrase: Phrase) -> bool:
    """Names are April, May, June and August, and "May" and "March" are words too: those two need evidence."""
    month, after = phrase.lexemes[0].low.rstrip("."), phrase.after()
    is_name = after.text[:1].isupper() and after.start == phrase.end + 1
    if month not in _evidence("doubtful"):
        return not (is_name and phrase.before() == "the")  # "the October Revolution"
    if month not in _evidence("words_too"):
        return not is_name and after.low not in words.cue_verbs()  # "April said"
    if phrase.first < phrase.core or _is_beside_month(phrase):
        return True
    return phrase.before() in _evidence("before") and not is_name and after.low != "'s"


def _is_beside_month(phrase: Phrase) -> bool:
    """ "from May to June", "April and May"."""
    month, kinds = date_words.letters()["month"], phrase.line.kinds
    return month in (kinds[phrase.last + 1 : phrase.last + 2] + kinds[max(0, phrase.first - 2) : max(0, phrase.first - 1)])


def _weekday(phrase: Phrase) -> bool:
    """ "Sun" and "Wed" are days in lists and before commas only."""
    word = phrase.lexemes[0]
    if word.low.rstrip(".") not in _evidence("doubtful_weekdays"):
        return True
    return word.text.endswith(".") or phrase.before() in _evidence("before_weekday") or phrase.after().text in "-—,"


def _season(phrase: Phrase) -> bool:
    """ "the fall" only where it is no collapse; "spring" without its article only behind "in"."""
    season = phrase.word("season")
    if phrase.after().low in ("of", "in", "from") and season in ("fall", "spring"):
        return False
    if phrase.lexemes[0].low != "the":
        return phrase.before() in _evidence("before_season") and season != "fall"
    return season in _evidence("plain_seasons") or phrase.before() in _evidence("before_the_season")


def _day(phrase: Phrase) -> bool:
    """ "May 12 people", "May 10,000": not a day when a count goes on."""
    return not (
        phrase.word("year") is None and phrase.lexemes[-1].low.isdigit() and phrase.after().low in date_years.listed("counted")
    )


def _clock(phrase: Phrase) -> bool:
    written = phrase.word("clock")
    if written is None or phrase.has("ampm") or phrase.has("zone") or written[-1] == "m":
        return True
    if "." in written:
        return False
    return phrase.before() in _evidence("before_clock")


def _duration(phrase: Phrase) -> bool:
    """Not "a second" and "the day": an ordinal, a plain noun; not the plural behind a word that makes it a name ("school days")."""
    first, last = phrase.lexemes[0], phrase.lexemes[-1].low
    if first.low in ("a", "an", "one") and last == "second":
        return False
    if _in_title(phrase.lexemes[-1]):
        return False
    if len(phrase.lexemes) == 1:
        is_led = phrase.before() in _evidence("bare_units") or phrase.after().low in _evidence("behind_units")
        return is_led and not _is_part(phrase)
    if first.low in ("a", "an") and last in _evidence("doubtful_units"):
        return phrase.before() in _evidence("before_a_unit") and phrase.after().low != "of"
    return True


def _is_part(phrase: Phrase) -> bool:
    """ "the early hours" of a day."""
    return date_words.letters()["part"] in phrase.line.kinds[phrase.first : phrase.core]


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
    """ "annual" is, "the Daily Mail" and "Weekly" in a title are not."""
    first = phrase.lexemes[0]
    return not (
        phrase.has("set_word")
        and first.text[0].isupper()
        and (phrase.after().text[:1].isupper() or phrase.before() in ("the", "'s"))
    )


def _century(phrase: Phrase) -> bool:
    return phrase.word("unit") == "century"


def _the_unit(phrase: Phrase) -> bool:
    """ "the end of the day", "in the year": a unit that stands for the one just spoken of."""
    if phrase.first < phrase.core:
        return phrase.after().low != "of" or phrase.word("day_unit") is None
    unit = phrase.lexemes[-1].low
    if phrase.after().low in _evidence("not_after_unit"):
        return False
    before = phrase.before()
    if before in _evidence("ending"):
        return unit in ("day", "week", "year")
    return before in ("in", "during", "for") and unit in ("year", "quarter")


def _part_of_day(phrase: Phrase) -> bool:
    word = phrase.lexemes[0].low
    if _in_title(phrase.lexemes[0]) and phrase.before():
        return False
    if word in _evidence("plain_hours"):
        return phrase.before() in _evidence("before_hour")
    return word == "overnight"


def _numeric(phrase: Phrase) -> bool:
    return phrase.has("numeric") or phrase.has("year") or [lexeme.low for lexeme in phrase.lexemes] == ["9", "/", "11"]


def _reference(phrase: Phrase) -> bool:
    """Not the "now" of "now-defunct" and "now that", nor the one that only opens a speech: "Now, …"."""
    after, is_now = phrase.after(), phrase.lexemes[0].low == "now"
    opens = not phrase.before() and after.text == ","
    return after.text != "-" and not (is_now and (after.low == "that" or opens or phrase.lexemes[0].text == "NOW"))


_GUARDS: dict[str, Callable[[Phrase], bool]] = {
    "year": date_years.year,
    "short_year": date_years.short_year,
    "years": date_years.years_range,
    "month": _month,
    "weekday": _weekday,
    "season": _season,
    "day": _day,
    "clock": _clock,
    "duration": _duration,
    "holiday": _holiday,
    "day_word": _day_word,
    "set": _set,
    "decade": date_years.decade,
    "century": _century,
    "the_unit": _the_unit,
    "part_of_day": _part_of_day,
    "numeric": _numeric,
    "reference": _reference,
}
