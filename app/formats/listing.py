"""What a format is told of the list that it writes."""

from dataclasses import dataclass

from app.models.fields import Shape


@dataclass(frozen=True, slots=True)
class Listing:
    """`shape`: of its items. `service`: the address of the service, without a slash at its end. `address`: of what was asked for,
    with its query. `feed`: the same without what differs from page to page.
    """

    shape: type[Shape]
    service: str
    address: str
    feed: str
