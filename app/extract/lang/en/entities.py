"""Which names name the same thing: within one text, a surname, an acronym or a nationality is enough.

Clusters are keyed by country code or by the folded name; shorter names join the longer ones that they can be short for.
"""

from collections import Counter
from dataclasses import dataclass, field

from app.extract.lang.en import kinds, words
from app.extract.lang.en.mentions import Mention
from app.extract.lang.en.reading import Reading
from app.folding import name_key
from app.models.extraction import EntityType, FoundEntity, FoundMention, FoundName, NameKind


@dataclass(slots=True)
class Cluster:
    """One entity while it grows. `by_key` counts the spellings of each name; `country` is a code."""

    key: str
    country: str | None = None
    mentions: list[Mention] = field(default_factory=list)
    extra: list[FoundMention] = field(default_factory=list)  # pronouns, titles and nominals that were resolved to it
    votes: Counter[EntityType] = field(default_factory=Counter)
    type: EntityType = "other"

    @property
    def words(self) -> list[str]:
        return self.key.split()


@dataclass(slots=True)
class Cast:
    """Everyone and everything in a text. `of` says which cluster a mention, by its place in the list of mentions, belongs to."""

    mentions: list[Mention]
    clusters: list[Cluster]
    of: dict[int, int]


def gather(reading: Reading, mentions: list[Mention]) -> Cast:
    by_key: dict[str, Cluster] = {}
    keys = [_key(reading, m) for m in mentions]
    for mention, key in zip(mentions, keys, strict=True):
        if key:
            cluster = by_key.setdefault(key, Cluster(key, mention.country))
            cluster.mentions.append(mention)
            cluster.votes.update(kinds.evidence(reading, mention))
    joined = _joined(by_key)
    clusters = [by_key[key] for key in by_key if joined[key] == key]
    for key, cluster in by_key.items():
        if joined[key] != key:
            _absorb(by_key[joined[key]], cluster)
    for cluster in clusters:
        cluster.mentions.sort(key=lambda m: (m.start, -m.end))
        cluster.type = kinds.decide(cluster.votes)
    clusters.sort(key=lambda c: c.mentions[0].start)
    place = {c.key: i for i, c in enumerate(clusters)}
    return Cast(mentions, clusters, {i: place[joined[key]] for i, key in enumerate(keys) if key})


def _absorb(home: Cluster, short: Cluster) -> None:
    """Evidence from a surname counts too, but "the Berg plan" makes no organization of a person who is known as one."""
    known = kinds.is_known_person(home.votes)
    home.mentions += short.mentions
    home.votes.update({kind: votes for kind, votes in short.votes.items() if votes > 1 and (kind == "person" or not known)})


def _key(reading: Reading, mention: Mention) -> str:
    if mention.kind == "title":
        return ""  # resolved later, or nobody
    if mention.country:
        return f"country {mention.country}"
    return name_key(reading.text[mention.start : mention.end])


def _joined(clusters: dict[str, Cluster]) -> dict[str, str]:
    """Each key → the key of the cluster it belongs to."""
    longer = _shorter_forms(clusters)
    joined = {}
    for key, cluster in clusters.items():
        homes = [] if cluster.country else [h for h in longer.get(key, []) if h != key]
        joined[key] = homes[0] if len(set(homes)) == 1 else key
    for key, home in joined.items():
        while joined[home] != home and joined[home] != key:
            home = joined[home]
        joined[key] = home
    return joined


def _shorter_forms(clusters: dict[str, Cluster]) -> dict[str, list[str]]:
    """Short form → the full names that it may stand for."""
    found: dict[str, list[str]] = {}
    for key, cluster in clusters.items():
        for short in _forms(cluster):
            found.setdefault(short, []).append(key)
    return found


def _forms(cluster: Cluster) -> set[str]:
    parts, kind = cluster.words, kinds.decide(cluster.votes)
    if cluster.country or len(parts) < 2:
        return set()
    forms = {"".join(p[0] for p in parts if p not in words.naming("connectors"))} if kind != "person" and len(parts) > 2 else set()
    if "led" in parts and parts[-1] != "led":
        forms.add(" ".join([*parts[: parts.index("led") + 1], parts[-1]]))
    if kind == "person":
        forms |= _person_forms(parts)
    elif kind == "organization" and parts[0] not in words.naming("organization"):
        forms.add(parts[0]) if parts[-1] in ("corp", "inc", "ltd", "co", "company", "group", "corporation") else None
    return forms - {cluster.key}


def _person_forms(parts: list[str]) -> set[str]:
    """Surname, surname with its particles, first and last name, hyphenated surname; a first name alone."""
    start = len(parts) - 1
    while start > 1 and parts[start - 1] in words.naming("particles"):
        start -= 1
    forms = {parts[-1], " ".join(parts[start:]), f"{parts[0]} {' '.join(parts[start:])}", parts[0]}
    if len(parts) > 2:
        forms |= {" ".join(parts[1:]), " ".join(parts[-2:])}
    return forms


def finished(reading: Reading, cast: Cast) -> list[FoundEntity]:
    return [_entity(reading, cluster) for cluster in cast.clusters]


def _entity(reading: Reading, cluster: Cluster) -> FoundEntity:
    places = {(m.start, m.end): FoundMention(m.start, m.end, m.kind) for m in cluster.mentions}
    for extra in cluster.extra:
        places.setdefault((extra.start, extra.end), extra)
    mentions = tuple(sorted(places.values(), key=lambda m: (m.start, m.end)))
    return FoundEntity(cluster.type, _names(reading, cluster), mentions, _role(reading, cluster))


def _names(reading: Reading, cluster: Cluster) -> tuple[FoundName, ...]:
    spellings = Counter(_written(reading, m) for m in cluster.mentions if m.kind == "name")
    preferred = words.countries()[cluster.country].name if cluster.country else _fullest(spellings, cluster)
    found = {name_key(preferred): FoundName(preferred, "preferred")}
    # "al-Sudani" is how it is written inside a sentence, so before "Al-Sudani"; small letters first.
    for written in sorted(spellings, key=lambda w: (w[0].isupper(), -spellings[w], w)):
        found.setdefault(name_key(written), FoundName(written, _name_kind(written, preferred, cluster)))
    return tuple(found.values())


def _written(reading: Reading, mention: Mention) -> str:
    return " ".join(reading.text[mention.start : mention.end].split())


def _fullest(spellings: Counter[str], cluster: Cluster) -> str:
    """The spelling of the longest name, the commonest first: "al-Sudani" and not "Al-Sudani" when both are alone."""
    mine = [w for w in spellings if name_key(w) == cluster.key] or list(spellings)
    if not mine:
        return cluster.key
    best = max(mine, key=lambda w: (not _shouts(w), spellings[w], w))
    return words.cities().get(cluster.key, best.title()) if _shouts(best) and cluster.type == "place" else best


def _shouts(written: str) -> bool:
    """BAGHDAD, as datelines print it, and not UNESCO."""
    return written.isupper() and len(written) > 6


def _name_kind(written: str, preferred: str, cluster: Cluster) -> NameKind:
    letters = written.replace(".", "")
    if letters.isupper() and len(letters) <= 6 and " " not in letters:
        return "acronym"
    shorter = len(name_key(written).split()) == 1 and " " in preferred  # "al-Sudani" is two words of a key: its particle tells
    return "weak" if cluster.type == "person" and shorter else "alias"


def _role(reading: Reading, cluster: Cluster) -> str | None:
    """The office as it stands before the name the first time."""
    for mention in cluster.mentions:
        if mention.lead is not None:
            return reading.text[mention.lead : mention.start].strip() or None
    return None
