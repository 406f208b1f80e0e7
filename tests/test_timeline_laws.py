"""Whatever is asked, by whichever date: a period counts what the same search finds in its days, and nothing lies between them."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.main import create_app
from app.models.times import stretch
from app.settings import Settings
from app.store import timelines
from tests.test_search_laws import COMMON, MADE, OF_CLAIMS, flattened

SPOKEN = ("in March 2021", "in 2019", "on 3 December 2017", "since 2018", "in 2020 and in May 2021")
TOLD = [
    {
        "text": f"KELVAR (Wire) – The rain and the bridge {SPOKEN[n % 5]}. Number {n}.",
        "published": ("2021-05-01", "2021", "2021-05", "2021-06-02T10:00:00Z", None, "1969-07-20")[n % 6],
        "source": ("Wire", "Post")[n % 2],
        "language": "en",
    }
    for n in range(12)
]
BOUNDS = st.sampled_from(["2017-12", "2019", "2021-05-02", "2023", "2024-02-10", "2024-02-13T09:00:00Z", "2024-02-13T09:00:00.2Z"])
RANGE = st.tuples(st.one_of(st.none(), BOUNDS), st.one_of(st.none(), BOUNDS))
INTERVALS = st.sampled_from(["day", "week", "month", "year"])
FEW_EACH = 5  # periods of a timeline that are looked up: the first, the last, and some with matches
LAWS = settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def archive(shared_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(shared_settings)) as client:
        assert {client.post("/articles", json=draft).status_code for draft in [*MADE, *TOLD]} == {201}
        yield client


def total(client: TestClient, noun: str, asked: dict[str, str]) -> int:
    answer = client.get(f"/{noun}", params={k: v for k, v in asked.items() if k not in ("interval", "date")} | {"total": "exact"})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"]["value"])


def narrowed(asked: dict[str, str], of: str, first: str, last: str) -> dict[str, str]:
    """The same question with the range set to a period; a bound within its first or last day stays."""
    begin, end = asked.get(f"{of}_from"), asked.get(f"{of}_to")
    if begin and of == "published" and stretch(begin)[0] > stretch(first)[0]:
        first = begin
    if end and of == "published" and stretch(end)[1] < stretch(last)[1]:
        last = end
    return asked | {f"{of}_from": first, f"{of}_to": last}


def assert_law(client: TestClient, noun: str, asked: dict[str, str]) -> None:
    of = asked["date"]
    answer = client.get(f"/{noun}/timeline", params=asked)
    if answer.status_code == 422:
        assert answer.json()["errors"][0]["pointer"] == "/interval"
        assert {f"{of}_from", f"{of}_to"} & asked.keys()
        return
    told = answer.json()
    items = told["items"]
    for one, other in pairwise(items):
        assert date.fromisoformat(one["latest"]) + timedelta(days=1) == date.fromisoformat(other["earliest"])
    most = sorted(items, key=lambda item: -item["count"])[: FEW_EACH - 2]
    for period in [*most, *items[:1], *items[-1:]]:
        of_period = narrowed(asked, of, period["earliest"], period["latest"])
        assert period["count"] == total(client, noun, of_period), (period, asked)
    if not {f"{of}_from", f"{of}_to"} & asked.keys():
        everything = {f"{of}_from": "0001-01-01", f"{of}_to": "9999-12-31"}
        base = {name: value for name, value in asked.items() if name != "about_match" or of != "about"}
        assert told["undated"] == total(client, noun, base) - total(client, noun, base | everything)
    if items and f"{of}_from" not in asked:
        before = date.fromisoformat(items[0]["earliest"]) - timedelta(days=1)
        assert told["before"] == total(client, noun, asked | {f"{of}_to": before.isoformat()})
    if items and f"{of}_to" not in asked:
        after = date.fromisoformat(items[-1]["latest"]) + timedelta(days=1)
        assert told["after"] == total(client, noun, asked | {f"{of}_from": after.isoformat()})


@LAWS
@given(
    asked=st.fixed_dictionaries({}, optional=COMMON | OF_CLAIMS),
    of=st.sampled_from(["published", "said", "about"]),
    range_=RANGE,
    interval=INTERVALS,
    many=st.sampled_from([0, 50_000]),
)
def test_a_period_of_claims_counts_what_the_search_of_its_days_finds(
    archive: TestClient, asked: dict[str, Any], of: str, range_: Any, interval: str, many: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(timelines, "MANY_MATCHES", many)
        patched.setattr(timelines, "MANY_PERIODS", many // 1000)
        assert_law(archive, "claims", flattened(asked | {of: range_}) | {"date": of, "interval": interval})


@LAWS
@given(
    asked=st.fixed_dictionaries({}, optional=COMMON),
    of=st.sampled_from(["published", "about"]),
    range_=RANGE,
    interval=INTERVALS,
    many=st.sampled_from([0, 50_000]),
)
def test_a_period_of_articles_counts_what_the_search_of_its_days_finds(
    archive: TestClient, asked: dict[str, Any], of: str, range_: Any, interval: str, many: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(timelines, "MANY_MATCHES", many)
        patched.setattr(timelines, "MANY_PERIODS", many // 1000)
        assert_law(archive, "articles", flattened(asked | {of: range_}) | {"date": of, "interval": interval})
