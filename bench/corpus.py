"""Makes an archive of made-up articles, always the same: `python3 run.py bench corpus --size 100000 FILE.db`.

About 400 words, 10 claims and 20 mentions an article over ten years, in the proportions that news has, stored through the
program's own bulk path into a new file. One process writes the articles, this one stores them.
"""

import argparse
import copyreg
import gc
import multiprocessing
import operator
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from math import exp
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import event

sys.path.insert(0, str(Path(__file__).parent.parent))

from app import ingest
from app.main import open_archive
from app.models.documents import ArticleDraft
from app.models.extraction import (
    Extraction,
    FoundClaim,
    FoundDate,
    FoundEntity,
    FoundHedge,
    FoundMention,
    FoundName,
    FoundParty,
    Span,
)
from app.readers import Read
from app.settings import Settings
from bench.vocabulary import Entities, Words
from bench.writing import EXTRACTOR, write

FIRST, YEARS = datetime(2014, 1, 1, tzinfo=UTC), timedelta(days=3652)  # to the end of 2023
OUTLETS, AUTHORS = 40, 200
BATCH = 1000  # articles of one transaction
CACHE_KB = 1_000_000  # pages are written to again and again while an archive grows
_LANGUAGES, _LANGUAGE_WEIGHTS = ("en", "fr", "de", "es", "ar", None), (86, 3, 3, 3, 2, 3)
_MOST_LOOKED_AT = 20_000  # articles, for a question that can be answered


Document = tuple[ArticleDraft, Extraction]


@dataclass(frozen=True, slots=True)
class Questions:
    """What to ask an archive that has been made: names of entities by popularity, pairs that occur, words by frequency.

    `pairs` are speakers and subjects of stored claims. `words` by the share of articles they stand in; `month` is in the middle.
    """

    frequent: str
    medium: str
    rare: str
    frequent_pair: tuple[str, str]
    rare_pair: tuple[str, str]
    month: str
    rare_word: str
    medium_word: str
    common_word: str
    second_common_word: str


