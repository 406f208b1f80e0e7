"""Bytes from the web: only from hosts that may be reached, within a time, up to a size, along so many redirects.

A name is looked up once, every address it has is checked, and the connection is made to one of these, so that a second answer of a
name server changes nothing (DNS rebinding). The name stays what is asked for in `Host` and in the certificate.
"""

import email.utils
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx

from app.errors import AddressRefused, NothingToRead, SiteFailed, SiteTooSlow
from app.urls import is_web_address
from app.web import Got, Web
from app.web.addresses import Address

_PIECE = 65_536  # bytes that are decoded at once: a kilobyte of gzip may be a megabyte
_REDIRECTS = {301, 302, 303, 307, 308}
_MAY_PASS = {408, 425, 429}  # of the 4xx: the same request may be answered later
MOST_URL = 2000


def get(web: Web, url: str, headers: dict[str, str]) -> Got:
    """See `Web.get`."""
    deadline = _Deadline(web.total_s)
    sent = {"User-Agent": web.user_agent, "Accept-Encoding": "gzip", **headers}
    try:
        with httpx.Client(transport=_Transport(web, deadline), trust_env=False, timeout=web.total_s) as client:
            for _ in range(web.most_redirects + 1):
                refuse(web, url)
                with client.stream("GET", url, headers=sent) as answer:
                    if answer.status_code not in _REDIRECTS or "location" not in answer.headers:
                        return _taken(web, url, answer)
                    url = _joined(url, answer.headers["location"])
    except httpx.TimeoutException:
        raise SiteTooSlow(f"{url[:200]} did not answer within {web.total_s:g} seconds") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise SiteFailed(f"{url[:200]} cannot be got: {_said(error)}") from None
    raise NothingToRead(f"there are more than {web.most_redirects} redirects, the last to {url[:200]}")


class _Deadline:
    def __init__(self, total_s: float) -> None:
        self.total_s = total_s
        self._until = time.monotonic() + total_s

    def left(self) -> float:
        """Seconds, never 0. Raises httpcore.ReadTimeout when none are left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is over")
        return left


class _Transport(httpx.HTTPTransport):
    """httpx over connections that are made by `_Checking`."""

    def __init__(self, web: Web, deadline: _Deadline) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_certificates(), max_keepalive_connections=0, network_backend=_Checking(web, deadline)
        )


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class _Checking(httpcore.NetworkBackend):
    """Connects to what was checked, and lets no read, no write and no handshake last beyond the deadline."""

    def __init__(self, web: Web, deadline: _Deadline) -> None:
        self._web = web
        self._deadline = deadline
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  (httpcore's own is for each connection)
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        found = self._web.resolve(host, port) if self._web.resolve else _looked_up(host, port, self._deadline.left())
        checked = self._web.allowed.checked(host, port, found)
        for position, address in enumerate(checked):
            is_last = position == len(checked) - 1
            try:  # of several addresses none may use up all the time
                within_s = self._deadline.left() if is_last else self._deadline.left() / 2
                stream = self._backend.connect_tcp(str(address), port, within_s, local_address, socket_options)
                return _Stream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if is_last:
                    raise
        raise httpcore.ConnectError("the host has no address")


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  (httpcore's own is for each read)
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _looked_up(host: str, port: int, within_s: float) -> Sequence[Address]:
    """As the system finds them, in its order; in a thread, for a lookup cannot be given a time."""
    found: list[Address] = []
    failed: list[Exception] = []

    def look() -> None:
        try:
            told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(ip_address(address[0]) for *_, address in told))
        except (OSError, ValueError) as error:  # UnicodeError is a ValueError
            failed.append(error)

    thread = threading.Thread(target=look, name="lookup", daemon=True)
    thread.start()
    thread.join(within_s)
    if thread.is_alive():
        raise httpcore.ConnectTimeout("the host was not found in time")
    if failed:
        raise httpcore.ConnectError("no such host is known")
    return found


def refuse(web: Web, url: str) -> None:
    """What can be said of an address before its host is looked up; each redirect comes by here too."""
    if len(url) > MOST_URL:
        raise NothingToRead(f"it leads to an address of {len(url)} characters; {MOST_URL} are accepted")
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        raise NothingToRead("it leads to what is not an address") from None
    if parts.scheme not in ("http", "https"):
        raise AddressRefused(f"{parts.scheme[:20]!r} is not a scheme that is fetched; http and https are")
    if not is_web_address(url) or parts.userinfo:
        raise AddressRefused("an address to fetch names a host, and no user or password")
    web.allowed.check(parts.scheme, parts.host, parts.port or {"http": 80, "https": 443}[parts.scheme])


def _joined(url: str, location: str) -> str:
    try:
        return str(httpx.URL(url).join(location).copy_with(fragment=None))
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise NothingToRead(f"{url[:200]} leads to what is not an address") from None


def _taken(web: Web, url: str, answer: httpx.Response) -> Got:
    status = answer.status_code
    if status in _MAY_PASS or status >= 500:
        raise SiteFailed(f"{url[:200]} answered {status}", status, _retry_after_s(answer.headers.get("retry-after", "")))
    if status not in (200, 304):
        raise NothingToRead(f"{url[:200]} answered {status}", status)
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    body = bytearray()
    for piece in _decoded(answer.iter_raw(), encoding, url):
        body += piece
        if len(body) > web.most_bytes:
            raise NothingToRead(f"{url[:200]} holds more than {web.most_bytes:,} bytes, which is the most that is taken")
    return Got(url, status, dict(answer.headers), bytes(body))


def _decoded(pieces: Iterable[bytes], encoding: str, url: str) -> Iterator[bytes]:
    """In pieces of a bounded size, however much stands in few bytes."""
    if encoding in ("identity", ""):
        yield from pieces
        return
    if encoding not in ("gzip", "x-gzip"):
        raise NothingToRead(f"{url[:200]} is encoded as {encoding[:40]!r}; gzip is what was asked for")
    decoder = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        for piece in pieces:
            rest = piece
            while rest and not decoder.eof:
                yield decoder.decompress(rest, _PIECE)
                rest = decoder.unconsumed_tail
    except zlib.error:
        raise SiteFailed(f"{url[:200]} sent gzip that is broken") from None


def _retry_after_s(header: str) -> float | None:
    """Seconds, given as such or as a date (RFC 9110, section 10.2.3)."""
    if header.isascii() and header.isdigit():
        return float(header[:9])
    try:
        at = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _said(error: Exception) -> str:
    """In few words; a certificate's fault and a broken answer are worth telling, the system's number of an error is not."""
    told = str(error)
    if isinstance(error, httpx.ConnectError) and "CERTIFICATE" not in told:
        return "no such host is known" if "no such host" in told else "it cannot be connected to"
    return told[:200] or type(error).__name__
