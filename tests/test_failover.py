"""PostgreSQL's leader dies and hands over under load, and nothing that was answered is lost; see bench/failover.py."""

import os
import re
import subprocess
import sys

import pytest

from bench import cluster
from tests.serving import PROJECT

ABSENT = cluster.missing()
REQUIRED = os.environ.get("DATELINE_TEST_POSTGRESQL") == "required"


@pytest.mark.long
@pytest.mark.skipif(bool(ABSENT) and not REQUIRED, reason=f"needs a cluster; on Debian and Ubuntu: apt install {' '.join(ABSENT)}")
def test_nothing_is_lost_or_stored_twice_when_the_leader_is_killed_or_hands_over() -> None:
    command = [sys.executable, "bench/failover.py", "--short"]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    print(ran.stdout)  # the gaps, which depend on the machine
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (told,) = re.findall(r"^acknowledged (\d+), lost (\d+), double (\d+), false answers (\d+)$", ran.stdout, re.MULTILINE)
    acknowledged, *wrong = map(int, told)
    assert acknowledged > 0
    assert wrong == [0, 0, 0]
