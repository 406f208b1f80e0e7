"""A directory that is no whole export: a sentence says what is wrong and where, and nothing could be taken for an archive."""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import moving
from app.cli import moving as door
from app.errors import DatelineError, StorageFull, StorageUnavailable, Unusable
from app.main import create_app, open_archive
from app.settings import Settings
from app.store.database import Database
from tests import lived_in

Told = dict[str, Any]


@pytest.fixture(scope="module")
def made(shared_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moved")
    with TestClient(create_app(shared_settings)) as client:
        for number in range(3):
            lived_in.post(client, number)
    list(moving.write(Database(shared_settings.database_url), folder / "export"))
    return folder / "export"


@pytest.fixture
def export(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "export")


@pytest.fixture
def new(settings: Settings) -> Settings:
    return settings


def take_in(export: Path, new: Settings) -> None:
    database = Database(new.database_url)
    list(moving.take_in(database, export, moving.read_manifest(export)))
    list(moving.put_in_search(database))


def changed(export: Path, change: Callable[[Told], Any]) -> None:
    told = json.loads((export / "manifest.json").read_text("utf-8"))
    change(told)
    (export / "manifest.json").write_text(json.dumps(told), "utf-8")


def rewritten(export: Path, table: str, change: Callable[[list[Any]], Any]) -> None:
    """The rows of a table changed as by somebody who knows how to seal the file again."""
    file = export / f"{table}.0001.jsonl.gz"
    rows = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    change(rows)
    sealed(export, file, gzip.compress("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows).encode()))


def sealed(export: Path, file: Path, content: bytes) -> None:
    file.write_bytes(content)

    def seal(told: Told) -> None:
        (part,) = (part for table in told["tables"] for part in table["parts"] if part["file"] == file.name)
        part["sha256"] = hashlib.sha256(content).hexdigest()

    changed(export, seal)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


BEFORE_ANYTHING: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no directory": (
        lambda d: d.rename(d.with_name("away")),
        "holds no manifest.json: it is no export, or one that was interrupted",
    ),
    "no manifest": (lambda d: (d / "manifest.json").unlink(), "holds no manifest.json"),
    "a manifest cut short": (lambda d: cut(d / "manifest.json"), "manifest.json is damaged: it must hold one JSON object"),
    "a manifest of something else": (lambda d: (d / "manifest.json").write_text("[1]"), "it must hold one JSON object"),
    "a manifest without its tables": (lambda d: changed(d, lambda m: m.pop("tables")), "/tables: Field required"),
    "a file outside of it": (
        lambda d: changed(d, lambda m: m["tables"][0]["parts"][0].update(file="../change.0001.jsonl.gz")),
        "/tables/0/parts/0/file: String should match pattern",
    ),
    "a newer format": (lambda d: changed(d, lambda m: m.update(format=2)), "has format 2, this program reads up to 1"),
    "a newer schema": (lambda d: changed(d, lambda m: m.update(schema_revision="9999")), "with schema 9999, which .* not know"),
    "a file missing": (lambda d: (d / "claim.0001.jsonl.gz").unlink(), r"claim.0001.jsonl.gz cannot be read \(No such file"),
    "a file cut short": (lambda d: cut(d / "claim.0001.jsonl.gz"), "claim.0001.jsonl.gz is not as it was written: its SHA-256"),
}
ON_THE_WAY: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no gzip": (lambda d: sealed(d, d / "claim.0001.jsonl.gz", b"{}"), "claim.0001.jsonl.gz is damaged: .* must be a gzip file"),
    "no JSON": (
        lambda d: rewritten(d, "claim", lambda r: r.insert(1, '{"id": ')),
        "claim.0001.jsonl.gz, line 2: .*one JSON",
    ),
    "no object": (
        lambda d: rewritten(d, "claim", lambda r: r.insert(2, 7)),
        "line 3: it must be an object of exactly id, art",
    ),
    "a column missing": (lambda d: rewritten(d, "claim", lambda r: r[0].pop("exact")), "line 1: it must be an object of exactly"),
    "a column unknown": (lambda d: rewritten(d, "claim", lambda r: r[0].update(more=1)), "line 1: it must be an object of exactly"),
    "null": (lambda d: rewritten(d, "claim", lambda r: r[1].update(exact=None)), "line 2: exact must be a text"),
    "a text for a number": (
        lambda d: rewritten(d, "claim", lambda r: r[1].update(start="1")),
        "claim.0001.jsonl.gz, line 2: start must be a whole number",
    ),
    "too large a number": (
        lambda d: rewritten(d, "claim", lambda r: r[1].update(start=2**63)),
        "line 2: .*(too large|out of range)",
    ),
    "a number for a truth": (
        lambda d: rewritten(d, "claim", lambda r: r[1].update(negated=1)),
        "line 2: negated must be true or",
    ),
    "no instant": (
        lambda d: rewritten(d, "claim", lambda r: r[2].update(changed_at="soon")),
        "line 3: changed_at must be an instant such as 2024-02-13T09:00:00.000000Z",
    ),
    "what a table refuses": (
        lambda d: rewritten(d, "claim", lambda r: r[2].update(kind="odd")),
        "line 3: .*(CHECK|check) constraint.*ck_claim_kind",
    ),
    "one id twice": (
        lambda d: rewritten(d, "claim", lambda r: r.append(r[0])),
        "line [0-9]+: .*(UNIQUE constraint failed: claim.id|unique constraint .pk_claim)",
    ),
    "a row missing": (lambda d: rewritten(d, "claim", lambda r: r.pop()), "claim has [0-9]+ rows instead of"),
    "an unknown table": (
        lambda d: changed(d, lambda m: m["tables"][0].update(name="other")),
        "change.0001.jsonl.gz is of a table other",
    ),
    "rows that point to nothing": (
        lambda d: rewritten(d, "article_author", lambda r: r[0].update(article_id=77)),
        "rows would point to nothing.*article_author",
    ),
}


