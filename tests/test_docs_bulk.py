"""What docs/bulk.md shows is what happens."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import PROJECT, serving

DOCS = (PROJECT / "docs" / "bulk.md").read_text("utf-8")


def run(command: str, folder: Path) -> str:
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(PROJECT), "no_proxy": "127.0.0.1"}
    return subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


@pytest.mark.skipif(not shutil.which("curl"), reason="it shows curl")
def test_the_commands_print_what_is_shown(tmp_path: Path) -> None:
    for name, content in re.findall(r"^```(?:jsonl|csv) (\S+)\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL):
        (tmp_path / name).write_text(content)
    (tmp_path / "dateline").write_text(f'#!/bin/sh\nexec {sys.executable} -m app "$@"\n')
    (tmp_path / "dateline").chmod(0o755)
    shown = "".join(re.findall(r"^```console\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL))
    commands = re.findall(r"^\$ (.*?)\n(.*?)(?=^\$ |\Z)", shown, re.MULTILINE | re.DOTALL)
    assert len(commands) == 4
    for command, printed in commands[:3]:
        assert run(command, tmp_path) == printed
    with serving(f"sqlite:///{tmp_path / 'dateline.db'}") as (address, _):
        command, printed = commands[3]
        assert run(command.replace("http://127.0.0.1:8000", address), tmp_path) == printed
