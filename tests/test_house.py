"""The map of docs/house.md, held true."""

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
APP = PROJECT / "app"
# From the ground up. What stands on one floor of parts never imports its neighbours; see docs/house.md.
FLOORS = [
    {"__init__", "settings", "errors", "diff", "faults", "edtf", "folding", "languages", "likeness", "overlap", "urls", "logs"},
    {"models"},
    {"extract", "intake", "store", "formats", "web", "packing"},
    {"readers", "export", "queues"},
    {"revise", "supersede", "jobs", "reindex", "shorten"},
    {"ingest"},
    {"bulk", "copies", "edit", "reread", "fetch", "moving"},
    {"feeds", "copying"},
    {"worker"},
    {"api"},
    {"main"},
    {"demo"},
    {"cli"},
    {"__main__"},
]
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(path for path in APP.rglob("*.py"))


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imported_rooms(path: Path) -> set[str]:
    """Rooms of app that a file imports; `from app import x` counts as x where x is a room."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "app":
            rooms |= {alias.name if alias.name in FLOOR_OF else "__init__" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app."):
            rooms.add(room_of(node.module or ""))
        elif isinstance(node, ast.Import):
            rooms |= {room_of(alias.name) for alias in node.names if alias.name.split(".")[0] == "app"}
    return rooms


def own_room(path: Path) -> str:
    first = path.relative_to(APP).parts[0]
    return first.removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_imports_go_down_the_floors_only(path: Path) -> None:
    here = own_room(path)
    assert here in FLOOR_OF, f"{here} stands on no floor; give it one here and in docs/house.md"
    climbed = {room for room in imported_rooms(path) - {here} if FLOOR_OF[room] >= FLOOR_OF[here]}
    # Ground rooms may use one another, in the order of the set being irrelevant, as long as none imports a part.
    climbed -= FLOORS[0] if here in FLOORS[0] else set()
    assert not climbed, f"{path.relative_to(PROJECT)} imports {', '.join(sorted(climbed))}"


def test_an_extractor_knows_neither_the_settings_nor_a_database_nor_the_network() -> None:
    known = {alias for path in (APP / "extract").rglob("*.py") for alias in imported_rooms(path)}
    assert known <= {"extract", "models", "errors", "edtf", "folding", "__init__"}


def test_only_the_doors_read_the_settings() -> None:
    readers = {own_room(path) for path in FILES if "settings" in imported_rooms(path)}
    assert readers <= {"main", "cli", "demo", "settings"}


def test_only_the_database_commits() -> None:
    committing = [path.relative_to(APP).as_posix() for path in FILES if ".commit()" in path.read_text("utf-8")]
    assert committing == ["store/database.py"]


def test_every_room_is_on_the_map_and_every_room_on_the_map_is_there() -> None:
    drawn = set(re.findall(r"^\| `([\w/.]+)`", (PROJECT / "docs" / "house.md").read_text("utf-8"), re.MULTILINE))
    there = {f"{path.name}/" for path in APP.iterdir() if path.is_dir() and path.name != "__pycache__"}
    there |= {path.name for path in APP.glob("*.py") if path.name not in ("__init__.py", "__main__.py")}
    assert drawn == there


def test_every_module_of_english_is_on_the_map() -> None:
    drawn = set(re.findall(r"`(\w+)`", (PROJECT / "docs" / "house.md").read_text("utf-8")))
    there = {path.stem for path in (APP / "extract" / "lang" / "en").glob("*.py")} - {"__init__", "pipeline"}
    assert there <= drawn


def test_no_file_is_longer_than_250_lines() -> None:
    long = {path.relative_to(APP).as_posix() for path in FILES if len(path.read_text("utf-8").splitlines()) > 250}
    assert not long
