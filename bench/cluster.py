"""A PostgreSQL that fails over: three etcd, and three Patroni with a PostgreSQL each, all processes of this machine.

From Debian's packages, on loopback, in a folder that goes when it ends. PostgreSQL refuses to run as root: started by root,
all runs as `postgres`.
"""

import contextlib
import os
import pwd
import random
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import httpx

from bench.running import Failed
from bench.serving import PROJECT

NODES = 3
NOTHING: Mapping[str, str] = MappingProxyType({})
NAME = "dateline"  # of the database and of the role that owns it
# Both are run by Debian's own Python or none, whatever `python3` is on the path.
PATRONI, ETCD = Path("/usr/bin/patroni"), Path("/usr/bin/etcd")
DEPLOYED = PROJECT / "deploy" / "patroni"  # what is measured is what is deployed
LOOP_S = 5.0  # between two rounds of Patroni: what it says of others is as old as its last one


def missing() -> list[str]:
    """Debian's packages that are not here."""
    there = {"patroni": PATRONI.exists(), "etcd-server": ETCD.exists(), "postgresql": bool(_programs())}
    return [package for package, is_there in there.items() if not is_there]


@dataclass(slots=True)
class Node:
    """One Patroni with its PostgreSQL; `port` is PostgreSQL's, `rest` that of Patroni's own API."""

    number: int
    folder: Path
    port: int
    rest: int
    patroni: "subprocess.Popen[bytes] | None" = None

    @property
    def name(self) -> str:
        return f"node{self.number}"

    @property
    def postmaster(self) -> int | None:
        """The process id of its PostgreSQL, if one is running."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            process = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
            if _is_running(process):
                return process
        return None


@dataclass(slots=True)
class Cluster:
    folder: Path
    nodes: list[Node]
    password: str
    etcds: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    stores: list[str] = field(default_factory=list)  # host:port of each etcd

    def url(self, **options: str) -> str:
        """Of its database, with all nodes as hosts."""
        hosts = "&".join(f"host=127.0.0.1:{node.port}" for node in self.nodes)
        return f"postgresql+psycopg://{NAME}:{self.password}@/{NAME}?{hosts}&{urlencode(options)}"

    def leader(self) -> Node | None:
        """The node that holds the lease and takes writes, as Patroni sees it."""
        found = [member for member in self.members() if member["role"] == "leader" and member["state"] == "running"]
        return next((node for node in self.nodes if found and node.name == found[0]["name"]), None)

    def members(self) -> list[dict[str, Any]]:
        """What the first Patroni that answers says of all: `name`, `role`, `state`, and `lag` in bytes of standbys."""
        for node in self.nodes:
            with contextlib.suppress(httpx.HTTPError, ValueError):
                answer = httpx.get(f"http://127.0.0.1:{node.rest}/cluster", trust_env=False, timeout=2)
                return list(answer.json()["members"])
        return []

    def is_whole(self) -> bool:
        """Whether there is a leader, with both standbys in step, one of them synchronous."""
        members = self.members()
        roles = sorted(member["role"] for member in members)
        in_step = all(member["state"] in {"running", "streaming"} and member.get("lag", 0) == 0 for member in members)
        return roles == ["leader", "replica", "sync_standby"] and in_step

    def wait_until_whole(self, within_s: float = 120) -> float:
        """Seconds that it took.

        Raises:
            Failed: when it takes longer.
        """
        return wait_until(self.is_whole, within_s, lambda: f"the cluster is not whole: {self.members()}")

    def kill(self, node: Node, *, patroni: bool) -> None:
        """End its PostgreSQL with -9, with all of its processes, and its Patroni before it can start another."""
        if patroni and node.patroni is not None:
            node.patroni.kill()
            node.patroni.wait()
        if (postmaster := node.postmaster) is not None:
            for process in (postmaster, *_children(postmaster)):
                _signal(process, signal.SIGKILL)

    def start_node(self, node: Node) -> None:
        _owned(node.folder)
        told = {
            "NAME": node.name,
            "ETCD3_HOSTS": ",".join(f"'{store}'" for store in self.stores),
            "RESTAPI_LISTEN": f"127.0.0.1:{node.rest}",
            "RESTAPI_CONNECT_ADDRESS": f"127.0.0.1:{node.rest}",
            "POSTGRESQL_LISTEN": f"127.0.0.1:{node.port}",
            "POSTGRESQL_CONNECT_ADDRESS": f"127.0.0.1:{node.port}",
            "POSTGRESQL_BIN_DIR": str(_programs()),
            "POSTGRESQL_DATA_DIR": str(node.folder / "data"),
            "POSTGRESQL_PGPASS": str(node.folder / "pgpass"),
            **{f"{role}_PASSWORD": self.password for role in ("SUPERUSER", "REPLICATION", "REWIND")},
        }
        own = {"DATELINE_PASSWORD": self.password, **{f"PATRONI_{name}": value for name, value in told.items()}}
        node.patroni = _start([str(PATRONI), str(self.folder / "patroni.yml")], node.folder, "patroni", own)

    def switch_over(self, leader: Node) -> None:
        """Ask Patroni to hand the lead over to the synchronous standby.

        Raises:
            Failed: when it refuses.
        """
        candidate = next(member["name"] for member in self.members() if member["role"] == "sync_standby")
        asked = {"leader": leader.name, "candidate": candidate}
        answer = httpx.post(f"http://127.0.0.1:{leader.rest}/switchover", json=asked, trust_env=False, timeout=60)
        if answer.status_code not in {200, 202}:
            raise Failed(f"Patroni refused the switchover: {answer.status_code} {answer.text}")

    def last_words(self) -> str:
        """The ends of all logs, for when it does not come up."""
        logs = sorted(self.folder.glob("*/*.log"))
        return "\n".join(f"{log.parent.name}/{log.name}: {log.read_text(errors='replace')[-600:]}" for log in logs)


@contextmanager
def running() -> Iterator[Cluster]:
    """A cluster that is whole, with an empty database, as deploy/ sets it up; all of it is stopped and removed when the block ends.

    Raises:
        Failed: when it does not come up in two minutes.
    """
    folder = Path(tempfile.mkdtemp(prefix="dateline-cluster-"))
    if _as_whom() and not all(above.stat().st_mode & stat.S_IXOTH for above in folder.parents):
        folder.rmdir()
        raise Failed(f"the user postgres may not enter {folder.parent}; point TMPDIR to a folder that everybody may enter")
    ports = free_ports(4 * NODES)
    nodes = [Node(number, folder / f"node{number}", ports.pop(), ports.pop()) for number in range(1, NODES + 1)]
    cluster = Cluster(folder, nodes, secrets.token_hex(16))
    try:
        _owned(folder)
        _configure(cluster)
        _start_etcd(cluster, ports)
        for node in nodes:
            cluster.start_node(node)
        try:
            cluster.wait_until_whole()
        except Failed as error:
            raise Failed(f"{error}\n{cluster.last_words()}") from None
        yield cluster
    finally:
        _stop(cluster)
        shutil.rmtree(folder, ignore_errors=True)


def wait_until(holds: Callable[[], bool], within_s: float, otherwise: Callable[[], str]) -> float:
    """Seconds that it took.

    Raises:
        Failed: with `otherwise` when it takes longer.
    """
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > within_s:
            raise Failed(f"{otherwise()} after {within_s:.0f} s")
        time.sleep(0.2)
    return time.monotonic() - began


def _start_etcd(cluster: Cluster, ports: list[int]) -> None:
    clients = [f"127.0.0.1:{ports.pop()}" for _ in range(NODES)]
    peers = {f"etcd{number}": f"http://127.0.0.1:{ports.pop()}" for number in range(1, NODES + 1)}
    cluster.stores = clients
    for client, (name, peer) in zip(clients, peers.items(), strict=True):
        own = cluster.folder / name
        _owned(own)
        options = {
            "name": name,
            "data-dir": own / "data",
            "listen-client-urls": f"http://{client}",
            "advertise-client-urls": f"http://{client}",
            "listen-peer-urls": peer,
            "initial-advertise-peer-urls": peer,
            "initial-cluster": ",".join(f"{other}={address}" for other, address in peers.items()),
            # The defaults, a tenth of it, mean machines of their own; here twelve processes share a few cores and one disk.
            "heartbeat-interval": 200,
            "election-timeout": 2000,
            "log-level": "warn",
        }
        cluster.etcds.append(_start([str(ETCD), *(f"--{key}={value}" for key, value in options.items())], own, "etcd"))


def _configure(cluster: Cluster) -> None:
    """Patroni's file, with the few paths changed that the environment can't; read by all nodes."""
    told = (DEPLOYED / "patroni.yml").read_text()
    script = Path(shutil.copy(DEPLOYED / "make-database", cluster.folder))
    for given, own in {"/usr/local/bin/make-database": str(script), "/run/postgresql": "''"}.items():
        if given not in told:
            raise Failed(f"deploy/patroni/patroni.yml no longer says {given}")
        told = told.replace(given, own)
    (cluster.folder / "patroni.yml").write_text(told)


def _stop(cluster: Cluster) -> None:
    """Patroni first, so that it starts nothing anew; then PostgreSQL by its immediate stop, which frees its shared memory."""
    for node in cluster.nodes:
        if node.patroni is not None:
            node.patroni.kill()
            node.patroni.wait()
    for node in cluster.nodes:
        if (postmaster := node.postmaster) is not None:
            _signal(postmaster, signal.SIGQUIT)
    for etcd in cluster.etcds:
        etcd.kill()
        etcd.wait()
    for node in cluster.nodes:
        with contextlib.suppress(Failed):
            wait_until(lambda node=node: node.postmaster is None, 10, str)  # type: ignore[misc]
        cluster.kill(node, patroni=False)


def _programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parent.parent.name))
    return found[-1].parent if found else None


def _start(command: list[str], folder: Path, log: str, own: Mapping[str, str] = NOTHING) -> "subprocess.Popen[bytes]":
    """With `own` in its environment; in a session of its own, so that Ctrl-C reaches this process only, which then stops all."""
    environment = {"PATH": f"{_programs()}:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder), **own}
    with (folder / f"{log}.log").open("ab") as written:
        return subprocess.Popen(
            command, cwd=folder, env=environment, stdout=written, stderr=written, start_new_session=True, **_as_whom()
        )


def _as_whom() -> Mapping[str, Any]:
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _owned(path: Path) -> None:
    """There, and of the user that everything is run as."""
    if not path.exists():
        path.mkdir(mode=0o700)
    if owner := _as_whom():
        os.chown(path, owner["user"], owner["group"])


def free_ports(count: int) -> list[int]:
    """Below those that outgoing connections are given, one of which could sit on a killed node's port when it comes back."""
    found: list[int] = []
    for port in random.sample(range(20_000, 32_000), 1000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise Failed(f"there are no {count} free ports")


def _children(process: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


def _is_running(process: int) -> bool:
    """A process that has ended and waits to be noticed by its parent is not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _signal(process: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, what)
