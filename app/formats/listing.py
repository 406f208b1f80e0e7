"""What a format is told of the list that it writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from app.models.fields import Shape

_OF_A_PAGE = {"cursor", "limit", "total"}


@dataclass(frozen=True, slots=True)
class Listing:
    """`shape`: of its items. `service`: the address of the service, without a slash at its end. `list`: that of the list.

    `asked`: the query, pair by pair, with the format, however that was asked for.
    """

    shape: type[Shape]
    service: str
    list: str
    asked: tuple[tuple[str, str], ...]

    @property
    def address(self) -> str:
        """Of just this."""
        return f"{self.list}?{urlencode(self.asked)}"

    @property
    def feed(self) -> str:
        """The same for every page, and in whichever order the filters were given."""
        return f"{self.list}?{urlencode(sorted(pair for pair in self.asked if pair[0] not in _OF_A_PAGE))}"

    def behind(self, cursor: str) -> str:
        """The address of the next page."""
        return behind(self.list, self.asked, cursor)


def behind(address: str, asked: Iterable[tuple[str, str]], cursor: str) -> str:
    kept = [pair for pair in asked if pair[0] != "cursor"]
    return f"{address}?{urlencode([*kept, ('cursor', cursor)])}"
