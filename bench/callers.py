"""Writers and readers that ask several API processes without end, and what they saw; see bench/failover.py."""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Self

import httpx
import orjson

from app.models.fields import Json
from bench.vocabulary import Words

WRITERS, READERS = 16, 4  # half of the readers ask for lists, half for single articles
CLAIMS = 3  # in each article
SETTLED_S = 5.0  # an article that was acknowledged so long ago must be found on every standby
_PEOPLE = [f"{first} {last}" for first in ("Mina", "Joren", "Petra", "Osk") for last in ("Talvik", "Brenn", "Casparo", "Odwin")]
_TIMEOUT_S = 20.0
_PAUSE_S = 0.05  # between two requests, so that the clients leave some of the machine to what is measured
_AGAIN_S = 0.25  # after an error that says nothing of when
_LONGEST_RETRY_S = 5


@dataclass(slots=True)
class Seen:
    """What came of the requests; instants are those of `time.monotonic`."""

    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    acknowledged: dict[str, tuple[int, float]] = field(default_factory=dict)  # by external_id: the article's id, and when
    writes: Counter[str] = field(default_factory=Counter)  # answers by status, and ways to have none
    false: list[str] = field(default_factory=list)  # answers that must not be, in words
    lists: list[float] = field(default_factory=list)  # when a search was answered
    singles: list[float] = field(default_factory=list)  # when an article was answered
    failed_reads: Counter[str] = field(default_factory=Counter)

    def write_gap_s(self) -> float:
        return self._gap([when for _, when in self.acknowledged.values()])

    def list_gap_s(self) -> float:
        return self._gap(self.lists)

    def single_gap_s(self) -> float:
        return self._gap(self.singles)

    def _gap(self, instants: Sequence[float]) -> float:
        """The longest time between two of them, the beginning and the end counting as one each."""
        ordered = sorted([self.began, *instants, self.ended])
        return max(later - earlier for earlier, later in itertools.pairwise(ordered))


@dataclass(frozen=True, slots=True)
class Found:
    """What is there afterwards of what was sent."""

    lost: list[str]  # acknowledged, and not there
    double: list[str]  # there more than once, or with more claims than were sent
    torn: list[str]  # there with fewer claims than were sent
    unacknowledged: int  # there, and never answered: the answer was lost, not the article


class Callers:
    """As long as the block lasts, 16 writers and four readers, spread over the addresses.

    An article is sent again and again, by either address, until it is acknowledged; its `external_id` makes that safe. All articles
    have the same `source`, which tells this block's from others'.
    """

    def __init__(self, addresses: Sequence[str], source: str, known: Sequence[int]) -> None:
        self.addresses, self.source, self.known = addresses, source, known
        self.seen = Seen()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        jobs = [(self._write, number) for number in range(WRITERS)]
        jobs += [(self._search if number % 2 else self._look, number) for number in range(READERS)]
        self._threads = [threading.Thread(target=self._call, args=job, daemon=True) for job in jobs]

    def __enter__(self) -> Self:
        self.seen.began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self.seen.ended = time.monotonic()
        for thread in self._threads:
            thread.join(_TIMEOUT_S + _LONGEST_RETRY_S)

    def _call(self, work: Callable[["_Caller"], None], number: int) -> None:
        with httpx.Client(trust_env=False, timeout=_TIMEOUT_S) as http:
            caller = _Caller(number, self.addresses, http)
            while not self._stop.is_set():
                work(caller)
                self._stop.wait(_PAUSE_S)

    def _write(self, caller: "_Caller") -> None:
        key = f"{self.source} {caller.number} {caller.next_number()}"
        article = draft(key, self.source)
        while not self._stop.is_set():
            answer = caller.ask("POST", "/articles", article)
            wait_s = self._count_write(key, answer)
            if wait_s is None:
                return
            self._stop.wait(wait_s)

    def _count_write(self, key: str, answer: httpx.Response | str) -> float | None:
        """Seconds until it is to be sent again; None when it is acknowledged."""
        with self._lock:
            if isinstance(answer, str):
                self.seen.writes[answer] += 1
                return _AGAIN_S
            self.seen.writes[str(answer.status_code)] += 1
            if answer.status_code in {200, 201}:
                told = answer.json()
                if told.get("external_id") != key or len(told.get("claims", ())) != CLAIMS:
                    self.seen.false.append(f"{answer.status_code} for {key!r}: {answer.text[:300]}")
                self.seen.acknowledged[key] = (told["id"], time.monotonic())
                return None
            after = answer.headers.get("Retry-After")
            if answer.status_code != 503 or after is None:
                self.seen.false.append(f"{answer.status_code}, Retry-After {after}: {answer.text[:300]}")
            return min(int(after or 1), _LONGEST_RETRY_S)

    def _search(self, caller: "_Caller") -> None:
        asked = random.choice(
            (f"q={random.choice(_vocabulary()[:400])}", f"source={self.source}", f"entity={random.choice(_PEOPLE)}")
        )
        self._count_read(caller.ask("GET", f"/articles?{asked}&limit=5"), self.seen.lists)

    def _look(self, caller: "_Caller") -> None:
        """Ask for an article that has been there for a while."""
        with self._lock:
            old = time.monotonic() - SETTLED_S
            settled = [article for article, when in self.seen.acknowledged.values() if when < old]
        self._count_read(caller.ask("GET", f"/articles/{random.choice(settled or self.known)}"), self.seen.singles)

    def _count_read(self, answer: httpx.Response | str, succeeded: list[float]) -> None:
        with self._lock:
            if isinstance(answer, httpx.Response) and answer.status_code == 200:
                succeeded.append(time.monotonic())
                return
            self.seen.failed_reads[answer if isinstance(answer, str) else str(answer.status_code)] += 1
            if isinstance(answer, httpx.Response) and answer.status_code != 503:
                self.seen.false.append(f"{answer.status_code} for {answer.request.url}: {answer.text[:300]}")
        self._stop.wait(_AGAIN_S)


