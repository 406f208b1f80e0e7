"""What an entity is called: its preferred name, its other names, its role."""

from collections import Counter

from app.extract.lang.en import governments, words
from app.extract.lang.en.cluster import Cluster, key_of
from app.extract.lang.en.mention import Mention
from app.extract.lang.en.reading import Reading
from app.models.extraction import FoundEntity, FoundMention, FoundName, NameKind

_HEARD = 10  # mentions behind which a role is sought
_LONGEST_ROLE = 14  # tokens


def entity(reading: Reading, cluster: Cluster) -> FoundEntity:
    places = {(m.start, m.end): FoundMention(m.start, m.end, m.kind) for m in cluster.mentions}
    for extra in cluster.extra:
        places.setdefault((extra.start, extra.end), extra)
    mentions = tuple(sorted(places.values(), key=lambda m: (m.start, m.end)))
    return FoundEntity(cluster.type, _names(reading, cluster), mentions, _role(reading, cluster))


def _names(reading: Reading, cluster: Cluster) -> tuple[FoundName, ...]:
    if cluster.is_government:
        return _government_names(reading, cluster)
    spellings = Counter(_written(reading, m) for m in cluster.mentions if m.kind == "name")
    preferred = words.countries()[cluster.country].name if cluster.country else _fullest(spellings, cluster)
    if cluster.in_full and cluster.is_addressed:
        preferred = f"{_role(reading, cluster)} {preferred}"
    if len(spellings) == 1 and preferred in spellings:
        return (FoundName(preferred, "preferred"),)
    found = {key_of(preferred): FoundName(preferred, "preferred")}
    # "al-Sudani" is how it is written inside a sentence, so before "Al-Sudani"; small letters first.
    for written in sorted(spellings, key=lambda w: (w[0].isupper(), -spellings[w], w)):
        found.setdefault(key_of(written), FoundName(written, _name_kind(written, preferred, cluster)))
    return tuple(found.values())


def _government_names(reading: Reading, cluster: Cluster) -> tuple[FoundName, ...]:
    full = governments.name(cluster.key.split()[-1])
    found = {key_of(full): FoundName(full, "preferred")}
    for mention in cluster.mentions:
        written = _written(reading, mention)
        plain = written[4:] if written.lower().startswith("the ") else written
        found.setdefault(key_of(plain), FoundName(plain, "alias"))
    return tuple(found.values())


def _written(reading: Reading, mention: Mention) -> str:
    return " ".join(reading.text[mention.start : mention.end].split())


def _fullest(spellings: Counter[str], cluster: Cluster) -> str:
    """The spelling of the longest name, the commonest first: "al-Sudani" and not "Al-Sudani" when both are alone."""
    mine = [w for w in spellings if key_of(w) == cluster.key] or list(spellings)
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
    shorter = len(key_of(written).split()) == 1 and " " in preferred  # "al-Sudani" is two words of a key: its particle tells
    return "weak" if cluster.type == "person" and shorter else "alias"


def _role(reading: Reading, cluster: Cluster) -> str | None:
    """The office as it stands before the name the first time, else as it stands in commas behind it."""
    if cluster.type != "person":
        return None
    for mention in cluster.mentions:
        if mention.lead is not None:
            return reading.text[mention.lead : mention.start].strip() or None
    return next((role for m in cluster.mentions[:_HEARD] if (role := _apposed(reading, m)) is not None), None)


def _apposed(reading: Reading, mention: Mention) -> str | None:
    """The "deputy head of the Harbour Authority" of "Ann Berg, the deputy head of the Harbour Authority, said"."""
    tokens, first = reading.tokens, mention.last + 2
    if first >= len(tokens) or tokens[first - 2].text != "," or tokens[first - 1].low not in ("a", "an", "the"):
        return None
    last = next((i for i in range(first, min(len(tokens), first + _LONGEST_ROLE)) if tokens[i].text in ",.;"), first)
    nouns = words.person_nouns() | words.naming("titles")
    head = next((i for i in range(first, last) if tokens[i].low in ("of", "for", "at", "in", "with", "from")), last)
    if last == first or head == first or tokens[head - 1].low not in nouns:
        return None
    return " ".join(reading.text[tokens[first].start : tokens[last - 1].end].split())
