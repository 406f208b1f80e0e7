"""Which names name the same thing: within one text, a surname, an acronym or a nationality is enough.

Clusters are keyed by country code or by the folded name; shorter names join the longer ones that they can be short for.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from app.extract.lang.en import aliases, kinds, words
from app.extract.lang.en.mention import Mention
from app.extract.lang.en.reading import Reading
from app.folding import name_key
from app.models.extraction import EntityType, FoundEntity, FoundMention, FoundName, NameKind


_PARTS_OF_LISTS = frozenset({",", "and", "or", "&", "/", ";"})
_SHORT = 5  # letters; a shorter form of a thing's name is its initials, which are capitals: "GM"
_HEARD = 40  # mentions of one name whose neighbours are asked
_DECIDED = 5  # votes ahead, from which a name tells the kind of those it is listed with
_BY_LIST = 3


_key_of = lru_cache(maxsize=4096)(name_key)  # a text repeats its names


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
            if key not in by_key:
                by_key[key] = Cluster(key, mention.country)
            _count(reading, by_key[key], mention)
    for cluster in by_key.values():
        cluster.votes = kinds.together(cluster.own, cluster.around)
    _share(reading, mentions, keys, by_key)
    joined = _joined(reading, by_key)
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


def _count(reading: Reading, cluster: Cluster, mention: Mention) -> None:
    if not cluster.mentions:
        cluster.own = kinds.own(reading, mention)
    elif mention.type is not None and mention.type not in cluster.own:
        kinds.add(cluster.own, kinds.own(reading, mention))
    cluster.mentions.append(mention)
    if len(cluster.mentions) <= _HEARD:
        kinds.hear(cluster.around, reading, mention)


def _share(reading: Reading, mentions: list[Mention], keys: list[str], by_key: dict[str, Cluster]) -> None:
    """What stands in a list is of one kind: "A, B and C". The undecided follow their neighbours that are decided."""
    votes = {key: cluster.votes for key, cluster in by_key.items()}
    together = [_between(reading, one, other) for one, other in pairwise(mentions)]
    for at, (one_key, other_key) in enumerate(pairwise(keys)):
        is_list = together[at] == "and" or (together[at] == "," and (together[at - 1 : at] or [""])[0] or (together[at + 1 : at + 2] or [""])[0])
        if not together[at] or not is_list or not one_key or not other_key or one_key == other_key:
            continue
        for key, neighbour in ((one_key, other_key), (other_key, one_key)):
            if kinds.margin(votes[neighbour]) > _DECIDED:
                kinds.add(by_key[key].around, {kinds.decide(votes[neighbour]): _BY_LIST})
                by_key[key].votes = kinds.together(by_key[key].own, by_key[key].around)


def _between(reading: Reading, one: Mention, other: Mention) -> str:
    """ "and", or "," where only a comma parts two names, which may be a list or "Portland, Oregon"; "" where other words do."""
    between = [t.low for t in reading.tokens[one.last : other.first]]
    if not 0 < len(between) < 3 or any(low not in _PARTS_OF_LISTS for low in between):
        return ""
    return "," if between == [","] else "and"


def _absorb(home: Cluster, short: Cluster) -> None:
    """Evidence from a surname counts too, but "the Berg plan" makes no organization of a person who is known as one."""
    known = kinds.is_known_person(home.votes)
    home.mentions += short.mentions
    kinds.add(home.votes, {kind: votes for kind, votes in short.votes.items() if votes > 1 and (kind == "person" or not known)})


def _key(reading: Reading, mention: Mention) -> str:
    if mention.kind == "title":
        return ""  # resolved later, or nobody
    if mention.country:
        return f"country {mention.country}"
    key = _key_of(reading.text[mention.start : mention.end])
    if mention.lead is None or mention.last - mention.first > 1:
        return key
    courtesy = reading.tokens[mention.first - 1].low
    if courtesy in words.naming("of_women"):
        return f"{key} (female)"
    return f"{key} (male)" if courtesy in words.naming("of_men") else key


def _joined(reading: Reading, clusters: dict[str, Cluster]) -> dict[str, str]:
    """Each key → the key of the cluster it belongs to."""
    candidates: dict[str, list[str]] = {}
    for key, cluster in clusters.items():
        if cluster.country:
            continue
        kind = kinds.decide(cluster.votes)
        for short in dict.fromkeys(aliases.forms(key, kind, _in_brackets(reading, cluster))):
            for written in (short, f"{short} (female)", f"{short} (male)") if kind == "person" else (short,):
                if written in clusters and _may_be(clusters[written], cluster, kind):
                    candidates.setdefault(written, []).append(key)
    for key in clusters:
        bare = key.partition(" (")[0]
        if bare != key and key not in candidates:
            _join_addressed(clusters, candidates, key, bare)
    people = {key: len(cluster.mentions) for key, cluster in clusters.items() if kinds.decide(cluster.votes) == "person"}
    return aliases.joined(candidates, people, clusters)


def _join_addressed(clusters: dict[str, Cluster], candidates: dict[str, list[str]], key: str, bare: str) -> None:
    """ "Mrs. Smith" and "Smith" are one, where the text names no other Smith."""
    others = [k for k in (f"{bare} (female)", f"{bare} (male)") if k in clusters and k != key]
    if bare in clusters and not others and bare not in candidates and not clusters[bare].country:
        candidates[bare] = [key]


def _may_be(short: Cluster, home: Cluster, kind: EntityType) -> bool:
    if short.country or short is home:
        return False
    if short.key.endswith("male)"):
        addressed = "female" if short.key.endswith("(female)") else "male"
        return _sex(home) in (None, addressed)
    if kind != "person" and len(short.key) < _SHORT and not short.mentions[0].shouts and not home.key.startswith(short.key):
        return False
    return aliases.may_join(short.key, short.votes, home.key, kind)


def _sex(cluster: Cluster) -> str | None:
    return aliases.sex(cluster.words[0], ())


def _in_brackets(reading: Reading, cluster: Cluster) -> frozenset[str]:
    """Initials in brackets right behind a name: "Northern Harbour Authority (NHA)"."""
    found = set()
    for mention in cluster.mentions[:_HEARD]:
        ahead = reading.tokens[mention.last : mention.last + 3]
        if len(ahead) == 3 and ahead[0].text == "(" and ahead[2].text == ")" and ahead[1].text[1:].replace(".", "").upper() != "":
            key = _key_of(ahead[1].text)
            if ahead[1].text[:2].isupper() and key[:1] == cluster.key[:1] and len(key) <= len(cluster.key.replace(" ", "")):
                found.add(key)
    return frozenset(found)


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
    found = {_key_of(preferred): FoundName(preferred, "preferred")}
    # "al-Sudani" is how it is written inside a sentence, so before "Al-Sudani"; small letters first.
    for written in sorted(spellings, key=lambda w: (w[0].isupper(), -spellings[w], w)):
        found.setdefault(_key_of(written), FoundName(written, _name_kind(written, preferred, cluster)))
    return tuple(found.values())


def _written(reading: Reading, mention: Mention) -> str:
    return " ".join(reading.text[mention.start : mention.end].split())


def _fullest(spellings: Counter[str], cluster: Cluster) -> str:
    """The spelling of the longest name, the commonest first: "al-Sudani" and not "Al-Sudani" when both are alone."""
    mine = [w for w in spellings if _key_of(w) == cluster.key] or list(spellings)
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
    shorter = len(_key_of(written).split()) == 1 and " " in preferred  # "al-Sudani" is two words of a key: its particle tells
    return "weak" if cluster.type == "person" and shorter else "alias"


def _role(reading: Reading, cluster: Cluster) -> str | None:
    """The office as it stands before the name the first time."""
    for mention in cluster.mentions:
        if mention.lead is not None:
            return reading.text[mention.lead : mention.start].strip() or None
    return None
