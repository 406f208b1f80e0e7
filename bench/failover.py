"""What is lost, and for how long nothing is written or read, when PostgreSQL's leader dies: `python3 run.py bench failover`.

Three etcd and three Patroni with a PostgreSQL each, two API processes before them, 16 writers and four readers, all on this
machine. In each case the writers send again and again until they are answered; afterwards all that was acknowledged is looked for.

The exit code is 1 when something was lost, stored twice or in part, or answered with anything but 200, 201 or a 503 that says when
to come again; 2 when a package is missing. Times are printed and not judged: the machine does all of it at once.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import httpx
from rich.console import Console
from rich.table import Table

from bench import callers, cluster
from bench.callers import Callers, Found, Seen
from bench.cluster import Cluster, wait_until
from bench.running import Failed, Took
from bench.serving import PROJECT

CALM_S, SHORT_CALM_S = 5.0, 2.0  # before a case begins, and after all is well again
# As in deploy/: a machine that has vanished without a word is given up after nine seconds.
_VANISHED = {"connect_timeout": "2", "tcp_user_timeout": "9000"}
_VANISHED |= {"keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "2"}
WRITE_HOST = {"target_session_attrs": "read-write", **_VANISHED}
READ_HOST = {"target_session_attrs": "prefer-standby", "load_balance_hosts": "random", **_VANISHED}
_ENDINGS = (signal.SIGINT, signal.SIGTERM)


class Replica:
    """One API process, on a port that it keeps when it is started again."""

    def __init__(self, database: Cluster, port: int, folder: Path) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.log = folder / f"api-{port}.log"
        self._command = [sys.executable, "-P", "-m", "app", "serve", "--port", str(port)]
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "DATELINE_DATABASE_URL": database.url(**WRITE_HOST),
            "DATELINE_READ_DATABASE_URL": database.url(**READ_HOST),
            "DATELINE_WORKER": "false",
            "DATELINE_LOG_LEVEL": "warning",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Until it is ready.

        Raises:
            Failed: with its last words, when it ends or is not ready in two minutes.
        """
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self._command, env=self._environment, cwd=self.log.parent, stdout=log, stderr=log, start_new_session=True
            )
        self._process = process
        wait_until(lambda: self._is_ready() or process.poll() is not None, 120, lambda: f"no answer:\n{self.last_words()}")
        if process.poll() is not None:
            raise Failed(f"the service ended with {process.returncode}:\n{self.last_words()}")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    def _is_ready(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.address}/health/ready", trust_env=False, timeout=5).status_code == 200
        return False


@dataclass(frozen=True, slots=True)
class Setting:
    """What a case has its hands on."""

    database: Cluster
    replicas: Sequence[Replica]
    known: Sequence[int]  # ids of articles that were there before


def kill_leader_node(setting: Setting) -> str:
    """Patroni and PostgreSQL of the leader; both come back, as a service manager would start them, once another leads."""
    database = setting.database
    leader = database.leader() or _nobody_leads()
    with Took() as elected:
        database.kill(leader, patroni=True)
        wait_until(lambda: database.leader() not in (None, leader), 90, lambda: f"no other leads: {database.members()}")
    database.start_node(leader)
    rejoined_s = database.wait_until_whole()
    return f"another led after {elected.seconds:.1f} s; the killed node was a standby in step {rejoined_s:.1f} s after its start"


def switch_over(setting: Setting) -> str:
    database = setting.database
    leader = database.leader() or _nobody_leads()
    with Took() as took:
        database.switch_over(leader)
    wait_until(lambda: database.leader() not in (None, leader), 60, lambda: f"no other leads: {database.members()}")
    whole_s = database.wait_until_whole()
    return f"Patroni answered after {took.seconds:.1f} s; the old leader was a standby in step {whole_s:.1f} s later"


def kill_leader_database(setting: Setting) -> str:
    """Only PostgreSQL: its Patroni starts it again, where it was or as a standby."""
    database = setting.database
    leader = database.leader() or _nobody_leads()
    killed = leader.postmaster
    with Took() as took:
        database.kill(leader, patroni=False)
        wait_until(lambda: leader.postmaster not in (None, killed), 90, lambda: f"PostgreSQL was not started: {database.members()}")
        time.sleep(2 * cluster.LOOP_S)
        database.wait_until_whole()
    leads = database.leader() or _nobody_leads()
    return f"whole again after {took.seconds:.1f} s; {'the same node' if leads is leader else 'another'} leads"


def kill_replica(setting: Setting) -> str:
    """One of the API processes; it comes back after three seconds."""
    replica = setting.replicas[0]
    replica.kill()
    time.sleep(3)
    with Took() as took:
        replica.start()
    return f"it was ready {took.seconds:.1f} s after its start"