class Corpus:
    """So many articles, each made from its number alone: they may be made in any order and by several processes."""

    def __init__(self, count: int, seed: int = 1) -> None:
        self.count, self.seed = count, seed
        self.words = Words()
        self.entities = Entities(count, self.words)
        random = Random("outlets and authors")
        given, family = (random.sample(self.words.terms[2_000:], AUTHORS) for _ in range(2))
        self.authors = [f"{first.capitalize()} {last.capitalize()}" for first, last in zip(given, family, strict=True)]
        self.outlets = [f"The {name.capitalize()} Times" for name in random.sample(self.words.terms[2_000:], OUTLETS)]
        self._outlet_weights = list(accumulate(1 / rank for rank in range(1, OUTLETS + 1)))

    def document(self, number: int) -> Document:
        """Its article of this number, from 0; later ones were published later."""
        random = Random(self.seed << 40 | number)
        moment = FIRST + (number + random.random()) / self.count * YEARS
        length = min(max(round(exp(random.gauss(5.86, 0.5))), 60), 2_500)
        text, found = write(random, self.words, self.entities, length, moment.date())
        title = " ".join([found.entities[0].names[0].text, *self.words.choose(random, random.randint(3, 7))])
        outlet = random.choices(range(OUTLETS), cum_weights=self._outlet_weights)[0]
        draft = ArticleDraft.model_construct(  # what is made here needs no checking, which would cost half of the time
            text=text,
            title=title,
            url=f"https://outlet{outlet}.example/{moment:%Y/%m}/{number}",
            source=self.outlets[outlet],
            authors=random.sample(self.authors, random.choices((0, 1, 2), (20, 65, 15))[0]),
            published=_published(random, moment),
            language=random.choices(_LANGUAGES, _LANGUAGE_WEIGHTS)[0],
        )
        return draft, found

    def questions(self) -> Questions:
        """Raises LookupError when the archive is too small to hold what is asked for: under about 500 articles."""
        names = [names[0].text for names in self.entities.names]
        count, frequent = self.entities.count, set(names[:10])
        rare = set(names[count // 2 :])
        drawn = round(400 * 0.7)
        return Questions(
            frequent=names[0],
            medium=names[count // 100],
            rare=self._pair(rare, rare | frequent)[0],
            frequent_pair=self._pair(set(names[:5]), set(names[:5])),
            rare_pair=self._pair(frequent, rare),
            month="2019-01",
            rare_word=self.words.in_share(0.0002, drawn),
            medium_word=self.words.in_share(0.01, drawn),
            common_word=self.words.in_share(0.5, drawn),
            second_common_word=self.words.in_share(0.45, drawn),
        )

    def _pair(self, speakers: set[str], subjects: set[str]) -> tuple[str, str]:
        """The first of the speakers that says something about another one of the subjects, from the middle of the archive on."""
        for number in range(min(_MOST_LOOKED_AT, self.count)):
            found = self.document((self.count // 2 + number) % self.count)[1]
            names = [entity.names[0].text for entity in found.entities]
            for claim in found.claims:
                speaker, subject = claim.speakers[0].entity, claim.subjects[0].entity
                if speaker is None or subject is None or speaker == subject:
                    continue
                if names[speaker] in speakers and names[subject] in subjects:
                    return names[speaker], names[subject]
        raise LookupError("no such pair of speaker and subject; make a larger archive")


def documents(count: int, seed: int = 1, *, shuffled: bool = False) -> Iterator[Document]:
    """The articles with what is found in them, in the order of publication or in none."""
    corpus = Corpus(count, seed)
    numbers = list(range(count))
    if shuffled:
        Random(seed).shuffle(numbers)
    return map(corpus.document, numbers)


def as_read(made: Iterable[Document]) -> list[ingest.New]:
    """As the bulk path takes them."""
    return [(draft, Read(EXTRACTOR.partition("/")[0], found.extractor, found)) for draft, found in made]


def make(archive: Path, count: int, seed: int, *, shuffled: bool, batch: int = BATCH) -> None:
    """Store the articles in the file, which is made or added to; a bar shows how many a second and how long it takes."""
    receiving, sending = multiprocessing.Pipe(duplex=False)
    writer = multiprocessing.Process(target=_send, args=(sending, count, seed, shuffled, batch), daemon=True)
    writer.start()
    sending.close()
    database = open_archive(Settings(database_url=f"sqlite:///{archive}", synchronous="NORMAL"))
    event.listen(database.engine, "connect", lambda opened, _: opened.execute(f"PRAGMA cache_size = -{CACHE_KB}"))
    database.engine.dispose()  # the connections that are open already have the small one
    gc.set_threshold(200_000)  # half a million objects a batch are looked through for circles that are not there
    speed = TextColumn("{task.fields[speed]}")
    with Progress(BarColumn(), MofNCompleteColumn(), speed, TimeRemainingColumn()) as bar:
        task = bar.add_task("", total=count, speed="")
        for received in _received(receiving):
            ingest.store_many(database, as_read(received), EXTRACTOR)
            bar.advance(task, len(received))
            bar.update(task, speed=f"{bar.tasks[0].speed or 0:,.0f} articles/s")
    database.close()
    writer.join()


def _send(sending: Connection, count: int, seed: int, shuffled: bool, batch: int) -> None:
    """A batch is made while the one before is stored: sending waits until it is taken."""
    gc.disable()  # nothing here points in circles
    _pickle_by_constructor()
    made = documents(count, seed, shuffled=shuffled)
    while some := list(islice(made, batch)):
        sending.send(some)
    sending.close()


def _received(receiving: Connection) -> Iterator[list[Document]]:
    while True:
        try:
            yield receiving.recv()
        except EOFError:
            return


def _pickle_by_constructor() -> None:
    """Frozen classes with slots are unpickled attribute by attribute, in Python; by their constructor it takes half of the time."""
    for kind in (Span, FoundName, FoundMention, FoundEntity, FoundDate, FoundParty, FoundHedge, FoundClaim, Extraction):
        values = operator.attrgetter(*(field.name for field in fields(kind)))
        copyreg.pickle(kind, lambda made, kind=kind, values=values: (kind, values(made)))  # type: ignore[misc]


def _published(random: Random, moment: datetime) -> str | None:
    forms: tuple[Any, ...] = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d", "%Y-%m", "%Y", None)
    form = random.choices(forms, (84, 11, 2, 1, 2))[0]
    return None if form is None else moment.strftime(form)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path, metavar="FILE.db")
    parser.add_argument("--size", type=int, default=10_000, help="articles")
    parser.add_argument("--seed", type=int, default=1, help="another one makes other articles")
    parser.add_argument("--shuffled", action="store_true", help="in no order; else as they were published")
    asked = parser.parse_args()
    if asked.archive.exists():
        sys.exit(f"{asked.archive} is there already; name another file")
    make(asked.archive, asked.size, asked.seed, shuffled=asked.shuffled)


if __name__ == "__main__":
    main()
