"""run.py, the lock files and the Dockerfile: that they say the same, and what a first start does on a machine that is not perfect.

The starts are real processes on a copy of the project. Where an installer must succeed or fail in a chosen way, a shell script
named uv stands first on PATH; where the network must be missing, the true installers are sent to a closed port.
"""

import ast
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from packaging.requirements import Requirement

from app.main import create_app

PROJECT = Path(__file__).resolve().parent.parent
LOCKS = ["run", "dev", "extras"]
BASE_PYTHON = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
STAND_IN = """
import json, os, sys
print(json.dumps({"app": __file__, "arguments": sys.argv[1:], "cwd": os.getcwd(), "python": sys.executable}))
sys.exit(7 if "seven" in sys.argv else 0)
"""


def locked(name: str) -> dict[str, list[str]]:
    """Each `package==version`, with its hashes."""
    text = re.sub(r"^\s*#.*\n", "", (PROJECT / "requirements" / f"{name}.txt").read_text(), flags=re.MULTILINE)
    entries = text.replace("\\\n", " ").splitlines()
    return {entry.split()[0]: re.findall(r"--hash=sha256:[0-9a-f]{64}(?!\S)", entry) for entry in entries}


def declared(extra: str | None = None) -> list[Requirement]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    return [Requirement(line) for line in (project["optional-dependencies"][extra] if extra else project["dependencies"])]


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("runner", PROJECT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The lock files


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_address_and_no_option(name: str) -> None:
    text = (PROJECT / "requirements" / f"{name}.txt").read_text()
    assert not re.findall(r"\S*(?:://|file:|\s@\s|^-|\.(?:com|org|net|io)\b)\S*", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_an_exact_version_and_a_hash(name: str) -> None:
    assert {package for package, hashes in locked(name).items() if not hashes or "==" not in package} == set()


def test_the_dev_lock_holds_all_of_the_run_lock_in_the_same_versions_and_files() -> None:
    assert locked("run").items() <= locked("dev").items()


def test_the_lock_of_the_extras_holds_all_of_the_dev_lock_in_the_same_versions_and_files() -> None:
    assert locked("dev").items() <= locked("extras").items()


@pytest.mark.parametrize(("extra", "name"), [(None, "run"), ("postgresql", "run"), ("dev", "dev"), ("spacy", "extras")])
def test_every_declared_dependency_is_locked_in_a_version_that_is_allowed(extra: str | None, name: str) -> None:
    versions = dict(package.split("==") for package in locked(name))
    missing = [str(one) for one in declared(extra) if not one.specifier.contains(versions.get(one.name, "0"), prereleases=True)]
    assert missing == []


# The wheel


def test_the_wheel_holds_the_program_with_its_data_and_the_migrations() -> None:
    wheel = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel == {"packages": ["app", "migrations"]}  # all that stands in them, but for what git ignores
    ignored = [line.strip("/") for line in (PROJECT / ".gitignore").read_text().splitlines()]
    data = ["app/samples/news.json", "app/api/examples.json", "migrations/script.py.mako", "migrations/versions/*.py"]
    for pattern in [*data, "app/extract/data/*.json", "app/extract/lang/*/*.toml"]:
        found = [path.relative_to(PROJECT) for path in PROJECT.glob(pattern)]
        assert found, pattern
        assert not [path for path in found for part in path.parts if any(fnmatch(part, one) for one in ignored)]


# The Dockerfile


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (PROJECT / "Dockerfile").read_text().replace("\\\n", " ")


def test_the_image_is_installed_by_the_command_that_run_py_uses(
    dockerfile: str, runner: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner.shutil, "which", lambda _: None)
    monkeypatch.setattr(runner.importlib.util, "find_spec", lambda _: True)
    command = runner.installer(Path("/venv/bin/python"), Path("/requirements/run.txt"))
    assert f"RUN {' '.join(['python', *command[1:]])}\n" in dockerfile
    assert "COPY requirements/run.txt /requirements/run.txt\n" in dockerfile


def test_the_image_starts_what_run_py_starts(dockerfile: str, runner: ModuleType) -> None:
    assert f"ENTRYPOINT {json.dumps(['/venv/bin/python', *runner.START])}\n" in dockerfile
    assert 'CMD ["serve", "--host", "0.0.0.0"]\n' in dockerfile


def test_the_image_runs_on_a_python_that_pyproject_names(dockerfile: str) -> None:
    classifiers = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["classifiers"]
    for version in re.findall(r"^FROM python:(3\.\d+)-slim", dockerfile, re.MULTILINE):
        assert f"Programming Language :: Python :: {version}" in classifiers


def test_the_health_check_asks_a_path_that_is_served(dockerfile: str) -> None:
    path = re.findall(r"HEALTHCHECK.*http://127\.0\.0\.1:8000(/[^']+)'", dockerfile)[0]
    assert path in create_app().openapi()["paths"]


def test_the_image_is_left_to_a_user_without_rights_and_keeps_its_data_in_a_volume(dockerfile: str) -> None:
    assert re.findall(r"^USER (.+)$", dockerfile, re.MULTILINE) == ["dateline"]
    assert "VOLUME /data\n" in dockerfile
    assert "DATELINE_DATABASE_URL=sqlite:////data/dateline.db\n" in dockerfile


def test_everything_that_is_copied_into_the_image_passes_the_ignore_file(dockerfile: str) -> None:
    passing = set(re.findall(r"^!(.+)$", (PROJECT / ".dockerignore").read_text(), re.MULTILINE))
    assert set(re.findall(r"^COPY (?!--from)(\S+)", dockerfile, re.MULTILINE)) == passing


# run.py by itself


def test_run_py_parses_on_python_3_6_and_imports_the_standard_library_only() -> None:
    tree = ast.parse((PROJECT / "run.py").read_text(), feature_version=(3, 6))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_a_python_that_is_too_old_is_told_so() -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0); runpy.run_path('run.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", pretend], cwd=PROJECT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        1,
        "run.py: Dateline needs Python 3.11 or newer, this is 3.9; try python3.11, 3.12 or 3.13.\n",
    )


# First starts


class Checkout:
    """A copy of the project whose `app` only says how it was started, on a machine whose uv does as it is told."""

    def __init__(self, folder: Path) -> None:
        self.project, self.elsewhere, self.tools = folder / "project", folder / "elsewhere", folder / "tools"
        for each in (self.project / "app", self.elsewhere, self.tools):
            each.mkdir(parents=True)
        shutil.copy(PROJECT / "run.py", self.project)
        shutil.copytree(PROJECT / "requirements", self.project / "requirements")
        (self.project / "app" / "__main__.py").write_text(STAND_IN)
        self.venv, self.calls = self.project / ".venv", folder / "calls"
        self.environment = {"PATH": f"{self.tools}:/usr/bin:/bin", "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
        self.give_uv()

    def give_uv(self, then: str = "exit 0") -> None:
        (self.tools / "uv").write_text(f'#!/bin/sh\necho "$@" >> {self.calls}\n{then}\n')
        (self.tools / "uv").chmod(0o755)

    def begin(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        command = [str(BASE_PYTHON), str(self.project / "run.py"), *arguments]
        changed = {**self.environment, **environment}
        return subprocess.Popen(
            command,
            cwd=self.elsewhere,
            env=changed,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def start(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        process = self.begin(*arguments, **environment)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def installed(self) -> list[str]:
        """The lock file of each installation, in order."""
        calls = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [Path(call.split()[-1]).stem for call in calls]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_first_start_installs_and_later_ones_are_silent(checkout: Checkout) -> None:
    first, second = checkout.start("demo"), checkout.start("demo")
    assert first.stderr.startswith(f"run.py: installing {len(locked('run'))} packages … 0 s\n")
    assert (second.returncode, second.stderr) == (0, "")
    assert checkout.installed() == ["run"]


def test_the_arguments_the_folder_and_the_exit_code_are_handed_through(checkout: Checkout) -> None:
    (checkout.elsewhere / "app").mkdir()
    (checkout.elsewhere / "app" / "__main__.py").write_text("print('the wrong app')")
    done = checkout.start("serve", "--port", "seven", "seven")
    assert json.loads(done.stdout) == {
        "app": str(checkout.project / "app" / "__main__.py"),
        "arguments": ["serve", "--port", "seven", "seven"],
        "cwd": str(checkout.elsewhere),
        "python": str(checkout.venv / "bin" / "python"),
    }
    assert done.returncode == 7


def test_help_speaks_of_run_py_and_then_of_dateline(checkout: Checkout) -> None:
    done = checkout.start("--help")
    assert done.stdout.startswith("Starts Dateline from a fresh checkout")
    assert json.loads(done.stdout.splitlines()[-1])["arguments"] == ["--help"]


def test_what_developers_need_is_added_for_the_tests_and_is_enough_for_everything(checkout: Checkout) -> None:
    for command in ("demo", "test", "demo", "test"):
        checkout.start(command)
    assert checkout.installed() == ["run", "dev"]


def test_a_changed_lock_file_is_installed_again(checkout: Checkout) -> None:
    checkout.start("demo")
    with (checkout.project / "requirements" / "run.txt").open("a") as lock:
        lock.write("# changed\n")
    checkout.start("demo")
    assert checkout.installed() == ["run", "run"]


def test_another_python_gets_an_environment_of_its_own(checkout: Checkout) -> None:
    checkout.start("demo")
    stamp, leftover = checkout.venv / "dateline.ready", checkout.venv / "lib" / "leftover"
    stamp.write_text(re.sub(r"\S+\n$", ".cpython-39.so\n", stamp.read_text()))
    leftover.write_text("of the other Python")
    assert checkout.start("demo").returncode == 0
    assert checkout.installed() == ["run", "run"]
    assert not leftover.exists()


def test_an_interrupted_installation_is_started_over(checkout: Checkout) -> None:
    checkout.give_uv("touch $(dirname $5)/half; exit 1")
    assert checkout.start("demo").returncode == 1
    assert (checkout.venv / "bin" / "half").exists()
    checkout.give_uv()
    assert checkout.start("demo").returncode == 0
    assert not (checkout.venv / "bin" / "half").exists()


def test_two_starts_at_once_install_once(checkout: Checkout) -> None:
    checkout.give_uv("sleep 1")
    starts = [checkout.begin("demo") for _ in range(3)]
    said = [start.communicate(timeout=60)[1] for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert checkout.installed() == ["run"]
    assert sum("another start is installing; waiting for it" in text for text in said) >= 1


def test_ctrl_c_while_installing_stops_the_installer_too_and_ends_with_130(checkout: Checkout) -> None:
    checkout.give_uv(f"(sleep 2; touch {checkout.tools}/went-on) & wait")
    start = checkout.begin("demo")
    assert start.stderr
    assert start.stderr.readline().startswith("run.py: installing")
    os.kill(start.pid, signal.SIGINT)
    _, said = start.communicate(timeout=60)
    assert (start.returncode, "Traceback" in said) == (130, False)
    time.sleep(2)
    assert not (checkout.tools / "went-on").exists()


def test_a_folder_that_cannot_be_written_leaves_the_environment_to_the_cache(checkout: Checkout) -> None:
    checkout.venv.write_text("a file: no folder can be made here, not even by root")
    done = checkout.start("demo")
    key = hashlib.sha256(os.fsencode(checkout.project)).hexdigest()[:16]
    assert json.loads(done.stdout)["python"] == f"{checkout.environment['XDG_CACHE_HOME']}/dateline/{key}/bin/python"


def test_an_environment_that_somebody_made_for_themselves_is_left_alone(checkout: Checkout) -> None:
    checkout.venv.mkdir()
    (checkout.venv / "pyvenv.cfg").write_text("mine")
    assert checkout.environment["XDG_CACHE_HOME"] in json.loads(checkout.start("demo").stdout)["python"]
    assert [entry.name for entry in checkout.venv.iterdir()] == ["pyvenv.cfg"]


@pytest.mark.parametrize(
    ("installer_says", "sentence"),
    [
        ("error: Hash mismatch for idna==3.20", "its hash is wrong"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "its hash is wrong"),
        ("Caused by: failed to write: No space left on device (os error 28)", "no space left on the disk"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "no space left on the disk"),
        ("Caused by: invalid peer certificate: UnknownIssuer", "a certificate that is not trusted"),
        ("SSLError(SSLCertVerificationError(1, [SSL: CERTIFICATE_VERIFY_FAILED] failed", "a certificate that is not trusted"),
        ("Caused by: error sending request for url (…) Caused by: dns error", "can't be reached. Is there a network?"),
        ("NewConnectionError: [Errno -3] Temporary failure in name resolution", "can't be reached. Is there a network?"),
        ("error: something that nobody thought of", "the installer's last words were\nerror: something that nobody thought of"),
    ],
)
def test_what_hindered_the_installer_is_said_in_a_sentence(checkout: Checkout, installer_says: str, sentence: str) -> None:
    checkout.give_uv(f"echo '{installer_says}' >&2; exit 1")
    done = checkout.start("demo")
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False)
    assert "run.py: Dateline could not be installed: " in done.stderr
    assert sentence in done.stderr


def test_a_benchmark_that_is_not_there_names_those_that_are(checkout: Checkout) -> None:
    shutil.copytree(PROJECT / "bench", checkout.project / "bench")
    done = checkout.start("bench", "sped")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"run\.py: name one of the benchmarks: [^_]*\bextraction\b[^_]*\n", done.stderr)


def test_too_little_space_is_said_before_anything_is_fetched(
    runner: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(runner.shutil, "disk_usage", lambda _: SimpleNamespace(free=100 * 2**20))
    with pytest.raises(SystemExit, match=rf"450 MB are needed in {tmp_path}, 100 MB are free\. Free some space"):
        runner.install(tmp_path, "run", held=0)


def test_without_uv_and_pip_it_says_what_to_install(checkout: Checkout) -> None:
    command = [str(BASE_PYTHON), "-S", str(checkout.project / "run.py"), "demo"]  # -S: no site-packages, so no pip
    done = subprocess.run(command, env={**checkout.environment, "PATH": ""}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        1,
        "run.py: neither uv nor pip was found. Install one of them (on Debian and Ubuntu: apt install python3-pip).\n",
    )


HAS_PIP = subprocess.run([BASE_PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0


@pytest.mark.parametrize(
    "installer",
    [
        pytest.param("uv", marks=pytest.mark.skipif(not shutil.which("uv"), reason="there is no uv here")),
        pytest.param("pip", marks=pytest.mark.skipif(not HAS_PIP, reason="this Python has no pip")),
    ],
)
def test_without_a_network_it_says_so(checkout: Checkout, installer: str) -> None:
    closed = "http://127.0.0.1:9"
    away = {"PIP_INDEX_URL": closed, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1"}
    away |= {"UV_DEFAULT_INDEX": closed, "UV_NO_CONFIG": "1", "UV_NO_CACHE": "1", "UV_HTTP_RETRIES": "0"}
    (checkout.tools / "uv").unlink()
    path = str(Path(shutil.which("uv") or "").parent) if installer == "uv" else str(checkout.tools)
    done = checkout.start("demo", PATH=path, **away)
    assert done.returncode == 1
    assert done.stderr.endswith("and start again.\n")
    assert "the package index can't be reached. Is there a network?" in done.stderr
