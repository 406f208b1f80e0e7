"""How well copies are recognised, and what that costs: `python3 run.py bench copies`.

Made-up wire stories and what outlets make of them, among articles that are no copies: stories of one event in other words with the
same quotations, reports from one form with other figures, and news without any copy. A pair of articles is right when both came
from one story. It prints precision over all pairs, recall of each way of reprinting, and the time and room an article takes.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent))

from rich.console import Console
from rich.table import Table

from app import ingest, likeness
from app.folding import joined
from app.main import open_archive
from app.models.documents import ArticleDraft
from app.settings import Settings
from app.store import copies
from app.store.database import Database
from bench import corpus
from bench.vocabulary import Words

BATCH = 500
_SPELLINGS = {"r": "re", "or": "our", "ize": "ise", "er": "re", "k": "c", "l": "ll"}
_BOILERPLATE = (
    "Sign up for our newsletter and get the best of the morning in your inbox. Follow us for more. We are at 12 Mill Street.",
    "This story was provided by the agency and edited here for style. Reporting by our staff in the region; write to the desk.",
)


@dataclass(frozen=True, slots=True)
class Printed:
    """`story`: what it is a copy of; texts of one story belong together, and no others."""

    story: str
    way: str
    text: str
    published: str | None = None


def cut(random: Random, text: str) -> str:
    """At the end, to 30 to 80 %."""
    words = text.split(" ")
    return " ".join(words[: round(len(words) * random.uniform(0.3, 0.8))])


def new_first_paragraph(random: Random, text: str) -> str:
    """A sixth of the text said otherwise."""
    words = text.split(" ")
    there = len(words) // 6
    return " ".join([*random.sample(words, there), *words[there:]])


def other_spelling(random: Random, text: str) -> str:
    """One word in twenty-five, and one name throughout."""
    words = text.split(" ")
    names = sorted({word for word in words if word[:1].isupper() and word.isalpha()})
    name = random.choice(names) if names else ""
    return " ".join(
        f"{word[:-1]}{'y' if word[-1] != 'y' else 'i'}"
        if word == name
        else (_respelled(word) if word.isalpha() and random.random() < 0.04 else word)
        for word in words
    )


def local_boilerplate(random: Random, text: str) -> str:
    byline = f"By {random.choice('ABCDEFG')}. Staff, Metro Desk — {random.randint(1, 12)}:{random.randint(10, 59)} a.m."
    return f"{byline}\n\n{text}\n\n{' '.join(_BOILERPLATE)}"


def headline_in_the_text(random: Random, text: str) -> str:
    """Outlets set another headline above it, and it comes with the text."""
    return " ".join(random.sample(text.split(" "), 9)).capitalize() + "\n\n" + text


WAYS: dict[str, Callable[[Random, str], str]] = {
    "word for word": lambda _, text: text,
    "cut at the end to 30-80 %": cut,
    "new headline": headline_in_the_text,
    "edited first paragraph": new_first_paragraph,
    "changed spelling": other_spelling,
    "local byline and boilerplate": local_boilerplate,
    "cut, boilerplate": lambda random, text: local_boilerplate(random, cut(random, text)),
    "cut, edited first paragraph": lambda random, text: cut(random, new_first_paragraph(random, text)),
    "all but cut": lambda random, text: local_boilerplate(random, other_spelling(random, new_first_paragraph(random, text))),
}


def archive_of(size: int, seed: int = 1, *, dated: bool = True) -> list[Printed]:
    """A tenth wire stories and their copies, a tenth told in other words, a fifth reports from forms, the rest alone."""
    random, made = Random(seed), corpus.documents(size, seed)
    printed: list[Printed] = []
    for number in range(size // 100):
        text = next(made)[0].text
        printed.append(Printed(f"wire {number}", "wire", text))
        printed += [Printed(f"wire {number}", way, vary(random, text)) for way, vary in WAYS.items()]
    for number in range(size // 20):
        one, other = next(made)[0].text, next(made)[0].text
        quoted = [random.choice(one.split(". ")) for _ in range(3)]
        printed += [Printed(f"event {number} {i}", "event", text) for i, text in enumerate((one, ". ".join([other, *quoted])))]
    printed += _reports(random, size // 5)
    alone = (Printed(f"alone {number}", "alone", document[0].text) for number, document in enumerate(made))
    printed += [next(alone) for _ in range(size - len(printed))]
    random.shuffle(printed)
    return [replace(one, published=_hour(random, one)) for one in printed] if dated else printed


def _hour(random: Random, one: Printed) -> str:
    """A wire story comes first, what is made of it within three days."""
    day = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=sum(map(ord, one.story)) % 300)
    return (day + timedelta(hours=random.uniform(1, 72) if one.way in WAYS else 0)).isoformat()


def _reports(random: Random, count: int) -> Iterator[Printed]:
    """Weather and markets: forms of 60 and more words with a figure in every sixth to tenth."""
    forms = [next(_forms(Random(f"form {i}"))) for i in range(20)]
    for number in range(count):
        yield Printed(f"report {number}", "report", random.choice(forms)(random))


def _forms(random: Random) -> Iterator[Callable[[Random], str]]:
    words = Words().terms[:3000]
    while True:
        pieces = [" ".join(random.sample(words, random.randint(5, 9))) for _ in range(random.randint(8, 14))]
        top = random.choice((40, 100, 2000))
        yield lambda drawn, pieces=pieces, top=top: ". ".join(f"{piece} {drawn.randint(1, top)} points" for piece in pieces) + "."  # type: ignore[misc]


def _respelled(word: str) -> str:
    for end, other in _SPELLINGS.items():
        if word.endswith(end):
            return word.removesuffix(end) + other
    return word + "e"


def store(database: Database, printed: list[Printed]) -> tuple[list[int], float]:
    """The ids of the articles, and the seconds that copies took of storing them."""
    ids: list[int] = []
    took = 0.0
    settled = copies.settled_new

    def timed(*given: object) -> list[int]:
        nonlocal took
        began = time.process_time()
        try:
            return settled(*given)  # type: ignore[arg-type]
        finally:
            took += time.process_time() - began

    copies.settled_new = timed  # type: ignore[assignment]
    for first in range(0, len(printed), BATCH):
        drafts = [
            ArticleDraft(text=one.text, url=f"https://outlet.example/{first + i}", published=one.published)
            for i, one in enumerate(printed[first : first + BATCH])
        ]
        ids += [outcome.article_id or 0 for outcome in ingest.store_many(database, [(draft, None) for draft in drafts], "bench")]
    copies.settled_new = settled
    return ids, took


def judged(
    printed: list[Printed], ids: list[int], story_of: dict[int, int]
) -> tuple[float, dict[str, tuple[int, int]], Counter[str]]:
    """Precision over all pairs; of each way how many were found with their wire story, of how many; wrong pairs by kind."""
    told: defaultdict[str, list[tuple[Printed, int]]] = defaultdict(list)
    found: defaultdict[int, list[Printed]] = defaultdict(list)
    for one, i in zip(printed, ids, strict=True):
        told[one.story].append((one, i))
        found[story_of.get(i, i)].append(one)
    right, wrong = 0, Counter[str]()
    for members in found.values():
        for one, other in combinations(members, 2):
            if one.story == other.story:
                right += 1
            else:
                wrong[" and ".join(sorted((one.way, other.way)))] += 1
    recall: dict[str, tuple[int, int]] = {}
    for copies_ in told.values():
        wire = [story_of.get(i, i) for one, i in copies_ if one.way == "wire"]
        for one, i in copies_:
            if one.way in WAYS:
                hit, of = recall.get(one.way, (0, 0))
                recall[one.way] = hit + (story_of.get(i, i) == wire[0]), of + 1
    return right / max(right + wrong.total(), 1), recall, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=10_000, help="articles")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--undated", action="store_true", help="nobody knows which article of a story was first")
    asked = parser.parse_args()
    likeness.load()
    printed = archive_of(asked.size, asked.seed, dated=not asked.undated)
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder:
        database = open_archive(Settings(database_url=f"sqlite:///{folder}/copies.db", synchronous="NORMAL", _env_file=None))
        ids, took = store(database, printed)
        with database.reading() as session:
            connection = session.connection()
            story_of: dict[int, int] = dict(connection.exec_driver_sql("SELECT article_id, story_id FROM article_story").fetchall())
            room = (
                "SELECT name, sum(pgsize) FROM dbstat WHERE name IN ('article_signature', 'copy_key', 'article_story') GROUP BY 1"
            )
            sizes: dict[str, int] = dict(connection.exec_driver_sql(room).fetchall())
        database.close()
    precision, recall, wrong = judged(printed, ids, story_of)
    table = Table("", "found", "of", "recall", title=f"{len(printed):,} articles, {len(set(story_of.values())):,} stories")
    for way, (hit, of) in recall.items():
        table.add_row(way, f"{hit:,}", f"{of:,}", f"{hit / of:.3f}")
    hits, all_ = (sum(of[i] for of in recall.values()) for i in (0, 1))
    table.add_row("all", f"{hits:,}", f"{all_:,}", f"{hits / all_:.3f}", style="bold")
    Console().print(table)
    print(f"precision over pairs: {precision:.4f}; wrong pairs: {dict(wrong) or 'none'}")
    began = time.process_time()
    hashes = likeness.hashes([joined(one.text) for one in printed])
    read = time.process_time()
    likeness.keys(hashes)
    signed = time.process_time()
    each = 1000 / len(printed)
    print(
        f"ms of processor for each article: {(read - began) * each:.3f} to read its words, {(signed - read) * each:.3f} to sign it,"
    )
    print(f"  {took * each:.3f} for all that copies need when it is stored")
    print("bytes for each article:", ", ".join(f"{name} {size / len(printed):.0f}" for name, size in sorted(sizes.items())))


if __name__ == "__main__":
    main()
