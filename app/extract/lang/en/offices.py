"""Who is meant where only an office or a common noun stands: "the prime minister", "PM", "the ministry"."""

from collections.abc import Sequence

from app.extract.lang.en import words
from app.extract.lang.en.entities import Cast
from app.extract.lang.en.reading import Reading

_CONSIDERED = 50  # holders of offices that end in the same word; a text of more is not news
_OVER = ("then", "former", "ex-", "late ")  # of a role that its holder has no more


class Offices:
    """Holders by the last word of what they are called, in the order in which the text names them first."""

    def __init__(self, reading: Reading, cast: Cast) -> None:
        self.persons: dict[str, list[tuple[int, int, str]]] = {}  # start of the name, cluster, role
        self.organizations: dict[str, list[tuple[int, int, str]]] = {}
        self._governments = {m.start: cast.of[i] for i, m in enumerate(cast.mentions) if m.kind == "nominal"}
        for i, cluster in enumerate(cast.clusters):
            start = cluster.mentions[0].start
            if cluster.type == "organization" and cluster.words[-1] in words.naming("organization"):
                self.organizations.setdefault(cluster.words[-1], []).append((start, i, cluster.key))
            lead = next((m for m in cluster.mentions if m.lead is not None), None)
            if cluster.type == "person" and lead is not None:
                role = reading.view[lead.lead : lead.start].strip().lower()
                self.persons.setdefault(role.rpartition(" ")[2], []).append((start, i, role))

    def person(self, phrase: str, before: int) -> int | None:
        """The person whose office ends with these words: named last before a place, else first after it."""
        office = words.offices().get(phrase, phrase)
        holders = self.persons.get(office.rpartition(" ")[2], ())[:_CONSIDERED]
        return _nearest([h for h in holders if f" {h[2]}".endswith(f" {office}") and not h[2].startswith(_OVER)], before)

    def organization(self, noun: str, before: int) -> int | None:
        if before in self._governments:
            return self._governments[before]
        named = [h for h in self.organizations.get(noun, ())[:_CONSIDERED] if h[0] < before]
        return _nearest(named, before)


def _nearest(holders: Sequence[tuple[int, int, str]], before: int) -> int | None:
    earlier = [h for h in holders if h[0] <= before]
    chosen = earlier[-1:] or list(holders[:1])
    return chosen[0][1] if chosen else None
