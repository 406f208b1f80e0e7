"""The main questions as SQL written by hand, through `sqlite3` alone, with the rows turned into the dicts that the service answers.

This is what the store is measured against. Only snippets and what the answer says about the question are left out.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from app import edtf

Noun = Literal["claim", "article"]
Answer = dict[str, Any]
_CLAIMS = """
SELECT c.*, a.title, a.published, a.url, s.name AS source,
(SELECT count(*) FROM claim_reprint o
 WHERE o.first_id = coalesce((SELECT first_id FROM claim_reprint WHERE claim_id = c.id), c.id)) AS copies
FROM claim c JOIN article a ON a.id = c.article_id LEFT JOIN source s ON s.id = a.source_id
WHERE c.{} IN ({}) AND c.withdrawn_at IS NULL
"""
_PARTIES = """
SELECT p.*, e.name AS entity_name, e.type AS entity_type FROM claim_party p LEFT JOIN entity e ON e.id = p.entity_id
WHERE p.claim_id IN ({}) ORDER BY p.claim_id, p.role, p.position
"""
_ARTICLES = """
SELECT a.*, s.name AS source,
(SELECT count(*) FROM claim c WHERE c.article_id = a.id AND c.withdrawn_at IS NULL AND c.status <> 'rejected') AS claims,
(SELECT max(count(*) - 1, 0) FROM article_story m JOIN article_story o ON o.story_id = m.story_id
 WHERE m.article_id = a.id) AS copies