@pytest.mark.parametrize("case", BEFORE_ANYTHING)
def test_what_is_no_whole_export_is_refused_before_anything_is_stored(export: Path, new: Settings, case: str) -> None:
    damage, said = BEFORE_ANYTHING[case]
    damage(export)
    with pytest.raises(Unusable, match=said):
        take_in(export, new)
    open_archive(new).close()


@pytest.mark.parametrize("case", ON_THE_WAY)
def test_a_line_that_does_not_fit_is_named_and_the_archive_stays_shut(export: Path, new: Settings, case: str) -> None:
    damage, said = ON_THE_WAY[case]
    damage(export)
    with pytest.raises(DatelineError, match=said):
        take_in(export, new)
    with pytest.raises(StorageUnavailable, match="half filled"):
        open_archive(new)


def test_another_export_does_not_go_on_where_one_has_stopped(export: Path, new: Settings) -> None:
    rewritten(export, "claim", lambda rows: rows.pop())
    with pytest.raises(Unusable):
        take_in(export, new)
    changed(export, lambda told: told.update(program="0.2"))
    with pytest.raises(Unusable, match="half filled from another export"):
        take_in(export, new)


def test_an_export_that_was_interrupted_is_overwritten_and_anything_else_is_not(export: Path, settings: Settings) -> None:
    database = Database(settings.database_url)
    with pytest.raises(Unusable, match=r"holds manifest\.json already; name a directory that is new or empty"):
        list(moving.write(database, export))
    (export / "manifest.json").unlink()
    list(moving.write(database, export))
    assert (moving.read_manifest(export).rows, len(list(export.iterdir()))) == (0, 1)  # of an empty archive


def test_a_directory_that_cannot_be_written_is_a_sentence(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DATELINE_DATABASE_URL", settings.database_url)
    with pytest.raises(Unusable, match=r"file cannot be written to: .*; name a directory"):
        door.write(tmp_path / "file")


def test_a_full_disk_ends_an_export_that_is_then_none(
    client: TestClient, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_in.post(client, 1)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageFull, match="No space left on device; what stands in its directory is no export"):
        list(moving.write(Database(settings.database_url), tmp_path / "export"))
    with pytest.raises(Unusable, match=r"holds no manifest\.json"):
        moving.read_manifest(tmp_path / "export")


@pytest.mark.parametrize(("command", "does"), [(door.write, "write"), (door.take_in, "take_in")])
def test_ctrl_c_is_said_and_is_130(
    command: Callable[[Path], int],
    does: str,
    export: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(*_: Any) -> list[int]:
        raise KeyboardInterrupt

    monkeypatch.setattr(moving, does, interrupted)
    monkeypatch.setenv("DATELINE_DATABASE_URL", settings.database_url)
    assert command(export) == 130
    assert "The same command" in capsys.readouterr().err
