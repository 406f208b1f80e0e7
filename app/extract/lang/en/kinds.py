"""What kind of thing a name names: votes of its own words, once, and of its neighbours at every place where it stands.

`shapes` reads the name, `neighbours` what stands around it; here the votes are counted.
"""

from collections import Counter

from app.extract.lang.en import neighbours, shapes
from app.extract.lang.en.mention import Mention
from app.extract.lang.en.reading import Reading
from app.models.extraction import EntityType

SURE = 30  # its own words say so, or an office before it
_MOST = 14  # neighbours together: twenty weak hints are no proof
_KNOWN_PERSON = 4

Votes = Counter[EntityType]
# A tie goes to the rarer kind, in this order.
_ORDER: tuple[EntityType, ...] = ("event", "other", "place", "person", "organization")


def own(reading: Reading, mention: Mention) -> Votes:
    """What the words of a name say."""
    if mention.type is not None:
        return Counter({mention.type: SURE})
    return Counter(shapes.votes(reading.tokens, mention.first, mention.last))


def around(reading: Reading, mention: Mention) -> Votes:
    """What stands before and behind it; of a country, whose kind is known, nothing."""
    return Counter() if mention.country else neighbours.votes(reading.tokens, mention.first, mention.last)


def together(own_votes: Votes, around_votes: Votes) -> Votes:
    """Both, the neighbours' share limited."""
    return own_votes + Counter({kind: min(weight, _MOST) for kind, weight in around_votes.items()})


def decide(votes: Votes) -> EntityType:
    """The kind with most votes."""
    return max(_ORDER, key=lambda kind: (votes[kind], -_ORDER.index(kind))) if votes else "other"


def margin(votes: Votes) -> int:
    """By how many votes the kind was decided."""
    first, second, *_ = sorted((*votes.values(), 0, 0), reverse=True)
    return first - second


def is_known_person(votes: Votes) -> bool:
    """More than two capitalised words: a title, an age, a first name, or words of speech beside the name."""
    return votes["person"] >= _KNOWN_PERSON and decide(votes) == "person"
