"""Word classes without a model: closed classes, a list of verbs, endings, capitals, and the left neighbour where that decides.

Tags are single letters, so that classes of them are strings:

    D determiner, P subject pronoun, Q pronoun with its verb ("they're"), O object pronoun, M number, K name, N noun or adjective
    A finite auxiliary, B other auxiliary, V finite verb, b base form, x base form or noun, s third person or plural noun,
    d past or participle, n participle, G -ing form, I preposition, U "to", C and, S if, W who, T that, R adverb, or the punctuation
"""

from functools import cache

from app.extract.lang.en import words
from app.extract.lang.en.tokens import Sentence, Token

NOUN_LIKE = "NKMxs"
_VERB_PRONOUNS = frozenset({"i", "we", "you", "they", "who"})
_REMEMBERED = 50_000  # spellings; a text with more of them is no prose
_TURNED = frozenset({"'s", "all", "both", "each", "longer"})  # by what stands before them
_AFTER_OBJECTLESS = "DPQIUTOKMRWSG,.;:\"')—"


class _Table(dict[str, str]):
    """Spelling → tag; a spelling that no list knows is judged by its ending once."""

    def __missing__(self, low: str) -> str:
        tag = _by_ending(low)
        if len(self) < _REMEMBERED and len(low) < 30:
            self[low] = tag
        return tag


def _by_ending(low: str) -> str:
    if not low[0].isalnum():
        return "N" if len(low) > 1 else low
    if low[0].isdecimal():
        return "M"
    if "'" in low:
        return "A" if low.endswith("n't") else ("Q" if low.partition("'")[0] in _closed("P") else "N")
    if low.endswith("ed") and len(low) > 4 and low not in _verbs("not_past"):
        return "d"
    if low.endswith("ing") and len(low) > 5 and low not in _verbs("not_participle"):
        return "G"
    if low.endswith("ly") and len(low) > 4 and low not in _verbs("not_adverb"):
        return "R"
    return "N"


@cache
def _verbs(key: str) -> frozenset[str]:
    return frozenset(words.table("verbs")[key])


@cache
def _closed(tag: str) -> frozenset[str]:
    return frozenset(words.table("verbs")["closed"][tag])


@cache
def _table() -> _Table:
    """What was entered last holds: irregular forms before cue verbs' before regular ones, closed classes before all."""
    made = _Table()
    for form, verb in words.cue_verbs().items():
        made[form] = _tag_of_cue(form, verb.lemma)
    for tags, key in (("xs", "nouns_too"), ("bV", "only")):
        for lemma in words.table("verbs")[key]:
            base, third, past, progressive = words.inflected(lemma)
            made.update({base: tags[0], third: tags[1], past: "d", progressive: "G"})
    for line in words.table("verbs")["irregular"]:
        made.update(_irregular(*line.split()))
    made.update(dict.fromkeys(_verbs("not_participle"), "N"))
    made.update({word: tag for tag, its in words.table("verbs")["closed"].items() for word in its})
    return made


def _tag_of_cue(form: str, lemma: str) -> str:
    if form == lemma:
        return "x"
    return "G" if form.endswith("ing") else ("s" if form.endswith("s") else "d")


def _irregular(base: str, past: str, participle: str) -> dict[str, str]:
    if past == participle:
        return {} if past == base else {past: "d"}
    return {participle: "n", past: "V"} if participle != base else {past: "V"}


def tag(tokens: list[Token], lows: list[str], sentences: list[Sentence]) -> list[str]:
    """One tag for each token; `lows` are the tokens in small letters."""
    table = _table()
    tags = [table[low] for low in lows]
    firsts = {s.first for s in sentences}
    looks = enumerate(zip(tokens, lows, tags, strict=True))
    for i in [i for i, (t, low, tag_) in looks if tag_ == "N" or t.text != low or low in _TURNED]:  # the others stay as they are
        token = tokens[i]
        if token.text != token.low:
            followed = i + 1 < len(tokens) and tokens[i + 1].text[0].isupper()
            tags[i] = _of_capital(token, tags[i], i in firsts or tags[i - 1] in '".:!?—(', followed)
        elif token.low == "'s":
            tags[i] = "A" if i and tags[i - 1] in "PWT" else "'"
        elif tags[i] == "D" and i and tags[i - 1] == "P" and token.low in ("all", "both", "each"):
            tags[i] = "R"  # they all said
        elif token.low == "longer" and i and tokens[i - 1].low == "no":
            tags[i - 1] = tags[i] = "R"
        elif tags[i] == "N" and 0 < i < len(tags) - 1 and (tags[i + 1] in "DOPQ" or tokens[i + 1].text[0].isupper()):
            tags[i] = _by_object(token.low, tags[i - 1], tags[i + 1])
    return tags


def _by_object(low: str, before: str, after: str) -> str:
    """A word that no list knows, before what may be its object: "to respect the truce", "the policy punishes the young"."""
    if before == "U":
        return "b"
    return "s" if before in "NK" and after in "DO" and low.endswith("s") else "N"


def _of_capital(token: Token, tag_: str, opens: bool, followed: bool) -> str:
    if token.text == "I" or tag_ == "Q" or not token.text[0].isupper():
        return tag_
    if opens:
        named = tag_ == "N" or (tag_ == "d" and followed and token.low not in words.cue_verbs())  # Ahmed Lee
        return "K" if named and "-" not in token.text else tag_
    return "K"


def is_finite(tokens: list[Token], tags: list[str], i: int) -> bool:
    """Whether the word at `i` is the verb of a clause, as far as its neighbours tell."""
    own = tags[i] if i < len(tags) else "."  # a text may end with "and"
    if own in "AVQ":
        return True
    if own not in "dsbx" or i == 0:
        return False
    left = i - 1
    while left > 0 and tags[left] == "R":
        left -= 1
    before, after = tags[left], tags[i + 1] if i + 1 < len(tags) else "."
    if own == "d":
        return _is_past(tokens, before, after, i)
    if own == "s":
        return (
            before in "NKxMG)"
            and tokens[left].low not in words.grammar("adjectives")
            and after in _AFTER_OBJECTLESS + "NsC"
            and after not in "AVb"
        )
    if tokens[left].low in words.grammar("adjectives"):
        return False
    plural = tokens[left].low in _VERB_PRONOUNS or (
        before in "sNKD" and _is_plural(tokens[left].low) and tokens[left].low != "this"
    )
    if not plural and after == "T" and before in "NK":
        plural = _has_plural_head(tokens, tags, left)
    return plural and (own == "b" or after in _AFTER_OBJECTLESS)


def _has_plural_head(tokens: list[Token], tags: list[str], last: int) -> bool:
    """Whether a phrase like "farmers in the valley" ends at `last`."""
    for i in range(last, max(0, last - 6), -1):
        if tags[i] == "I":
            return tags[i - 1] in "sNKx" and _is_plural(tokens[i - 1].low)
        if tags[i] not in "NKDMx":
            return False
    return False


def _is_plural(low: str) -> bool:
    return low.endswith("s") or low in words.grammar("plurals")


def _is_past(tokens: list[Token], before: str, after: str, i: int) -> bool:
    if before in "ABDIU'dnGMC" or (i + 1 < len(tokens) and tokens[i + 1].low == "by"):
        return before == "C" and after in "DPOTUK"
    return before in "PQKWO" or after in _AFTER_OBJECTLESS


def has_finite(tokens: list[Token], tags: list[str], first: int, last: int) -> bool:
    return any(is_finite(tokens, tags, i) for i in range(first, last))
