"""What the rules are called changes with whatever can change what they find."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from app.extract import rules
from app.extract.lang import fingerprint


@pytest.mark.parametrize("path", ["lang/en/cues.toml", "lang/en/telling.py", "data/cities.json"])
def test_other_words_and_other_code_are_another_version(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "extract"
    shutil.copytree(str(files("app.extract")), copy)
    monkeypatch.setattr(fingerprint, "files", lambda _: copy)
    assert rules.NAME.endswith(fingerprint.of_rules())
    (copy / path).write_text((copy / path).read_text("utf-8") + "\n", "utf-8")
    assert not rules.NAME.endswith(fingerprint.of_rules())
