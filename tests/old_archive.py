"""An archive as the program of schema 0002 left it, made by SQL: the rows of articles that each say one thing."""

from app.store import schema
from app.store.database import Database
from tests.archives import plain, rows

_DAY = 86_400_000_000  # microseconds
_THEN = "2026-01-01 00:00:00.000000"
_TEXT = "Rain will fall in Basra on day {n}, Ada Lovelace said."
_ROWS = {
    "article": {
        "id": "{n}", "source_id": "1", "title": "Weather {n}", "published": "2025-01-{n:02}", "earliest": "{earliest}",
        "latest": "{latest}", "language": "en", "revision": "1", "recorded_at": _THEN, "changed_at": _THEN,
    },
    "article_revision": {"article_id": "{n}", "number": "1", "text": _TEXT, "text_hash": "{n}", "recorded_at": _THEN},
    "article_author": {"article_id": "{n}", "position": "0", "name": "Mary Shelley", "key": "mary shelley"},
    "article_date": {
        "article_id": "{n}", "revision": "1", "position": "0", "text": "2025", "edtf": "2025", "earliest": "739252",
        "latest": "739616", "precision": "year", "inferred": "0", "timex": "2025",
    },
    "article_link": {"entity_id": "1", "published": "{earliest}", "article_id": "{n}"},
    "mention": {"article_id": "{n}", "revision": "1", "start": "{name}", "end": "{name_end}", "entity_id": "1", "kind": "name"},
    "claim": {
        "id": "{n}", "article_id": "{n}", "revision": "1", "start": "0", "end": "9", "exact": "Rain will", "prefix": "",
        "suffix": " fall", "kind": "indirect", "negated": "0", "status": "extracted", "anchor": "exact", "made_by": "rules/1",
        "rule": "cue", "published": "{earliest}", "published_latest": "{latest}", "said": "0", "said_latest": "0",
        "about": "739252", "recorded_at": _THEN, "changed_at": _THEN,
    },
    "claim_part": {"claim_id": "{n}", "position": "1", "start": "10", "end": "14", "exact": "fall"},
    "claim_party": {"claim_id": "{n}", "role": "speaker", "position": "0", "kind": "named", "entity_id": "1", "text": "Ada"},
    "claim_hedge": {
        "claim_id": "{n}", "position": "0", "exact": "will", "start": "5", "end": "9", "kind": "modal", "by": "speaker",
    },
    "claim_date": {
        "claim_id": "{n}", "role": "about", "position": "0", "text": "2025", "edtf": "2025", "earliest": "739252",
        "latest": "739616", "precision": "year", "inferred": "0", "timex": "2025",
    },
    "claim_link": {"entity_id": "1", "role": "speaker", "published": "{earliest}", "claim_id": "{n}"},
}  # fmt: skip
_FIRST = 1_735_689_600_000_000  # 1 January 2025


def make(url: str, articles: int) -> Database:
    """`articles` of January 2025, at most 31, one a day, numbered as their claims are; Ada Lovelace, entity 1, speaks in each."""
    database = Database(url)
    schema.upgrade(database, "0002")
    with plain(url) as connection:
        rows(connection, f"INSERT INTO source (id, name, key, recorded_at) VALUES (1, 'Wire', 'wire', '{_THEN}')")
        rows(
            connection,
            "INSERT INTO entity (id, type, name, name_key, mentions, recorded_at, changed_at)"
            f" VALUES (1, 'person', 'Ada Lovelace', 'ada lovelace', {articles}, '{_THEN}', '{_THEN}')",
        )
        name = "INSERT INTO entity_name (entity_id, name, key, kind) VALUES (1, 'Ada Lovelace', 'ada lovelace', 'preferred')"
        rows(connection, name)
        rows(connection, "INSERT INTO entity_name_word (word, entity_id) VALUES ('ada', 1), ('lovelace', 1)")
        for n in range(1, articles + 1):
            earliest = _FIRST + (n - 1) * _DAY
            at = _TEXT.format(n=n).index("Ada")
            given = {"n": n, "earliest": earliest, "latest": earliest + _DAY - 1, "name": at, "name_end": at + len("Ada Lovelace")}
            for table, row in _ROWS.items():
                columns = ", ".join(f'"{column}"' for column in row)
                values = {f"v{place}": value.format(**given) for place, value in enumerate(row.values())}
                rows(connection, f"INSERT INTO {table} ({columns}) VALUES ({', '.join(f':{name}' for name in values)})", **values)
    return database
