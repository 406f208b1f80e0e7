"""Noun phrases before a verb, without a parser: how far the doer's words reach to its left."""

from app.extract.lang.en.reading import Reading, Sentence, TokenRange

LONGEST_PHRASE = 30  # tokens
LONGEST_APPOSITION = 30
_NOUN_LIKE = "NKMxsO"
_INSIDE = "NKMDJxsdnGR'OPB"
_OPENS_RELATIVE = "WT"
_TIMES = ("this", "last", "next")  # they open an adverbial, not the phrase: "a study published this week"


def verb_group(reading: Reading, verb: int, floor: int) -> int:
    """The first token of "has also said", whose last is `verb`."""
    tags, start = reading.tags, verb
    while start > floor and tags[start - 1] in "ABR":
        start -= 1
    while start < verb and tags[start] not in "AB":
        start += 1
    return start


def subject_before(reading: Reading, sentence: Sentence, verb: int, floor: int | None = None) -> TokenRange | None:
    """The noun phrase that ends before `verb`; over an apposition between commas to the name it explains."""
    floor = sentence.first if floor is None else floor
    at = left_of_group(reading, verb, floor)
    if at <= floor:
        return None
    before = reading.tags[at - 1]
    if before == ",":
        return _before_apposition(
            reading, at - 1, floor, lone=at < verb or not any(t in "AVQ" for t in reading.tags[floor : at - 1])
        )
    if before in _OPENS_RELATIVE or (before == "S" and reading.tokens[at - 1].low == "as"):
        return _antecedent(reading, at - 1, floor)
    return phrase_ending(reading, at, floor)


def left_of_group(reading: Reading, verb: int, floor: int) -> int:
    tags, at = reading.tags, verb
    while at > floor and (tags[at - 1] in "ABR" or reading.tokens[at - 1].low in ("both", "all")):
        at -= 1
    return at


def _bracket(reading: Reading, closing: int, floor: int) -> int | None:
    return next((i for i in range(closing - 1, max(floor, closing - 12), -1) if reading.tags[i] in "(["), None)


def _antecedent(reading: Reading, pronoun: int, floor: int) -> TokenRange | None:
    """The phrase that "who" stands for, with the pronoun: "the officials who"."""
    end = pronoun - (pronoun > floor and reading.tags[pronoun - 1] == ",")
    phrase = phrase_ending(reading, end, floor) if end > floor and reading.tags[end - 1] in _NOUN_LIKE + "'" else None
    return (phrase[0], pronoun + 1) if phrase is not None else (pronoun, pronoun + 1)


def _before_apposition(reading: Reading, comma: int, floor: int, lone: bool = True) -> TokenRange | None:
    """In "Farrowby, 45, director of the agency, said" the phrase before the first comma; `lone`: one comma is enough."""
    tags = reading.tags
    opening: int | None = None
    end = comma
    for i in range(comma - 1, max(floor, comma - LONGEST_APPOSITION) - 1, -1):
        if tags[i] in '";:—':
            break
        if tags[i] == "," and i > floor:
            if not _explains(reading, i + 1, end) or (opening is not None and _is_adverbial(reading, i, floor)):
                break
            opening = end = i
    if opening is None:
        return phrase_ending(reading, comma, floor) if lone and not reading.is_finite(comma - 1) else None
    head = phrase_ending(reading, opening, floor)
    is_name = all(t in "K'" for t in tags[opening + 1 : comma]) and comma - opening > 1
    return (head[0], comma) if head is not None and is_name and tags[opening - 1] not in "KP" else head


def _is_adverbial(reading: Reading, comma: int, floor: int) -> bool:
    """Whether what ends at the comma is no name but a time or place: "In July, Farrowby, who left, said"."""
    tags, at = reading.tags, comma - 1
    while at > max(floor, comma - LONGEST_APPOSITION) and tags[at - 1] not in ',;"':
        at -= 1
    return tags[at + (tags[at] == "C")] in "ISRGU"


def _explains(reading: Reading, first: int, last: int) -> bool:
    """Whether words between commas say more about a name: no clause of their own, unless it begins with "who" or "whose".

    "While a second analyst" and "but the minister" open the clause whose doer they hold.
    """
    if reading.tags[first] in "SC" and not any(tag in "AVQdnG" for tag in reading.tags[first:last]):
        return False
    if reading.tags[first] in "WISGdn" or (reading.tags[first] == "M" and last - first < 4):
        return True
    clause = next((i for i in range(first, last) if reading.is_finite(i)), None)
    return clause is None or any(reading.tokens[i].low in ("who", "which", "that", "whose") for i in range(first, clause))


def phrase_ending(reading: Reading, end: int, floor: int) -> TokenRange | None:
    """The noun phrase whose last token stands before `end`."""
    tags = reading.tags
    if end <= floor:
        return None
    if tags[end - 1] in "PQ" or (tags[end - 1] in "WT" and end - 1 == floor):
        return end - 1, end
    if tags[end - 1] in ")]":
        opening = _bracket(reading, end - 1, floor)
        return None if opening is None else phrase_ending(reading, opening, floor)
    first = end
    while first > max(floor, end - LONGEST_PHRASE) and _belongs(reading, first - 1, first, end, floor):
        first -= 1
    first = _without_edge(reading, first, end, floor)
    if first >= end:
        return _of_relative(reading, end, end, floor)
    return _of_relative(reading, first, end, floor) or (first, end)


