"""Which of the names of a text are one: short forms join the name they stand for, namesakes are told apart."""

from app.extract.lang.en import aliases, governments, kinds, words
from app.extract.lang.en.cluster import Cluster, key_of
from app.extract.lang.en.reading import Reading
from app.models.extraction import EntityType

_HEARD = 40  # mentions behind which initials in brackets are sought
_SHORT = 5  # letters; a shorter form of a thing's name is its initials, which are capitals: "GM"


def joined(reading: Reading, clusters: dict[str, Cluster]) -> dict[str, str]:
    """Each key → the key of the cluster it belongs to."""
    candidates: dict[str, list[str]] = {}
    for key, cluster in clusters.items():
        if cluster.country or cluster.is_addressed:
            continue
        kind = kinds.decide(cluster.votes)
        for short in dict.fromkeys(aliases.forms(key, kind, _in_brackets(reading, cluster))):
            for written in (short, f"{short} (female)", f"{short} (male)") if kind == "person" else (short,):
                if written in clusters and _may_be(clusters[written], cluster, kind):
                    candidates.setdefault(written, []).append(key)
    for key, homes in candidates.items():
        alike = [home for home in homes if _sex(clusters[home]) == _address(clusters[key])]
        candidates[key] = alike or homes  # "Mr. Berg" is Olaf Berg before he is Kim Berg
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
    if short.is_addressed:
        return _sex(home) in (None, _address(short))
    if kind != "person" and len(short.key) < _SHORT and not short.mentions[0].shouts and not home.key.startswith(short.key):
        return False
    return aliases.may_join(short.key, short.votes, home.key, kind)


def _address(cluster: Cluster) -> str | None:
    """The sex that a form of address tells."""
    return cluster.key.rpartition(" ")[2].strip("()") if cluster.is_addressed else None


def _sex(cluster: Cluster) -> str | None:
    return aliases.sex(cluster.words[0], ())


def _in_brackets(reading: Reading, cluster: Cluster) -> frozenset[str]:
    """Initials in brackets right behind a name: "Northern Harbour Authority (NHA)"."""
    found = set()
    for mention in cluster.mentions[:_HEARD]:
        ahead = reading.tokens[mention.last : mention.last + 3]
        if len(ahead) == 3 and ahead[0].text == "(" and ahead[2].text == ")" and ahead[1].text[1:].replace(".", "").upper() != "":
            key = key_of(ahead[1].text)
            if ahead[1].text[:2].isupper() and key[:1] == cluster.key[:1] and len(key) <= len(cluster.key.replace(" ", "")):
                found.add(key)
    return frozenset(found)


def part_namesakes(by_key: dict[str, Cluster], joined: dict[str, str]) -> None:
    """No two entities of one kind have one name: "Mrs. Smith" and "Mr. Smith" keep their forms of address, others become one."""
    named: dict[tuple[EntityType, str], Cluster] = {}
    for key, cluster in by_key.items():
        if joined[key] != key:
            continue
        other = named.setdefault((cluster.type, _plain_key(cluster)), cluster)
        if other is cluster:
            continue
        if cluster.is_addressed or other.is_addressed:
            cluster.in_full = other.in_full = True
        else:
            absorb(other, cluster)
            joined.update({k: other.key for k, home in joined.items() if home == key})


def _plain_key(cluster: Cluster) -> str:
    if cluster.country:
        return key_of(words.countries()[cluster.country].name)
    return key_of(governments.name(cluster.key.split()[-1])) if cluster.is_government else cluster.key.partition(" (")[0]


def absorb(home: Cluster, short: Cluster) -> None:
    """Evidence from a surname counts too, but "the Berg plan" makes no organization of a person who is known as one."""
    known = kinds.is_known_person(home.votes)
    home.mentions += short.mentions
    kinds.add(home.votes, {kind: votes for kind, votes in short.votes.items() if votes > 1 and (kind == "person" or not known)})
