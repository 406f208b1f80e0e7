"""The extractor that needs no model: rules of a language over plain text. The languages are the folders of `lang/`."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from app.errors import NotFound
from app.extract import lang
from app.extract.lang import fingerprint
from app.models.extraction import Extraction, Extractor

NAME = f"rules/2-{fingerprint.of_rules()}"
LANGUAGES = lang.CODES

Analyser = Callable[[Any], Any]  # from the reading of a language to what its pipeline takes; see `lang/en/given.py`


@dataclass(slots=True)
class Narrating:
    """The rules, and the claims that the article makes in its own voice: `rules:narrated`."""

    NAME: str = NAME.replace("rules", "rules:narrated", 1)
    LANGUAGES: tuple[str, ...] = LANGUAGES

    def extract(self, text: str, published: date | None) -> Extraction:
        return replace(extract(text, published, narrated=True), extractor=self.NAME)


def make(argument: str | None, _options: Mapping[str, Any]) -> Extractor:
    if argument not in (None, "narrated"):
        raise NotFound(f"there is no extractor 'rules:{argument}'; there are: rules, rules:narrated")
    return Narrating() if argument else cast(Extractor, sys.modules[__name__])


def extract(text: str, published: date | None, *, narrated: bool = False, analyse: Analyser | None = None) -> Extraction:
    """Everything the rules find. `published` places "today", "on Monday" and days without a year.

    `narrated` adds what the article's author asserts himself. `analyse` brings what a parser or a tagger knows better.
    A text in a language that the rules do not read yields nothing but a warning.
    """
    language = lang.of(text)
    if language is None:
        warning = f"Nothing was looked for: the text is in none of the languages read ({', '.join(LANGUAGES)})."
        return Extraction(NAME, warnings=(warning,))
    found: Extraction = lang.pipeline(language).extract(text, published, NAME, narrated, analyse)
    return found
