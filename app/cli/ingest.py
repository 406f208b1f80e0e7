"""`dateline ingest`: files of articles into the archive, without a server."""

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, cast

import orjson
import typer
from rich.progress import Progress, TaskID

from app import bulk, logs
from app.bulk import Reading, Result
from app.cli import bars, moving
from app.cli.files import STANDARD_INPUT, File
from app.cli.processes import Readers
from app.errors import Busy, Fault, Unusable
from app.intake.lines import Item
from app.main import installed, open_archive
from app.readers import Extractors
from app.settings import Settings
from app.store.database import Database

MADE_BY = "client"  # as a request's; who sent it is not known
OUTCOMES = ("created", "revised", "unchanged", "conflict", "invalid", "failed")
REFUSED = ("conflict", "invalid", "failed")
CLAIM_BYTES = 1000  # of a batch, for each claim that is sent along
READ_S = 1.0  # extractors read for so long, before what they have read is stored
TRIES = 12  # of a batch while others write, each as long as DATELINE_BUSY_TIMEOUT_S
Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE…",
        exists=True,
        readable=True,
        allow_dash=True,
        help="JSON Lines, or CSV with a header; plain or gzip; - for standard input. Or a folder of export --everything.",
    ),
]


def ingest(
    files: Files,
    on_conflict: Annotated[
        Literal["refuse", "revise"], typer.Option(help="What becomes of an address that is stored with another text.")
    ] = "refuse",
    extract: Annotated[bool, typer.Option("--extract/--no-extract", help="Whether claims are looked for in the texts.")] = True,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes read the texts.")] = 1,
    errors: Annotated[
        Path | None, typer.Option(help="Where refused lines go; beside each file, as FILE.errors.jsonl, when not given.")
    ] = None,
) -> None:
    """Store every article of the files. What is stored already is `unchanged`, so the same command goes on where it was stopped.

    Ends with 0 when all are stored, with 1 when some were refused, with 130 after Ctrl-C.
    """
    if len(files) == 1 and files[0].is_dir():
        if on_conflict != "refuse" or not extract or workers > 1 or errors is not None:
            raise typer.BadParameter(f"all of {files[0]} is taken in as it is; options are for files", param_hint="FILE…")
        sys.exit(moving.take_in(files[0]))
    for file in files:
        if file.is_dir():
            raise typer.BadParameter(f"{file} is a folder; one that an archive was exported to stands alone", param_hint="FILE…")
        if (told := errors or _beside(file)).resolve() in {path.resolve() for path in files}:
            raise typer.BadParameter(f"{told} is to be read; name another file for what is refused", param_hint="--errors")
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    extractors = replace(installed(settings), offered=None)
    readers = Readers(settings, workers) if workers > 1 and extract else None
    with closing(open_archive(settings)) as database:
        filling = Filling(database, extractors, settings.max_body_bytes, on_conflict == "revise", extract, readers)
        sys.exit(filling.run(files, errors))


