"""Whether two archives are the same, and what a page of a feed holds."""

import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

_TOGETHER = 5_000  # rows
_ATOM = "{http://www.w3.org/2005/Atom}"
_INDEXES = ("article_fts", "claim_fts")


def tables(old: Path, new: Path) -> dict[str, tuple[int, str]]:
    """Of each table how many rows it has and how it differs, mostly not at all; of the search, how often each word stands where.

    How frequent a word is, for the beginnings of words, is left out: it is counted anew when an archive moves.
    """
    with closing(sqlite3.connect(old)) as before, closing(sqlite3.connect(new)) as after:
        for connection in (before, after):
            for index in _INDEXES:
                connection.execute(f"CREATE VIRTUAL TABLE temp.{index}_words USING fts5vocab(main, {index}, col)")
        names, others = _names(before), _names(after)
        compared = dict.fromkeys(names ^ others, (0, "only one of the archives has it"))
        for name in sorted(names & others) + [f"{index}_words" for index in _INDEXES]:
            compared[name] = _rows(before, after, name)
        return compared


def _names(connection: sqlite3.Connection) -> set[str]:
    found = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")
    return {name for (name,) in found if "fts" not in name.split("_")}


def _rows(before: sqlite3.Connection, after: sqlite3.Connection, name: str) -> tuple[int, str]:
    """In the order of their keys."""
    columns = list(before.execute(f'PRAGMA table_info("{name}")'))
    keys = [column[1] for column in sorted(columns, key=lambda column: column[5]) if column[5]] or [column[1] for column in columns]
    # A table of words is in order, and can be read in no other.
    order = "" if name.endswith("_words") else " ORDER BY " + ", ".join(f'"{key}"' for key in keys)
    one, other = (connection.execute(f'SELECT * FROM "{name}"{order}') for connection in (before, after))
    rows = 0
    while True:
        some, others = one.fetchmany(_TOGETHER), other.fetchmany(_TOGETHER)
        if some != others:
            pairs = enumerate(zip(some, others, strict=False))
            place = next((i for i, (a, b) in pairs if a != b), min(len(some), len(others)))
            return rows + place, f"row {rows + place + 1} is {_at(some, place)} and {_at(others, place)}"
        if not some:
            return rows, ""
        rows += len(some)


def _at(rows: list[tuple[object, ...]], place: int) -> str:
    return repr(rows[place])[:300] if place < len(rows) else "missing"


def feed(content: bytes) -> tuple[list[str], str | None]:
    """Ids of the entries of an Atom page, and the address of the next."""
    root = ET.fromstring(content)
    ids = [entry.findtext(f"{_ATOM}id", "") for entry in root.iter(f"{_ATOM}entry")]
    links = [link.get("href") for link in root.findall(f"{_ATOM}link") if link.get("rel") == "next"]
    return ids, links[0] if links else None
