"""Connections cut, servers killed, commits in doubt: what is answered as stored is stored once, and nothing else is said to be."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import Session

from app.errors import Lost, Unreachable
from app.main import create_app, open_archive
from app.settings import Settings
from app.store.database import Database
from app.store.retrying import retried
from tests import postgresql
from tests.replication import Node, primary
from tests.serving import free_port

pytestmark = pytest.mark.skipif(postgresql.why_not() is not None, reason=str(postgresql.why_not()))


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with primary() as started:
        open_archive(settings_of(started.url())).close()
        yield started


def settings_of(url: str) -> Settings:
    return Settings(database_url=url, log_level="error", busy_timeout_s=5, worker=False, _env_file=None)


@contextmanager
def serving(url: str) -> Iterator[TestClient]:
    with TestClient(create_app(settings_of(url)), raise_server_exceptions=False) as client:
        yield client


def article(name: str) -> dict[str, Any]:
    return {"text": f"Something is said of {name} here.", "url": f"https://news.example/{name}", "extract": False}


def stored(node: Node, table: str, what: str) -> int:
    """How many rows; `what` is a condition."""
    return int(node.sql(f"SELECT count(*) FROM {table} WHERE {what}")[0][0])


def test_idle_connections_that_were_cut_are_no_matter(node: Node) -> None:
    with serving(node.url()) as client:
        assert client.post("/articles", json=article("before")).status_code == 201
        node.end_connections()
        assert client.post("/articles", json=article("after")).status_code == 201
        node.end_connections()
        assert client.get("/articles?q=after").json()["items"][0]["url"] == "https://news.example/after"


def test_a_transaction_whose_connection_is_cut_is_done_again_as_a_whole(node: Node) -> None:
    began: list[int] = []

    @retried
    def work(database: Database) -> int:
        with database.transaction() as session:
            began.append(1)
            session.execute(text("UPDATE given_number SET last = last + 1 WHERE name = 'writer'"))
            if len(began) < 3:
                node.end_connections()
            return int(session.execute(text("SELECT last FROM given_number WHERE name = 'writer'")).scalar_one())

    database = Database(node.url())
    before = node.sql("SELECT last FROM given_number WHERE name = 'writer'")[0][0]
    assert (work(database), len(began)) == (before + 1, 3)
    database.close()


def test_it_is_given_up_after_a_few_times(node: Node) -> None:
    began: list[int] = []

    @retried
    def work(database: Database) -> None:
        with database.transaction() as session:
            began.append(1)
            node.end_connections()
            session.execute(text("SELECT 1"))

    database = Database(node.url())
    with pytest.raises(Lost):
        work(database)
    assert len(began) == 5
    database.close()


def test_a_failed_statement_that_nobody_took_back_is_never_committed_in_silence(node: Node) -> None:
    database = Database(node.url())

    def write(session: Session) -> None:
        session.connection().connection.driver_connection.execute("SELECT 1 / 0")  # type: ignore[union-attr]

    with pytest.raises(Exception, match="a statement has failed"), database.transaction() as session, suppress(Exception):
        write(session)
    database.close()


def test_while_the_server_is_killed_and_comes_back_a_write_waits_and_is_stored() -> None:
    with primary() as node, serving(node.url()) as client:
        client.post("/articles", json=article("before"))
        node.kill()
        (node.data / "postmaster.pid").unlink()
        threading.Timer(0.3, node.start).start()
        answers = [client.post("/articles", json=article("while"))]
        while answers[-1].status_code == 503:
            assert answers[-1].json()["type"] == "/problems/unreachable", answers[-1].text
            answers.append(client.post("/articles", json=article("while")))
        assert answers[-1].status_code == 201, answers[-1].text
        assert stored(node, "article", "url LIKE '%while'") == 1


def test_a_server_that_becomes_read_only_is_left_for_one_that_is_not(node: Node) -> None:
    with serving(node.url()) as client:
        client.post("/articles", json=article("first"))
        node.sql("ALTER SYSTEM SET default_transaction_read_only = on")
        node.sql("SELECT pg_reload_conf()")
        answers = (client.post("/articles", json=article(f"tried{number}")) for number in range(100))
        refused = next(answer for answer in answers if answer.status_code != 201)  # some may not have heard of it yet
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unreachable"), refused.text
        threading.Timer(0.2, lambda: writable_again(node)).start()
        assert client.post("/articles", json=article("second")).status_code == 201


def writable_again(node: Node) -> None:
    node.sql("ALTER SYSTEM RESET default_transaction_read_only")
    node.sql("SELECT pg_reload_conf()")


class Proxy:
    """Between the program and the server. After `cut` the next COMMIT goes through, and its answer does not."""

    def __init__(self, to: Path) -> None:
        self._to = to
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.is_cutting = False
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self.is_cutting = True

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._to))
                threading.Thread(target=self._pass, args=(client, server, client, server), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, client, server), daemon=True).start()

    def _pass(self, here: socket.socket, there: socket.socket, *both: socket.socket) -> None:
        is_last = False
        with suppress(OSError):
            while (data := here.recv(65536)) and not is_last:
                if self.is_cutting and b"COMMIT\0" in data:
                    self.is_cutting, is_last = False, True
                    both[0].shutdown(socket.SHUT_RDWR)  # before the server can answer
                there.sendall(data)
                time.sleep(0.2 if is_last else 0)
                if is_last:
                    break
        for end in both:
            end.close()

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def doubtful(node: Node) -> Iterator[tuple[TestClient, Callable[[], None]]]:
    """A service behind a proxy, and what puts its next commit in doubt."""
    proxy = Proxy(node.folder / ".s.PGSQL.5432")
    with serving(f"postgresql+psycopg://dateline@127.0.0.1:{proxy.port}/archive") as client:
        yield client, proxy.cut
    proxy.close()


def test_an_article_whose_commit_is_in_doubt_is_sent_again_and_found(
    node: Node, doubtful: tuple[TestClient, Callable[[], None]]
) -> None:
    client, cut = doubtful
    cut()
    answer = client.post("/articles", json=article("doubt"))
    assert (answer.status_code, answer.json()["url"]) == (200, "https://news.example/doubt"), answer.text
    cut()
    line = '{"text": "Said in doubt, of many.", "extract": false}\n'
    many = client.post("/articles/bulk", content=line, headers={"Content-Type": "application/x-ndjson"})
    assert many.json()["status"] == "unchanged", many.text
    assert stored(node, "article", "url LIKE '%doubt'") == 1
    assert stored(node, "article_revision", "text LIKE 'Said in doubt%'") == 1


def test_what_would_be_stored_twice_is_said_to_be_in_doubt(node: Node, doubtful: tuple[TestClient, Callable[[], None]]) -> None:
    client, cut = doubtful
    cut()
    answer = client.post("/entities", json={"name": "Ida Doubt", "type": "person"})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/in-doubt"), answer.text
    assert "Retry-After" in answer.headers
    assert "may be stored" in answer.json()["detail"]
    assert stored(node, "entity", "name = 'Ida Doubt'") == 1
    assert client.get("/entities?q=Doubt").status_code == 200


def test_a_database_that_is_away_is_no_broken_one() -> None:
    database = Database(f"postgresql+psycopg://dateline@127.0.0.1:{free_port()}/archive")
    with pytest.raises(Unreachable), database.reading():
        pass
    database.close()
