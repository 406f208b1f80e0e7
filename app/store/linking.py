"""Which stored entity a text means: never a link that cannot be defended, rather a new entity. See docs/decisions/0007-linking.md.

1. An article that is read again keeps the entities it had.
2. A person named by one word (“Smith”, “the president”, “PM”) meets nobody, for a surname alone identifies nobody; but the one that
   somebody gave just that name and a Wikidata id: Pelé.
3. The one of the same type that bears the name as its preferred one, else the only one that bears it at all.
4. Of several, the one that also bears another name found in the text, else the one with the same office.
5. When nobody bears the name: the only one that bears another full name found in the text.
6. What is of unknown type, here or there, meets the only one with the same preferred name.

Weak names are not looked at, and acronyms only where they are the name itself. What was merged bears its names for the one kept.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from app.folding import name_key
from app.models.extraction import FoundEntity

# Words that make no full name out of a surname: titles, and the particles of many languages.
_PARTICLES = """
the mr mrs ms miss dr prof sir dame lord lady st saint al el bin ibn bint ben abu de da das do dos del della di du des d la le van
von der den ter ten zu zum y e i
"""
_NO_NAME = frozenset(_PARTICLES.split())
_UNSPACED = re.compile("[\u3400-\u9fff\uac00-\ud7a3]{3,4}")  # two characters may be a Japanese surname


@dataclass(frozen=True, slots=True)
class Bearer:
    """A stored entity that bears a name, and as what. `is_identified`: somebody has given it a Wikidata id."""

    entity_id: int
    type: str
    kind: str
    role: str | None
    is_identified: bool = False


Bearers = Mapping[str, Sequence[Bearer]]  # by folded name, weak names left out


def preferred(entity: FoundEntity) -> str:
    return next(name.text for name in entity.names if name.kind == "preferred")


def met(entity: FoundEntity, bearers: Bearers, before: Set[int]) -> int | None:
    """The stored entity that is meant; None when it is a new one.

    `before` are those that the article had and that have not been met yet. Their type does not count: it may have been corrected.
    """
    name = preferred(entity)
    bearing = bearers.get(name_key(name), ())
    alike = [b for b in bearing if b.type == entity.type]
    if own := [b for b in bearing if b.entity_id in before]:
        return min(own, key=lambda b: (b.type != entity.type, b.kind != "preferred", b.entity_id)).entity_id
    if entity.type == "person" and is_bare(name):
        return _only(b for b in alike if b.kind == "preferred" and b.is_identified)
    if not alike:
        return _by_another_name(entity, bearers) or _of_unknown_type(entity, bearing)
    return _only(b for b in alike if b.kind == "preferred") or _only_of(alike) or _told_apart(entity, alike, bearers)


def is_bare(name: str) -> bool:
    """Whether it is no full name of a person: one word beside titles and particles. Chinese and Korean write full names as one."""
    words = [word for word in name_key(name).split() if word not in _NO_NAME]
    return len(words) <= 1 and not any(_UNSPACED.fullmatch(word) for word in words)


def _only(found: Iterable[Bearer]) -> int | None:
    ids = {b.entity_id for b in found}
    return ids.pop() if len(ids) == 1 else None


def _only_of(alike: Sequence[Bearer]) -> int | None:
    """The only one that bears the name as an alias; several preferred bearers are left to what tells them apart."""
    return None if any(b.kind == "preferred" for b in alike) else _only(alike)


def _told_apart(entity: FoundEntity, alike: Sequence[Bearer], bearers: Bearers) -> int | None:
    mine = name_key(preferred(entity))
    others = {name_key(name.text) for name in entity.names if name.kind != "weak"} - {mine}
    by_name = {b.entity_id for key in others for b in bearers.get(key, ())}
    office = name_key(entity.role) if entity.role else None
    return _only(b for b in alike if b.entity_id in by_name) or _only(
        b for b in alike if office is not None and b.role is not None and name_key(b.role) == office
    )


def _by_another_name(entity: FoundEntity, bearers: Bearers) -> int | None:
    """By an alias that says more than a part of the preferred name: “Ministry of Defence” is a part of many."""
    words = set(name_key(preferred(entity)).split())
    keys = {name_key(name.text) for name in entity.names if name.kind == "alias"}
    telling = [key for key in keys if not set(key.split()) <= words and not (entity.type == "person" and is_bare(key))]
    return _only(b for key in telling for b in bearers.get(key, ()) if b.type == entity.type and b.kind != "acronym")


def _of_unknown_type(entity: FoundEntity, bearing: Sequence[Bearer]) -> int | None:
    """One of the two types must be unknown. A definite one here meets an unknown one there, and the other way round."""
    fitting = [b for b in bearing if b.kind == "preferred" and (entity.type == "other" or b.type == "other")]
    surnames = [b for b in fitting if b.type == "person" and is_bare(preferred(entity))]
    return None if surnames else _only(fitting)
