"""When digits are years: "in 1912" and "the 1930s", not "2000 troops", "1600 Pennsylvania Avenue", "resolution 1973"."""

from functools import cache

from app.extract.lang.en import date_words, words
from app.extract.lang.en.date_phrase import Phrase

_SURE_YEARS = range(1400, 2101)  # outside, a number needs more evidence to be a year


@cache
def listed(key: str) -> frozenset[str]:
    return frozenset(words.table("dates")["years"][key])


def year(phrase: Phrase) -> bool:
    if phrase.has("year_unit") or phrase.has("fiscal"):
        return True
    before, after = phrase.before(), phrase.after()
    if before in listed("not_behind") or after.low in listed("not_before"):
        return False
    if before in listed("behind") or (before == "(" and after.low in ");,:"):
        return True
    if (
        after.low in listed("counted")
        or after.low.endswith(("men", "children", "people"))
        or _is_street(phrase)
        or _is_number_part(phrase)
    ):
        return False
    if (phrase.written_year or 0) not in _SURE_YEARS:
        return False
    is_listed = before in ("and", "or", "to", ",", "—") and phrase.before(2).isdecimal()  # "2012 and 2013 figures"
    return before in listed("determiners") or is_listed or not _is_plural(after.text)


def _is_number_part(phrase: Phrase) -> bool:
    """The end of a telephone number or of a sum."""
    before = phrase.before()
    return (
        before == "-" and phrase.line.kinds[phrase.first - 1] == date_words.letters()["hyphen"] and phrase.before(2)[:1].isdigit()
    ) or (before[:1].isdigit() and before[-1:] in ".,:/")


def _is_street(phrase: Phrase) -> bool:
    return phrase.after().text[:1].isupper() and any(phrase.after(n).low in listed("street") for n in (1, 2))


def _is_plural(word: str) -> bool:
    """A small word in -s that is no verb of the copula: "2000 ships", not "2000 was"."""
    return len(word) > 3 and word.islower() and word.endswith("s") and not word.endswith(("ss", "us", "is"))


def short_year(phrase: Phrase) -> bool:
    begins, ends = phrase.before(2), phrase.lexemes[0].low
    return len(ends) == 2 and ends > begins[2:] and phrase.after().low not in listed("counted")


def years_range(phrase: Phrase) -> bool:
    first, last = (lexeme.low for lexeme in (phrase.lexemes[0], phrase.lexemes[-1]))
    if phrase.before() in listed("not_behind") or phrase.after().text in ("-", "/"):
        return False
    ends = last if len(last) == 4 else first[:2] + last.zfill(2)
    return len(last) in (2, 4) and first < ends and int(ends) - int(first) < 200


def decade(phrase: Phrase) -> bool:
    if phrase.has("year"):  # "the 1930's"
        return (phrase.written_year or 1) % 10 == 0
    written = phrase.word("decade")
    if written is None:
        return phrase.after().low not in ("of",)
    return len(written) > 3 or phrase.has("apostrophe") or (phrase.has("the") and written > "10s")
