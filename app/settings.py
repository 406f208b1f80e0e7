"""What can be set, with what meaning and default. Only doors read this; they hand plain values down."""

from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment (prefix `DATELINE_`) and from a file `.env` in the current folder; the environment wins."""

    model_config = SettingsConfigDict(env_prefix="DATELINE_", env_file=".env", frozen=True, extra="ignore")

    database_url: str = Field("sqlite:///dateline.db", description="Where the archive is kept, as an SQLAlchemy address.")
    synchronous: Literal["FULL", "NORMAL"] = Field(
        "FULL",
        description="FULL: an answered write survives a power cut. NORMAL: faster; a power cut may undo the last writes.",
    )
    busy_timeout_s: Annotated[float, Field(gt=0, le=600)] = Field(
        5.0, description="Seconds that a write waits for another one before it is answered with 503."
    )
    worker: bool = Field(
        True, description="Whether the service itself reads what is queued for extractors that take long; see: dateline worker."
    )
    worker_lease_s: Annotated[float, Field(ge=1, le=86_400)] = Field(
        900.0, description="Seconds that a worker may take for one text; after that another one takes it up."
    )
    max_body_bytes: Annotated[int, Field(ge=1024)] = Field(
        2_000_000, description="Largest request body in bytes; a larger one is answered with 413 and not read."
    )
    extractor: str = Field("rules", description="What finds the claims in a text: a module of app/extract or an installed plug-in.")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="json: one object a line. text: for people. auto: text on a terminal, else json."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least serious thing that is logged.")

    def for_extractors(self) -> dict[str, Any]:
        """What extractors may know of the settings, by their names here."""
        return {}
