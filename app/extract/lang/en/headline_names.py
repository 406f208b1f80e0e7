"""Names in lines whose words are all capitalised: what the body names too, what is known, what begins with a first name."""

from app.extract.lang.en import gazetteer, runs, words
from app.extract.lang.en.mention import Mention, make
from app.extract.lang.en.reading import Reading, Sentence, Token

_Names = dict[tuple[str, ...], Mention]
_SURE = 9  # votes of a name that means one thing even where every word is a capital
_FEW = 3  # tokens in capitals that may be one name: "NASA (AP)"
_LONG = 4  # letters of words that a headline capitalises; "of" and "in" it does not


def is_title_case(reading: Reading, sentence: Sentence) -> bool:
    """Whether capitals say nothing here: a headline in title case, or a line in capitals only."""
    if not sentence.heading:
        return sentence.last - sentence.first > _FEW and reading.view[sentence.start : sentence.end].isupper()
    if sum(t.text[0].isdigit() for t in reading.tokens[sentence.first : sentence.last]) > 1:
        return False  # results and tables: "Portsdown 2 Hull 1"
    words_of = [t for t in reading.tokens[sentence.first : sentence.last] if t.text[0].isalpha()]
    rest = [t for t in words_of[1:] if len(t.text) >= _LONG]
    return len(rest) > 1 and sum(t.is_capital for t in rest) * 10 >= len(rest) * 7


def find(reading: Reading, body: list[Mention], lines: list[Sentence]) -> list[Mention]:
    """Names of the body, and known ones, where they stand in a headline; `PM:` and the like as titles."""
    if not lines:
        return []
    names = {tuple([t.low for t in reading.tokens[m.first : m.last]]): m for m in reversed(body) if m.kind == "name"}
    longest: dict[str, int] = {}
    for name in names:
        longest[name[0]] = max(longest.get(name[0], 0), len(name))
    return [mention for line in lines for mention in _in_line(reading, line, names, longest)]


def _in_line(reading: Reading, line: Sentence, names: _Names, longest: dict[str, int]) -> list[Mention]:
    i, found = line.first, []
    while i < line.last:
        mention = _at(reading, i, line.last, names, longest)
        if mention is not None:
            found.append(mention)
        i = max(i + 1, mention.last if mention else 0)
    return found


def _at(reading: Reading, at: int, last: int, names: _Names, longest: dict[str, int]) -> Mention | None:
    tokens = reading.tokens
    like, length = _named_before(tokens, at, last, names, longest)
    place = gazetteer.known(tokens, at, last) if tokens[at].is_capital else None
    if like is not None and (place is None or place.length <= length):
        return make(reading, at, at + length, country=like.country, type=like.type)
    if place is not None and _is_sure(place):
        kind = "demonym" if place.kind == "demonym" else "name"
        country = place.code if place.kind in ("country", "demonym") else None
        return make(reading, at, at + place.length, kind=kind, country=country, type="place" if country else None)
    office = length_of_office(tokens, at, last)
    if office:
        return make(reading, at, at + office, kind="title")
    end = _person_to(tokens, at, last)
    return make(reading, at, end, type="person") if end else None


def _is_sure(known: gazetteer.Known) -> bool:
    return not known.plain and (known.kind in ("country", "demonym", "city") or max(weight for _, weight in known.votes) >= _SURE)


def _person_to(tokens: list[Token], at: int, last: int) -> int | None:
    """The end of a first name and a surname that are both known as such and not common words."""
    for end in (at + 3, at + 2):
        own = tokens[at:end]
        if end <= last and all(runs.is_name_word(t) and t.low not in words.everyday() for t in own):
            middle = len(own) == 2 or (len(own[1].text) <= 2 and own[1].text[0].isupper())
            if own[0].low in words.given_names() and own[-1].low in words.surnames() and middle:
                return end
    return None


def _named_before(tokens: list[Token], at: int, last: int, names: _Names, longest: dict[str, int]) -> tuple[Mention | None, int]:
    for length in range(min(longest.get(tokens[at].low, 0), last - at), 0, -1):
        found = names.get(tuple([t.low for t in tokens[at : at + length]]))
        if found is not None and tokens[at].is_capital:
            return found, length
    return None, 0


def length_of_office(tokens: list[Token], at: int, last: int) -> int:
    """Tokens of an office as headlines shorten it, where it opens them or a colon follows: "PM:", "Prime Minister:"."""
    for length in (2, 1):
        end = at + length
        if end < last and tokens[end].text == ":" and " ".join(t.low for t in tokens[at:end]) in words.offices():
            return length
    return 0
