"""What a time looks like in English: one pattern for each shape over the kinds of `date_words.py`, most specific first.

The names in the patterns are kinds or, in capitals, pieces defined here; spaces mean nothing.
`dates.py` says what each shape means.
"""

import re
from functools import cache

from app.extract.lang.en import date_words

_PIECES = {
    "DIGITS": "(?:small|large|year)",
    "MANY": "(?:a hundred|(?:number|DIGITS)(?:hyphen? (?:number|hundred)){0,4})",
    "COUNT": "(?:a? vague|a? couple of?|a? half hyphen? a?|small? small slash small|a? dozen of?"
    "|MANY(?:hyphen? and hyphen? a? hyphen? half)?)",
    "ONE": "(?:unit|second|day_unit|night|week_unit|weekend|quarter_unit|year_unit)",
    "SOME": "(?:units|nights)",
    "UNIT": "(?:ONE|SOME)",
    "LENGTH": "(?:COUNT (?:hyphen|more)? UNIT|a ONE)",
    "PAUSE": "(?=comma|stop|and|dash|at|on|\n)",
    "NTH": "(?:ordinal|nth|second)",
    "DAY": "(?:small|nth)",
    "PART_OF_DAY": "(?:part_of_day|night)",
    "YEAR": "(?:comma? year)",
    "STEP": "(?:this|last|next|that)",
    "ITS_YEAR": "(?:comma? of? the? that? STEP year_unit|of? the year_unit)",
    "OF_YEAR": "(?:of? year|ITS_YEAR|of? fiscal year)",
    "CLOCK": "(?:clock ampm? zone?|small (?:ampm|oclock) zone?|(?:number) oclock)",
    "TO": "(?:to|dash|hyphen)",
}
_SHAPES = {
    "iso": "iso",
    "numeric": "numeric|small slash small(?: slash (?:year|small))?",
    "day_range": "(?:weekday comma?)? month DAY (?:TO|(?<=between month DAY) and) DAY YEAR?|DAY (?:TO|and) DAY of? month YEAR?",
    "day": "(?:weekday comma?)? (?:month the? (?:DAY|ordinal)|the? (?:DAY of? |NTH of )month) (?:YEAR(?!hyphen)|ITS_YEAR)?",
    "quarter": "the? fiscal? NTH hyphen? quarter_unit OF_YEAR?|code (?:of? year)?|year code",
    "half_year": "the? NTH (?:hyphen half|half OF_YEAR)",
    "part_range": "the? (?:NTH|last) (?:COUNT hyphen? UNIT|ONE|units) of (?:month YEAR?|year|ITS_YEAR|the STEP? ONE)",
    "month_year": "month (?:YEAR|of year|ITS_YEAR) possessive?",
    "season_year": "the? season (?:comma? of? year(?: (?:hyphen|dash) (?:year|small))?|ITS_YEAR)",
    "century": "the? NTH hyphen? unit",
    "years": "year hyphen (?:year|DIGITS)",
    "decade": "the? apostrophe? decade|the decade_word|the year possessive",
    "day_word": "the day_unit before day_word|day_word PART_OF_DAY?",
    "set": "every other? (?:(?:COUNT)? UNIT|weekday|month|season|PART_OF_DAY|holiday rest{0,6})|set_word"
    "|(?:once|COUNT times) (?:a|every|per) ONE|weekdays PART_OF_DAY?",
    "ago": "LENGTH ago|SOME ago",
    "apart": "LENGTH (?:hence|before PAUSE)|SOME hence|the ONE (?:before PAUSE|hence)",
    "span": "the? (?:this|last|next) (?:COUNT UNIT|units)|the? recent UNIT",
    "relative_name": "the? STEP (?:weekday PART_OF_DAY?|month|season)",
    "weekday_of_week": "weekday (?:of? STEP week_unit)",
    "relative_part": "the? STEP PART_OF_DAY|the day_unit possessive? PART_OF_DAY",
    "relative": "the? very? STEP (?:that|last|next|fiscal)? ONE",
    "holiday": "holiday rest{0,6} YEAR?",
    "reference": "reference rest{0,6}",
    "weekend": "the weekend",
    "weekday": "weekday PART_OF_DAY?",
    "year": "(?:the? year_unit|fiscal (?:year_unit)?)? year possessive?",
    "short_year": "(?<=year dash)DIGITS",
    "clock": "CLOCK",
    "the_unit": "the (?:day_unit|year_unit|week_unit|quarter_unit|unit)",
    "duration": "(?:(?:number|DIGITS|a) UNIT and a half|LENGTH)(?: hyphen old)?|UNIT hyphen old|SOME",
    "season": "the? season",
    "part_of_day": "part_of_day",
    "month": "month",
}
_LEAD = "(?:the? very? edge of|the? part hyphen?|part (?:in|on)|hence in?|about|more than|(?:at)? least|up to|some)"


def _compiled(pattern: str) -> str:
    """Names to letters; pieces are put in first, so that they may use one another."""
    for _ in range(4):
        pattern = re.sub(r"\b[A-Z_]{2,}\b", lambda m: _PIECES[m[0]], pattern)
    return re.sub(r"[a-z_]+", lambda m: date_words.letters()[m[0]], pattern).replace(" ", "")


@cache
def shapes(without: str = "") -> re.Pattern[str]:
    """Group `lead` holds what stands before and modifies; the group that matched last names the shape."""
    shapes = {name: pattern for name, pattern in _SHAPES.items() if name != without}
    any_shape = "|".join(f"(?P<{name.upper()}>{_compiled(pattern)})" for name, pattern in shapes.items())
    return re.compile(rf"(?P<lead>{_compiled(_LEAD)})?(?:{any_shape})")


# A time holds at least one of these; between them stands nothing that is no word of times.
_TELLING = [
    *("month", "season", "weekday", "weekdays", "decade", "decade_word", "day_word", "unit", "units", "part_of_day", "set_word"),
    *("year", "iso", "numeric", "clock", "code", "ampm", "oclock", "slash", "second", "day_unit", "night", "nights"),
    *("week_unit", "weekend", "quarter_unit", "year_unit", "reference", "holiday"),
]


@cache
def runs() -> re.Pattern[str]:
    """Stretches of words of times of which one at least tells a time: only there is a shape worth looking for."""
    letters = date_words.letters()
    telling = "".join(letters[kind] for kind in _TELLING)
    weak = "".join(letter for kind, letter in letters.items() if kind not in (*_TELLING, "other", "opener"))
    return re.compile(rf"(?<![{weak}{telling}])[{weak}]*+[{telling}][{weak}{telling}]*+\n?")
