"""The whole way in, out and elsewhere: `python3 run.py bench archive --size 100000 --dir DIR`.

Writes a JSON Lines file of articles with claims, fills an archive from it, walks every page, exports in four formats, moves the
archive to another database and compares the two: every table row for row, and the answers of two servers to 200 questions. Each
step says what it took; the exit code is 1 when anything differs or a step cannot be done.
"""

import argparse
import csv
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import orjson
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import drafts, same
from bench.alike import AS_ONE, LIMIT, QUESTIONS, answers, questions
from bench.running import Failed, Took, peak_mb, run
from bench.serving import service

FORMATS = ("jsonl", "csv", "jsonld")  # as files; Atom is read page by page
csv.field_size_limit(2**31 - 1)


@dataclass
class Rehearsal:
    """`folder` takes everything that is made; what stands there from another time is in the way."""

    size: int
    folder: Path
    screen: Console
    differences: int = 0

    @property
    def file(self) -> Path:
        return self.folder / "articles.jsonl"

    @property
    def old(self) -> Path:
        return self.folder / "old.db"

    @property
    def new(self) -> Path:
        return self.folder / "new.db"

    def step(self, name: str, work: Callable[[], str]) -> None:
        """Say what it is, what came of it and how long it took; one that cannot be done is a difference."""
        with Took() as took:
            try:
                said = work()
            except (Failed, httpx.HTTPError, OSError, sqlite3.Error) as error:
                self.differences += 1
                said = f"FAILED: {str(error).splitlines()[0]}"
        self.screen.print(f"{name:<42} {took.seconds:>8.1f} s  {said}")

    def all(self) -> int:
        """The exit code."""
        self.step("write the file", self.write_file)
        self.step("dateline ingest FILE --no-extract", self.fill)
        with service(self.old, 1) as (address, process):
            for noun in ("articles", "claims"):
                self.step(f"walk /{noun}, {LIMIT} a page", partial(self.walk, address, noun))
            self.step("walk /articles?format=atom", partial(self.walk_atom, address))
            self.step("GET /claims?format=jsonl, streamed", partial(self.stream, address))
            self.screen.print(f"{'memory of the service at its highest':<42} {'':>8}    {peak_mb(process):,.0f} MB")
        for noun in ("articles", "claims"):
            for form in FORMATS:
                self.step(f"dateline export {noun} --format {form}", partial(self.export, noun, form))
        self.step("dateline export --everything DIR", self.write_everything)
        self.step("dateline ingest DIR", self.take_in)
        self.step("compare every table", self.compare)
        self.step(f"compare {QUESTIONS} answers", self.compare_answers)
        self.screen.print("OK: nothing differs" if not self.differences else f"{self.differences} steps FAILED")
        return 1 if self.differences else 0

    def write_file(self) -> str:
        drafts.write(self.file, self.size)
        return f"{self.size:,} articles, {_mb(self.file)}"

    def fill(self) -> str:
        ran = run(self.old, "ingest", str(self.file), "--no-extract")
        self._must_be("articles", self.size, self.rows("articles"))
        speed = self.size / ran.seconds
        return f"{speed:,.0f} articles/s, {self.rows('claims'):,} claims, {_mb(self.old)}, {ran.peak_mb:,.0f} MB of memory"

    def rows(self, noun: str) -> int:
        with closing(sqlite3.connect(self.old)) as connection:
            found = connection.execute(f"SELECT count(*) FROM {noun[:-1]} WHERE withdrawn_at IS NULL")
            return int(found.fetchone()[0])

    def walk(self, address: str, noun: str) -> str:
        seen: set[int] = set()
        pages, items, next_ = 0, 0, f"/{noun}?limit={LIMIT}"
        with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
            while next_:
                page = client.get(next_).raise_for_status().json()
                seen |= {item["id"] for item in page["items"]}
                pages, items, next_ = pages + 1, items + len(page["items"]), page["next"]
        self._must_be(noun, items, len(seen))
        self._must_be(noun, self.rows(noun), len(seen))
        return f"{len(seen):,} {noun} on {pages:,} pages, each once"

    def walk_atom(self, address: str) -> str:
        seen: set[str] = set()
        pages, entries = 0, 0
        next_: str | None = f"/articles?format=atom&limit={LIMIT}"
        with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
            while next_:
                ids, next_ = same.feed(client.get(next_).raise_for_status().content)
                seen |= set(ids)
                pages, entries = pages + 1, entries + len(ids)
        self._must_be("articles", entries, len(seen))
        self._must_be("articles", self.size, len(seen))
        return f"{len(seen):,} entries on {pages:,} pages, each once"

    def stream(self, address: str) -> str:
        lines = size = 0
        with httpx.stream("GET", f"{address}/claims?format=jsonl", trust_env=False, timeout=60) as answer:
            answer.raise_for_status()
            for piece in answer.iter_raw():
                lines, size = lines + piece.count(b"\n"), size + len(piece)
        self._must_be("claims", self.rows("claims"), lines)
        return f"{lines:,} lines, {size / 1e6:,.1f} MB"

    def export(self, noun: str, form: str) -> str:
        out = self.folder / f"{noun}.{form}"
        ran = run(self.old, "export", noun, "--format", form, "--out", str(out))
        self._must_be(noun, self.rows(noun), _count(out, form))
        return f"{self.rows(noun) / ran.seconds:,.0f} {noun}/s, {_mb(out)}, {ran.peak_mb:,.0f} MB of memory"

    def write_everything(self) -> str:
        ran = run(self.old, "export", "--everything", str(self.folder / "everything"))
        return f"{self.size / ran.seconds:,.0f} articles/s, {_mb(self.folder / 'everything')}, {ran.peak_mb:,.0f} MB of memory"

    def take_in(self) -> str:
        ran = run(self.new, "ingest", str(self.folder / "everything"))
        return f"{self.size / ran.seconds:,.0f} articles/s, {_mb(self.new)}, {ran.peak_mb:,.0f} MB of memory"

    def compare(self) -> str:
        compared = same.tables(self.old, self.new)
        if wrong := [f"{name}: {said}" for name, (_, said) in compared.items() if said]:
            raise Failed("; ".join(wrong))
        return f"OK: {sum(rows for rows, _ in compared.values()):,} rows of {len(compared)} tables are the same"

    def compare_answers(self) -> str:
        asked = questions(self.size, QUESTIONS)
        with service(self.old, 1) as (old, _), service(self.new, 1) as (new, _):
            before, after = _answers(old, asked), _answers(new, asked)
        if wrong := [path for path in asked if before[path] != after[path]]:
            raise Failed(f"{len(wrong)} of {len(asked)} answers differ, the first to {wrong[0]}")
        good = sum(status == 200 for status, _ in before.values())
        if good < len(before) / 2:
            raise Failed(f"only {good} of {len(before)} questions can be answered; make a larger archive")
        return f"OK: {len(before)} answers are the same, {good} of them not refused"

    @staticmethod
    def _must_be(noun: str, wanted: int, found: int) -> None:
        if wanted != found:
            raise Failed(f"{found:,} {noun} instead of {wanted:,}")