class _Caller:
    """One client: it stays with an address until that gives no answer, as behind a load balancer."""

    def __init__(self, number: int, addresses: Sequence[str], http: httpx.Client) -> None:
        self.number, self.addresses, self.http = number, addresses, http
        self.turn = number % len(addresses)
        self.sent = 0

    def next_number(self) -> int:
        self.sent += 1
        return self.sent

    def ask(self, method: str, path: str, body: Json | None = None) -> httpx.Response | str:
        """The answer, or the name of what came instead of one."""
        try:
            return self.http.request(method, self.addresses[self.turn] + path, json=body)
        except httpx.HTTPError as error:
            self.turn = (self.turn + 1) % len(self.addresses)
            return type(error).__name__


def draft(key: str, source: str) -> Json:
    """An article with three claims by people of a small town; the same key makes the same one."""
    own = random.Random(key)
    sentences = [f"{own.choice(_PEOPLE)} said that {' '.join(own.choices(_vocabulary(), k=12))}." for _ in range(CLAIMS)]
    claims = [
        {"quote": {"exact": sentence}, "kind": "indirect", "speakers": [{"entity": sentence.partition(" said")[0]}]}
        for sentence in sentences
    ]
    told = " ".join([*sentences, *own.choices(_vocabulary(), k=30)])
    return {"text": told, "title": key, "source": source, "external_id": key, "extract": False, "claims": claims}


def seed(address: str, count: int = 20) -> list[int]:
    """Ids of new articles, for readers to begin with."""
    with httpx.Client(base_url=address, trust_env=False, timeout=_TIMEOUT_S) as http:
        answers = [http.post("/articles", json=draft(f"seed {number}", "seed")).raise_for_status() for number in range(count)]
    return [answer.json()["id"] for answer in answers]


def find(address: str, source: str, acknowledged: Sequence[str]) -> Found:
    """Look for every acknowledged article through the API, and count its claims."""
    times: Counter[str] = Counter()
    claims: dict[str, int] = {}
    asked = {"source": source, "format": "jsonl", "detail": "full"}
    with httpx.stream("GET", f"{address}/articles", params=asked, trust_env=False, timeout=120) as answer:
        answer.raise_for_status()
        for line in answer.iter_lines():
            article = orjson.loads(line)
            times[article["external_id"]] += 1
            claims[article["external_id"]] = len(article["claims"])
    return Found(
        lost=[key for key in acknowledged if key not in times],
        double=[key for key, count in times.items() if count > 1 or claims[key] > CLAIMS],
        torn=[key for key, count in claims.items() if count < CLAIMS],
        unacknowledged=len(times.keys() - set(acknowledged)),
    )


@cache
def _vocabulary() -> list[str]:
    return Words().terms[:20_000]