def _belongs(reading: Reading, at: int, right: int, end: int, floor: int) -> bool:
    """Whether the token goes on, to the left, with the phrase that begins at `right`."""
    tokens, tags = reading.tokens, reading.tags
    tag = tags[at]
    if tag == "P" and right < end:
        return False
    if right < end and tags[right] == "D" and not _goes_on_before_determiner(reading, at):
        return False
    if tag in "I'":
        return at >= floor and right < end
    if tag == "U":
        return (
            at > floor
            and right < end
            and tags[right] in "DK"
            and tags[at - 1] in "NKxs"
            and (tokens[at - 1].low in ("close", "next") or not reading.is_finite(at - 1))
        )
    if tag == "C":
        return _joins(reading, at, right, end, floor)
    if tag not in _INSIDE:
        return tokens[at].text == "&" or (tokens[at].text == "." and at > floor and tags[at - 1] == "K")
    if tokens[at].low in ("close", "next") and right < end and tags[right] == "U":
        return at > floor
    if tag in "dsx" and reading.is_finite(at):
        return (
            tag == "d"
            and at > floor
            and right < end
            and tags[at - 1] in "NsKx"
            and (tags[right] in "IGR" or tokens[right].low in _TIMES)
        )
    return tag != "R" or (at > floor and tags[at - 1] == "D") or (right < end and tags[right] in "dnN" and at > floor)


def _goes_on_before_determiner(reading: Reading, at: int) -> bool:
    """Before "the …" a phrase goes on only over a preposition, "and", "'s", or an adjective of time ("published this week")."""
    tag = reading.tags[at]
    if tag in "IUC'D":
        return True
    return reading.tokens[at + 1].low in _TIMES and tag in "dnN"


def _joins(reading: Reading, at: int, right: int, end: int, floor: int) -> bool:
    if at <= floor or right >= end or reading.tokens[at].low not in ("and", "or", "&"):
        return False
    left = at - 1
    if reading.tags[left] not in "NKsxM" or reading.is_finite(left):
        return False
    return reading.tags[right] in "DKNMsxd" and (
        reading.tags[right] != "N" or reading.tags[left] != "K" or reading.tokens[left].low.endswith("s")
    )


def _without_edge(reading: Reading, first: int, end: int, floor: int) -> int:
    """Past what cannot open a phrase; a phrase that opens with a preposition is what follows its first noun."""
    tags = reading.tags
    if first < end and tags[first] in "IU" and first <= floor + 1:
        return _after_adverbial(reading, first, end)
    while first < end and (tags[first] in "IUCSR'GB,." or not reading.tokens[first].text[0].isalnum()):
        if tags[first] == "G" and first + 1 < end and tags[first + 1] in "NKsx" and first == floor:
            break
        first += 1
    return first


def _after_adverbial(reading: Reading, first: int, end: int) -> int:
    """In "In a statement Lee" or "On Monday the minister" the place of Lee or "the"."""
    tags, at = reading.tags, end - 1
    while at > first and tags[at] in "KM'":
        at -= 1
    if tags[at] not in "KM'":
        at += 1
    return at if first < at < end and tags[at - 1] not in "IU" else end


def _of_relative(reading: Reading, first: int, end: int, floor: int) -> TokenRange | None:
    """In "the man who shot the president said" the phrase stands inside a relative clause, and the doer is its "man"."""
    tags = reading.tags
    if first <= floor or not (tags[first - 1] in "VbdAOGsW" or (first == end and tags[end - 1] in "Vbdx")):
        return None
    for i in range(first - 1, max(floor, first - 14), -1):
        if tags[i] in ',;:".':
            return None
        if tags[i] in "WT" and i > floor and tags[i - 1] in "NKxs" and reading.tokens[i].low in ("who", "that", "which"):
            whole = phrase_ending(reading, i, floor)
            return None if whole is None else (whole[0], end)
    return None


def opening_subject(reading: Reading, first: int, before: int) -> TokenRange | None:
    """The doer of the clause that opens at `first`: who "did A and said B"."""
    for i in range(first, min(before, first + 3 * LONGEST_PHRASE)):
        if reading.is_finite(i) or (reading.tags[i] == "d" and i > first and reading.tags[i - 1] in "NKs"):
            subject = (i, i + 1) if reading.tags[i] == "Q" else _plain_subject(reading, i, first)
            if subject is not None:
                return subject
    return None


def _plain_subject(reading: Reading, verb: int, floor: int) -> TokenRange | None:
    at = left_of_group(reading, verb, floor)
    if at <= floor or reading.tags[at - 1] in "CIUVAdb":
        return None
    if reading.tags[at - 1] == ",":
        return _before_apposition(reading, at - 1, floor)
    return phrase_ending(reading, at, floor)
