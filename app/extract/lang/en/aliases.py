"""Which shorter name may stand for which longer one, within one text: a surname, initials, a company without its "Inc."."""

from collections.abc import Iterable, Iterator
from functools import cache

from app.extract.lang.en import words
from app.extract.lang.en.kinds import Votes
from app.models.extraction import EntityType

_LONGEST_INITIALS = 10  # words
_CONSIDERED = 50  # names that one short form may stand for; a text of more is not news
_OUTVOTED = 8  # votes by which a short name is another thing, so that "Jackson, Mississippi" is not Michael Jackson


def forms(key: str, kind: EntityType, in_brackets: frozenset[str]) -> Iterator[str]:
    """Keys of the short forms of a name, itself left out. `in_brackets` holds the initials that the text gives right behind it."""
    parts = key.split()
    if len(parts) < 2:
        return
    yield from in_brackets
    if kind == "person":
        yield from (form for form in _of_person(parts) if form != key)
        return
    if "led" in parts and parts[-1] != "led":
        yield " ".join([*parts[: parts.index("led") + 1], parts[-1]])
    if len(parts) > 2 or kind == "organization":
        yield from initials(parts)
    if kind == "organization":
        yield from _of_company(parts)
        if parts[0] in ("us", "uk") or parts[0] in _places():
            yield " ".join(parts[1:])  # U.S. Congress
        if parts[-1].endswith("s") and " ".join(parts[:-1]) in _places():
            yield parts[-1]  # Pittsburgh Pirates


def initials(parts: list[str]) -> Iterator[str]:
    """Without the small words first, then with them: "fbi", "foi"."""
    if len(parts) <= _LONGEST_INITIALS:
        small = words.naming("connectors")
        yield "".join(p[0] for p in parts if p not in small)
        yield "".join(p[0] for p in parts)


def _of_person(parts: list[str]) -> Iterable[str]:
    """Surname, surname with its particles, first and last name, hyphenated surname; a first name alone."""
    if parts[-1] in ("jr", "sr", "ii", "iii", "iv") and len(parts) > 2:
        parts = parts[:-1]
    start = len(parts) - 1
    while start > 1 and parts[start - 1] in words.naming("particles"):
        start -= 1
    found = {parts[-1]: None, " ".join(parts[start:]): None, f"{parts[0]} {' '.join(parts[start:])}": None, parts[0]: None}
    if len(parts) > 2:
        found |= {" ".join(parts[1:]): None, " ".join(parts[-2:]): None, " ".join(parts[:-1]): None}
    return found


def _of_company(parts: list[str]) -> Iterator[str]:
    """ "Aer Lingus Group PLC" → "aer lingus group", "aer lingus"; a place is no short form of its university."""
    tails = words.naming("company_tails")
    if parts[-1] in words.naming("company_suffixes") and not _is_common(parts[0]):
        yield parts[0]  # Barrow Gold Corp.
    for end in range(len(parts) - 1, 0, -1):
        if parts[end] not in tails:
            return
        short = " ".join(parts[:end])
        if end > 1 or not _is_common(short):
            yield short


def _is_common(word: str) -> bool:
    if word in words.companies():
        return False
    return word in words.everyday() or word in _places() or word in words.given_names() or word in words.naming("titles")


@cache
def _places() -> frozenset[str]:
    return frozenset(words.cities()).union(word.lower() for word in words.demonyms())


def may_join(short: str, votes: Votes, long: str, kind: EntityType) -> bool:
    """Whether a name that could be short for another is not known to be something else."""
    other = max((weight for its, weight in votes.items() if its != kind), default=0) - votes.get(kind, 0)
    if long.startswith(f"{short} ") and (kind == "person" or short in _places()):  # a first name alone, or a town and its club
        return other < _OUTVOTED // 2
    return other < _OUTVOTED or len(short) < 2


def joined(candidates: dict[str, list[str]], people: dict[str, int], keys: Iterable[str]) -> dict[str, str]:
    """Each key → the key of the name it stands for.

    What could stand for several stands for the one that may be short for none of them but for which all the others may be short;
    of `people`, which holds how often each is named, for the one named most; else for itself.
    """
    home = {}
    for key in keys:
        homes = [h for h in dict.fromkeys(candidates.get(key, ())) if h != key][:_CONSIDERED]
        home[key] = homes[0] if len(homes) == 1 else _longest_of(homes, candidates, key)
        if home[key] == key and homes and all(h in people for h in homes):
            home[key] = max(homes, key=lambda h: people[h])  # the first of several
    for key in home:
        seen = {key}
        while home[home[key]] not in seen and home[home[key]] != home[key]:
            seen.add(home[key])
            home[key] = home[home[key]]
    return home


def _longest_of(homes: list[str], candidates: dict[str, list[str]], key: str) -> str:
    """Of several names the one that all the others may be short for, else the key itself."""
    for home in sorted(homes, key=lambda h: (-len(h), h)):
        if all(other == home or home in candidates.get(other, ()) for other in homes):
            return home
    return key


def sex(first_name: str, courtesies: Iterable[str]) -> str | None:
    """ "female" or "male" as the forms of address before a name say it, else as the first name does."""
    for courtesy in courtesies:
        if courtesy in words.naming("of_women"):
            return "female"
        if courtesy in words.naming("of_men"):
            return "male"
    known = words.given_names().get(first_name)
    return known if known in ("female", "male") else None
