"""`dateline extract --all`: every article read again, from where it was interrupted."""

import sys
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import cli, reread, worker
from app.settings import Settings
from tests.archives import Archives, is_bare

SENTENCE = "Mary Smith said that it would rain in Baghdad."


@pytest.fixture
def archive(client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Three articles that nothing was extracted from, one of them in French; the terminal works on the same archive."""
    for number, language in enumerate(("en", "fr", None)):
        body = {"text": f"{SENTENCE} {number}", "extract": False, "language": language}
        assert client.post("/articles", json=body).status_code == 201
    monkeypatch.setenv("DATELINE_DATABASE_URL", settings.database_url)
    return client


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[Any, str]:
    """Exit code, or the sentence that the program ends with, and what it printed."""
    monkeypatch.setattr(sys, "argv", ["dateline", "extract", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code, capsys.readouterr().out


def claims(client: TestClient) -> int:
    return int(client.get("/claims").json()["total"]["value"])


def test_all_are_read_once_and_the_second_time_passed_over(
    archive: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, capsys, "--all") == (0, "3 articles: 2 changed, 1 in another language.\n")
    assert claims(archive) == 2
    latest = archive.get("/changes").json()["latest"]
    assert run(monkeypatch, capsys, "--all") == (0, "3 articles: 2 passed over, 1 in another language.\n")
    assert archive.get("/changes").json()["latest"] == latest


def test_a_dry_run_counts_and_changes_nothing(
    archive: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "3 articles: 2 changed, 1 in another language. Nothing was changed: this was a dry run.\n"
    assert run(monkeypatch, capsys, "--all", "--dry-run") == (0, told)
    assert claims(archive) == 0
    assert archive.get("/articles/1").json()["extraction"] is None


def test_all_can_be_left_to_workers(
    archive: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, capsys, "--all", "--queue") == (0, "3 articles: 2 queued, 1 in another language.\n")
    assert run(monkeypatch, capsys, "--all", "--queue") == (0, "3 articles: 2 passed over, 1 in another language.\n")
    database, extractors = archive.app.state.database, archive.app.state.extractors  # type: ignore[attr-defined]
    assert [worker.work_once(database, extractors, 60) for _ in range(3)] == [True, True, False]
    assert claims(archive) == 2


def test_a_dry_run_cannot_be_left_to_workers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert "leave out --queue or --dry-run" in run(monkeypatch, capsys, "--all", "--queue", "--dry-run")[0]


def test_ctrl_c_keeps_what_was_read_and_the_same_command_goes_on(
    archive: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = reread.store_found

    def interrupted(session: Any, article: Any, *given: Any) -> Any:
        done = real(session, article, *given)
        if article.id == 3:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(reread, "store_found", interrupted)
    assert run(monkeypatch, capsys, "--all")[0] == 130
    assert [archive.get(f"/articles/{i}").json()["extraction"] is not None for i in (1, 3)] == [True, False]
    monkeypatch.setattr(reread, "store_found", real)
    assert run(monkeypatch, capsys, "--all") == (0, "3 articles: 1 changed, 1 passed over, 1 in another language.\n")
    assert claims(archive) == 2


@pytest.mark.usefixtures("archive")
def test_only_those_recorded_since_then(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, capsys, "--all", "--since", "2099") == (0, "0 articles: none.\n")
    assert run(monkeypatch, capsys, "--all", "--since", "2020-01")[1].startswith("3 articles: 2 changed")


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "dateline: say which articles: dateline extract --all"),
        (("--all", "--extractor", "magic"), "there is no extractor 'magic'; there are: "),
        (("--all", "--since", "soon"), "'soon'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert said in run(monkeypatch, capsys, *arguments)[0]


def test_a_text_in_which_too_much_is_found_is_refused_and_the_others_are_read(
    archive: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.post("/articles", json={"text": "Ann Lee said that it rained. " * 1100, "extract": False})
    code, told = run(monkeypatch, capsys, "--all")
    assert (code, told) == (1, "4 articles: 2 changed, 1 in another language, 1 refused.\n")


def test_a_mistyped_archive_is_an_error_and_is_not_made(
    archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with archives.bare(tmp_path / "datelime.db") as url:
        monkeypatch.setenv("DATELINE_DATABASE_URL", url)
        said, _ = run(monkeypatch, capsys, "--all")
        assert "there is no archive" in said
        assert not list(tmp_path.iterdir())
        assert is_bare(url)


@pytest.mark.usefixtures("archive")
def test_a_command_that_fails_before_the_first_article_counts_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, capsys, "--all", "--extractor", "magic")[1] == ""
