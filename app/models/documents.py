"""An article together with what stands in it: as it is sent and as it is answered."""

from pydantic import Field

from app.models.articles import ArticleEntity, ArticleRef, Dateline
from app.models.claims import Claim, ClaimDraft
from app.models.fields import Draft, Instant, LanguageTag, Line, Name, Text, Url
from app.models.runs import ArticleExtraction, Extract
from app.models.times import PartialDate, Published


class ArticleDraft(Draft):
    """Only `text` is required. Claims sent along are kept beside those that the extractor finds."""

    text: Text
    title: Line | None = None
    url: Url | None = None
    source: Name | None = Field(None, description="The outlet that published it.")
    authors: list[Name] = Field([], max_length=100)
    published: Published | None = Field(None, description="A day, a month, a year, or an instant with its offset.")
    language: LanguageTag | None = None
    external_id: Name | None = Field(None, description="Its id at the source.")
    claims: list[ClaimDraft] = Field([], max_length=500)
    extract: Extract = True


class FetchDraft(Draft):
    """A page of the web that is to become an article. What is sent along stands before what the page says."""

    url: Url
    source: Name | None = Field(None, description="The outlet; without it the site's name as the page gives it, else its host.")
    extract: Extract = True


class Article(ArticleRef):
    """The whole article: its current text and everything found in it, in text order."""

    text: str
    external_id: str | None
    authors: list[str]
    language: str | None
    dateline: Dateline | None
    revision: int
    entities: list[ArticleEntity]
    dates: list[PartialDate]
    claims: list[Claim]
    copies: int = Field(description="How many other articles carry nearly the same text.")
    extraction: ArticleExtraction | None = Field(description="How this revision was read; null when no extractor was asked to.")
    recorded_at: Instant
    changed_at: Instant
