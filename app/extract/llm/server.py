"""One question and its answer, by the protocol of OpenAI's chat completions, which nearly every server of models speaks.

The server may be slow, busy, broken or somebody else's: time, tries and bytes are limited, no redirect is followed, and what it
says goes into a message only as a short line without the key.
"""

import asyncio
import email.utils
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from app.errors import ExtractorUnavailable

MOST_BYTES = 4_000_000  # of one answer; a piece of 12,000 characters is answered with some 20,000
FIRST_WAIT_S = 0.5  # before the second try; doubled for each further one
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})  # may be otherwise in a moment
_REFUSING_FORMAT = frozenset({400, 404, 415, 422, 501})  # what servers say that do not know `response_format`
_MEANINGS = {
    401: "refuses the key: check DATELINE_LLM_KEY",
    403: "refuses the key: check DATELINE_LLM_KEY",
    404: "has no such address or model: check DATELINE_LLM_URL and DATELINE_LLM_MODEL",
    413: "finds the text too long: lower DATELINE_LLM_MAX_CHARACTERS",
    429: "is asked too often",
}

Ask = Callable[[str, str, dict[str, Any]], Awaitable[str]]


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message


class _Completion(BaseModel):
    choices: list[_Choice]


@dataclass(frozen=True, slots=True)
class Server:
    """`key` may be empty. `retries` are further tries where a failure may pass."""

    url: str
    model: str
    key: str = field(repr=False)
    retries: int

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Ask]:
        """Asks with instructions, message and the schema of the answer; gives the words of the answer. Its caller limits the time.

        Raises:
            ExtractorUnavailable: saying what the server did, and what can be done.
        """
        # As it stands, never unpacked: a few kilobytes may unpack to gigabytes.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        headers |= {"Authorization": f"Bearer {self.key}"} if self.key else {}
        async with httpx.AsyncClient(headers=headers, timeout=None, follow_redirects=False) as client:
            yield _Asking(self, client).ask


@dataclass(slots=True)
class _Asking:
    server: Server
    client: httpx.AsyncClient
    structured: bool = True  # until the server refuses the format

    async def ask(self, instructions: str, message: str, schema: dict[str, Any]) -> str:
        messages = [{"role": "system", "content": instructions}, {"role": "user", "content": message}]
        body: dict[str, Any] = {"model": self.server.model, "messages": messages}
        if self.structured:
            form = {"type": "json_schema", "json_schema": {"name": "claims", "strict": True, "schema": schema}}
            status, answer = await self._persistently({**body, "temperature": 0, "response_format": form})
            self.structured = status not in _REFUSING_FORMAT
        if not self.structured:
            status, answer = await self._persistently(body)
        if status != 200:
            raise self._failure(status, answer)
        return self._words(answer)

    async def _persistently(self, body: dict[str, Any]) -> tuple[int, bytes]:
        """The status and the body, after as many tries as are allowed."""
        wait = FIRST_WAIT_S
        for left in range(self.server.retries, -1, -1):
            try:
                status, answer, told_to_wait = await self._once(body)
                if status not in _PASSING or not left:
                    return status, answer
            except httpx.TransportError as error:
                told_to_wait = None
                if not left:
                    raise ExtractorUnavailable(f"{self} cannot be reached: {str(error) or type(error).__name__}") from error
            await asyncio.sleep(wait if told_to_wait is None else told_to_wait)
            wait *= 2
        raise AssertionError("the last try returns or raises")

    async def _once(self, body: dict[str, Any]) -> tuple[int, bytes, float | None]:
        async with self.client.stream("POST", f"{self.server.url}/chat/completions", json=body) as response:
            if response.is_redirect:
                where = f"{self} answers with a redirect to {_short(response.headers.get('Location', ''))!r}"
                raise ExtractorUnavailable(f"{where}, which is not followed: set DATELINE_LLM_URL to the last address")
            answer = bytearray()
            async for chunk in response.aiter_raw():
                answer += chunk
                if len(answer) > MOST_BYTES:
                    raise ExtractorUnavailable(f"{self} answers with more than {MOST_BYTES:,} bytes; it was not read further")
            return response.status_code, bytes(answer), _seconds(response.headers.get("Retry-After"))

    def _failure(self, status: int, answer: bytes) -> ExtractorUnavailable:
        said = self._said(answer)
        return ExtractorUnavailable(f"{self} {_MEANINGS.get(status, 'fails')} (status {status}{said and ': ' + said})")

    def _said(self, answer: bytes) -> str:
        """The server's own words, which may quote the key."""
        try:
            told = from_json(answer)
        except ValueError:
            return ""
        error = told.get("error", told.get("message")) if isinstance(told, dict) else None
        words = error.get("message") if isinstance(error, dict) else error
        return _short(words.replace(self.server.key, "…") if self.server.key else words) if isinstance(words, str) else ""

    def _words(self, answer: bytes) -> str:
        try:
            completion = _Completion.model_validate_json(answer)
        except ValidationError:
            raise ExtractorUnavailable(f"{self} does not answer as chat completions do: check DATELINE_LLM_URL") from None
        return (completion.choices[0].message.content or "") if completion.choices else ""

    def __str__(self) -> str:
        return f"the language model at {self.server.url}"


def _short(words: str) -> str:
    return "".join(c if c.isprintable() else " " for c in words[:200])


def _seconds(retry_after: str | None) -> float | None:
    """RFC 9110: a number of seconds, or a date."""
    if retry_after is None:
        return None
    if retry_after.isdecimal():
        return min(float(retry_after), 86_400)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return None
