"""A whole archive is copied from one database into another, of the same kind or the other: the same rows, the same answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import copying, moving, reindex
from app.errors import Unusable
from app.main import create_app, open_archive
from app.settings import Settings
from app.store import whole
from app.store.database import Database
from tests import lived_in, postgresql
from tests.archives import Archives, archives_of, query
from tests.conftest import Dateline


@pytest.fixture(scope="module")
def lived(shared_settings: Settings) -> str:
    """The address of an archive in which people have worked."""
    with TestClient(create_app(shared_settings.model_copy(update={"worker": False}))) as client:
        lived_in.fill(client)
    return shared_settings.database_url


@pytest.fixture
def old(lived: str, archives: Archives, tmp_path: Path) -> Iterator[str]:
    with archives.copy(lived, tmp_path / "old.db") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def new(request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database in which nothing was ever stored."""
    if request.param == "postgresql" and (reason := postgresql.why_not()):
        pytest.skip(reason)
    with archives_of(request.param, tmp_path_factory.getbasetemp()).bare(tmp_path / "new.db") as url:
        yield url


def copy(old: str, new: str, *, most: int = 10**9) -> list[copying.Compared]:
    """As the command does it, broken off when so many rows are put in."""
    source, target = Database(old), Database(new)
    try:
        with copying.begun(source, target) as running:
            put = 0
            for rows in running.put():
                put += rows
                if put >= most:
                    raise KeyboardInterrupt
            list(running.compare())
            running.end()
        list(moving.put_in_search(target))
        return running.compared
    finally:
        source.close()
        target.close()


def answers(url: str) -> dict[str, Any]:
    with TestClient(create_app(Settings(database_url=url, log_level="error", worker=False, _env_file=None))) as client:
        return lived_in.answers(client)


def test_a_copy_is_the_same_row_for_row_and_answers_the_same(old: str, new: str, dateline: Dateline) -> None:
    done = dateline("copy", "--from", old, "--to", new)
    assert done.exit_code == 0, done.output
    assert "are the same in both, and all can be searched" in done.output
    assert answers(old) == answers(new)
    assert lived_in.everything(old) == lived_in.everything(new)


def test_the_next_article_gets_the_id_that_it_would_have_got(old: str, new: str) -> None:
    copy(old, new)
    ids = []
    for url in (old, new):
        with TestClient(create_app(Settings(database_url=url, log_level="error", worker=False, _env_file=None))) as client:
            ids.append(client.post("/articles", json={"text": "The next one."}).json()["id"])
    assert ids[0] == ids[1]


def test_a_copy_that_was_stopped_goes_on_and_opens_for_nothing_before_it_is_whole(
    old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "AT_ONCE", 3)
    monkeypatch.setattr(copying, "LOTS", 2)
    monkeypatch.setattr(reindex, "AT_ONCE", 2)
    for stopped_at in (1, 40, 200):
        with pytest.raises(KeyboardInterrupt):
            copy(old, new, most=stopped_at)
        with pytest.raises(Exception, match="half filled"):
            open_archive(Settings(database_url=new, _env_file=None))
    copy(old, new)
    assert answers(old) == answers(new)


def test_a_copy_that_was_stopped_does_not_go_on_from_a_source_that_has_changed(
    old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "AT_ONCE", 3)
    with pytest.raises(KeyboardInterrupt):
        copy(old, new, most=10)
    with TestClient(create_app(Settings(database_url=old, log_level="error", worker=False, _env_file=None))) as client:
        client.post("/articles", json={"text": "Somebody has written meanwhile."})
    with pytest.raises(Unusable, match="which has changed since"):
        copy(old, new)


def test_a_row_that_is_another_one_in_the_copy_is_named(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in = whole.add

    def damaged(session: Any, table: Any, wanted: Any, rows: list[dict[str, Any]]) -> None:
        if table.name == "claim":
            rows = [{**row, "suffix": "another"} if row["id"] == 3 else row for row in rows]
        put_in(session, table, wanted, rows)

    monkeypatch.setattr(whole, "add", damaged)
    with pytest.raises(copying.Differs, match=r"claim, row 3.*suffix is .* and 'another' in the copy"):
        copy(old, new)


def test_nothing_is_copied_over_what_is_there_nor_into_itself_nor_from_nowhere(
    old: str, settings: Settings, dateline: Dateline, tmp_path: Path
) -> None:
    with TestClient(create_app(settings)) as client:
        client.post("/articles", json={"text": "This was here before."})
    refusals = {
        (old, settings.database_url): "needs an empty archive; name a new one in --to",
        (old, old): "into itself",
        (f"sqlite:///{tmp_path}/none.db", settings.database_url): "there is no archive",
        ("nonsense", settings.database_url): "is not the address of a database",
    }
    for (source, target), sentence in refusals.items():
        done = dateline("copy", "--from", source, "--to", target)
        assert done.exit_code == 1, done.output
        assert sentence in f"{done.output} {done.exception}"
    assert query(settings.database_url, "SELECT count(*) FROM article") == [(1,)]
