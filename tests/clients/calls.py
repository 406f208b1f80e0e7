"""Real calls through the generated Python client; prints how many. check.sh generates it, starts the service and runs this."""

import json
import sys
from http import HTTPStatus
from io import BytesIO

from dateline_client import Client
from dateline_client.api.articles import (
    bulk_create_articles,
    create_article,
    delete_article,
    extract_article,
    get_article,
    search_articles,
)
from dateline_client.api.claims import get_claim, search_claims, update_claim
from dateline_client.api.entities import create_entity, suggest_entities
from dateline_client.api.service import list_changes
from dateline_client.models import (
    Article,
    ArticleDraft,
    ArticlePage,
    BulkResult,
    BulkStatus,
    ChangeAction,
    ChangedKind,
    ChangePage,
    Claim,
    ClaimDraft,
    ClaimPage,
    ClaimPatch,
    ClaimStatus,
    DateDraft,
    Entity,
    EntityDraft,
    EntityType,
    Problem,
    QuoteDraft,
    Rereading,
    RunState,
    SpeakerDraft,
    Suggestions,
)
from dateline_client.types import File

SPEAKER = "Salma Haddad"
WORDS = "the second terminal would open in March 2031"
DRAFT = ArticleDraft(
    text=f"BASRA – {SPEAKER}, who runs the port, said {WORDS}.",
    title="Port to grow",
    url="https://news.example/port",
    source="Example News",
    published="2024-02-13",
    claims=[
        ClaimDraft(
            quote=QuoteDraft(exact=WORDS),
            speakers=[SpeakerDraft(entity=SPEAKER, text=SPEAKER, start=8, end=8 + len(SPEAKER))],
            dates=[DateDraft(edtf="2031-03")],
        )
    ],
    extract=False,
)


def call_all(client: Client) -> int:
    created = create_article.sync_detailed(client=client, body=DRAFT)
    assert created.status_code == HTTPStatus.CREATED, created
    article = created.parsed
    assert isinstance(article, Article)
    [claim] = article.claims
    assert claim.quote.exact == article.text[claim.quote.start : claim.quote.end] == WORDS
    assert article.recorded_at.utcoffset() is not None
    assert (article.extraction, claim.quote.continued, claim.reviewed_by) == (None, [], "client")

    read_again = extract_article.sync(article.id, client=client, dry_run=True)
    assert isinstance(read_again, Rereading)
    assert (read_again.extraction.state, read_again.reviewed) == (RunState.DONE, 1)

    repeated = create_article.sync_detailed(client=client, body=DRAFT)
    assert repeated.status_code == HTTPStatus.OK, repeated
    assert repeated.parsed == article, f"{repeated.content!r} after {created.content!r}"

    lines = BytesIO(json.dumps(DRAFT.to_dict()).encode() + b'\n{"text": ""}\n')
    results = bulk_create_articles.sync(client=client, body=File(payload=lines))
    assert isinstance(results, File)
    statuses = [BulkResult.from_dict(json.loads(line)).status for line in results.payload]
    assert statuses == [BulkStatus.UNCHANGED, BulkStatus.INVALID]

    articles = search_articles.sync(client=client, entity=[SPEAKER], published_from="2024-02", published_to="2024-02")
    assert isinstance(articles, ArticlePage)
    assert [found.id for found in articles.items] == [article.id]

    claims = search_claims.sync(client=client, speaker=[SPEAKER], about_from="2031", about_to="2031")
    assert isinstance(claims, ClaimPage)
    assert [found.id for found in claims.items] == [claim.id]

    read = get_claim.sync_detailed(claim.id, client=client)
    assert isinstance(read.parsed, Claim)
    assert read.parsed.speaker is not None
    assert read.parsed.speaker.entity is not None
    assert read.parsed.speaker.entity.name == SPEAKER

    confirmation = ClaimPatch(status=ClaimStatus.CONFIRMED)
    confirmed = update_claim.sync(claim.id, client=client, body=confirmation, if_match=read.headers["ETag"])
    assert isinstance(confirmed, Claim)
    assert confirmed.status is ClaimStatus.CONFIRMED

    office = create_entity.sync(
        client=client, body=EntityDraft(name="Basra Port Office", type_=EntityType.ORGANIZATION, aliases=["BPO"])
    )
    assert isinstance(office, Entity)
    assert [alias.name for alias in office.aliases] == ["BPO"]

    suggested = suggest_entities.sync(client=client, q="basra por")
    assert isinstance(suggested, Suggestions)
    assert office.id in [entity.id for entity in suggested.items]

    assert delete_article.sync_detailed(article.id, client=client).status_code == HTTPStatus.NO_CONTENT

    changes = list_changes.sync(client=client, kind=[ChangedKind.ARTICLE])
    assert isinstance(changes, ChangePage)
    assert [c.action for c in changes.items if c.id == article.id] == [ChangeAction.CREATED, ChangeAction.DELETED]

    gone = get_article.sync(article.id, client=client)
    assert isinstance(gone, Problem)
    assert (gone.status, gone.type_) == (404, "/problems/not-found")
    return 13


if __name__ == "__main__":
    with Client(base_url=sys.argv[1], raise_on_unexpected_status=True) as opened:
        print(call_all(opened))
