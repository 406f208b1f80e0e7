"""Where names stand: runs of capitalised words, taken apart at countries, offices and possessives.

1. A run is capitalised words and the small ones that names hold ("of", "bin").
2. What opens a sentence is a name only if it is known, or capitalised elsewhere too.
3. Known places and nationalities at its front, and offices before a person, are split off; an office stays with the person as role.
4. A headline, where every word is a capital, holds only names that are known or stand in the body.
"""

from bisect import bisect_left, bisect_right

from app.extract.lang.en import gazetteer, governments, headline_names, runs, splits, titles, words
from app.extract.lang.en.mention import Mention
from app.extract.lang.en.reading import Reading, Sentence, Token
from app.models.extraction import FoundDate


def find(reading: Reading, dates: list[FoundDate]) -> list[Mention]:
    """Mentions in text order; a nested one ("U.S." of "U.S.-led coalition") follows the one that holds it."""
    capitals = [i for i, (token, low) in enumerate(zip(reading.tokens, reading.lows, strict=True)) if token.text != low]
    usual = _capitalised_inside(reading, capitals)
    small = frozenset([token.text for token in reading.tokens])
    taken = {t for d in dates for t in range(reading.token_at(d.start), reading.token_at(d.end))}
    found: list[Mention] = []
    titled = [headline_names.is_title_case(reading, sentence) for sentence in reading.sentences]
    for sentence, is_titled in zip(reading.sentences, titled, strict=True):
        if is_titled:
            continue
        inside = capitals[bisect_left(capitals, sentence.first) : bisect_left(capitals, sentence.last)]
        for run_first, run_last in runs.find(reading, sentence, taken, inside):
            first, last = _trimmed(reading, sentence, run_first, run_last, usual, small)
            if first < last:
                found += splits.in_run(reading, sentence, first, last)
    found += headline_names.find(reading, found, [s for s, is_titled in zip(reading.sentences, titled, strict=True) if is_titled])
    found += governments.find(reading, found)
    return sorted(found, key=lambda m: (m.start, -m.end))


def _capitalised_inside(reading: Reading, capitals: list[int]) -> frozenset[str]:
    """Words that stand capitalised where no rule of spelling asks for it."""
    tokens, found = reading.tokens, set()
    for sentence in reading.sentences:
        if sentence.heading:
            continue
        for i in capitals[bisect_right(capitals, sentence.first) : bisect_left(capitals, sentence.last)]:
            before = tokens[i - 1]
            if tokens[i].text[0].isupper() and (before.is_word or before.text == ","):
                found.add(tokens[i].low)
    return frozenset(found - words.naming("ordinary"))


def _trimmed(
    reading: Reading, sentence: Sentence, first: int, last: int, usual: frozenset[str], small: frozenset[str]
) -> tuple[int, int]:
    """A run without the words at its ends that are capitalised for another reason than being a name."""
    tokens = reading.tokens
    if gazetteer_covers(tokens, first, last):
        return (first, last) if _stands(reading, sentence, first, last, usual) else (last, last)
    while first < last and _is_function_word(tokens[first]):
        first = next((i for i in range(first + 1, last) if runs.is_name_word(tokens[i])), last)
    while last > first and not _may_end(tokens, last):
        last -= 1
    if first < last:
        first = _without_opener(reading, sentence, first, last, usual)
    if last - first > 1 and tokens[first].low in words.nameless() and tokens[first + 1].low in words.given_names():
        first += 1  # "Londoner Ann Berg"
    if first < last and (_is_nameless(tokens, first, last) or (last - first == 1 and _is_common(tokens, first, small))):
        return last, last
    return first, last


def gazetteer_covers(tokens: list[Token], first: int, last: int) -> bool:
    found = gazetteer.known(tokens, first, last)
    return found is not None and found.length == last - first


def _stands(reading: Reading, sentence: Sentence, first: int, last: int, usual: frozenset[str]) -> bool:
    return last - first > 1 or (
        _without_opener(reading, sentence, first, last, usual) == first and not _is_nameless(reading.tokens, first, last)
    )


def _may_end(tokens: list[Token], last: int) -> bool:
    token = tokens[last - 1]
    if runs.is_name_word(token):
        return not _is_function_word(token)
    return last > 1 and runs.is_surname_of_a_month(tokens, last - 1, len(tokens))


def _is_function_word(token: Token) -> bool:
    return token.low in words.grammar("never_names") and not (token.text.isupper() and len(token.text) > 1)


def _is_nameless(tokens: list[Token], first: int, last: int) -> bool:
    """ "DVD", "Muslim", "Figure 3", "Fig. A": words that name nothing of interest when they stand alone."""
    if all(tokens[i].low in words.nameless() for i in range(first, last)):
        return not (last - first == 1 and gazetteer.known(tokens, first, last))
    text = tokens[first].text
    if last - first == 1 and (len(text) == 1 or (text[1] == "-" and text[0] in "DIR")):
        return True  # "(D., Ohio)", "D-Calif."
    if last == len(tokens):
        return False
    if last - first == 1 and tokens[first].low in words.spaced("everyday", "numbered"):
        return tokens[last].text[0].isdigit()
    office = tokens[last].low in words.naming("heads_of_fields")
    return office and all(tokens[i].low in words.naming("portfolios") for i in range(first, last))  # "Foreign Affairs minister"


