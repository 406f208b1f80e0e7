"""A real archive in a real file behind the real application, for every test that asks for one."""

import json
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from app import cli
from app.main import create_app, open_archive
from app.settings import Settings
from tests.chat import Model, serving_model

Store = Callable[..., dict[str, Any]]
Dateline = Callable[..., Result]

# Whoever starts the tests in the background has Ctrl-C ignored, and what they start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty archive as the migrations make it; each test gets a copy."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    open_archive(Settings(database_url=f"sqlite:///{path}", _env_file=None)).close()
    return path


@pytest.fixture
def settings(tmp_path: Path, migrated: Path) -> Settings:
    shutil.copy(migrated, tmp_path / "test.db")
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'test.db'}", log_level="error", busy_timeout_s=2, worker=False, _env_file=None
    )


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
