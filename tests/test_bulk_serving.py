"""Bulk requests to the service as it is started: streamed both ways, in flat memory, and kept through broken lines and kills."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import pytest

from app.settings import Settings
from tests.archives import assert_undamaged, query
from tests.serving import serving

HEAD = (
    b"POST /articles/bulk HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
)


@pytest.fixture(scope="module")
def service(shared_settings: Settings) -> Iterator[tuple[str, int]]:
    """Address and process id."""
    with serving(shared_settings.database_url) as (address, process):
        yield address, process.pid


def line(number: int) -> bytes:
    return b'{"text": "Number %d.", "extract": false}\n' % number


class Conversation:
    """One request by hand, chunk by chunk, and the lines of its answer."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._answer: BinaryIO = connection.makefile("rb")
        connection.sendall(HEAD)

    def send(self, body: bytes) -> None:
        self._connection.sendall(b"%x\r\n%s\r\n" % (len(body), body))

    def end(self) -> None:
        self._connection.sendall(b"0\r\n\r\n")

    def read_head(self) -> bytes:
        status = self._answer.readline()
        while self._answer.readline().strip():
            pass
        return status

    def results(self) -> Iterator[dict[str, Any]]:
        """Each as soon as it is there, from any number of chunks."""
        held = b""
        while size := int(self._answer.readline(), 16):
            *whole, held = (held + self._answer.read(size)).split(b"\n")
            self._answer.readline()
            yield from map(json.loads, whole)


@contextmanager
def talking(address: str) -> Iterator[Conversation]:
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        yield Conversation(connection)


def peak_kb(process_id: int) -> int:
    """The most memory that it has had."""
    return int(Path(f"/proc/{process_id}/status").read_text().partition("VmHWM:")[2].split()[0])


def test_a_line_is_answered_before_the_next_is_sent(service: tuple[str, int]) -> None:
    with talking(service[0]) as conversation:
        conversation.send(line(0) + b'{"text": ')
        assert b" 200 " in conversation.read_head()
        results = conversation.results()
        for number in range(1, 4):
            assert (result := next(results))["status"] == "created", result
            conversation.send(b"5}\n")
            assert (result := next(results))["status"] == "invalid", result
            conversation.send(line(number) + b'{"text": ')
        conversation.end()
        assert [(r["line"], r["status"]) for r in results] == [(7, "created"), (8, "invalid")]


def test_what_was_answered_before_the_connection_broke_is_stored_and_nothing_doubles(service: tuple[str, int]) -> None:
    body = b"".join(map(line, range(100, 105)))
    with talking(service[0]) as conversation:
        conversation.send(body + line(105)[:20])
        conversation.read_head()
        first = list(islice(conversation.results(), 5))
    assert [result["status"] for result in first] == ["created"] * 5
    headers = {"content-type": "application/x-ndjson"}
    again = httpx.post(f"{service[0]}/articles/bulk", content=body + line(105), headers=headers, trust_env=False, timeout=60)
    results = [json.loads(one) for one in again.text.splitlines()]
    assert [result["status"] for result in results] == ["unchanged"] * 5 + ["created"]
    assert [result["id"] for result in results[:5]] == [result["id"] for result in first]


def exchange(service: tuple[str, int], lines: int) -> tuple[int, int]:
    """The number of results for so many bad lines to a client that reads when it has sent all; and by how many kB memory grew.

    Lines and results are more than the system holds for both, so that a service that waits until it can send waits for ever.
    """
    before = peak_kb(service[1])
    host, _, port = service[0].removeprefix("http://").partition(":")
    with closing(socket.socket()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        connection.settimeout(240)
        connection.connect((host, int(port)))
        conversation = Conversation(connection)
        for sent in range(0, lines, 1000):
            conversation.send((b"0".ljust(1000) + b"\n") * 1000)
            if sent % 50_000 == 0:
                assert httpx.get(f"{service[0]}/health/live", trust_env=False, timeout=30).status_code == 200
        conversation.end()
        conversation.read_head()
        numbers = [result["line"] for result in conversation.results()]
    assert numbers == list(range(1, len(numbers) + 1))
    return len(numbers), peak_kb(service[1]) - before


def test_a_client_that_reads_only_when_it_has_sent_all_is_answered_all(service: tuple[str, int]) -> None:
    answered, grown_kb = exchange(service, 40_000)
    assert answered == 40_000
    assert grown_kb < 60_000


@pytest.mark.long
def test_the_same_with_300_000_lines_takes_no_more_memory(service: tuple[str, int]) -> None:
    answered, grown_kb = exchange(service, 300_000)
    assert answered == 300_000
    assert grown_kb < 60_000


def test_a_line_of_40_mb_is_not_held(service: tuple[str, int]) -> None:
    before = peak_kb(service[1])
    with talking(service[0]) as conversation:
        for _ in range(40):
            conversation.send(b"a" * 1_000_000)
        conversation.send(b"\n" + line(200))
        conversation.end()
        conversation.read_head()
        results = list(conversation.results())
    assert [(result["line"], result["status"]) for result in results] == [(1, "invalid"), (2, "created")]
    assert peak_kb(service[1]) - before < 20_000


def test_what_was_answered_survives_kill_9(settings: Settings) -> None:
    with serving(settings.database_url) as (address, process), talking(address) as conversation:
        conversation.send(b"".join(map(line, range(1000))))
        conversation.read_head()
        answered = {result["id"] for result in islice(conversation.results(), 300)}
        process.kill()
        process.wait()
    stored = {number for (number,) in query(settings.database_url, "SELECT id FROM article")}
    assert answered <= stored
    assert_undamaged(settings.database_url)
