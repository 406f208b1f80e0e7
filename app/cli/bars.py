"""How far a long command is: a bar that shows how fast it goes and how long it still takes."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

INTERRUPTED = 130  # what a shell says of a program that Ctrl-C ended


def rows() -> Progress:
    """A bar on standard error that counts rows of tables."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))


class _Speed(TextColumn):
    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} articles/s" if task.speed else "", style="progress.data.speed")


def articles() -> Progress:
    """A bar on standard error that counts articles."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Speed(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))
