"""A language model behind any server that speaks OpenAI's chat completions tells the claims; the text decides which are kept.

1. The text goes out in pieces, as data.
2. Whatever the model tells must stand in the text, word for word but for typography; the rest is dropped and counted.
3. Dates, hedges and negations are found by the rules of English, not by the model.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from app.errors import ExtractorUnavailable, NotFound
from app.extract.llm import answers, assembly, prompt
from app.extract.llm.server import Ask, Server
from app.extract.pieces import pieces
from app.models.extraction import Extraction, Extractor, Span


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("give an address such as http://127.0.0.1:11434/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("give it without a name, a key or a query in it; the key is DATELINE_LLM_KEY")
    return url.rstrip("/")


class Options(BaseModel):
    """What can be set, by the names and with the defaults of `app/settings.py`."""

    model_config = ConfigDict(hide_input_in_errors=True)

    llm_url: Annotated[str, AfterValidator(_address)]
    llm_model: str = Field(min_length=1)
    llm_key: SecretStr | None = None
    llm_timeout_s: float = Field(300, gt=0)
    llm_retries: int = Field(2, ge=0)
    llm_max_characters: int = Field(12_000, ge=1)
    llm_max_pieces: int = Field(8, ge=1)


def make(argument: str | None, options: Mapping[str, Any]) -> Extractor:
    """The model `argument`, or the one in the options, which also say where its server is.

    Raises:
        NotFound: when that is not said.
    """
    given = {key: value for key, value in {**options, **({"llm_model": argument} if argument else {})}.items() if value is not None}
    try:
        return Llm(Options.model_validate(given))
    except ValidationError as error:
        faults = [f"DATELINE_{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors()]
        raise NotFound(f"the extractor llm is not set up: {'; '.join(faults)}") from None


class Llm:
    DEFERRED = True

    def __init__(self, options: Options) -> None:
        self._options = options
        key = options.llm_key.get_secret_value().strip() if options.llm_key else ""
        self._server = Server(options.llm_url, options.llm_model, key, options.llm_retries)
        # The same words asked of the same model are the same version, and any change of either is another.
        asked = prompt.INSTRUCTIONS + json.dumps(prompt.schema(), sort_keys=True)
        self.NAME = f"llm/{options.llm_model}-{hashlib.sha256(asked.encode()).hexdigest()[:8]}"
        self.LANGUAGES: tuple[str, ...] = ()

    def extract(self, text: str, published: date | None) -> Extraction:
        """What the model tells and the text bears out. Called where no event loop runs, as in a thread of its own.

        Raises:
            ExtractorUnavailable: when the server does not answer in time, refuses, or never answers what was asked.
        """
        parts = pieces(text, self._options.llm_max_characters)
        told = asyncio.run(self._told(text, published, parts[: self._options.llm_max_pieces]))
        warnings = [] if len(parts) <= len(told) else [f"only the first {parts[len(told)].start} characters were sent to the model"]
        return assembly.extraction(self.NAME, text, published, told, warnings)

    async def _told(self, text: str, published: date | None, parts: list[Span]) -> list[tuple[Span, answers.Answer]]:
        try:
            async with asyncio.timeout(self._options.llm_timeout_s), self._server.opened() as ask:
                told = [(part, await self._of(ask, text[part.start : part.end], published)) for part in parts]
        except TimeoutError:
            within = f"within {self._options.llm_timeout_s:g} s"
            raise ExtractorUnavailable(f"the language model at {self._options.llm_url} did not answer {within}") from None
        if told and not any(answer.readable for _, answer in told):
            raise ExtractorUnavailable(f"the language model {self._options.llm_model!r} did not answer with the JSON asked for")
        return told

    async def _of(self, ask: Ask, text: str, published: date | None) -> answers.Answer:
        """One more try for an answer that cannot be read: another may be."""
        answer = answers.read(await ask(prompt.INSTRUCTIONS, prompt.message(text, published), prompt.schema()))
        if not answer.readable and self._options.llm_retries:
            answer = answers.read(await ask(prompt.INSTRUCTIONS, prompt.message(text, published), prompt.schema()))
        return answer
