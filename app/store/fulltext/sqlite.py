"""Full text on SQLite: FTS5 without a copy of the text.

What goes in is already cut into folded words, joined by spaces, so the plain `ascii` tokenizer splits exactly there. Such a table
can only forget a row when it is told the row's words again (https://www.sqlite.org/fts5.html#contentless_tables).
"""

from sqlalchemy import Integer, Select, column, func, literal_column, select, table, text
from sqlmodel import Session

from app.folding import words
from app.store.fulltext import Searchable
from app.store.fulltext.query import Asked, Term

_FIELDS = {"article": ("title", "text"), "claim": ("quote",)}
_WEIGHTS = {"article": (5.0, 1.0), "claim": (1.0,)}  # a word in the headline counts five times


def _joined(field: str) -> str:
    return " ".join(word for word, _, _ in words(field))


def _match(kind: Searchable, expression: str) -> Select[int]:
    name = f"{kind}_fts"
    found: Select[int] = select(column("rowid", Integer).label("id")).select_from(table(name))
    return found.where(literal_column(name).op("MATCH")(expression))


def _phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + (" *" if term.prefix else "")


def _required(asked: Asked) -> str:
    return " AND ".join(f"({' OR '.join(map(_phrase, group))})" for group in asked.required)


class Fts5:
    def put(self, session: Session, kind: Searchable, row_id: int, fields: tuple[str, ...]) -> None:
        self._write(session, kind, row_id, fields, forget=False)

    def drop(self, session: Session, kind: Searchable, row_id: int, fields: tuple[str, ...]) -> None:
        self._write(session, kind, row_id, fields, forget=True)

    def _write(self, session: Session, kind: Searchable, row_id: int, fields: tuple[str, ...], *, forget: bool) -> None:
        names, name = _FIELDS[kind], f"{kind}_fts"
        columns = ", ".join([*([name] if forget else []), "rowid", *names])
        values = ", ".join([*(["'delete'"] if forget else []), ":id", *(f":{field}" for field in names)])
        given = {"id": row_id, **{field: _joined(text) for field, text in zip(names, fields, strict=True)}}
        session.execute(text(f"INSERT INTO {name} ({columns}) VALUES ({values})"), given)

    def matching(self, kind: Searchable, asked: Asked) -> Select[int]:
        return _match(kind, _required(asked))

    def excluded(self, kind: Searchable, asked: Asked) -> Select[int]:
        return _match(kind, " OR ".join(map(_phrase, asked.excluded)))

    def ranked(self, kind: Searchable, asked: Asked) -> Select[int, float]:
        score = func.bm25(literal_column(f"{kind}_fts"), *_WEIGHTS[kind]).label("score")
        return self.matching(kind, asked).add_columns(score)


ENGINE = Fts5()
