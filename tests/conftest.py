"""A real archive behind the real application, for every test that asks for one: on SQLite, and once more on PostgreSQL."""

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from app import cli
from app.main import create_app
from app.settings import Settings
from tests import postgresql
from tests.archives import Archives, archives_of
from tests.chat import Model, serving_model

Store = Callable[..., dict[str, Any]]
Dateline = Callable[..., Result]

# Whoever starts the tests in the background has Ctrl-C ignored, and what they start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


ENGINES = ("sqlite", "postgresql")


def pytest_configure(config: pytest.Config) -> None:
    for engine in ENGINES:
        config.addinivalue_line("markers", f"{engine}: tells of what only {engine} has, and runs on nothing else")
    postgresql.begin(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    postgresql.end(config)


def pytest_report_header() -> str:
    return postgresql.told()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if reason := postgresql.why_not():
        terminalreporter.write_line(reason, yellow=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whoever needs an archive, directly or through another fixture, runs once for each engine."""
    if "engine" in metafunc.fixturenames:
        only = [engine for engine in ENGINES if metafunc.definition.get_closest_marker(engine)]
        metafunc.parametrize("engine", only or ENGINES, scope="session", indirect=True)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Here and not in a fixture: all that are skipped are one line of the summary."""
    of = getattr(item, "callspec", None)
    if of is not None and of.params.get("engine") == "postgresql" and (reason := postgresql.why_not()):
        pytest.skip(reason)


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The kind of database that the test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def archives(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Archives:
    return archives_of(engine, tmp_path_factory.getbasetemp())


@pytest.fixture
def settings(archives: Archives, tmp_path: Path) -> Iterator[Settings]:
    """Of an empty archive."""
    with archives.empty(tmp_path / "test.db") as url:
        yield Settings(database_url=url, log_level="error", busy_timeout_s=2, worker=False, _env_file=None)


@pytest.fixture(scope="module")
def shared_settings(archives: Archives, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Of an archive that the tests of a module fill together."""
    with archives.empty(tmp_path_factory.mktemp("shared") / "test.db") as url:
        yield Settings(database_url=url, synchronous="NORMAL", log_level="error", _env_file=None)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def store(client: TestClient) -> Store:
    """Posts an article, by default one that nothing is extracted from, and gives the answer."""

    def post(text: str = "Nothing is said here.", *, extract: bool = False, **fields: Any) -> dict[str, Any]:
        answer = client.post("/articles", json={"text": text, "extract": extract, **fields})
        assert answer.status_code == 201, answer.text
        stored: dict[str, Any] = answer.json()
        return stored

    return post


@pytest.fixture
def model() -> Iterator[Model]:
    """A language model's server that gives the replies laid out for it."""
    with serving_model() as serving:
        yield serving


@pytest.fixture
def dateline(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Dateline:
    """Runs a command of the terminal on an archive of its own."""
    monkeypatch.setenv("DATELINE_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DATELINE_FETCH_ALLOW", json.dumps(settings.fetch_allow))
    monkeypatch.setenv("DATELINE_LOG_LEVEL", "error")
    return lambda *arguments: CliRunner().invoke(cli.app, arguments)
