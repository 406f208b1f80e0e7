"""A site of the web, good and bad, on a free port: what it says was written for it."""

import gzip
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.web import child

PARAGRAPHS = (
    "KELVAR (Harbor Wire) – Chief engineer Ann Lee said on Friday that the dam above the town has been safe since December 2017, "
    "and that its four gates were tested again last week.",
    "“The gates held through the whole of the winter,” Lee told reporters at the wall. Farmers further down the valley, "
    "who lost two harvests in the years before the repair, are allegedly still worried.",
    "The Kelvar Dam Authority said it would publish the measurements of the past six years before the end of the month. Nobody was "
    "hurt when the old spillway gave way, according to the mayor, Bo Day, who has led the town since 2011.",
)
_LD = '{"@type":"NewsArticle","headline":"Dam Is Safe, Says Engineer","datePublished":"2024-03-08T09:30:00+02:00",'
_LD += '"author":[{"@type":"Person","name":"Cy Orr"}],"publisher":{"@type":"Organization","name":"Harbor Wire"}}'
Answer = tuple[int, dict[str, str], bytes]


def page(number: int = 1, *, head: str = "", body: str = "", title: str = "Dam Is Safe, Says Engineer") -> str:
    """A page of news with all that stands around it."""
    told = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return f"""<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title} | Harbor Wire</title>
<meta property="og:title" content="{title}"><meta property="og:site_name" content="Harbor Wire">
<script type="application/ld+json">{_LD}</script>{head}</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li><li><a href="/weather">Weather</a></li></ul></nav>
<div class="ad">Buy the best boots in Kelvar, now half price!</div>
<article><h1>{title}</h1><p class="byline">By Cy Orr</p>{told}<p>This is report number {number}.</p>{body}</article>
<aside><h3>Most read</h3><a href="/x">Ten ways to fold a napkin</a></aside>
<footer>© Harbor Wire. All rights reserved. <a href="/cookies">Cookies</a></footer></body></html>"""


def rss(base: str, numbers: range | list[int], more: str = "") -> bytes:
    items = "".join(
        f"<item><title>Report {i}</title><link>{base}/news/{i}</link><guid isPermaLink='false'>hw-{i}</guid>"
        f"<pubDate>Fri, 08 Mar 2024 07:30:00 GMT</pubDate></item>"
        for i in numbers
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Harbor Wire</title>{items}{more}</channel></rss>".encode()


def atom(base: str, numbers: range) -> bytes:
    entries = "".join(
        f"<entry><id>tag:harbor,2024:{i}</id><title>Report {i}</title><link href='/news/{i}'/>"
        f"<updated>2024-03-08T07:30:00Z</updated>"
        f"<published>2024-03-08T07:30:00Z</published><author><name>Cy Orr</name></author></entry>"
        for i in numbers
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='{base}/'><title>Harbor Wire</title>{entries}</feed>".encode()


class ReadHere:
    """In the place of `subprocess` in app/web/reading.py: what the child does, without the second that its start takes."""

    TimeoutExpired = subprocess.TimeoutExpired

    @staticmethod
    def run(command: list[str], *, input: bytes, **_: Any) -> "subprocess.CompletedProcess[bytes]":  # noqa: A002
        first, _, body = input.partition(b"\n")
        reading = child._read_page if command[-1] == "page" else child._read_feed  # noqa: SLF001
        found = json.dumps(reading(body, json.loads(first))()).encode()
        return subprocess.CompletedProcess(command, 0, found, b"")


@dataclass
class Site:
    """`answers` are by path; `asked` holds every path with its headers, in order."""

    base: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def host_and_port(self) -> str:
        return self.base.removeprefix("http://")

    def put(self, path: str, body: str | bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str) -> str:
        told = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        self.answers[path] = (status, told, body.encode() if isinstance(body, str) else body)
        return self.base + path

    def redirect(self, path: str, to: str) -> str:
        return self.put(path, "", status=302, Location=to)

    def count(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        self.site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        self.close_connection = True
        if self.path in ("/drip", "/drip-headers", "/endless"):
            self._drip(self.path)
            return
        status, headers, body = self.site.answers.get(self.path, (404, {"Content-Type": "text/html"}, b"no such page"))
        if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            status, body = 304, b""
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body)), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, path: str) -> None:
        """A byte now and then, or bytes without an end."""
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            if path != "/drip-headers":
                self.wfile.write(b"Content-Type: text/html\r\n\r\n")
            for i in range(200_000):
                if path == "/endless":
                    self.wfile.write(b"<p>" + b"again " * 10_000)
                    continue
                self.wfile.write(b"x" if path == "/drip" else b"X-A%d: b\r\n" % i)
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving_site() -> Iterator[Site]:
    site = Site()
    handler = type("Handler", (_Handler,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        site.base = f"http://127.0.0.1:{server.server_port}"
        try:
            yield site
        finally:
            server.shutdown()


def bomb(megabytes: int) -> bytes:
    """So much of one letter, in a thousandth of the bytes."""
    return gzip.compress(b"a" * megabytes * 1_000_000, 6)
