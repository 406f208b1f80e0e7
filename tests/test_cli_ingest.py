"""`dateline ingest`: files into the archive, each refused line in a file of its own, and the same command again."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import bulk, cli
from app.errors import StorageFull
from app.settings import Settings
from tests.serving import PROJECT

SAID = "KELVAR – Ann Lee said that the dam of Kelvar is safe."


@pytest.fixture
def archive(client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> TestClient:
    """The terminal stands in an empty folder and works on the same archive."""
    monkeypatch.setenv("DATELINE_DATABASE_URL", settings.database_url)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return client


class Terminal:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capfd = monkeypatch, capfd

    def ingest(self, *arguments: object) -> tuple[Any, str, str]:
        """Exit code, or the sentence that the program ends with; what it printed; what it complained of."""
        self._monkeypatch.setattr(sys, "argv", ["dateline", "ingest", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        printed = self._capfd.readouterr()
        return left.value.code, printed.out, printed.err


@pytest.fixture
def terminal(archive: TestClient, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Terminal:
    assert archive
    return Terminal(monkeypatch, capfd)


def lines(*numbers: int, **fields: Any) -> bytes:
    drafts = ({"text": f"Number {number}.", "url": f"https://news.example/{number}", **fields} for number in numbers)
    return b"".join(json.dumps(draft).encode() + b"\n" for draft in drafts)


def refused(name: str) -> list[dict[str, Any]]:
    return [json.loads(one) for one in Path(name).read_text("utf-8").splitlines()]


def test_every_line_is_stored_and_the_same_again_changes_nothing(terminal: Terminal, archive: TestClient) -> None:
    Path("news.jsonl").write_bytes(lines(1, 2, text=SAID) + b"\n" + lines(3))
    assert terminal.ingest("news.jsonl")[:2] == (0, "3 articles: 3 created.\n")
    assert archive.get("/claims").json()["total"]["value"] == 2
    latest = archive.get("/changes").json()["latest"]
    assert terminal.ingest("news.jsonl")[:2] == (0, "3 articles: 3 unchanged.\n")
    assert archive.get("/changes").json()["latest"] == latest
    assert [path.name for path in Path().iterdir()] == ["news.jsonl"]


def test_what_is_refused_lies_beside_the_file_with_what_is_wrong_and_can_be_mended_and_sent_again(terminal: Terminal) -> None:
    Path("news.jsonl").write_bytes(lines(1) + b'{"txt": "a"}\n{"text": \n' + lines(2) + lines(1, text="Another."))
    code, out, err = terminal.ingest("news.jsonl")
    assert (code, out) == (1, "5 articles: 2 created, 1 conflict, 2 invalid.\n")
    assert "news.jsonl.errors.jsonl" in err
    told = refused("news.jsonl.errors.jsonl")
    assert [(one["line"], one["status"]) for one in told] == [(2, "invalid"), (3, "invalid"), (5, "conflict")]
    assert "did you mean 'text'" in told[0]["errors"][1]["detail"]
    assert [one["sent"] for one in told[:2]] == [{"txt": "a"}, '{"text": ']
    Path("mended.jsonl").write_text(json.dumps({"text": told[0]["sent"]["txt"]}) + "\n" + json.dumps(told[2]["sent"]))
    assert terminal.ingest("mended.jsonl", "--on-conflict", "revise")[:2] == (0, "2 articles: 1 created, 1 revised.\n")


def test_a_table_is_read_by_its_header_whatever_parts_its_columns(terminal: Terminal, archive: TestClient) -> None:
    rows = (
        "text{}Authors{}published{}claims{}extract",
        '"One{}\n""two"""{}Ann Lee; Bo Day{}2024-02{}"[{{""quote"": {{""exact"": ""One""}}}}]"{}false',
    )
    for number, delimiter in enumerate(",;\t"):
        head, row = (part.replace("{}", delimiter) for part in rows)
        row = row.replace("{{", "{").replace("}}", "}")
        if delimiter == ";":
            row = row.replace("Ann Lee; Bo Day", '"Ann Lee; Bo Day"')
        Path(f"{number}.csv").write_bytes(b"\xef\xbb\xbf" + f"{head}\r\n\r\n{row}\r\n".encode())
        assert terminal.ingest(f"{number}.csv")[0] == 0
        article = archive.get(f"/articles/{number + 1}").json()
        assert article["text"] == f'One{delimiter}\n"two"'
        assert (article["authors"], article["published"]) == (["Ann Lee", "Bo Day"], "2024-02")
        assert [claim["quote"]["exact"] for claim in article["claims"]] == ["One"]