FROM article a LEFT JOIN source s ON s.id = a.source_id WHERE a.time_key IN ({})
"""
_MENTIONS = """
SELECT m.*, e.name, e.type AS entity_type FROM mention m JOIN entity e ON e.id = m.entity_id
WHERE m.article_id = ? AND m.revision = ? ORDER BY m.start, m."end"
"""
_DATE = ("text", "edtf", "start", "end", "precision", "modifier", "anchor", "timex")
_SUMMARY = ("id", "title", "source", "published", "url", "language", "revision", "claims", "copies")


@dataclass(frozen=True, slots=True)
class Page:
    """Twenty of a noun. `places` gives their `time_key` in the order of the page, `counted` a row for each one found."""

    noun: Noun
    places: str
    counted: str
    values: dict[str, Any]

    def __call__(self, connection: sqlite3.Connection) -> Answer:
        keys = [row[0] for row in connection.execute(f"{self.places} LIMIT 20", self.values)]
        (total,) = connection.execute(f"SELECT count(*) FROM ({self.counted} LIMIT 10001)", self.values).fetchone()
        items = _claims(connection, keys) if self.noun == "claim" else _summaries(connection, keys)
        return {"items": items, "total": {"value": min(total, 10_000), "relation": "eq" if total <= 10_000 else "gte"}}


def linked(noun: Noun, entity: int, role: int | None = None, keys: tuple[int, int] | None = None) -> Page:
    """By one entity, the newest first; `keys` are the first and last `time_key` of a range."""
    found = f"SELECT time_key FROM {noun}_link WHERE entity_id = :entity"
    found += "" if role is None else " AND role = :role"
    found += "" if keys is None else " AND time_key BETWEEN :first AND :last"
    first, last = keys or (None, None)
    return Page(noun, f"{found} ORDER BY time_key DESC", found, {"entity": entity, "role": role, "first": first, "last": last})


def matching(noun: Noun, expression: str, keys: tuple[int, int] | None = None) -> Page:
    """By words and tags, the newest first."""
    found = f"SELECT rowid FROM {noun}_fts WHERE {noun}_fts MATCH :asked"
    found += "" if keys is None else " AND rowid BETWEEN :first AND :last"
    first, last = keys or (None, None)
    return Page(noun, f"{found} ORDER BY rowid DESC", found, {"asked": expression, "first": first, "last": last})


def ranked(expression: str) -> Page:
    """Articles by relevance, of the newest 10,000 that match."""
    found = "SELECT rowid FROM article_fts WHERE article_fts MATCH :asked"
    oldest = f"coalesce(({found} ORDER BY rowid DESC LIMIT 1 OFFSET 9999), -9223372036854775807)"
    best = f"{found} AND rowid >= {oldest} ORDER BY bm25(article_fts, 1.0, 5.0, 0.0), rowid DESC"
    return Page("article", best, found, {"asked": expression})


def claim(claim_id: int) -> Callable[[sqlite3.Connection], Answer]:
    return lambda connection: _claims(connection, [claim_id], "id")[0]


def article(article_id: int) -> Callable[[sqlite3.Connection], Answer]:
    """The whole article with everything that stands in it."""

    def read(connection: sqlite3.Connection) -> Answer:
        (key,) = connection.execute("SELECT time_key FROM article WHERE id = ?", (article_id,)).fetchone()
        shown, revision = _summaries(connection, [key])[0], "article_id = ? AND "
        del shown["snippet"]
        current = (article_id, shown["revision"])
        (text,) = connection.execute(f"SELECT text FROM article_revision WHERE {revision}number = ?", current).fetchone()
        mentions: dict[int, Answer] = {}
        for m in connection.execute(_MENTIONS, current):
            entity = {"id": m["entity_id"], "name": m["name"], "type": m["entity_type"], "mentions": []}
            place = {"start": m["start"], "end": m["end"], "text": text[m["start"] : m["end"]], "kind": m["kind"]}
            mentions.setdefault(m["entity_id"], entity)["mentions"].append(place)
        dates = connection.execute(f"SELECT * FROM article_date WHERE {revision}revision = ? ORDER BY position", current)
        order = "status <> 'rejected' AND withdrawn_at IS NULL ORDER BY \"start\", id"
        ids = [row[0] for row in connection.execute(f"SELECT id FROM claim WHERE {revision}{order}", (article_id,))]
        parts = {"text": text, "entities": list(mentions.values()), "dates": [_date(row) for row in dates]}
        return {**shown, **parts, "claims": _claims(connection, ids, "id")}

    return read


def opened(archive: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(archive, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def _claims(connection: sqlite3.Connection, keys: Sequence[int], column: str = "time_key") -> list[Answer]:
    rows = {row[column]: row for row in connection.execute(_CLAIMS.format(column, _marks(keys)), keys)}
    ids = [row["id"] for row in rows.values()]
    speakers, subjects = (defaultdict[int, list[Any]](list) for _ in range(2))
    for row in connection.execute(_PARTIES.format(_marks(ids)), ids):
        entity = (
            None if row["entity_id"] is None else {"id": row["entity_id"], "name": row["entity_name"], "type": row["entity_type"]}
        )
        if row["role"] == "speaker":
            speakers[row["claim_id"]].append({**_picked(row, ("kind", "text", "start", "end")), "entity": entity})
        elif entity not in subjects[row["claim_id"]]:  # an entity is a subject once, in however many words
            subjects[row["claim_id"]].append(entity)
    hedges = _hanging(connection, "claim_hedge", ids, lambda row: _picked(row, ("exact", "start", "end", "kind", "by")))
    parts = _hanging(connection, "claim_part", ids, lambda row: _picked(row, ("exact", "start", "end")))
    dates = _hanging(connection, "claim_date", ids, lambda row: (row["role"], _date(row)))
    return [_claim(row, speakers, subjects, hedges, parts, dates) for row in (rows[key] for key in keys)]


def _claim(row: sqlite3.Row, speakers: Any, subjects: Any, hedges: Any, parts: Any, dates: Any) -> Answer:
    claim_id = row["id"]
    said = [shown for role, shown in dates[claim_id] if role == "said"]
    cue = {"exact": row["cue_exact"], "start": row["cue_start"], "end": row["cue_end"]}
    return {
        **_picked(row, ("id", "revision", "kind", "status", "anchor", "copies", "made_by", "rule", "confidence", "reviewed_by")),
        "article": {"id": row["article_id"], **_picked(row, ("title", "source", "published", "url"))},
        "quote": {**_picked(row, ("exact", "start", "end", "prefix", "suffix")), "continued": parts[claim_id]},
        "speaker": speakers[claim_id][0] if speakers[claim_id] else None,
        "speakers": speakers[claim_id],
        "subjects": subjects[claim_id],
        "cue": None if row["cue_exact"] is None else cue,
        "hedges": hedges[claim_id],
        "negated": bool(row["negated"]),
        "said": said[0] if said else _published_day(row["published"]),
        "dates": [shown for role, shown in dates[claim_id] if role == "about"],
        "reviewed_at": _instant(row["reviewed_at"]),
        "recorded_at": _instant(row["recorded_at"]),
        "changed_at": _instant(row["changed_at"]),
        "snippet": None,
    }


def _summaries(connection: sqlite3.Connection, keys: Sequence[int]) -> list[Answer]:
    rows = {row["time_key"]: row for row in connection.execute(_ARTICLES.format(_marks(keys)), keys)}
    ids = [row["id"] for row in rows.values()]
    written = f"SELECT article_id, name FROM article_author WHERE article_id IN ({_marks(ids)}) ORDER BY article_id, position"
    authors = defaultdict(list)
    for article_id, name in connection.execute(written, ids):
        authors[article_id].append(name)
    times = ("recorded_at", "changed_at")
    return [
        {**_picked(row, _SUMMARY), "authors": authors[row["id"]], "snippet": None, **{name: _instant(row[name]) for name in times}}
        for row in (rows[key] for key in keys)
    ]


def _hanging(
    connection: sqlite3.Connection, table: str, ids: Sequence[int], shown: Callable[[sqlite3.Row], Any]
) -> dict[int, list[Any]]:
    found = defaultdict(list)
    for row in connection.execute(f"SELECT * FROM {table} WHERE claim_id IN ({_marks(ids)}) ORDER BY claim_id, position", ids):
        found[row["claim_id"]].append(shown(row))
    return found


def _date(row: sqlite3.Row) -> Answer:
    return {
        **_picked(row, _DATE),
        "earliest": _day(row["earliest"]),
        "latest": _day(row["latest"]),
        "inferred": bool(row["inferred"]),
    }


def _published_day(published: str | None) -> Answer | None:
    if published is None:
        return None
    when = edtf.parse(published[:10])
    told = {"text": None, "start": None, "end": None, "modifier": None, "anchor": "published", "inferred": True}
    ends = {"earliest": str(when.earliest), "latest": str(when.latest)}
    return {**told, **ends, "edtf": when.edtf, "timex": when.edtf, "precision": when.precision}


def _day(number: int | None) -> str | None:
    is_open = number in (None, date.min.toordinal(), date.max.toordinal())
    return None if is_open else date.fromordinal(number or 0).isoformat()


def _instant(stored: str | None) -> str | None:
    return None if stored is None else stored.replace(" ", "T") + "Z"


def _picked(row: sqlite3.Row, names: Sequence[str]) -> Answer:
    return {name: row[name] for name in names}


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
