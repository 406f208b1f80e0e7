"""Full text on SQLite: FTS5 without a copy of the text.

What goes in is already cut into folded words, joined by spaces, so the plain `ascii` tokenizer splits exactly there. Such a table
can only forget a row when it is told the row's words again (https://www.sqlite.org/fts5.html#contentless_tables).

FTS5 answers a beginning of a word by joining the lists of all words that begin so, before it gives the first row: 0.6 to 1.2 s for
three letters among 899,000 articles. So a table of words, which only grows, names the most frequent ones instead.
"""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Integer as IntegerType
from sqlalchemy import Select, bindparam, func, literal_column, select, table, text
from sqlmodel import Session

from app.store import tags
from app.store.fulltext import Entry, Searchable, Wanted
from app.store.fulltext.beginnings import LONGEST, widened
from app.store.fulltext.query import Asked, Term
from app.store.rows import Many

_FIELDS = {"article": ("text", "title"), "claim": ("quote",)}
_WEIGHTS = {"article": (1.0, 5.0, 0.0), "claim": (1.0, 0.0)}  # a word in the headline counts five times, a tag nothing
# FTS5 before it may pass over rows when it seeks in a long list by falling rowids: docs/decisions/0013-seeking-downwards.md.
FIRST_WITHOUT_GAPS = (3, 42, 0)

_COUNT = Many(
    text(
        "INSERT INTO fts_word (word, times) VALUES (:word, :times) ON CONFLICT (word) DO UPDATE SET times = times + excluded.times"
    )
)


class Fts5:
    reads_all_soonest = False
    skips_downwards = sqlite3.sqlite_version_info < FIRST_WITHOUT_GAPS

    def put(self, session: Session, kind: Searchable, entries: Sequence[Entry]) -> None:
        rows = self._rows(kind, entries)
        _insert(session, kind, rows, forget=False)
        if kind == "article":  # a claim has no words that its article has not
            times = Counter(chain.from_iterable({*row["text"].split(), *row["title"].split()} for row in rows))
            kept = sorted([word for word in times if len(word) <= LONGEST])
            _COUNT.run_columns(session, {"word": kept, "times": [times[word] for word in kept]})

    def drop(self, session: Session, kind: Searchable, entries: Sequence[Entry]) -> None:
        _insert(session, kind, self._rows(kind, entries), forget=True)

    @staticmethod
    def _rows(kind: Searchable, entries: Sequence[Entry]) -> list[dict[str, Any]]:
        """Ascending: FTS5 writes out what it holds in memory whenever a key is lower than the one before."""
        return [
            {
                "key": entry.key,
                "tags": entry.tags,
                **dict(zip(_FIELDS[kind], entry.fields, strict=True)),
            }
            for entry in sorted(entries, key=lambda entry: entry.key)
        ]

    def widened(self, session: Session, asked: Asked) -> tuple[Asked, list[str]]:
        return widened(session, asked)

    def key(self, kind: Searchable) -> Any:
        return literal_column(f"{kind}_fts.rowid", IntegerType)

    def written(self, wanted: Wanted) -> str:
        return _expression(wanted)

    def matching(self, kind: Searchable) -> Select[int]:
        name = f"{kind}_fts"
        found: Select[int] = select(self.key(kind).label("time_key")).select_from(table(name))
        return found.where(literal_column(name).op("MATCH")(bindparam("wanted")))

    def for_first(self, session: Session, kind: Searchable, wanted: Wanted) -> "Fts5":
        return self

    def for_all(self) -> "Fts5":
        return self

    def ranked(self, session: Session, kind: Searchable, wanted: Wanted) -> Select[Any]:
        score = func.bm25(literal_column(f"{kind}_fts"), *_WEIGHTS[kind]).label("score")
        return self.matching(kind).add_columns(score)


def _insert(session: Session, kind: Searchable, rows: list[dict[str, Any]], *, forget: bool) -> None:
    _statement(kind, forget).run(session, rows)


@cache
def _statement(kind: Searchable, forget: bool) -> Many:
    name = f"{kind}_fts"
    names = [*_FIELDS[kind], "tags"]
    columns = ", ".join([*([name] if forget else []), "rowid", *names])
    values = ", ".join([*(["'delete'"] if forget else []), ":key", *(f":{field}" for field in names)])
    return Many(text(f"INSERT INTO {name} ({columns}) VALUES ({values})"))


def _expression(wanted: Wanted) -> str:
    parts = [" OR ".join(f'"{tag}"' for tag in group) for group in wanted.tags]
    parts += [" OR ".join(map(_phrase, group)) for group in wanted.asked.required]
    without = [f'"{tag}"' for tag in wanted.without] + [_phrase(term) for term in wanted.asked.excluded]
    must = " AND ".join(f"({part})" for part in parts) or f'"{tags.EVERY}"'
    return f"({must}) NOT ({' OR '.join(without)})" if without else must


def _phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"'


ENGINE = Fts5()
