"""Which names name the same thing: within one text, a surname, an acronym or a nationality is enough.

Clusters are keyed by country code or by the folded name; shorter names join the longer ones that they can be short for.
"""

from dataclasses import dataclass
from itertools import pairwise

from app.extract.lang.en import governments, joining, kinds, spelling, words
from app.extract.lang.en.cluster import Cluster, key_of
from app.extract.lang.en.mention import Mention
from app.extract.lang.en.reading import Reading
from app.models.extraction import FoundEntity

_PARTS_OF_LISTS = frozenset({",", "and", "or", "&", "/", ";"})
_HEARD = 40  # mentions of one name whose neighbours are asked
_DECIDED = 5  # votes ahead, from which a name tells the kind of those it is listed with
_BY_LIST = 3


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
                by_key[key] = Cluster(key, None if mention.kind == "nominal" else mention.country)
            _count(reading, by_key[key], mention)
    for cluster in by_key.values():
        cluster.votes = kinds.together(cluster.own, cluster.around)
    _share(reading, mentions, keys, by_key)
    joined = joining.joined(reading, by_key)
    for key, cluster in by_key.items():
        if joined[key] != key:
            joining.absorb(by_key[joined[key]], cluster)
    for cluster in by_key.values():
        cluster.type = kinds.decide(cluster.votes)
    joining.part_namesakes(by_key, joined)
    clusters = [by_key[key] for key in by_key if joined[key] == key]
    for cluster in clusters:
        cluster.mentions.sort(key=lambda m: (m.start, -m.end))
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
    parts = ["", *(_between(reading, one, other) for one, other in pairwise(mentions)), ""]
    for at, (one_key, other_key) in enumerate(pairwise(keys), 1):
        is_list = parts[at] == "and" or (parts[at] == "," and (parts[at - 1] or parts[at + 1]))
        if not is_list or not one_key or not other_key or one_key == other_key:
            continue
        for key, neighbour in ((one_key, other_key), (other_key, one_key)):
            if kinds.margin(votes[neighbour]) > _DECIDED:
                kinds.add(by_key[key].around, {kinds.decide(votes[neighbour]): _BY_LIST})
                by_key[key].votes = kinds.together(by_key[key].own, by_key[key].around)


def _between(reading: Reading, one: Mention, other: Mention) -> str:
    """ "and", or "," where only a comma parts two names, which may be a list or "Portland, Oregon"; "" where other words do."""
    if not 0 < other.first - one.last < 3:
        return ""
    between = [t.low for t in reading.tokens[one.last : other.first]]
    if any(low not in _PARTS_OF_LISTS for low in between):
        return ""
    return "," if between == [","] else "and"


def _key(reading: Reading, mention: Mention) -> str:
    if mention.kind == "title":
        return ""  # resolved later, or nobody
    if mention.country:
        return governments.key(mention.country) if mention.kind == "nominal" else f"country {mention.country}"
    key = key_of(reading.text[mention.start : mention.end])
    if key.startswith("the ") and len(key) > len("the "):
        key = key.removeprefix("the ")
    if mention.lead is None or mention.last - mention.first > 1:
        return key
    courtesy = reading.tokens[mention.first - 1].low
    if courtesy in words.naming("of_women"):
        return f"{key} (female)"
    return f"{key} (male)" if courtesy in words.naming("of_men") else key


def finished(reading: Reading, cast: Cast) -> list[FoundEntity]:
    return [spelling.entity(reading, cluster) for cluster in cast.clusters]
