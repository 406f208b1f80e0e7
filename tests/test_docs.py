"""What the README shows is what happens."""

import contextlib
import gzip
import json
import re
import shlex
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import cli, demo
from app.settings import Settings
from tests.serving import PROJECT, free_port, serving

README = (PROJECT / "README.md").read_text("utf-8")
API = (PROJECT / "docs" / "api.md").read_text("utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def run_demo(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "app", "demo", "--once", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env={"PYTHONPATH": str(PROJECT)}, check=False)


def without_what_differs(printed: str) -> str:
    """Where the archive is, how long it took, and which port was free."""
    printed = re.sub(r"are in .*, read in [\d.]+ s\.", "are in …", printed)
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8000", printed).strip()


def test_the_demo_prints_what_the_readme_shows_and_the_same_again_over_the_archive_it_kept(tmp_path: Path) -> None:
    (shown,) = blocks("console demo")
    for _ in range(2):
        run = run_demo("--keep", "kept.db", folder=tmp_path)
        assert run.returncode == 0, run.stderr
        assert without_what_differs(run.stdout) == without_what_differs(shown)
    assert (tmp_path / "kept.db").exists()


def test_a_demo_on_a_port_in_use_says_so_and_names_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        run = run_demo("--port", str(other.getsockname()[1]), folder=tmp_path)
    assert run.returncode == 1
    assert "is in use" in run.stderr
    assert "--port" in run.stderr


def test_a_demo_that_has_no_place_for_its_archive_says_so(tmp_path: Path) -> None:
    run = run_demo("--keep", "nowhere/kept.db", folder=tmp_path)
    assert run.returncode == 1
    assert run.stderr.startswith("dateline: there is no folder")


def test_the_readmes_curl_lines_give_the_readmes_answers(tmp_path: Path) -> None:
    demo._load(Settings(database_url=f"sqlite:///{tmp_path / 'demo.db'}", _env_file=None))  # noqa: SLF001
    with serving(f"sqlite:///{tmp_path / 'demo.db'}") as (address, _):
        answers = [ask(line, address) for block in blocks("console curl") for line in commands(block)]
    (shown,) = blocks("json")
    assert "…" not in shown.replace('"…"', "")
    assert_holds(answers[-1], json.loads(shown))


def test_the_readmes_way_in_out_and_elsewhere_works(tmp_path: Path) -> None:
    said = {"text": "Ann Lee said that the Kelvar dam is safe.", "published": "2024-03-11"}
    (tmp_path / "news.jsonl.gz").write_bytes(gzip.compress(json.dumps(said).encode()))
    (block,) = blocks("console shell")
    program = f"{shlex.quote(sys.executable)} -P -m app"
    script = "set -e\n" + "\n".join(commands(block)).replace("python3 run.py", program)
    run = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": str(PROJECT)}, check=False
    )
    assert run.returncode == 0, run.stderr
    assert "the Kelvar dam is safe" in (tmp_path / "claims.csv").read_text("utf-8")
    assert json.loads(gzip.decompress((tmp_path / "articles.jsonl.gz").read_bytes()))["text"] == said["text"]
    assert "1 article" in run.stdout
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as other:
        assert other.execute("SELECT exact FROM claim").fetchall() == [("the Kelvar dam is safe",)]


def test_every_parameter_of_the_searches_is_in_the_docs() -> None:
    document = json.loads((PROJECT / "openapi.json").read_text("utf-8"))
    told = re.sub(r"(\w+)_from/to", r"\1_from \1_to", API)
    for path in ("/articles", "/claims", "/entities", "/changes"):
        for parameter in document["paths"][path]["get"]["parameters"]:
            assert re.search(rf"\b{parameter['name']}\b", told), f"docs/api.md does not tell of {parameter['name']}"


def test_every_setting_is_listed_with_its_meaning() -> None:
    command = [sys.executable, "-m", "app", "settings"]
    env = {"PYTHONPATH": str(PROJECT), "COLUMNS": "250"}
    listed = subprocess.run(command, capture_output=True, text=True, env=env, check=True).stdout
    for name, field in Settings.model_fields.items():
        assert f"DATELINE_{name.upper()}" in listed
        assert str(field.description)[:20] in listed


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("DATABASE_URL", "nonsense", "'nonsense' is not the address of a database"),
        ("DATABASE_URL", "sqlite://", "an archive in memory would be lost"),
        ("DATABASE_URL", "oracle://host/name", "'oracle' is not a database this version speaks"),
        ("SYNCHRONOUS", "OFF", "SYNCHRONOUS: Input should be 'FULL' or 'NORMAL'"),
        ("EXTRACTOR", "magic", "there is no extractor 'magic'; there are: llm, rules, spacy"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"DATELINE_{setting}", value)
    monkeypatch.setattr(sys, "argv", ["dateline", "serve", "--port", str(free_port())])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert re.fullmatch(f"dateline: .*{re.escape(said)}.*", str(left.value.code))


def commands(block: str) -> list[str]:
    return [command.strip() for command in re.split(r"^\$ ", block, flags=re.MULTILINE) if command.strip()]


def ask(command: str, address: str) -> Any:
    """Does what curl does with -s, -H and -d."""
    _curl, _silent, url, *options = shlex.split(command)
    headers = dict(value.split(": ", 1) for option, value in zip(options[::2], options[1::2], strict=True) if option == "-H")
    data = next((value for option, value in zip(options[::2], options[1::2], strict=True) if option == "-d"), None)
    url = url.replace("http://127.0.0.1:8000", address)
    answer = httpx.request("POST" if data else "GET", url, headers=headers, content=data, trust_env=False, timeout=60)
    return answer.raise_for_status().json()


def assert_holds(whole: Any, part: Any) -> None:
    """All that is shown is in the answer; what is shown shortened may leave out fields, never change them."""
    if isinstance(part, dict):
        for key, value in part.items():
            assert_holds(whole[key], value)
    elif isinstance(part, list):
        assert len(whole) == len(part)
        for one, other in zip(whole, part, strict=True):
            assert_holds(one, other)
    else:
        assert whole == part