@dataclass
class Filling:
    """One run over some files."""

    database: Database
    extractors: Extractors
    most_bytes: int
    revise: bool
    extract: bool
    readers: Readers | None
    outcomes: "Counter[str]" = field(default_factory=Counter)
    unusable: list[str] = field(default_factory=list)
    refused_in: list[Path] = field(default_factory=list)

    def run(self, files: list[Path], errors: Path | None) -> int:
        """The exit code."""
        code = None
        try:
            self._walk(files, errors)
        except KeyboardInterrupt:
            print("Interrupted; the same command goes on from here.", file=sys.stderr)
            code = bars.INTERRUPTED
        except BrokenProcessPool:
            self.unusable.append("a process that read was ended from outside; the same command goes on from here")
        finally:
            if self.readers is not None:
                self.readers.close()
            self._tell()
        refused = self.unusable or any(self.outcomes[outcome] for outcome in REFUSED)
        return code if code is not None else int(bool(refused))

    def _walk(self, files: list[Path], errors: Path | None) -> None:
        opened = [File(path) for path in files]
        sizes = [file.size for file in opened]
        total = None if None in sizes else sum(size or 0 for size in sizes)
        with bars.articles_of_files() as progress:
            task = progress.add_task("Storing", total=total, articles=0)
            for path, file in zip(files, opened, strict=True):
                refused = _Refused(errors or _beside(path), file.name, is_first=errors not in self.refused_in)
                with closing(refused):
                    self._fill(file, refused, progress, task)
                if refused.count and refused.path not in self.refused_in:
                    self.refused_in.append(refused.path)

    def _fill(self, file: File, refused: "_Refused", progress: Progress, task: TaskID) -> None:
        before = progress.tasks[0].completed
        for some in self._stored(self._items(file)):
            for item, result in some:
                self.outcomes[result.status] += 1
                if result.status in REFUSED:
                    refused.write(item, result)
            progress.update(task, completed=before + file.position, articles=self.outcomes.total())

    def _items(self, file: File) -> Iterator[Item]:
        """What was read before a file breaks off is stored nevertheless."""
        try:
            for item in file.items(self.most_bytes):
                without = item.draft is not None and not self.extract
                yield replace(item, draft=item.draft.model_copy(update={"extract": False})) if without and item.draft else item
        except Unusable as error:
            self.unusable.append(str(error))

    def _stored(self, items: Iterable[Item]) -> Iterator[list[tuple[Item, Result]]]:
        batches = _batches(items)
        read = self.readers.ahead(self.database, batches) if self.readers else ((batch, {}) for batch in batches)
        for batch, ready in read:
            rest = batch
            while rest:
                results = self._store(rest, ready)
                yield list(zip(rest, results, strict=False))
                rest = rest[len(results) :]

    def _store(self, items: list[Item], ready: dict[int, Reading]) -> list[Result]:
        """Raises StorageFull, StorageUnavailable, and Busy when others write for minutes."""
        for tries in range(1, TRIES + 1):
            try:
                return bulk.store(self.database, self.extractors, items, MADE_BY, revise=self.revise, ready=ready, within_s=READ_S)
            except Busy:
                if tries == TRIES:
                    raise
                time.sleep(0.1)
        return []

    def _tell(self) -> None:
        counted = [f"{self.outcomes[outcome]:,} {outcome}" for outcome in OUTCOMES if self.outcomes[outcome]]
        noun = "article" if self.outcomes.total() == 1 else "articles"
        print(f"{self.outcomes.total():,} {noun}: {', '.join(counted) or 'none'}.")
        for path in self.refused_in:
            print(f"What was refused, and why, is in {path}.", file=sys.stderr)
        for sentence in self.unusable:
            print(f"dateline: {sentence}", file=sys.stderr)


class _Refused:
    """The file of refused lines, made with the first of them: number, errors, and what was sent, to be mended and sent again."""

    def __init__(self, path: Path, name: str, *, is_first: bool) -> None:
        self.path = path
        self.count = 0
        self._name = name
        self._mode = "wb" if is_first else "ab"
        self._file: BinaryIO | None = None

    def write(self, item: Item, result: Result) -> None:
        if self._file is None:
            self._file = self._open()
        self.count += 1
        faults = [{"pointer": fault.pointer, "detail": fault.detail} for fault in result.faults]
        told = {"file": self._name, "line": result.line, "status": result.status, "errors": faults, "sent": _sent(item)}
        self._file.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))

    def _open(self) -> BinaryIO:
        try:
            return cast(BinaryIO, self.path.open(self._mode))
        except OSError as error:
            raise Unusable(
                [Fault("", f"a line was refused, and {self.path} cannot be written: {error}; name another: --errors")]
            ) from None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _beside(path: Path) -> Path:
    return Path("stdin.errors.jsonl") if path == STANDARD_INPUT else path.with_name(f"{path.name}.errors.jsonl")


def _sent(item: Item) -> Any:
    """The object that was sent; the line as text when it was none."""
    if item.draft is not None:
        return item.draft.model_dump(mode="json", exclude_unset=True)
    if item.sent is None:
        return None
    try:
        return orjson.loads(item.sent)
    except orjson.JSONDecodeError:
        return item.sent.decode("utf-8", "replace")


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.draft.text) + CLAIM_BYTES * len(item.draft.claims) if item.draft is not None else len(item.sent or b"")
        if len(batch) == bulk.MOST_LINES or size >= bulk.MOST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
