"""A full text that passes over matches by falling keys, as SQLite's did before 3.42, takes nothing away from a walk."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.store import searching
from app.store.fulltext.sqlite import Fts5
from tests.conftest import Store


@pytest.mark.parametrize("asked", ["", "&q=dam&sort=-published", "&published_from=2005", "&recorded_from=2000"])
def test_newest_first_has_every_row_though_the_index_gives_but_every_other(
    client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    claims = [{"quote": {"exact": "dam"}, "dates": [{"edtf": "2017"}]}]
    ids = [store(f"The dam {n}.", published=str(2010 + n), claims=claims)["id"] for n in range(23)]
    read = searching.Search._read  # noqa: SLF001

    def with_gaps(self: Any, span: Any, most: int, *, descending: bool, seen: Any) -> Any:
        rows = read(self, span, most * 2 if descending else most, descending=descending, seen=seen)
        return rows[1::2][:most] if descending else rows

    monkeypatch.setattr(searching.Search, "_read", with_gaps)
    monkeypatch.setattr(Fts5, "skips_downwards", True)
    for noun in ("articles", "claims"):
        found, address = [], f"/{noun}?limit=4{asked}"
        while address:
            answer = client.get(address).json()
            found += [item["id"] for item in answer["items"]]
            address = answer["next"]
        assert found == ids[::-1]
