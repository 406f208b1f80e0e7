"""What a time looks like in English: one named pattern for each shape, most specific first. `dates.py` says what each one means."""

import re
from functools import cache

from app.extract.lang.en import words


def _any(key: str, capital: bool = False) -> str:
    forms = sorted(words.numbers(key), key=lambda w: (-len(w), w))
    return "|".join(f.capitalize() if capital else f for f in forms)


@cache
def shapes() -> re.Pattern[str]:
    month, weekday = f"(?:{_any('months', True)})\\b\\.?", f"(?:{_any('weekdays', True)})"
    season, day, year = f"(?i:{_any('seasons')})", r"\d{1,2}(?:st|nd|rd|th)?", r"(?:1[4-9]|20|21)\d\d"
    count, step = rf"(?i:\d{{1,4}}|{_any('numbers')}|several|a few|a couple of|some|many)", f"(?i:{_any('steps')})"
    unit = "(?:day|week|weekend|month|year|decade|century|quarter)"
    units = "(?:minutes?|hours?|days?|weeks?|months?|years?|decades?|centuries)"
    patterns = {
        "iso": r"(?P<iso_date>\d{4}-\d\d-\d\d)(?:T[\d:.]+Z?)?",
        "month_day_range": rf"(?:{weekday},? )?(?P<r_month>{month}) (?P<r_first>{day})(?: to |-|—)(?P<r_last>{day})\b"
        rf"(?:,? (?P<r_yyyy>{year}))?",
        "month_day": rf"(?:{weekday},? )?(?P<md_month>{month}) (?P<md_day>{day})\b(?!:)(?:,? (?P<md_yyyy>{year}))?",
        "day_month": rf"(?:{weekday},? )?(?:the )?(?P<dm_day>{day}) (?:of )?(?P<dm_month>{month})(?:,? (?P<dm_yyyy>{year}))?",
        "quarter": rf"(?:[Tt]he )?(?P<q_number>first|second|third|fourth) quarter(?: of (?P<q_yyyy>{year}))?",
        "month_year": rf"(?P<my_month>{month})(?:,| of)? (?P<my_yyyy>{year})",
        "season_year": rf"(?:[Tt]he )?(?P<s_season>{season})(?: of|,)? (?P<s_yyyy>{year})",
        "years": rf"(?P<ys_first>{year})(?:-|—| to )(?P<ys_last>{year}|\d\d)\b(?!-)",
        "decade": r"(?:[Tt]he )?(?P<decade_start>(?:1[4-9]|20)\d0|(?<!\d)'\d0)s",
        "century": r"(?:[Tt]he )?(?P<century_number>\d{1,2})(?:st|nd|rd|th)[ -]century",
        "relative_period": rf"(?:[Tt]he |the very )?(?P<rel_step>{step}) (?P<rel_count>(?:few|{count}) )?"
        rf"(?P<rel_unit>{units}|weekend|quarter)",
        "relative_name": rf"(?P<rn_step>{step}) (?P<rn_name>{weekday}|{month}|{season})",
        "named_day": rf"(?P<day_word>(?i:{_any('days')}))",
        "ago": rf"(?:(?:just|about|nearly|almost) )?(?P<ago_count>{count}) (?P<ago_unit>{units}) "
        r"(?P<ago_word>ago|earlier|later|before|afterwards)",
        "set": rf"(?:[Ee]very|[Ee]ach) (?:{unit}|{weekday}|{month})|daily|weekly|monthly|annually|yearly",
        "duration": rf"(?P<duration_count>{count})(?: |-)(?P<duration_unit>{units})(?:-old|-long)?",
        "weekday": rf"(?P<weekday_name>{weekday})(?:s\b)?",
        "year": rf"(?:[Tt]he year )?(?P<year_number>{year})(?:'s)?(?=\W|$)",
        "month": rf"(?P<month_name>{month})",
    }
    any_shape = "|".join(rf"(?P<{name}>(?:{p})(?!\w))" for name, p in patterns.items())
    return re.compile(rf"(?<![\w$£€])(?=[\w'])(?:{any_shape})")


@cache
def modifier() -> re.Pattern[str]:
    """A modifier that ends where the time begins: matched against the few words before it."""
    return re.compile(rf"(?:\b(?:the )?)(?P<word>{_any('modifiers')})(?: of| in)?(?: the)?[ -]$", re.IGNORECASE)


NOT_A_YEAR_BEFORE = re.compile(r"(?:[$£€#]|\bNo\. |[\d,.:/])$")
NOT_A_YEAR_AFTER = re.compile(
    r"(?:[,.:/]\d|%|-\w| (?:people|troops|soldiers|men|women|deaths|cases|votes|dollars|euros|pounds|percent|per cent"
    r"|km|kilometres|kilometers|miles|metres|meters|feet|tons|tonnes|square)\b)"
)
MONTH_IS_TIME_BEFORE = re.compile(
    r"(?:\b(?:in|since|until|by|last|next|this|early|late|mid|of|from|to|and|during|through|before|after)[ -])$",
    re.IGNORECASE,
)
DEADLINE_BEFORE = re.compile(r"\b(?:by|until|through|for|before)(?: the(?: end of)?)?(?: year)? $", re.IGNORECASE)