def _is_common(tokens: list[Token], at: int, small: frozenset[str]) -> bool:
    """A common noun with a capital: "the Victory", "Iodine" where the text has "iodine", too; but "the Coalition" is a name."""
    low = tokens[at].low
    if low in words.naming("organization") or low in words.surnames() or low in words.given_names():
        return False
    if titles.length_at(tokens, at, at + 1):
        return False
    known = gazetteer.known(tokens, at, at + 1)
    return (known is None or known.plain) and (low in words.everyday() or low in small)


def _opens(tokens: list[Token], sentence: Sentence, first: int) -> bool:
    """Whether spelling asks for a capital here: at the start of a sentence, of a quotation, of what follows a colon or a note."""
    if first == sentence.first:
        return True
    before = tokens[first - 1]
    if before.text == "'":
        return first - 1 == sentence.first or tokens[first - 2].end < before.start
    return before.text in '":—[]•*'


def _without_opener(reading: Reading, sentence: Sentence, first: int, last: int, usual: frozenset[str]) -> int:
    """Skip the word that is capitalised only because it opens the sentence or a quotation."""
    tokens = reading.tokens
    if not _opens(tokens, sentence, first):
        return first
    token = tokens[first]
    if token.low in words.cue_verbs():
        return next((i for i in range(first + 1, last) if runs.is_name_word(tokens[i])), last)
    if last - first == 1 and titles.length_at(tokens, first, sentence.last) > 1:
        return last  # "Agency director": the capital opens the sentence
    if _is_known_opener(tokens, first, last) or token.low in usual:
        return first
    if last - first > 1:
        return _after_opener(tokens, first, last, usual)
    if token.low in words.everyday() or _are_people(token):
        return last
    return first if _acts(tokens, last, sentence.last) else last


def _are_people(token: Token) -> bool:
    """ "Traders", "Volcanologists": a plural of what people are."""
    return token.low in words.callings() or token.low.endswith(words.calling_endings())


def _is_known_opener(tokens: list[Token], first: int, last: int) -> bool:
    token = tokens[first]
    found = gazetteer.known(tokens, first, last)
    return bool(
        (found is not None and not found.plain)
        or titles.length_at(tokens, first, last)
        or (token.text.isupper() and len(token.text) > 1)
        or "-" in token.text
        or (token.low in words.given_names() and token.low not in words.everyday())
    )


def _after_opener(tokens: list[Token], first: int, last: int, usual: frozenset[str]) -> int:
    """ "Critics Ann Berg and …": a common word before a name; but "Public Health Agency" is one."""
    low = tokens[first].low
    end = tokens[last - 1].low
    if _calls_by_kind(tokens, first) and end not in words.naming("organization") and end not in words.naming("place"):
        return first + 1
    if low in words.grammar("openers_of_names") or (low.endswith(("ly", "ing")) and not _is_known_opener(tokens, first, first + 1)):
        return first + 1
    behind = gazetteer.known(tokens, first + 1, last)
    if behind is not None and behind.kind == "demonym" and low not in words.surnames():
        return first + 1  # "Sensitive Canadian documents"
    follower = tokens[first + 1].low
    is_name = behind is not None or follower in words.given_names() or (follower in usual and follower not in words.everyday())
    if low not in words.everyday() or not is_name:
        return first
    if low in words.given_names() and follower in words.surnames() and _acts(tokens, last, len(tokens)):
        return first  # "Will Berg said"
    return first if tokens[last - 1].low in words.naming("organization") else first + 1


def _calls_by_kind(tokens: list[Token], at: int) -> bool:
    """ "Carmaker Brantex", "Sociologist Ann Berg"."""
    low, follower = tokens[at].low, tokens[at + 1].low
    if low in words.kinds_of_firms():
        return True
    is_calling = words.kinds_of_nouns().get(low) == "person" and low not in words.surnames() and low not in words.given_names()
    return (
        is_calling
        and (follower in words.given_names() or follower in words.surnames())
        and not titles.length_at(tokens, at, at + 1)
    )


def _acts(tokens: list[Token], at: int, last: int) -> bool:
    """Whether what follows a sentence's single first word makes it a doer: "Farrowby said", "Daesh began", "Storrow's"."""
    if at >= last:
        return False
    low = tokens[at].low
    if low in (",", "and"):
        return at + 1 < last and _goes_on(tokens[at + 1])
    return (
        low in words.cue_verbs()
        or low in words.naming("behind_companies")
        or low == "'s"
        or low in words.grammar("finite")
        or (low.endswith("ed") and len(low) > 4)
    )


def _goes_on(token: Token) -> bool:
    """What follows a name and its comma: "Farrowby, a spokesman", "Farrowby, 43", "Farrowby and Storrow"."""
    return token.low in ("a", "an", "the", "who", "whose") or token.text.isdecimal() or runs.is_name_word(token)
