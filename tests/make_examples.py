"""Makes app/api/examples.json, the examples of the OpenAPI document, from real answers: `python -m tests.make_examples`."""

import json
import tempfile
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from app import fetch
from app.main import create_app
from app.settings import Settings
from app.web.pages import Page

EXAMPLES = Path(__file__).parent.parent / "app" / "api" / "examples.json"
URL = "https://harbor-wire.example/2024/03/08/dam"
ARTICLE = {
    "title": "Dam Is Safe, Says Engineer",
    "text": "KELVAR (Harbor Wire) – Chief engineer Ann Lee said that the dam has been safe since December 2017. "
    "Farmers in Iraq are allegedly worried.",
    "url": URL,
    "source": "Harbor Wire",
    "authors": ["Bo Day"],
    "published": "2024-03-08",
    "language": "en",
    "external_id": "hw-1842",
}
CLAIM = {
    "quote": {"exact": "Farmers in Iraq are allegedly worried"},
    "kind": "narrated",
    "speakers": [{"kind": "author"}],
    "subjects": [{"entity": "Iraq", "type": "place"}],
    "hedges": [{"exact": "allegedly", "start": 119, "end": 128, "kind": "doubt", "by": "author"}],
}
ENTITY = {"name": "Kelvar Dam Authority", "type": "organization", "aliases": ["KDA"], "description": "Runs the dam."}
COPY = {"title": "Dam “Safe”", "text": ARTICLE["text"], "source": "Kelvar Post", "published": "2024-03-09", "extract": False}
_NO_EXAMPLE = ""
SAME_ENTITY = {"name": "Dam Authority of Kelvar", "type": "organization", "aliases": ["DAK"], "description": "Runs the dam."}
PAGE = Page(
    address="https://valley-post.example/2024/gates",
    got_from="https://valley-post.example/2024/gates",
    host="valley-post.example",
    text="The mayor of Kelvar, Bo Day, said that the gates will be tested again in May 2024.",
    title="Gates to Be Tested",
    authors=["Di Fox"],
    site="Valley Post",
    published="2024-03-09T07:30:00Z",
    language="en",
)
CALLS: tuple[tuple[str, str, str, Any], ...] = (
    ("create_article", "POST", "/articles", ARTICLE),
    ("create_claim", "POST", "/articles/1/claims", CLAIM),
    ("extract_article", "POST", "/articles/1/extract", None),
    ("update_claim", "PATCH", "/claims/1", {"status": "confirmed", "dates": [{"edtf": "2017-12/.."}]}),
    ("update_article", "PATCH", "/articles/1", {"authors": ["Bo Day", "Cy Orr"], "text": f"{ARTICLE['text']} Repairs go on."}),
    ("create_entity", "POST", "/entities", ENTITY),
    ("create_entity", "POST", "/entities", SAME_ENTITY),
    ("update_entity", "PATCH", "/entities/4", {"wikidata_id": "Q42"}),
    ("fetch_article", "POST", "/articles/fetch", {"url": PAGE.address}),
    ("create_feed", "POST", "/feeds", {"url": "https://harbor-wire.example/rss", "every_s": 1800}),
    ("update_feed", "PATCH", "/feeds/1", {"source": "Harbor Wire"}),
    ("list_feeds", "GET", "/feeds", None),
    ("get_feed", "GET", "/feeds/1", None),
    ("list_feed_entries", "GET", "/feeds/1/entries", None),
    ("search_articles", "GET", "/articles?q=dam&published_from=2024-03", None),
    ("lookup_article", "GET", f"/articles/lookup?url={URL}", None),
    ("get_article", "GET", "/articles/1", None),
    (_NO_EXAMPLE, "POST", "/articles", COPY),
    ("join_copies", "POST", "/articles/1/copies", {"article": 2}),
    ("list_copies", "GET", "/articles/1/copies", None),
    ("list_revisions", "GET", "/articles/1/revisions", None),
    ("get_revision", "GET", "/articles/1/revisions/1", None),
    ("list_article_claims", "GET", "/articles/1/claims?limit=1", None),
    ("search_claims", "GET", "/claims?speaker=ann lee&about_from=2017-12&about_to=2017-12", None),
    ("get_articles_timeline", "GET", "/articles/timeline?q=dam", None),
    ("get_claims_timeline", "GET", "/claims/timeline?speaker=ann lee&published_from=2024-02&published_to=2024-03", None),
    ("get_articles_facets", "GET", "/articles/facets?facet=source&facet=entity", None),
    ("get_claims_facets", "GET", "/claims/facets?facet=speaker&facet=kind&q=dam", None),
    ("get_related_entities", "GET", "/entities/1/related", None),
    ("get_article_diff", "GET", "/articles/1/diff", None),
    ("get_claim", "GET", "/claims/1", None),
    ("search_entities", "GET", "/entities?q=lee", None),
    ("suggest_entities", "GET", "/entities/suggest?q=kel", None),
    ("get_entity", "GET", "/entities/4", None),
    ("merge_entity", "POST", "/entities/5/merge", {"into": 4}),
    ("list_changes", "GET", "/changes?limit=3", None),
    ("get_liveness", "GET", "/health/live", None),
    ("get_readiness", "GET", "/health/ready", None),
    ("get_problem_type", "GET", "/problems/not-found", None),
)


def main() -> None:
    fetch.get_page = lambda *_: PAGE  # a page that is the same every time
    made: dict[str, dict[str, Any]] = {"requests": {}, "answers": {}}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/examples.db", log_level="error", _env_file=None)
        with TestClient(create_app(settings), base_url="http://127.0.0.1:8000") as client:
            for operation, method, path, body in CALLS:
                answer = client.request(method, path, json=body)
                assert answer.status_code in (200, 201), answer.text
                if operation == _NO_EXAMPLE:
                    continue
                made["answers"][operation] = answer.json()
                if body is not None:
                    made["requests"][operation] = body
    EXAMPLES.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
