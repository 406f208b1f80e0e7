"""One entity while it grows: everything that a text calls by one name, and by the shorter names that stand for it."""

from dataclasses import dataclass, field
from functools import lru_cache

from app.extract.lang.en import kinds
from app.extract.lang.en.mention import Mention
from app.folding import name_key
from app.models.extraction import EntityType, FoundMention

key_of = lru_cache(maxsize=4096)(name_key)  # a text repeats its names


@dataclass(slots=True)
class Cluster:
    """One entity while it grows. `by_key` counts the spellings of each name; `country` is a code."""

    key: str
    country: str | None = None
    mentions: list[Mention] = field(default_factory=list)
    extra: list[FoundMention] = field(default_factory=list)  # pronouns, titles and nominals that were resolved to it
    own: kinds.Votes = field(default_factory=dict)  # votes of the name's words
    around: kinds.Votes = field(default_factory=dict)  # of its neighbours, at all its places
    votes: kinds.Votes = field(default_factory=dict)  # both
    type: EntityType = "other"
    in_full: bool = False  # the preferred name keeps the form of address, because somebody else has the same surname

    @property
    def words(self) -> list[str]:
        return self.key.split()

    @property
    def is_addressed(self) -> bool:
        return self.key.endswith("male)")

    @property
    def is_government(self) -> bool:
        return self.mentions[0].kind == "nominal"
