"""Databases that cannot be used: one clear sentence at the start, a problem while it runs, and no password in either."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import cli
from app.main import create_app, open_archive
from app.settings import Settings
from app.store.engines import postgresql as engine
from tests import postgresql
from tests.replication import Node, primary
from tests.serving import free_port

pytestmark = pytest.mark.skipif(postgresql.why_not() is not None, reason=str(postgresql.why_not()))
SECRET = "s3cr3t-w0rd"


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with primary() as started:
        open_archive(settings_of(started.url())).close()
        started.sql("CREATE DATABASE latin OWNER dateline ENCODING 'LATIN1' TEMPLATE template0", "postgres")
        started.sql("CREATE DATABASE empty", "postgres")
        started.sql(f"CREATE ROLE locked LOGIN PASSWORD '{SECRET}'", "postgres")
        hba = started.data / "pg_hba.conf"
        hba.write_text(f"local all locked scram-sha-256\n{hba.read_text()}")
        started.sql("SELECT pg_reload_conf()", "postgres")
        yield started


def settings_of(url: str, **more: Any) -> Settings:
    return Settings(**{"database_url": url, "log_level": "error", "busy_timeout_s": 1, "worker": False, "_env_file": None, **more})


def said_at_start(monkeypatch: pytest.MonkeyPatch, url: str) -> str:
    """What `dateline migrate` says on standard error before it ends with an exit code that is no success."""
    monkeypatch.setenv("DATELINE_DATABASE_URL", url)
    monkeypatch.setattr("sys.argv", ["dateline", "migrate"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = str(ended.value.code)
    assert said.startswith("dateline: "), said
    assert "\n" not in said
    assert SECRET not in said
    return said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://locked:wrong{secret}@/archive?host={folder}", "password authentication failed"),
        ("postgresql+psycopg://locked@/archive?host={folder}&password=wrong{secret}", "password authentication failed"),
        ("postgresql+psycopg://dateline@/nowhere?host={folder}", 'database "nowhere" does not exist'),
        ("postgresql+psycopg://nobody@/archive?host={folder}", 'role "nobody" does not exist'),
        ("postgresql+psycopg://dateline@/empty?host={folder}", "the user of the database may not do that"),
        ("postgresql+psycopg://dateline@/latin?host={folder}", "encoded in LATIN1"),
        ("postgresql+psycopg://dateline:{secret}@127.0.0.1:{port}/archive", "refused"),
        ("postgresql+psycopg://dateline:{secret}@no-such-host.example/archive", "no-such-host.example"),
        ("postgresql+psycopg://dateline:{secret}@host:port/archive", "no such port"),
        ("postgresql+psycopg://dateline:{secret}@host", "names no database"),
        ("postgresql+psycopg2://dateline:{secret}@host/archive", "begins with postgresql+psycopg://"),
        ("oracle://dateline:{secret}@host/archive", "'oracle' is not a database this version speaks"),
        ("postgresql+psycopg://dateline@/archive?host={folder}&sslmod=require", "sslmod"),
        ("postgresql+psycopg://dateline@/archive?host={folder}&options=-c%20no_such=1", "no_such"),
    ],
)
def test_an_address_that_leads_to_no_archive_is_one_sentence(
    node: Node, monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    given = url.format(folder=node.folder, secret=SECRET, port=free_port())
    assert said in said_at_start(monkeypatch, given)


def test_an_older_server_and_a_newer_schema_are_said(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    node.sql("CREATE DATABASE newer TEMPLATE archive OWNER dateline", "postgres")
    node.sql("UPDATE alembic_version SET version_num = '9999'", "newer")
    assert "9999, was made by a newer version" in said_at_start(monkeypatch, node.url("newer"))
    monkeypatch.setattr(engine, "OLDEST", 99)
    assert "this program needs 99 or newer" in said_at_start(monkeypatch, node.url())


def test_options_in_the_address_come_on_top_of_ours(node: Node) -> None:
    database = open_archive(settings_of(node.url(options="-c%20work_mem=7MB%20-c%20jit=on")))
    with database.reading() as session:
        connection = session.connection()
        told = {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("work_mem", "jit", "timezone")}
    database.close()
    assert told == {"work_mem": "7MB", "jit": "on", "timezone": "UTC"}


def test_too_many_connections_are_a_503_and_pass(node: Node) -> None:
    with TestClient(create_app(settings_of(node.url())), raise_server_exceptions=False) as client:
        node.sql("ALTER ROLE dateline CONNECTION LIMIT 0")
        node.end_connections()
        try:
            refused = client.get("/articles")
        finally:
            node.sql("ALTER ROLE dateline CONNECTION LIMIT -1")
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/busy"), refused.text
        assert client.get("/articles").status_code == 200


def test_a_password_is_shown_nowhere(node: Node, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"postgresql+psycopg://locked:{SECRET}@/archive?host={node.folder}&password={SECRET}"
    node.sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO locked")
    with TestClient(create_app(settings_of(url, log_level="debug")), raise_server_exceptions=False) as client:
        told = [client.get("/health/ready").text, client.get("/articles").text]
        node.sql("ALTER ROLE locked NOLOGIN")
        node.end_connections()
        told += [client.get("/health/ready").text, client.post("/articles", json={"text": "Nothing."}).text]
    monkeypatch.setenv("DATELINE_DATABASE_URL", url)
    monkeypatch.setattr("sys.argv", ["dateline", "settings"])
    with suppress(SystemExit):
        cli.main()
    printed = capsys.readouterr()
    assert SECRET not in "".join([*told, printed.out, printed.err])
    assert "storage-unavailable" in told[-1]


@contextmanager
def small_disk(node: Node) -> Iterator[Path]:
    """64 MB; what a mount needs is root."""
    if os.geteuid() != 0:
        pytest.skip("only root can make a disk that is soon full")
    folder = node.folder / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size=64m,mode=0777,uid={node.folder.stat().st_uid}", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a tmpfs")
    try:
        yield folder
    finally:
        node.sql("DROP DATABASE IF EXISTS small WITH (FORCE)", "postgres")
        node.sql("DROP TABLESPACE IF EXISTS small", "postgres")
        subprocess.run(["umount", "-l", folder], check=True)


def test_on_a_full_disk_nothing_is_half_stored_reading_goes_on_and_it_recovers(node: Node) -> None:
    with small_disk(node) as disk:
        node.sql(f"CREATE TABLESPACE small LOCATION '{disk}'", "postgres")
        node.sql("CREATE DATABASE small OWNER dateline TABLESPACE small", "postgres")
        with TestClient(create_app(settings_of(node.url("small"))), raise_server_exceptions=False) as client:
            stored, answer = 0, client.post("/articles", json=long_article(0))
            node.sql("CREATE TABLE filler AS SELECT repeat(md5(i::text), 200) FROM generate_series(1, 1000) i", "small")
            with suppress(Exception):
                while True:
                    node.sql("INSERT INTO filler SELECT * FROM filler LIMIT 1000", "small")
            while answer.status_code == 201:
                stored += 1
                answer = client.post("/articles", json=long_article(stored))
            assert (answer.status_code, answer.json()["type"]) == (507, "/problems/storage-full"), answer.text
            assert client.get("/articles?total=exact").json()["total"]["value"] == stored
            node.sql("DROP TABLE filler", "small")
            assert client.post("/articles", json=long_article(stored)).status_code == 201


def long_article(number: int) -> dict[str, Any]:
    words = " ".join(f"word{number}x{i}" for i in range(8_000))
    return {"text": words, "url": f"https://news.example/long/{number}", "extract": False}
