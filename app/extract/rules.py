"""The extractor that needs no model: rules of a language over plain text. The languages are the folders of `lang/`."""

from datetime import date

from app.extract import lang
from app.extract.lang import fingerprint
from app.models.extraction import Extraction

NAME = f"rules/2-{fingerprint.of_words()}"
LANGUAGES = lang.CODES


def extract(text: str, published: date | None, *, narrated: bool = False) -> Extraction:
    """Everything the rules find. `published` places "today", "on Monday" and days without a year.

    `narrated` adds what the article's author asserts himself. A text in another language yields nothing but a warning.
    """
    language = lang.of(text)
    if language is None:
        return Extraction(
            NAME, warnings=(f"Nothing was looked for: the text is in none of the languages read ({', '.join(LANGUAGES)}).",)
        )
    found: Extraction = lang.pipeline(language).extract(text, published, NAME, narrated)
    return found