def _answers(address: str, asked: list[str]) -> dict[str, tuple[int, bytes]]:
    with httpx.Client(base_url=address, headers=AS_ONE, trust_env=False, timeout=60) as client:
        return answers(client, asked)


def _count(file: Path, form: str) -> int:
    """How many things a file holds."""
    if form == "csv":
        with file.open(encoding="utf-8", newline="") as opened:
            return sum(1 for _ in csv.reader(opened)) - 1
    opens = b'{"@id":' if form == "jsonld" else b"{"
    with file.open("rb") as opened:
        return sum(bool(orjson.loads(line.rstrip(b",\n"))) for line in opened if line.startswith(opens))


def _mb(path: Path) -> str:
    files = path.iterdir() if path.is_dir() else [path]
    return f"{sum(file.stat().st_size for file in files) / 1e6:,.1f} MB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=100_000, help="articles")
    parser.add_argument("--dir", type=Path, help="a new or empty folder, kept; a temporary one when not given")
    asked = parser.parse_args()
    screen = Console(highlight=False, markup=False, soft_wrap=True)
    if asked.dir is not None:
        asked.dir.mkdir(parents=True, exist_ok=True)
        if any(asked.dir.iterdir()):
            sys.exit(f"{asked.dir} is not empty; name another folder")
        sys.exit(Rehearsal(asked.size, asked.dir.resolve(), screen).all())
    with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
        sys.exit(Rehearsal(asked.size, Path(folder), screen).all())


if __name__ == "__main__":
    main()
