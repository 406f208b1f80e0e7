"""Whatever filters are combined: a search gives what looking at each row one by one gives, in the order that was asked for."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import edtf
from app.main import create_app
from app.models.times import UNDATED, day_range, stretch
from app.settings import Settings
from app.store import pages

WORDS = ("rain", "bridge", "peace", "wheat", "war")
NAMES = ("Ann", "Bo", "Cy")
PUBLISHED = (None, "2023", "2024-02", "2024-02-13", "2024-02-13T09:00:00Z", "2024-02-13T09:00:00.5Z", "2024-02-13T11:30:00+02:00")
ABOUT = ("2017", "2017-12", "2017-12-03", "2021-10/2021-12", "../2016", "2022/..")
MADE = [
    {
        "text": f"{WORDS[n % 5]} and {WORDS[n % 3]} number {n}.",
        "title": WORDS[n % 4] if n % 2 else None,
        "published": PUBLISHED[n % 7],
        "source": ("Wire", "Post", None)[n % 3],
        "language": ("en", "en-GB", "de", None)[n % 4],
        "authors": ["Dee"] if n % 5 == 0 else [],
        "claims": [
            {
                "quote": {"exact": WORDS[n % 5], "start": 0, "end": len(WORDS[n % 5])},
                "kind": ("direct", "narrated")[(n + i) % 2],
                "speakers": [[{"entity": NAMES[(n + i) % 3]}], [{"kind": "unnamed"}], []][(n + i) % 5 % 3],
                "subjects": [{"entity": NAMES[(n * i + 1) % 3]}] if i else [],
                "dates": [{"edtf": ABOUT[(n + i * 5) % 6]}] * ((n + i) % 4 > 0) + [{"edtf": "2019"}] * (n % 6 == 0),
                "said": ("2024-02-12", None, "2023")[(n + i) % 3],
                "negated": (n + i) % 4 == 0,
                "hedges": [{"exact": WORDS[n % 5], "start": 0, "end": len(WORDS[n % 5])}] if (n + i) % 3 == 0 else [],
                "status": ("extracted", "confirmed", "rejected", "extracted")[(n + i) % 4],
                "confidence": (None, 0.35, 0.9, 1.0)[(n + 2 * i) % 4],
            }
            for i in range(n % 3)
        ],
        "extract": False,
    }
    for n in range(40)
]
BOUNDS = st.sampled_from(["2023", "2024-02", "2024-02-13", "2024-02-13T09:00:00Z", "2024-02-13T09:00:00.2Z", "2025"])
DAYS = st.sampled_from(["2016-06", "2017", "2017-12", "2017-12-03", "2021-11-05", "2030"])
COMMON = {
    "q": st.sampled_from(["rain", "rain wheat", "peace OR war", "-rain", "br*", "bridge -peace", '"rain and"', "w*"]),
    "entity": st.sampled_from(NAMES),
    "source": st.sampled_from(["Wire", "post", "none of these"]),
    "language": st.sampled_from(["en", "en-GB", "de"]),
    "author": st.just("dee"),
    "about": st.tuples(st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS)),
    "about_match": st.sampled_from(["overlaps", "within", "covers"]),
    "published": st.tuples(st.one_of(st.none(), BOUNDS), st.one_of(st.none(), BOUNDS)),
    "recorded": st.sampled_from([("2000", None), (None, "2000"), (None, None)]),
}
OF_CLAIMS = {
    "speaker": st.sampled_from(NAMES),
    "subject": st.sampled_from(NAMES),
    "kind": st.sampled_from(["direct", "narrated"]),
    "speaker_kind": st.sampled_from(["named", "unnamed"]),
    "hedged": st.booleans(),
    "negated": st.booleans(),
    "status": st.sampled_from(["extracted", "confirmed", "rejected"]),
    "min_confidence": st.sampled_from([0.3, 0.9, 0.95]),
    "said": st.tuples(st.one_of(st.none(), BOUNDS), st.one_of(st.none(), BOUNDS)),
}
SORTS = st.sampled_from(["-published", "published", "-recorded", "relevance", None])


@pytest.fixture(scope="module")
def stored(shared_settings: Settings) -> Iterator[tuple[TestClient, list[Any]]]:
    with TestClient(create_app(shared_settings)) as client:
        answers = [client.post("/articles", json=draft) for draft in MADE]
        assert {answer.status_code for answer in answers} == {201}
        articles = [answer.json() for answer in answers]
        yield client, [article | {"claims": claims_of(client, article)} for article in articles]


def flattened(asked: dict[str, Any]) -> dict[str, str]:
    """Ranges as their two ends, turned round where they would end before they begin."""
    given_: dict[str, str] = {}
    for name, value in asked.items():
        if isinstance(value, tuple):
            begin, end = value
            if begin and end and stretch(begin)[0] > stretch(end)[1]:
                begin, end = end, begin
            given_ |= {f"{name}_{side}": bound for side, bound in (("from", begin), ("to", end)) if bound}
        elif value is not None:
            given_[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return given_


def is_published(article: dict[str, Any], asked: dict[str, str]) -> bool:
    begin, end = asked.get("published_from"), asked.get("published_to")
    earliest, latest = stretch(article["published"]) if article["published"] else (UNDATED, UNDATED)
    return not (begin or end) or (
        article["published"] is not None and (not begin or latest >= stretch(begin)[0]) and (not end or earliest <= stretch(end)[1])
    )


def days(shown: dict[str, Any]) -> tuple[date, date]:
    partial = edtf.parse(shown["edtf"])
    return partial.earliest or date.min, partial.latest or date.max


def is_about(dates: list[dict[str, Any]], asked: dict[str, str]) -> bool:
    if not {"about_from", "about_to"} & asked.keys():
        return True
    first, last = map(date.fromordinal, day_range(asked.get("about_from"), asked.get("about_to")))
    match asked.get("about_match"):
        case "within":
            return any(first <= e and z <= last for e, z in map(days, dates))
        case "covers":
            return any(e <= first and z >= last for e, z in map(days, dates))
    return any(e <= last and z >= first for e, z in map(days, dates))


def has_words(words: str, q: str) -> bool:
    found = words.lower().replace(".", "").split()
    return {
        "rain": "rain" in found,
        "rain wheat": {"rain", "wheat"} <= set(found),
        "peace OR war": bool({"peace", "war"} & set(found)),
        "-rain": "rain" not in found,
        "br*": "bridge" in found,
        "bridge -peace": "bridge" in found and "peace" not in found,
        '"rain and"': "rain and" in " ".join(found),
        "w*": bool({"wheat", "war"} & set(found)),
    }[q]


def is_from(article: dict[str, Any], asked: dict[str, str]) -> bool:
    """What a claim is asked of its article."""
    return (
        is_published(article, asked)
        and (asked.get("source") or article["source"] or "").lower() == (article["source"] or "").lower()
        and ("language" not in asked or ((article["language"] or "") + "-").startswith(asked["language"] + "-"))
        and ("author" not in asked or article["authors"] == ["Dee"])
        and "recorded_to" not in asked
    )


def names(parties: list[dict[str, Any]]) -> set[str]:
    return {party["name"] for party in parties}


def claims_of(client: TestClient, article: dict[str, Any]) -> list[dict[str, Any]]:
    every = {"article": article["id"], "status": ["extracted", "confirmed", "rejected"], "limit": 200}
    found: list[dict[str, Any]] = client.get("/claims", params=every).json()["items"]
    return found


def is_claim(claim: dict[str, Any], article: dict[str, Any], asked: dict[str, str]) -> bool:
    speakers = names([s["entity"] for s in claim["speakers"] if s["entity"]])
    subjects = names(claim["subjects"])
    said_first, said_last = day_range(asked.get("said_from"), asked.get("said_to"))
    said = days(claim["said"]) if claim["said"] else None
    return (
        is_from(article, asked)
        and is_about(claim["dates"], asked)
        and ("q" not in asked or has_words(claim["quote"]["exact"], asked["q"]))
        and ("entity" not in asked or asked["entity"] in speakers | subjects)
        and ("speaker" not in asked or asked["speaker"] in speakers)
        and ("subject" not in asked or asked["subject"] in subjects)
        and ("kind" not in asked or asked["kind"] == claim["kind"])
        and ("speaker_kind" not in asked or asked["speaker_kind"] in {s["kind"] for s in claim["speakers"]})
        and ("hedged" not in asked or (asked["hedged"] == "true") == bool(claim["hedges"]))
        and ("negated" not in asked or (asked["negated"] == "true") == claim["negated"])
        and (asked["status"] == claim["status"] if "status" in asked else claim["status"] != "rejected")
        and ("min_confidence" not in asked or (claim["confidence"] or 1) >= float(asked["min_confidence"]))
        and (
            not {"said_from", "said_to"} & asked.keys()
            or (said is not None and said[0].toordinal() <= said_last and said[1].toordinal() >= said_first)
        )
    )


def walked(client: TestClient, path: str, asked: dict[str, str], limit: int) -> list[dict[str, Any]]:
    answer = client.get(path, params=asked | {"limit": str(limit), "total": "exact"})
    assert answer.status_code == 200, answer.text
    total, items = answer.json()["total"]["value"], answer.json()["items"]
    while answer.json()["next"]:
        answer = client.get(answer.json()["next"])
        items += answer.json()["items"]
    assert len(items) == total
    return items


LAWS = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LAWS
@given(
    asked=st.fixed_dictionaries({}, optional=COMMON), sort=SORTS, limit=st.sampled_from([3, 200]), cap=st.sampled_from([0, 10_000])
)
def test_a_search_of_articles_gives_what_looking_at_each_gives(
    stored: tuple[TestClient, list[Any]], asked: dict[str, Any], sort: str | None, limit: int, cap: int
) -> None:
    client, articles = stored
    given_ = flattened(asked | ({"sort": sort} if sort else {}))
    expected = {
        article["id"]
        for article in articles
        if is_from(article, given_)
        and is_about(article["dates"], given_)
        and ("q" not in given_ or has_words(f"{article['text']} | {article['title'] or ''}", given_["q"]))
        and ("entity" not in given_ or given_["entity"] in {n for c in article["claims"] for n in parties_of(c)})
    }
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pages, "CAP", cap)
        found = walked(client, "/articles", given_, limit)
    assert sorted(item["id"] for item in found) == sorted(expected)
    assert_sorted(found, given_, lambda item: item["published"])


def parties_of(claim: dict[str, Any]) -> set[str]:
    return names([*claim["subjects"], *(s["entity"] for s in claim["speakers"] if s["entity"])])


@LAWS
@given(
    asked=st.fixed_dictionaries({}, optional=COMMON | OF_CLAIMS),
    sort=st.one_of(SORTS, st.sampled_from(["-said", "about"])),
    limit=st.sampled_from([3, 200]),
    cap=st.sampled_from([0, 10_000]),
)
def test_a_search_of_claims_gives_what_looking_at_each_gives(
    stored: tuple[TestClient, list[Any]], asked: dict[str, Any], sort: str | None, limit: int, cap: int
) -> None:
    client, articles = stored
    given_ = flattened(asked | ({"sort": sort} if sort else {}))
    expected = {c["id"] for article in articles for c in article["claims"] if is_claim(c, article, given_)}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pages, "CAP", cap)
        found = walked(client, "/claims", given_, limit)
    assert sorted(item["id"] for item in found) == sorted(expected)
    assert_sorted(found, given_, lambda item: item["article"]["published"])


def assert_sorted(found: list[dict[str, Any]], asked: dict[str, str], published: Any) -> None:
    sort = asked.get("sort") or ("-published" if "q" not in asked else "relevance")
    seconds = [stretch(published(item))[0] // 1_000_000 if published(item) else UNDATED for item in found]
    if sort == "published":
        assert seconds == sorted(seconds)
    elif sort == "-published":
        assert seconds == sorted(seconds, reverse=True)
    elif sort == "-recorded":
        assert [item["recorded_at"] for item in found] == sorted((item["recorded_at"] for item in found), reverse=True)