def test_a_bad_row_is_refused_alone_by_the_line_that_it_begins_in(terminal: Terminal) -> None:
    long = b"a" * 200_000  # the module csv takes 131,072 by itself
    rows = [
        b"text,published",
        b'"One\ntwo",2024',
        b"x,y,z",
        b"a,yesterday",
        b'"b"b,2024',
        b"\xff,2024",
        long + b",2024",
        b'"open,2024',
    ]
    Path("news.csv").write_bytes(b"\n".join(rows))
    assert terminal.ingest("news.csv", "--errors", "bad.jsonl", "--no-extract")[1] == "7 articles: 2 created, 5 invalid.\n"
    told = [(one["line"], one["errors"][0]["pointer"], one["errors"][0]["detail"][:20]) for one in refused("bad.jsonl")]
    assert told == [
        (4, "", "this row has 3 cells"),
        (5, "/published", "'yesterday' is not a"),
        (6, "", "this row is not CSV:"),
        (7, "/text", "is not UTF-8"),
        (9, "", "this row is not CSV:"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"text,titel\na,b\n", "t.csv cannot be used as a table: there is no 'titel' here; did you mean 'title'?"),
        ("t.csv", b"title,url\na,b\n", "there is no column 'text'"),
        ("t.csv", b"text,text\na,b\n", "the column 'text' is there twice"),
        ("t.csv", b"", "there is no column 'text'"),
        ("t.bin", bytes(range(256)), "t.bin is not text"),
        ("t.zst", b"\x28\xb5\x2f\xfd\x01", "t.zst is not text; JSON Lines or CSV is read, in UTF-8, plain or packed with gzip"),
        ("t.txt", "text\na".encode("utf-16"), "t.txt is UTF-16; save it as UTF-8"),
        ("t.json", b'[\n {"text": "a"}\n]', "t.json holds a JSON array"),
    ],
)
def test_a_file_of_another_kind_is_one_sentence_and_the_others_are_stored(
    terminal: Terminal, name: str, content: bytes, said: str
) -> None:
    Path(name).write_bytes(content)
    Path("good.jsonl").write_bytes(lines(1))
    code, out, err = terminal.ingest(name, "good.jsonl")
    assert (code, out) == (1, "1 article: 1 created.\n")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.jsonl"], "does not exist"),
        ([".", "news.jsonl"], "is a folder"),
        ([".", "--workers", "2"], "taken in as it is"),
        ([".", "--no-extract"], "taken in as it is"),
        ([], "Missing argument"),
        (["news.jsonl", "--errors", "news.jsonl"], "is to be read"),
        (["news.jsonl", "news.jsonl.errors.jsonl"], "is to be read"),
        (["news.jsonl", "--workers", "0"], "workers"),
        (["news.jsonl", "--on-conflict", "replace"], "on-conflict"),
    ],
)
def test_what_cannot_be_meant_ends_with_2(terminal: Terminal, arguments: list[str], said: str) -> None:
    for name in ("news.jsonl", "news.jsonl.errors.jsonl"):
        Path(name).write_bytes(lines(1))
    code, _, err = terminal.ingest(*arguments)
    assert code == 2
    assert said in err


def test_of_a_packed_file_that_ends_in_the_middle_all_that_can_be_read_is_stored(terminal: Terminal) -> None:
    packed = gzip.compress(lines(*range(2000), extract=False))
    Path("whole.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    code, out, err = terminal.ingest("whole.jsonl.gz")
    assert code == 1
    assert 400 < int(out.replace(",", "").split()[0]) < 1600
    assert "ends in the middle" in err
    Path("two.gz").write_bytes(gzip.compress(lines(1, extract=False)) + gzip.compress(lines(5000, extract=False)))
    assert terminal.ingest("two.gz")[:2] == (0, "2 articles: 1 created, 1 unchanged.\n")


def test_processes_that_read_store_what_one_would(terminal: Terminal, archive: TestClient) -> None:
    good = b"".join(lines(number, text=f"{SAID} {number}") for number in range(30))
    Path("news.jsonl").write_bytes(good + lines(40, extract="nothing:else") + b"{}\n" + lines(41, extract=False))
    code, out, _ = terminal.ingest("news.jsonl", "--workers", "2")
    assert (code, out) == (1, "33 articles: 31 created, 2 invalid.\n")
    assert archive.get("/claims").json()["total"]["value"] == 30
    assert [(one["line"], one["errors"][0]["pointer"]) for one in refused("news.jsonl.errors.jsonl")] == [
        (31, "/extract"),
        (32, "/text"),
    ]


def test_a_full_disk_is_one_sentence_and_what_was_stored_is_counted(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    store = bulk.store
    monkeypatch.setattr(bulk, "MOST_LINES", 2)
    monkeypatch.setattr(bulk, "store", lambda *a, **b: store(*a, **b) if a[2][0].number < 3 else full())
    Path("news.jsonl").write_bytes(lines(*range(5)))
    assert terminal.ingest("news.jsonl")[:2] == ("dateline: no room", "2 articles: 2 created.\n")


def full() -> None:
    raise StorageFull("no room")


def start(settings: Settings, tmp_path: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "DATELINE_DATABASE_URL": settings.database_url, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "app", "ingest", "-"]
    return subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_ctrl_c_ends_with_130_and_the_same_command_goes_on(
    settings: Settings, tmp_path: Path, terminal: Terminal, archive: TestClient
) -> None:
    body = lines(*range(600), extract=False)
    process = start(settings, tmp_path)
    assert process.stdin
    process.stdin.write(body)
    process.stdin.flush()
    while not archive.get("/articles?limit=1").json()["items"]:
        time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130
    stored = int(out.split()[0])
    assert 0 < stored <= 600
    assert out == b"%d articles: %d created.\n" % (stored, stored)
    assert b"the same command goes on" in err
    assert b"Traceback" not in err
    Path("all.jsonl").write_bytes(lines(*range(700), extract=False))
    assert terminal.ingest("all.jsonl")[:2] == (0, f"700 articles: {700 - stored} created, {stored} unchanged.\n")
