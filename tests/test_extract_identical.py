"""The same text gives the same answer: in another process, and in another Python."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
READ_ALL = """
import json
from datetime import date
from app.extract import find
drafts = json.load(open("app/samples/news.json", encoding="utf-8"))
reader = find("rules")
print([reader.extract(d["text"], date.fromisoformat(d["published"][:10]) if d.get("published") else None) for d in drafts])
"""
OTHERS = [version for version in ("3.11", "3.12", "3.13", "3.14") if version != "{}.{}".format(*sys.version_info)]


def read_all(python: str, seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run([python, "-c", READ_ALL], cwd=PROJECT, env=environment, capture_output=True, check=True).stdout


def is_there(version: str) -> bool:
    """A version manager may have a name on PATH for a Python that it does not start."""
    python = shutil.which(f"python{version}")
    return python is not None and subprocess.run([python, "-V"], capture_output=True, check=False).returncode == 0


def test_two_processes_read_the_same() -> None:
    first = read_all(sys.executable, "1")
    assert b"FoundClaim" in first
    assert read_all(sys.executable, "2") == first


@pytest.mark.parametrize("version", OTHERS)
def test_another_python_reads_the_same(version: str) -> None:
    if not is_there(version):
        pytest.skip(f"there is no python{version} here")
    assert read_all(f"python{version}", "0") == read_all(sys.executable, "0")
