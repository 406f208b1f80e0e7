"""Full text on PostgreSQL: one tsvector for each article and each claim, written by the program, and a GIN index over it.

Words and tags are its lexemes, folded as everywhere; no text search configuration is asked. Words have the places at which they
stand, those of a headline the weight A; tags have none. A place ends at 16,383, so the words of a long text begin again at 1 behind
that, and of a word 256 places are kept: in texts that long a phrase may be passed over, or found where a word far away follows.
Of a text of a hundred thousand different words and more, those further down are not found.

Ranked by BM25 as SQLite's FTS5 computes it (https://www.sqlite.org/fts5.html#the_bm25_function), from what `ts_rank_cd` counts:
for a single term, how often it stands there, times its weight.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from math import log
from typing import Any

import structlog
from sqlalchemy import (
    BigInteger,
    Float,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, REAL, TSQUERY, TSVECTOR
from sqlmodel import Session

from app.store import tags
from app.store.fulltext import Entry, Searchable, Wanted
from app.store.fulltext.beginnings import LONGEST, widened
from app.store.fulltext.query import Asked, Term
from app.store.prepared import driver
from app.store.rows import Many

MOST_PLACES = 16_383  # of a tsvector; what stands behind has the last one
MOST_BYTES = 1_000_000  # of the lexemes and places of a tsvector, which ends at 1,048,575
MOST_COUNTED = 50_000  # different words of one text; no natural text of 2,000,000 characters has more
LONGEST_LEXEME = 500  # characters, each at most 4 bytes: a lexeme ends at 2,046 bytes
_K1, _B = 1.2, 0.75
_ONE = 1.64493406685  # what `ts_rank` divides the weight of a single place by
_FEWEST = 1e-6  # the weight of a word that more than half of all hold
_WEIGHTS = {
    "article": (5.0, [0.2, 0.0, 0.0, 1.0]),
    "claim": (1.0, [1.0, 0.0, 0.0, 0.0]),
}
_COMMON = 0.03  # of all articles: where the ways to the first twenty of a million take the same time
_EACH_RANKED = 8  # terms of one group; more, which a beginning is widened to, are counted together
log_ = structlog.get_logger("dateline")

_PUT: dict[Searchable, Many] = {}
_DROP: dict[Searchable, Many] = {}
for _kind in ("article", "claim"):
    _table = table(f"{_kind}_fts", column("time_key", BigInteger), column("words", TSVECTOR), column("length", Integer))
    _PUT[_kind] = Many(insert(_table).values({c.name: bindparam(c.name, type_=c.type) for c in _table.c}), _table.name)
    _DROP[_kind] = Many(delete(_table).where(_table.c.time_key == bindparam("key")))
_HELD_BY: dict[Searchable, str] = {"article": "times", "claim": "claims"}  # columns of fts_word
_TOTAL = "UPDATE fts_total SET entries = entries + %s, length = length + %s WHERE kind = %s"


class Tsvector:
    """With `looks_up`, articles are looked up by what is wanted, never by their keys.

    The planner takes it for cheap to walk down the keys and test each tsvector. But the one of an article stands outside of its
    row, and to fetch it takes 5 µs, hundreds of times what is reckoned. So that is done for the first few of common words
    only. Rows without it are small, and the index of words gives them by the hundred thousand.
    """

    reads_all_soonest = True
    skips_downwards = False

    def __init__(self, *, looks_up: bool = False) -> None:
        self._looks_up = looks_up

    def put(self, session: Session, kind: Searchable, entries: Sequence[Entry]) -> None:
        rows = [{"time_key": entry.key, "words": _vector(kind, entry), "length": _length(entry)} for entry in entries]
        _PUT[kind].run(session, rows)
        _count(session, kind, entries, 1)

    def drop(self, session: Session, kind: Searchable, entries: Sequence[Entry]) -> None:
        _DROP[kind].run(session, [{"key": entry.key} for entry in entries])
        _count(session, kind, entries, -1)

    def widened(self, session: Session, asked: Asked) -> tuple[Asked, list[str]]:
        return widened(session, asked)

    def key(self, kind: Searchable) -> Any:
        key: Any = literal_column(f"{kind}_fts.time_key", BigInteger)
        return key + literal_column("0", BigInteger) if self._looks_up and kind == "article" else key

    def for_first(self, session: Session, kind: Searchable, wanted: Wanted) -> "Tsvector":
        if kind == "claim" or not wanted.asked.required:
            return ENGINE
        entries = driver(session).execute("SELECT entries FROM fts_total WHERE kind = 'article'").fetchone()[0]
        rarest = min(_bearing(session, kind, terms) for terms in wanted.asked.required)
        return ENGINE if rarest > _COMMON * entries else LISTS

    def for_all(self) -> "Tsvector":
        return LISTS

    def written(self, wanted: Wanted) -> str:
        parts = ["|".join(map(_lexeme, group)) for group in wanted.tags]
        parts += ["|".join(map(_phrase, group)) for group in wanted.asked.required]
        without = [*map(_lexeme, wanted.without), *map(_phrase, wanted.asked.excluded)]
        must = "&".join(f"({part})" for part in parts) or _lexeme(tags.EVERY)
        return "&".join([must, *(f"!({part})" for part in without)])

    def matching(self, kind: Searchable) -> Select[int]:
        found: Select[int] = select(self.key(kind).label("time_key")).select_from(table(f"{kind}_fts"))
        return found.where(_words(kind).op("@@")(cast(bindparam("wanted", type_=Text()), TSQUERY)))

    def ranked(self, session: Session, kind: Searchable, wanted: Wanted) -> Select[Any]:
        entries, length = driver(session).execute("SELECT entries, length FROM fts_total WHERE kind = %s", [kind]).fetchone()
        longer = literal_column(f"{kind}_fts.length", BigInteger) / cast(literal(max(length / max(entries, 1), 1.0)), Float)
        times, weights = _WEIGHTS[kind]
        score: Any = literal(0.0, Float)
        groups = list(_ranked_together(wanted.asked))
        for terms in groups:
            query = cast(literal("|".join(map(_phrase, terms)), Text()), TSQUERY)
            if len(terms) > _EACH_RANKED and all(len(term.words) == 1 for term in terms):
                # As often as one of them stands there, about: `ts_rank_cd` takes the square of the time for each term.
                often = func.ts_rank(cast(weights, ARRAY(REAL)), _words(kind), query, type_=Float()) * times * len(terms) * _ONE
            else:
                often = func.ts_rank_cd(cast(weights, ARRAY(REAL)), _words(kind), query, type_=Float()) * times
            rarity = 1.0 if len(groups) == 1 else _rarity(entries, min(entries, _bearing(session, kind, terms)))
            score -= rarity * often * (_K1 + 1) / (often + _K1 * (1 - _B + _B * longer))
        return self.matching(kind).add_columns(score.label("score"))


def _words(kind: Searchable) -> Any:
    return literal_column(f"{kind}_fts.words")


def _vector(kind: Searchable, entry: Entry) -> str:
    """As PostgreSQL reads a tsvector."""
    places: dict[str, list[str]] = {}
    at = 0
    for field, weight in zip(reversed(entry.fields), ("A", "") if kind == "article" else ("",), strict=True):
        for word in field.split():
            at += 1
            places.setdefault(word[:LONGEST_LEXEME], []).append(f"{at % MOST_PLACES + 1}{weight}")
        at += 1  # a headline does not end in the first word of its text
    size = sum(len(word.encode()) + 2 * min(len(of_word), 256) + 4 for word, of_word in places.items())
    if size + len(entry.tags.encode()) + 4 * entry.tags.count(" ") > MOST_BYTES:
        log_.warning("text too long for phrases", words=len(places))
        places = _fitting(places, MOST_BYTES - len(entry.tags.encode()) - 4 * entry.tags.count(" "))
    words = [f"'{word}':{','.join(of_word)}" if of_word else f"'{word}'" for word, of_word in places.items()]
    return " ".join([*words, *(f"'{tag}'" for tag in entry.tags.split())])


def _fitting(places: dict[str, list[str]], most: int) -> dict[str, list[str]]:
    """The words alone, without their places; of too many those of the headline and the first of the text."""
    kept: dict[str, list[str]] = {}
    for word in places:
        most -= len(word.encode()) + 4
        if most < 0:
            break
        kept[word] = []
    return kept


def _length(entry: Entry) -> int:
    """In words and tags, as FTS5 counts it."""
    return sum(field.count(" ") + 1 for field in (*entry.fields, entry.tags) if field)


def _count(session: Session, kind: Searchable, entries: Sequence[Entry], sign: int) -> None:
    """How many hold each word, and how much there is in all."""
    if not entries:
        return
    driver(session).execute(_TOTAL, [sign * len(entries), sign * sum(map(_length, entries)), kind])
    times = Counter(chain.from_iterable(map(_counted, entries)))
    kept = sorted(times)
    column = _HELD_BY[kind]
    driver(session).execute(
        f"INSERT INTO fts_word (word, {column}) SELECT * FROM unnest(%s::text[], %s::bigint[])"
        f" ON CONFLICT (word) DO UPDATE SET {column} = fts_word.{column} + excluded.{column}",
        [kept, [sign * times[word] for word in kept]],
    )


def _counted(entry: Entry) -> Iterable[str]:
    """Its words, each once; of a text of hundreds of thousands of different words the first, for each is written."""
    words = dict.fromkeys(word for field in reversed(entry.fields) for word in field.split() if len(word) <= LONGEST)
    return islice(words, MOST_COUNTED)


def _lexeme(word: str) -> str:
    """No word and no tag holds a quotation mark or a backslash."""
    return f"'{word[:LONGEST_LEXEME]}'"


def _phrase(term: Term) -> str:
    joined = "<->".join(map(_lexeme, term.words))
    return f"({joined})" if len(term.words) > 1 else joined


def _ranked_together(asked: Asked) -> Iterable[tuple[Term, ...]]:
    for group in asked.required:
        yield from [group] if len(group) > _EACH_RANKED else ((term,) for term in group)


def _rarity(entries: int, bearing: int) -> float:
    return max(log((entries - bearing + 0.5) / (bearing + 0.5)), _FEWEST)


def _bearing(session: Session, kind: Searchable, terms: Sequence[Term]) -> int:
    """How many hold one of these, at the most: a phrase is no more frequent than the rarest of its words."""
    words = list({word for term in terms for word in term.words})
    found = driver(session).execute(f"SELECT word, {_HELD_BY[kind]} FROM fts_word WHERE word = ANY(%s)", [words]).fetchall()
    held = dict(found)
    return sum(min(held.get(word, 0) for word in term.words) for term in terms)


ENGINE, LISTS = Tsvector(), Tsvector(looks_up=True)
