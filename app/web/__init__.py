"""The web in: an address becomes a page or a feed, as data. It knows no article and no database.

What comes from outside is hostile until it is read: it is got by `getting.py` within bounds, and read by `child.py` in a process of
its own. Neither can reach what is not public; see docs/web.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.web.addresses import Address, Allowed


@dataclass(frozen=True, slots=True)
class Got:
    """What a site answered. `url` is the address behind all redirects; `headers` have names in small letters."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Web:
    """How the web is reached, and how much of it is taken.

    `total_s` is for one address with its lookup and all its redirects. `resolve` finds a host's addresses; None: the system does.
    """

    user_agent: str
    allowed: Allowed = field(default_factory=Allowed)
    total_s: float = 15.0
    most_bytes: int = 5_000_000  # decoded
    most_redirects: int = 5
    read_cpu_s: int = 8  # of a processor, for the process that reads a page
    read_within_s: float = 20.0  # by the clock, when others are using the processors
    most_memory: int = 300_000_000  # bytes of that process
    most_page_bytes: int = 2_000_000  # that are read for their text: 10 MB took 13 s and 570 MB
    resolve: Callable[[str, int], Sequence[Address]] | None = None

    def check(self, url: str) -> None:
        """What can be said of an address before its host is looked up.

        Raises:
            AddressRefused, NothingToRead.
        """
        from app.web import getting

        getting.refuse(self, url)

    def get(self, url: str, accept: str, headers: dict[str, str] | None = None) -> Got:
        """What stands at the address: a 200, or, when `headers` make it a condition, a 304.

        Raises:
            AddressRefused, NothingToRead, SiteFailed, SiteTooSlow.
        """
        from app.web import getting  # with httpx, which the server need not import to start

        return getting.get(self, url, {"Accept": accept, **(headers or {})})
