#!/usr/bin/env python3
"""Starts Dateline from a fresh checkout: installs what it needs once, then hands over.

    python3 run.py demo           a sample loaded, three questions answered, then served on this machine
    python3 run.py test [ARGS]    the whole test suite, or what pytest makes of ARGS
    python3 run.py test-extras    the tests of what needs an extra, after fetching the extras (spaCy: 200 MB)
    python3 run.py serve          the service; its database is dateline.db in the folder you are in
    python3 run.py bench NAME …   bench/NAME.py, such as: bench extraction GOLD.jsonl
    python3 run.py lock [ARGS]    makes requirements/*.txt again (needs uv; --upgrade for newer versions)
    python3 run.py ANYTHING       any other command of dateline, listed below

It needs Python 3.11 or newer and either uv or pip. Everything is installed into .venv beside this file, or into your
cache folder if that can't be written. The first start takes a minute or two, later ones nothing.
"""
# Standard library only, in the grammar of Python 3.6: what is too old gets a sentence and not a SyntaxError.

import contextlib
import errno
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import IO

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("run.py: Dateline needs Python 3.11 or newer, this is {}.{}; try python3.11, 3.12 or 3.13.".format(*sys.version_info))
if sys.platform != "win32":
    import fcntl

PROJECT = Path(__file__).resolve().parent
LOCKS = {name: PROJECT / "requirements" / f"{name}.txt" for name in ("run", "dev", "extras")}
# The dev lock holds all of the run lock, and that of the extras all of the dev lock: tests/test_setup.py
ENOUGH_FOR = {"run": {"run", "dev", "extras"}, "dev": {"dev", "extras"}, "extras": {"extras"}}
NEEDED_MB = {"run": 450, "dev": 600, "extras": 900}  # measured 292, 412 and 601 installed, and the wheels while they are unpacked
EXTRAS = ["tests/test_extract_spacy.py"]
START = ["-P", "-m", "app"]  # -P: an app/ in the folder you are in is not ours
HELD, READY = "dateline.lock", "dateline.ready"  # in the environment's folder; READY is written last

REASONS = {
    "do not match the hashes|hash mismatch": "a package differs from the one that was locked (its hash is wrong): it was not used."
    " Look at the mirror or proxy that served it; if requirements/ was edited, make it again with: python3 run.py lock",
    "no space left|os error 28|errno 28|disk quota": "there is no space left on the disk. Free some, or point TMPDIR elsewhere"
    " if it is the temporary folder that is full, and start again.",
    "certificate.verify.failed|invalid peer certificate": "the package index shows a certificate that is not trusted here."
    " Behind a proxy of your own, name its certificates in SSL_CERT_FILE (and PIP_CERT), and start again.",
    "new connection|connection (refused|reset|broken)|resolution|dns error|timed out|sending request|versions: none|was disabled":
    "the package index can't be reached. Is there a network? Connect, or name a mirror in PIP_INDEX_URL"
    " (with uv: UV_DEFAULT_INDEX), and start again.",
}  # fmt: skip


def main(arguments: list[str]) -> int:
    command, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    if command == "lock":
        return make_locks(rest)
    if command == "test":
        python = prepare("dev")
        os.chdir(PROJECT)
        return hand_over(python, ["-m", "pytest", *(rest or ["-n", "auto", "--dist", "worksteal"])])
    if command == "test-extras":
        python = prepare("extras")
        os.chdir(PROJECT)
        return hand_over(python, ["-m", "pytest", *(rest or EXTRAS)])
    if command == "bench":
        path = benchmark(rest)
        return hand_over(prepare("dev"), [str(path), *rest[1:]])
    if command in {"--help", "-h"}:
        print(__doc__, flush=True)
    return hand_over(prepare("run"), [*START, command, *rest])


def benchmark(arguments: list[str]) -> Path:
    files = sorted((PROJECT / "bench").glob("*.py"))
    there = {path.stem: path for path in files if "__main__" in path.read_text("utf-8")}
    if not arguments or arguments[0] not in there:
        sys.exit(f"run.py: name one of the benchmarks: {', '.join(there)}")
    return there[arguments[0]]


def hand_over(python: Path, arguments: list[str]) -> int:  # noqa: RET503
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    if sys.platform == "win32":
        return subprocess.call([str(python), *arguments])
    os.execv(python, [str(python), *arguments])


# The environment


def prepare(lock: str) -> Path:
    """The environment's python, after installing whatever is missing."""
    for folder in folders():
        if ready(folder, lock):
            return python_of(folder)
    usable = next((folder for folder in folders() if can_be_made(folder)), None)
    if usable is None:
        sys.exit("run.py: there is nowhere to install to; none of these can be written: " + ", ".join(map(str, folders())))
    with alone(usable) as held:
        if not ready(usable, lock):  # whoever held it before may have done the work
            install(usable, lock, held)
    return python_of(usable)


def folders() -> list[Path]:
    key = hashlib.sha256(os.fsencode(PROJECT)).hexdigest()[:16]
    caches = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return [PROJECT / ".venv", caches / "dateline" / key, Path(tempfile.gettempdir()) / f"dateline-{key}"]


