"""Which extractor reads a text, whether it reads that language at once or later, and how much may be found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.errors import ExtractorUnavailable, Fault, NotFound, Unusable
from app.languages import named
from app.models.extraction import Extraction, Extractor
from app.models.times import day_of

# A dispatch has ten claims and fifty mentions, a book chapter ten times that. So many take a second or two to store.
MOST_CLAIMS = 1000
MOST_MENTIONS = 20_000


@dataclass(frozen=True, slots=True)
class Extractors:
    """Those that are installed: `find` gives one by its name, `default` is the name of the one that the program is set to.

    `offered` are those that a caller may name besides, None for any: one that costs money, or takes a path, is not everybody's.
    """

    default: str
    find: Callable[[str], Extractor]
    offered: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What an extractor made of a text. `found` is None when it is to read later; `requested` is the name to find it by."""

    requested: str
    extractor: str
    found: Extraction | None


def choose(extractors: Extractors, wanted: bool | str | None, pointer: str = "/extract") -> tuple[str, Extractor]:
    """The extractor that was named, or, for true and None, the one that is set; and the name it was found by.

    Raises:
        Unusable: when none of that name is offered or installed, with those that are, or when it lacks what it needs.
    """
    if not isinstance(wanted, str):
        return extractors.default, extractors.find(extractors.default)
    if extractors.offered is not None and wanted not in (offered := extractors.offered | {extractors.default}):
        listed = ", ".join(sorted(offered))
        raise Unusable([Fault(pointer, f"{wanted!r} is not offered here; these are: {listed} (see DATELINE_EXTRACTORS)")])
    try:
        return wanted, extractors.find(wanted)
    except (NotFound, ExtractorUnavailable) as error:
        raise Unusable([Fault(pointer, str(error))]) from None


def reads(extractor: Extractor, language: str | None) -> bool:
    return language is None or not extractor.LANGUAGES or language.split("-")[0] in extractor.LANGUAGES


def is_deferred(extractor: Extractor) -> bool:
    return bool(getattr(extractor, "DEFERRED", False))


def read(extractors: Extractors, wanted: bool | str, text: str, published: str | None, language: str | None) -> Read | None:
    """What is found at once; nothing yet when the extractor takes long, and None when none is wanted.

    Raises:
        Unusable: by `choose` and `extract`. ExtractorUnavailable: when it cannot do its work now.
    """
    if wanted is False:
        return None
    name, extractor = choose(extractors, wanted)
    if not reads(extractor, language):
        warning = f"no extractor for {named(language or '')}: stored without claims"
        return Read(name, extractor.NAME, Extraction(extractor.NAME, warnings=(warning,)))
    found = None if is_deferred(extractor) else extract(extractor, text, published)
    return Read(name, extractor.NAME, found)


def extract(extractor: Extractor, text: str, published: str | None) -> Extraction:
    """What the extractor finds.

    Raises:
        Unusable: when it is so much that storing it would keep all other writers waiting.
        ExtractorUnavailable: when it cannot do its work now, or does it so badly that nothing can be made of it.
    """
    found = extractor.extract(text, day_of(published))
    _refuse_misplaced(found, len(text))
    mentions = sum(len(entity.mentions) for entity in found.entities)
    if len(found.claims) > MOST_CLAIMS or mentions > MOST_MENTIONS:
        what = f"{len(found.claims)} claims and {mentions} mentions were found in this text"
        most = f"an article may have {MOST_CLAIMS} and {MOST_MENTIONS}"
        raise Unusable([Fault("/text", f"{what}, {most}; send it in parts, or with extract=false")])
    return found


def _refuse_misplaced(found: Extraction, length: int) -> None:
    """Whoever wrote the extractor: every place lies in the text, and every index means something.

    Raises:
        ExtractorUnavailable: with the first that does not.
    """
    for start, end in _places(found):
        if not 0 <= start < end <= length:
            raise ExtractorUnavailable(f"{found.extractor} found something from {start} to {end} in a text of {length} characters")
    parties = [party.entity for claim in found.claims for party in (*claim.speakers, *claim.subjects)]
    dates = [date for claim in found.claims for date in (*claim.dates, claim.said)]
    dates += [found.dateline.date] if found.dateline else []
    for indexes, things in ((parties, found.entities), (dates, found.dates)):
        if any(index is not None and not 0 <= index < len(things) for index in indexes):
            raise ExtractorUnavailable(f"{found.extractor} speaks of an entity or a date that it has not found")


def _places(found: Extraction) -> Iterator[tuple[int, int]]:
    things: list[Any] = [*found.dates, *([found.dateline] if found.dateline else [])]
    things += [mention for entity in found.entities for mention in entity.mentions]
    for claim in found.claims:
        spans = [party.span for party in (*claim.speakers, *claim.subjects)]
        things += [claim, *claim.continued, *claim.hedges, *(span for span in (claim.cue, *spans) if span is not None)]
    return ((thing.start, thing.end) for thing in things)