CASES: dict[str, Callable[[Setting], str]] = {
    "kill -9 of the leader node": kill_leader_node,
    "planned switchover": switch_over,
    "kill -9 of the leader's PostgreSQL": kill_leader_database,
    "kill -9 of one API process": kill_replica,
}
SHORT = ("kill -9 of the leader node", "planned switchover")


@dataclass(frozen=True, slots=True)
class Result:
    case: str
    seen: Seen
    found: Found

    @property
    def is_good(self) -> bool:
        return not (self.seen.false or self.found.lost or self.found.double or self.found.torn)


def measure(setting: Setting, case: str, calm_s: float, say: Callable[[str], None]) -> Result:
    """Have one case happen under load.

    Raises:
        Failed: when the cluster does not become whole again, or no longer answers afterwards.
    """
    setting.database.wait_until_whole()
    source = case.replace(" ", "-").replace("'", "")
    with Callers([replica.address for replica in setting.replicas], source, setting.known) as asking:
        time.sleep(calm_s)
        say(f"{case}: {CASES[case](setting)}")
        time.sleep(calm_s)
    setting.database.wait_until_whole()  # the standbys have everything: what is missing now is missing
    return Result(case, asking.seen, callers.find(setting.replicas[1].address, source, list(asking.seen.acknowledged)))


def table(results: Sequence[Result]) -> Table:
    shown = Table("", *(result.case for result in results))
    rows: dict[str, Callable[[Result], str]] = {
        "longest gap between acknowledged writes": lambda result: f"{result.seen.write_gap_s():.2f} s",
        "acknowledged": lambda result: f"{len(result.seen.acknowledged):,}",
        "lost": lambda result: f"{len(result.found.lost):,}",
        "double": lambda result: f"{len(result.found.double):,}",
        "stored in part": lambda result: f"{len(result.found.torn):,}",
        "stored, answer lost and never repeated": lambda result: f"{result.found.unacknowledged:,}",
        "answers to writes": lambda result: _counts(result.seen.writes),
        "false answers": lambda result: f"{len(result.seen.false):,}",
        "longest gap between searches answered": lambda result: f"{result.seen.list_gap_s():.2f} s",
        "longest gap between articles answered": lambda result: f"{result.seen.single_gap_s():.2f} s",
        "reads answered": lambda result: f"{len(result.seen.lists) + len(result.seen.singles):,}",
        "failed reads": lambda result: _counts(result.seen.failed_reads),
    }
    for name, cell in rows.items():
        shown.add_row(name, *(cell(result) for result in results))
    return shown


def run(*, short: bool, screen: Console) -> int:
    """The exit code."""
    began = time.monotonic()
    with cluster.running() as database, _replicas(database) as replicas:
        screen.print(f"set up in {time.monotonic() - began:.1f} s")
        setting, calm_s = Setting(database, replicas, callers.seed(replicas[0].address)), SHORT_CALM_S if short else CALM_S
        results = [measure(setting, case, calm_s, screen.print) for case in (SHORT if short else CASES)]
        screen.print(table(results))
        bad = [result for result in results if not result.is_good]
        for result in bad:
            screen.print(f"{result.case}: {[*result.seen.false[:5], *result.found.lost[:5], *result.found.double[:5]]}")
        if bad:
            for replica in replicas:
                screen.print(replica.last_words())
    total = sum(len(result.seen.acknowledged) for result in results)
    lost, double = (sum(len(getattr(result.found, what)) for result in results) for what in ("lost", "double"))
    screen.print(f"acknowledged {total}, lost {lost}, double {double}, false answers {sum(len(r.seen.false) for r in results)}")
    return 1 if bad else 0


@contextmanager
def _replicas(database: Cluster) -> Iterator[list[Replica]]:
    """Two API processes, ready; the first has made the tables before the second begins."""
    with tempfile.TemporaryDirectory(prefix="dateline-api-") as folder:
        replicas = [Replica(database, port, Path(folder)) for port in cluster.free_ports(2)]
        try:
            for replica in replicas:
                replica.start()
            yield replicas
        finally:
            for replica in replicas:
                replica.kill()


def _counts(counted: dict[str, int]) -> str:
    return ", ".join(f"{what}: {count:,}" for what, count in sorted(counted.items())) or "none"


def _nobody_leads() -> cluster.Node:
    raise Failed("the cluster has no leader")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help=f"only: {', '.join(SHORT)}")
    asked = parser.parse_args()
    if absent := cluster.missing():
        print(f"the bench needs what is missing here; on Debian and Ubuntu: apt install {' '.join(absent)}", file=sys.stderr)
        sys.exit(2)
    for ending in _ENDINGS:
        signal.signal(ending, _end)
    try:
        sys.exit(run(short=asked.short, screen=Console(highlight=False, markup=False, soft_wrap=True)))
    except Failed as error:
        sys.exit(str(error))


def _end(number: int, _: object) -> None:
    """Stop and remove everything, once."""
    for ending in _ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
