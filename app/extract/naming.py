"""Names that somebody else found, as entities in any language: those that are spelled alike are one."""

from collections import Counter

from app.extract.lang.en.given import GivenName
from app.folding import name_key
from app.models.extraction import FoundEntity, FoundMention, FoundName


def clustered(text: str, names: list[GivenName]) -> list[FoundEntity]:
    """In the order of their first mention; each has the type that most of its mentions have."""
    by_key: dict[str, list[GivenName]] = {}
    for name in sorted(names):
        key = name_key(text[name.start : name.end])
        if key:
            by_key.setdefault(key, []).append(name)
    return [_entity(text, places) for places in by_key.values()]


def _entity(text: str, places: list[GivenName]) -> FoundEntity:
    spelled = Counter(" ".join(text[p.start : p.end].split()) for p in places).most_common(1)[0][0]
    kind = Counter(p.type for p in places).most_common(1)[0][0]
    return FoundEntity(kind, (FoundName(spelled, "preferred"),), tuple(FoundMention(p.start, p.end) for p in dict.fromkeys(places)))
