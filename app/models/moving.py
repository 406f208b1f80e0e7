"""What is written beside the tables of an archive that moves: which files hold what, so that nothing is missed or taken twice."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from app.models.fields import Draft

FORMAT = 1
_Count = Annotated[int, Field(ge=0)]


class PartFile(Draft):
    """Some rows of a table: a gzip file of one JSON object a line."""

    file: str = Field(pattern=r"^[a-z][a-z0-9_]*\.[0-9]{4,}\.jsonl\.gz$")
    rows: _Count
    bytes: _Count
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class MovedTable(Draft):
    """`highest_id` is the highest that was ever given, of a table that counts its rows; it never comes again."""

    name: str
    columns: list[str]
    rows: _Count
    highest_id: int | None
    parts: list[PartFile]


class Manifest(Draft):
    """Written last, so that a directory without it is no export. Tables that others point to come first."""

    format: Literal[1]
    program: str
    schema_revision: str
    made_at: AwareDatetime
    tables: list[MovedTable]

    @property
    def parts(self) -> list[tuple[MovedTable, PartFile]]:
        """In the order in which they are taken in."""
        return [(table, part) for table in self.tables for part in table.parts]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)
