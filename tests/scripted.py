"""Extractors that find just what a test tells them to, and whatever else goes wrong with one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.errors import NotFound
from app.models.extraction import Extraction, FoundClaim, FoundDateline, FoundEntity, FoundMention, FoundName, FoundParty, Span
from app.readers import Extractors


@dataclass
class Scripted:
    """Finds each of these words where they stand in a text, said by a person: words → name. A tuple is words in several stretches.

    `more` are further fields of every claim; `error` is raised instead, when there is one left.
    """

    NAME: str
    said: Mapping[str | tuple[str, ...], str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    dates: tuple[Any, ...] = ()
    dateline: FoundDateline | None = None
    DEFERRED: bool = False
    LANGUAGES: tuple[str, ...] = ("en",)
    errors: list[Exception] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def extract(self, text: str, published: date | None) -> Extraction:  # noqa: ARG002
        self.read.append(text)
        if self.errors:
            raise self.errors.pop(0)
        found = {words: name for words, name in self.said.items() if (words if isinstance(words, str) else words[0]) in text}
        names = sorted(set(found.values()))
        entities = [FoundEntity("person", (FoundName(name, "preferred"),), _mentions(text, name)) for name in names]
        claims = [self._claim(text, words, names.index(name)) for words, name in found.items()]
        claims.sort(key=lambda claim: (claim.start, claim.end))
        return Extraction(self.NAME, entities, self.dates, claims, self.dateline, self.warnings)

    def _claim(self, text: str, words: str | tuple[str, ...], entity: int) -> FoundClaim:
        first, *further = [words] if isinstance(words, str) else words
        ends = [(text.index(first) + len(first))]
        for part in further:
            ends.append(text.find(part, ends[-1]) + len(part))
        continued = tuple(Span(end - len(part), end) for part, end in zip(further, ends[1:], strict=True))
        fields: dict[str, Any] = {
            "kind": "indirect",
            "cue": None,
            "speakers": (FoundParty("named", None, entity),),
            "subjects": (),
            "rule": "told",
            "confidence": 0.8,
            "continued": continued,
            **self.more,
        }
        return FoundClaim(start=text.index(first), end=text.index(first) + len(first), **fields)


def installed(*extractors: Scripted) -> Extractors:
    """These and no others, found by their names without the version; the first is the one that is set."""
    by_name = {extractor.NAME.split("/")[0]: extractor for extractor in extractors}

    def find(name: str) -> Scripted:
        if name not in by_name:
            raise NotFound(f"there is no extractor {name!r}; there are: {', '.join(sorted(by_name))}")
        return by_name[name]

    return Extractors(next(iter(by_name)), find)


def _mentions(text: str, name: str) -> tuple[FoundMention, ...]:
    start = text.find(name)
    return (FoundMention(start, start + len(name)),) if start >= 0 else ()
