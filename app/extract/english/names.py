"""From mentions to entities: spellings of one name come together, and each entity gets its kind, its names and its role.

Two mentions are one entity when their keys are equal (al-Sudani, Al Sudani), when both name one country, when one is the
surname of the person named in full, the initials of an organization, or its words with some left out.
"""

from collections import Counter
from dataclasses import dataclass, field

from app.extract.english import kinds, words
from app.extract.english.mentions import Mention
from app.extract.english.reading import Reading
from app.folding import name_key
from app.models.extraction import EntityType, FoundEntity, FoundMention, FoundName, MentionKind, NameKind


@dataclass(slots=True)
class Cluster:
    mentions: list[Mention] = field(default_factory=list)
    types: Counter[EntityType] = field(default_factory=Counter)
    country: str | None = None

    @property
    def type(self) -> EntityType:
        if self.country:
            return "place"
        return max(self.types, key=lambda t: self.types[t]) if self.types else "other"


def entities(reading: Reading, mentions: list[Mention]) -> list[FoundEntity]:
    """In the order in which the text first names them."""
    clusters = _linked(reading, _by_key(reading, mentions))
    ordered = sorted(clusters, key=lambda c: min((m.start, -m.end) for m in c.mentions))
    return [_entity(reading, c) for c in ordered]


def _key(reading: Reading, mention: Mention) -> str:
    return name_key(reading.text[mention.start : mention.end])


def _by_key(reading: Reading, mentions: list[Mention]) -> dict[str, Cluster]:
    found: dict[str, Cluster] = {}
    for mention in mentions:
        country = mention.country or _metonym(reading, mention)
        key = f"country {country}" if country else _key(reading, mention)
        cluster = found.setdefault(key, Cluster(country=country))
        cluster.mentions.append(mention)
        kind = kinds.of(reading, mention)
        if kind:
            cluster.types[kind] += 1 + 4 * (mention.lead is not None)
    return {key: cluster for key, cluster in found.items() if key}


def _metonym(reading: Reading, mention: Mention) -> str | None:
    """The country whose capital speaks: "Washington says"."""
    code = words.capitals().get(_key(reading, mention))
    at = mention.last
    while code and at < len(reading.tokens) and reading.tokens[at].low in words.grammar("auxiliaries") | words.grammar("adverbs"):
        at += 1
    low = reading.tokens[at].low if at < len(reading.tokens) else ""
    return code if low in words.cue_verbs() or low in words.cue_words("nouns", "describing") else None


def _linked(reading: Reading, found: dict[str, Cluster]) -> list[Cluster]:
    """Short names join the long one that they shorten; the first that fits takes them."""
    by_short: dict[str, str] = {}
    for key, cluster in found.items():
        for short in _shortened(key, cluster):
            by_short.setdefault(short, key)
    kept: dict[str, Cluster] = dict(found)
    for key in sorted(found, key=lambda k: len(k)):
        target = by_short.get(key)
        if target and target != key and target in kept and not found[key].country and _may_join(found[key], kept[target]):
            kept[target].mentions += kept.pop(key).mentions
    return list(kept.values())


def _may_join(short: Cluster, full: Cluster) -> bool:
    """A surname may have been taken for an organization; initials for anything but a place."""
    if full.type == "person":
        return short.type in ("person", "other", "organization")
    return short.type != "place"


def _shortened(key: str, cluster: Cluster) -> list[str]:
    """What a text may call it after naming it in full."""
    parts = key.split()
    if cluster.country or len(parts) < 2:
        return []
    if cluster.type == "person":
        particle = parts[-2] in words.naming("particles")
        return [" ".join(parts[-2:])] if particle and len(parts) > 2 else [parts[-1]]
    if cluster.type == "organization":
        initials = "".join(p[0] for p in parts if p not in words.naming("connectors"))
        return [initials, *([f"{' '.join(parts[:-2])} {parts[-1]}"] if len(parts) > 3 else [])]
    return []


def _entity(reading: Reading, cluster: Cluster) -> FoundEntity:
    mentions = sorted({(m.start, m.end): m for m in cluster.mentions}.values(), key=lambda m: (m.start, -m.end))
    found = tuple(FoundMention(m.start, m.end, _mention_kind(reading, m, cluster)) for m in mentions)
    return FoundEntity(cluster.type, _names(reading, cluster, mentions), found, _role(reading, cluster, mentions))


def _mention_kind(reading: Reading, mention: Mention, cluster: Cluster) -> MentionKind:
    return "metonym" if cluster.country and not mention.country else mention.kind


def _names(reading: Reading, cluster: Cluster, mentions: list[Mention]) -> tuple[FoundName, ...]:
    if cluster.country:
        country = words.countries()[cluster.country]
        return (FoundName(country.name, "preferred"), *(FoundName(n, _name_kind(n, "place")) for n in country.others))
    texts = [reading.text[m.start : m.end] for m in mentions]
    spellings = {name_key(t): t for t in sorted(set(texts), key=lambda t: (t[0].islower(), not t.isupper(), t))}
    counted = Counter(name_key(t) for t in texts)
    preferred = max(spellings, key=lambda k: (len(k.split()), len(k), counted[k], k))
    others = [FoundName(t, _name_kind(t, cluster.type)) for k, t in sorted(spellings.items()) if k != preferred]
    known = words.cities().get(preferred) if cluster.type == "place" else None
    return (FoundName(known or spellings[preferred], "preferred"), *others)


def _name_kind(text: str, kind: EntityType) -> NameKind:
    letters = text.replace(".", "")
    if letters.isupper() and len(letters) <= 6:
        return "acronym"
    return "weak" if kind == "person" and len(name_key(text).split()) == 1 else "alias"


def _role(reading: Reading, cluster: Cluster, mentions: list[Mention]) -> str | None:
    """The longest office that stands before the name; forms of address are none."""
    roles = [reading.text[m.begins : m.start].strip() for m in mentions if m.lead is not None]
    roles = [r for r in roles if r.lower().rstrip(".") not in ("mr", "mrs", "ms", "dr", "sir", "dame")]
    return max(roles, key=len, default=None) if cluster.type == "person" else None
