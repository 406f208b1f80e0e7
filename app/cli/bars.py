"""How far a long command is: a bar that shows how fast it goes and how long it still takes."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

INTERRUPTED = 130  # what a shell says of a program that Ctrl-C ended


def rows() -> Progress:
    """A bar on standard error that counts rows of tables."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))


class _Speed(TextColumn):
    def __init__(self, noun: str) -> None:
        super().__init__("")
        self._noun = noun

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} {self._noun}/s" if task.speed else "", style="progress.data.speed")


def articles() -> Progress:
    """A bar on standard error that counts articles."""
    return counting("articles")


def counting(noun: str) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Speed(noun), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))


class _Rate(TextColumn):
    """The bar counts bytes, this column articles, whose number at the end nobody knows."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        count = task.fields["articles"]
        rate = f"{count:,} articles, {count / task.elapsed:,.0f}/s" if task.elapsed else ""
        return Text(rate, style="progress.data.speed")


def articles_of_files() -> Progress:
    """A bar on standard error that counts bytes of files; its task has a field `articles`."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), _Rate(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))
