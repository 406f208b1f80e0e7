"""A whole archive moves to another database: nothing is lost, nothing is new, and searches answer the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import SQLModel

from app import moving, packing, reindex
from app.cli import moving as door
from app.errors import StorageUnavailable, Unusable
from app.main import create_app, open_archive
from app.settings import Settings
from app.store import schema, whole
from app.store.database import Database
from tests import lived_in, old_archive
from tests.archives import Archives, query, set_given


@pytest.fixture(scope="module")
def made(shared_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """An archive in which people have worked, and a folder into which it was written, several files for each table."""
    export = tmp_path_factory.mktemp("moved") / "export"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DATELINE_DATABASE_URL", shared_settings.database_url)
        patched.setattr(packing, "PART_BYTES", 3_000)
        patched.setattr(whole, "AT_ONCE", 7)
        with TestClient(create_app(Settings(log_level="error", worker=False, _env_file=None))) as client:
            lived_in.fill(client)
            assert door.write(export) == 0  # of an archive that is being served
    return shared_settings.database_url, export


@pytest.fixture
def old(made: tuple[str, Path], archives: Archives, tmp_path: Path, settings: Settings) -> Iterator[Settings]:
    with archives.copy(made[0], tmp_path / "old.db") as url:
        yield settings.model_copy(update={"database_url": url})


@pytest.fixture
def new(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(reindex, "AT_ONCE", 2)
    return settings


@pytest.fixture
def export(made: tuple[str, Path]) -> Path:
    return made[1]


def take_in(export: Path, new: Settings) -> None:
    database = Database(new.database_url)
    told = moving.read_manifest(export)
    assert sum(moving.take_in(database, export, told)) == told.rows
    list(moving.put_in_search(database))
    database.close()


def everything(settings: Settings) -> dict[str, list[Any]]:
    return lived_in.everything(settings.database_url)


def test_every_table_is_the_same_row_for_row(
    old: Settings,
    archives: Archives,
    export: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with archives.bare(tmp_path / "new.db") as new:
        monkeypatch.setenv("DATELINE_DATABASE_URL", new)
        assert door.take_in(export) == 0
        assert "all can be searched" in capsys.readouterr().out
        before, after = everything(old), lived_in.everything(new)
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []
    # An empty one would prove nothing; no article of this program waits to be looked at for copies.
    assert [name for name in before if not before[name]] == ["unsigned_article"]


def test_every_question_has_the_same_answer(old: Settings, new: Settings, export: Path) -> None:
    take_in(export, new)
    with TestClient(create_app(old)) as stayed, TestClient(create_app(new)) as moved:
        before, after = lived_in.answers(stayed), lived_in.answers(moved)
    assert [path for path in before if before[path] != after[path]] == []
    assert [path for path, answer in before.items() if not (answer.get("items") or "id" in answer or "buckets" in answer)] == []


def test_an_id_that_was_given_once_is_not_given_again(old: Settings, new: Settings, tmp_path: Path) -> None:
    set_given(old.database_url, "article", 900)
    list(moving.write(Database(old.database_url), tmp_path / "export"))
    take_in(tmp_path / "export", new)
    with TestClient(create_app(new)) as moved:
        assert moved.post("/articles", json={"text": "The next one."}).json()["id"] == 901


def test_only_what_is_made_from_the_rest_stays_behind(export: Path) -> None:
    moved = {table.name for table in moving.read_manifest(export).tables}
    assert SQLModel.metadata.tables.keys() - moved == {"article_link", "claim_link"}


def test_an_export_is_one_moment_while_others_write(made: tuple[str, Path], old: Settings, new: Settings, tmp_path: Path) -> None:
    numbers = iter(range(100, 1000))
    with TestClient(create_app(old)) as client:
        for _ in moving.write(Database(old.database_url), tmp_path / "export"):
            lived_in.post(client, next(numbers), extract=False)
    assert next(numbers) > 110
    take_in(tmp_path / "export", new)
    assert everything(new) == lived_in.everything(made[0])
    assert {path.suffix for path in (tmp_path / "export").iterdir()} == {".gz", ".json"}


def test_one_that_was_interrupted_is_no_archive_yet_and_goes_on_from_there(old: Settings, new: Settings, export: Path) -> None:
    database, told = Database(new.database_url), moving.read_manifest(export)
    stopped, there = 0, 0
    while there < told.rows:  # stopped behind every file
        steps = moving.take_in(database, export, told)
        there = next(steps) + next(steps, 0)
        steps.close()
        stopped += 1
    with pytest.raises(StorageUnavailable, match="half filled"):
        open_archive(new)
    assert stopped >= len(told.parts) > len(told.tables)
    for _ in range(3):  # and behind some of the articles
        list(moving.take_in(database, export, told))
        steps = moving.put_in_search(database)
        next(steps)
        steps.close()
    take_in(export, new)
    open_archive(new).close()
    assert everything(new) == everything(old)


def test_an_archive_of_an_older_schema_is_taken_in_and_brought_to_the_newest(new: Settings, tmp_path: Path) -> None:
    before = old_archive.make(f"sqlite:///{tmp_path / 'old.db'}", 9)
    list(moving.write(before, tmp_path / "export"))
    take_in(tmp_path / "export", new)
    schema.upgrade(before)
    reindex.put_in_missing(before)
    assert everything(new) == lived_in.everything(before.url)


def test_only_an_empty_archive_takes_another_one_in(old: Settings, export: Path) -> None:
    before = everything(old)
    with pytest.raises(Unusable, match="needs an empty archive"):
        take_in(export, old)
    assert everything(old) == before


def test_what_writes_into_the_archive_meanwhile_is_noticed(new: Settings, export: Path) -> None:
    database, told = Database(new.database_url), moving.read_manifest(export)
    steps = moving.take_in(database, export, told)
    next(steps)
    query(new.database_url, "INSERT INTO source (id, name, key, recorded_at) VALUES (999, 'A', 'a', '2024-01-01 00:00:00')")
    with pytest.raises(Unusable, match="source has 7 rows instead of 6"):
        list(steps)
    with pytest.raises(StorageUnavailable, match="half filled"):
        open_archive(new)