def can_be_made(folder: Path) -> bool:
    """Whether it can be written. An environment that somebody made for themselves is left alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / HELD).exists():
            return False
        (folder / HELD).touch()
    except OSError:
        return False
    return is_trusted(folder) and os.access(folder, os.W_OK)


def is_trusted(folder: Path) -> bool:
    """Anybody may write to the temporary folder; what another user put there in our name is not run."""
    return sys.platform == "win32" or folder.lstat().st_uid in {0, os.getuid(), PROJECT.stat().st_uid}


def python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def stamp_for(lock: str) -> str:
    """What an environment depends on: the locked packages, and the Python and platform they were chosen for."""
    return f"{lock} {hashlib.sha256(LOCKS[lock].read_bytes()).hexdigest()} {sysconfig.get_config_var('EXT_SUFFIX')}\n"


def stamp_in(folder: Path) -> str:
    try:
        return (folder / READY).read_text()
    except OSError:
        return ""


def ready(folder: Path, lock: str) -> bool:
    return stamp_in(folder) in map(stamp_for, ENOUGH_FOR[lock]) and python_of(folder).exists() and is_trusted(folder)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[int]:
    """One start at a time installs into a folder; the others wait. Gives the descriptor that holds the lock."""
    with (folder / HELD).open("a") as file:
        if sys.platform != "win32":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("run.py: another start is installing; waiting for it …", file=sys.stderr, flush=True)
                fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


# Installing


def install(folder: Path, lock: str, held: int) -> None:
    free_mb = shutil.disk_usage(folder).free // 2**20
    if free_mb < NEEDED_MB[lock]:
        sys.exit(f"run.py: {NEEDED_MB[lock]} MB are needed in {folder}, {free_mb} MB are free. Free some space and start again.")
    command = installer(python_of(folder), LOCKS[lock])
    same_python = stamp_in(folder).endswith(stamp_for(lock).split()[-1] + "\n") and python_of(folder).exists()
    (folder / READY).unlink(missing_ok=True)
    if not same_python:  # another Python, or an installation that was interrupted: from the start
        clear(folder)
        venv.EnvBuilder(symlinks=sys.platform != "win32", with_pip=False).create(folder)
    title = "installing {} packages".format(len(re.findall(r"^[\w.-]+==", LOCKS[lock].read_text(), re.MULTILINE)))
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        if watch(start(command, log, held), title) != 0:
            log.seek(0)
            sys.exit(f"run.py: Dateline could not be installed: {reason(log.read())}")
    (folder / READY).write_text(stamp_for(lock))


def start(command: list[str], log: IO[str], held: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env={**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        start_new_session=True,  # pip works through a child of its own: both are stopped as one group
        pass_fds=[] if sys.platform == "win32" else [held],  # if we are killed, the next start still waits for it
    )


def installer(python: Path, lock: Path) -> list[str]:
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "sync", "--require-hashes", "--python", str(python), str(lock)]
    if importlib.util.find_spec("pip"):  # Debian's own pip may not install for itself, but into another environment
        pip = [sys.executable, "-m", "pip", "--python", str(python)]
        return [*pip, "install", "--no-compile", "--require-hashes", "--retries", "2", "-r", str(lock)]
    sys.exit("run.py: neither uv nor pip was found. Install one of them (on Debian and Ubuntu: apt install python3-pip).")


def clear(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != HELD:
            entry.unlink()


def watch(process: "subprocess.Popen[bytes]", title: str) -> int:
    """Waits, showing the seconds: in place on a terminal, a line every ten seconds elsewhere."""
    started, due, terminal = time.monotonic(), 0, sys.stderr.isatty()
    before, after, pause = ("\r", "", 1) if terminal else ("", "\n", 10)
    try:
        while process.returncode is None:
            seconds = int(time.monotonic() - started)
            if seconds >= due:
                due = seconds + pause
                print(f"{before}run.py: {title} … {seconds} s", end=after, file=sys.stderr, flush=True)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
    except KeyboardInterrupt:
        process.terminate() if sys.platform == "win32" else os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        raise
    finally:
        print(end="\n" * terminal, file=sys.stderr, flush=True)
    return process.returncode


def reason(log: str) -> str:
    for pattern, sentence in REASONS.items():
        if re.search(pattern, log, re.IGNORECASE):
            return sentence
    return "the installer's last words were\n" + "\n".join(log.splitlines()[-15:])


def make_locks(arguments: list[str]) -> int:
    """Hashes of every published file of every package, and no address: a mirror serves as well as the public index."""
    uv = shutil.which("uv") or sys.exit("run.py: making the lock files needs uv, which is not on PATH.")
    os.chdir(PROJECT)
    common = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--quiet"]
    run, alike = ["--extra", "postgresql"], ["--constraint", "requirements/dev.txt"]
    dev = [*run, "--extra", "dev"]
    locks = {"dev": dev, "run": [*run, *alike], "extras": [*dev, "--extra", "spacy", *alike]}
    for name, options in locks.items():
        output = ["--output-file", f"requirements/{name}.txt"]
        if subprocess.call([uv, "pip", "compile", *common, *options, *arguments, *output, "pyproject.toml"]) != 0:
            return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        sys.exit("run.py: there is no space left on the disk. Free some and start again.")
