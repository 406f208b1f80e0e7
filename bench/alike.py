"""Whether two archives answer alike: `python3 run.py bench alike --from sqlite:///old.db --to postgresql+psycopg://…/new`.

Both are asked the same random questions, each through the whole application, and each answer is compared byte for byte: pages by
entity, words, dates and outlet, ranked or by another order, walked for three pages; totals, facets, timelines, suggestions, whole
articles. Each that differs is named, and whether it has the same things in another order. The exit code is then 1.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi.testclient import TestClient
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parent.parent))

from app.main import create_app
from app.settings import Settings
from bench.corpus import Corpus

LIMIT = 200  # of a page
QUESTIONS = 200
PAGES = 3  # of each list
AS_ONE = {"Host": "archive.example"}  # stands in the addresses of next pages
Answers = dict[str, tuple[int, bytes]]


def questions(size: int, count: int, seed: str = "questions") -> list[str]:
    """Random ones about an archive of bench/corpus.py of that size, always the same."""
    random, corpus = Random(seed), Corpus(size)
    names = [names[0].text for names in corpus.entities.names]

    def filters() -> list[dict[str, Any]]:
        year, month = random.randint(2014, 2023), random.randint(1, 12)
        words = corpus.words.choose(random, 3)
        frequent, any_of = random.choice(names[:50]), random.choice(names[: len(names) // 10])
        return [
            {"entity": any_of},
            {"entity": frequent, "published_to": str(year)},
            {"q": " ".join(words[: random.randint(1, 2)])},
            {"q": f'"{words[0]} {words[1]}"'},
            {"q": f"{words[0]} -{words[1]}", "sort": "-published"},
            {"q": f"{words[0]} OR {words[2]}", "entity": frequent, "sort": "published"},
            {"q": f"{random.choice(corpus.words.terms)[:4]}*", "sort": "-published"},
            {"about_from": f"{year}-{month:02}", "about_to": f"{year}-{month:02}"},
            {"about_from": f"{year}", "about_to": f"{year}", "about_match": "within", "entity": frequent},
            {"source": random.choice(corpus.outlets), "published_from": f"{year}-{month:02}"},
            {"author": random.choice(corpus.authors), "sort": "published"},
            {"sort": "-recorded", "entity": frequent},
        ]

    def one() -> str:
        noun, what = random.choice(("articles", "claims")), random.random()
        if what < 0.1:
            return f"/articles/{random.randint(1, size)}"
        if what < 0.15:
            return f"/entities/suggest?q={random.choice(names)[:3]}"
        chosen = random.choice(filters())
        if what < 0.25:
            counted, more = ("timeline", {}) if what < 0.2 else ("facets", {"facet": "source"})
            told = {name: value for name, value in chosen.items() if name != "sort"}
            return f"/{noun}/{counted}?{urlencode({**told, **more})}"
        return f"/{noun}?{urlencode({**chosen, 'limit': random.choice((1, 20, LIMIT))})}"

    return [one() for _ in range(count)]


def answers(client: Any, asked: Iterable[str], pages: int = 1) -> Answers:
    """The answer to each, and those of so many pages behind it; `client` gets as httpx.Client does."""
    found: Answers = {}
    for question in asked:
        path: str | None = question
        for _ in range(pages):
            if path is None:
                break
            answer = client.get(path)
            found[path] = answer.status_code, answer.content
            following = orjson.loads(answer.content).get("next") if answer.status_code == 200 and "limit=" in question else None
            path = following and following.removeprefix(f"http://{AS_ONE['Host']}")
    return found


def _of(url: str, asked: list[str]) -> Answers:
    settings = Settings(database_url=url, log_level="error", worker=False, _env_file=None)
    with TestClient(create_app(settings), base_url=f"http://{AS_ONE['Host']}") as client:
        return answers(client, asked, PAGES)


def _ids(answer: tuple[int, bytes]) -> list[int] | None:
    items = orjson.loads(answer[1]).get("items") if answer[0] == 200 else None
    return sorted(item["id"] for item in items) if items and "id" in items[0] else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="old", metavar="URL", required=True)
    parser.add_argument("--to", dest="new", metavar="URL", required=True)
    parser.add_argument("--size", type=int, required=True, help="articles of bench/corpus.py that the archive was made with")
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    asked = parser.parse_args()
    wanted = questions(asked.size, asked.questions)
    before, after = _of(asked.old, wanted), _of(asked.new, wanted)
    differing = [path for path in before if before[path] != after.get(path)] + [path for path in after if path not in before]
    other_places = [path for path in differing if path in before and path in after and _ids(before[path]) == _ids(after[path])]
    screen = Console(highlight=False, markup=False, soft_wrap=True)
    for path in differing:
        screen.print(f"{'other order' if path in other_places else 'DIFFERS'}: {path[:200]}")
    good = sum(status == 200 for status, _ in before.values())
    same, others = len(before) - len(differing), len(differing) - len(other_places)
    screen.print(f"{len(wanted)} questions, {len(before)} answers, {good} of them not refused:")
    screen.print(f"{same} the same byte for byte, {len(other_places)} the same in another order, {others} different")
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
