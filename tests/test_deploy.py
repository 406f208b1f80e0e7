"""What stands in deploy/ and docs/deploy.md is what the program and the measured cluster use."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml

from app.settings import Settings
from bench import failover
from tests.serving import PROJECT

DEPLOY = PROJECT / "deploy"
OWN = {f"DATELINE_{name.upper()}" for name in Settings.model_fields}
ADDRESSES = {"DATELINE_DATABASE_URL": failover.WRITE_HOST, "DATELINE_READ_DATABASE_URL": failover.READ_HOST}


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8")))


def told_by_compose() -> dict[str, str]:
    told = compose()["services"]["api1"]["environment"]
    return {name: re.sub(r"\$\{[^}]*\}", "SECRET", value) for name, value in told.items()}


def told_by_systemd() -> dict[str, str]:
    return dict(re.findall(r"^(DATELINE_\w+)=(.*)$", (DEPLOY / "systemd" / "dateline.env").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("told", [told_by_compose, told_by_systemd])
def test_only_settings_that_there_are_are_set_and_with_the_options_that_are_measured(told: Any) -> None:
    assert told().keys() <= OWN
    for name, options in ADDRESSES.items():
        asked = parse_qs(told()[name].partition("?")[2])
        assert len(asked.pop("host")) == 3
        assert {key: value for key, (value,) in asked.items()} == options


def test_every_file_that_compose_names_is_there() -> None:
    services = compose()["services"].values()
    for folder in {service["build"] for service in services if "build" in service}:
        assert (DEPLOY / folder / "Dockerfile").is_file()
    mounted = [volume.split(":")[0] for service in services for volume in service.get("volumes", [])]
    assert all((DEPLOY / name).is_file() for name in mounted if name.startswith("."))
    assert {name for name in mounted if not name.startswith(".")} == compose()["volumes"].keys()


@pytest.mark.skipif(shutil.which("haproxy", path="/usr/sbin:/usr/bin") is None, reason="needs haproxy")
def test_haproxy_takes_its_configuration(tmp_path: Path) -> None:
    told = (DEPLOY / "haproxy.cfg").read_text("utf-8")
    (tmp_path / "haproxy.cfg").write_text(re.sub(r"api[12]:8000", "127.0.0.1:8000", told))
    program = shutil.which("haproxy", path="/usr/sbin:/usr/bin")
    checked = subprocess.run([program, "-c", "-f", str(tmp_path / "haproxy.cfg")], capture_output=True, text=True, check=False)
    assert (checked.returncode, "WARNING" in checked.stderr) == (0, False), checked.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in (DEPLOY / "systemd").glob("*.service"):
        told = unit.read_text("utf-8").replace("/opt/dateline/.venv/bin/python", shutil.which("true") or "")
        (tmp_path / unit.name).write_text(told)
    checked = subprocess.run(
        ["systemd-analyze", "verify", *sorted(map(str, tmp_path.glob("*.service")))], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, str(tmp_path) in checked.stderr) == (0, False), checked.stderr
