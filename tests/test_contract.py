"""The running service does what its OpenAPI document says: Schemathesis, every check, every operation."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Settings
from tests.serving import PROJECT, serving


@pytest.mark.long
def test_the_service_keeps_its_contract(settings: Settings, tmp_path: Path) -> None:
    with serving(settings.database_url) as (address, _):
        command = [Path(sys.executable).parent / "schemathesis", "--config-file", PROJECT / "schemathesis.toml", "run"]
        options = [
            "--checks",
            "all",
            "--seed",
            os.environ.get("CONTRACT_SEED", "1"),
            "--continue-on-failure",
            "--request-timeout",
            "30",
        ]
        run = subprocess.run(
            [*command, f"{address}/openapi.json", *options],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "SCHEMATHESIS_HOOKS": str(PROJECT / "tests" / "contract_hooks.py")},
            check=False,
        )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert " passed" in run.stdout
