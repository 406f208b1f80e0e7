"""What reading an article again changed, or would change."""

from pydantic import BaseModel, Field

from app.models.articles import ArticleRef
from app.models.claims import Claim
from app.models.fields import Shape
from app.models.runs import ArticleExtraction, ExtractorName


class ExtractQuery(BaseModel):
    extractor: ExtractorName | None = Field(
        None, description="An extractor that is offered; by default the one that the service is set to."
    )
    dry_run: bool = Field(False, description="Only tell what would change.")


class Rereading(Shape):
    """`added`, `changed` and `removed` are in text order. In a dry run, the ids of what would be new are not its own."""

    article: ArticleRef
    revision: int
    dry_run: bool
    extraction: ArticleExtraction = Field(description="With `queued` it is still to be read, and nothing has changed yet.")
    added: list[Claim]
    changed: list[Claim] = Field(description="As they are now: found again with other words or data, under the same id.")
    removed: list[Claim] = Field(description="As they were: not found again.")
    kept: int = Field(description="Claims found again just as they were.")
    reviewed: int = Field(description="Claims that somebody sent, judged or corrected: no extractor changes them.")
