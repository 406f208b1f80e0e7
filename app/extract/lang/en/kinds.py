"""What kind of thing a name names: votes of its own words, once, and of its neighbours at every place where it stands.

`shapes` reads the name, `neighbours` what stands around it; here the votes are counted.
"""

from app.extract.lang.en import neighbours, shapes
from app.extract.lang.en.mention import Mention
from app.extract.lang.en.reading import Reading
from app.models.extraction import EntityType

SURE = 30  # its own words say so, or an office before it
_MOST = 14  # neighbours together: twenty weak hints are no proof
_KNOWN_PERSON = 4

Votes = dict[EntityType, int]
# A tie goes to the rarer kind, the later one in this order.
_ORDER: tuple[EntityType, ...] = ("organization", "person", "place", "other", "event")


def own(reading: Reading, mention: Mention) -> Votes:
    """What the words of a name say."""
    if mention.type is not None:
        return {mention.type: SURE}
    return shapes.votes(reading.tokens, mention.first, mention.last)


def hear(votes: Votes, reading: Reading, mention: Mention) -> None:
    """Add what stands before and behind a mention; of a country, whose kind is known, nothing."""
    if not mention.country:
        for kind, weight in neighbours.votes(reading.tokens, mention.first, mention.last):
            votes[kind] = votes.get(kind, 0) + weight


def add(votes: Votes, more: Votes) -> None:
    for kind, weight in more.items():
        votes[kind] = votes.get(kind, 0) + weight


def together(own_votes: Votes, around_votes: Votes) -> Votes:
    """Both, the neighbours' share limited."""
    votes = dict(own_votes)
    add(votes, {kind: min(weight, _MOST) for kind, weight in around_votes.items()})
    return votes


def decide(votes: Votes) -> EntityType:
    """The kind with most votes."""
    best, most = "other", 0
    for kind in _ORDER:
        if (weight := votes.get(kind, 0)) and weight >= most:
            best, most = kind, weight
    return best  # type: ignore[return-value]


def margin(votes: Votes) -> int:
    """By how many votes the kind was decided."""
    first, second, *_ = sorted((*votes.values(), 0, 0), reverse=True)
    return first - second


def is_known_person(votes: Votes) -> bool:
    """More than two capitalised words: a title, an age, a first name, or words of speech beside the name."""
    return votes.get("person", 0) >= _KNOWN_PERSON and decide(votes) == "person"
