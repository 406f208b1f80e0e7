"""What can be set, with what meaning and default. Only doors read this; they hand plain values down."""

from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from app import __version__


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
    queue: Literal["auto", "table", "procrastinate"] = Field(
        "auto",
        description="How workers come to what waits. table: they look. procrastinate: they are woken, on PostgreSQL only. auto:"
        " procrastinate where the database can have its tables, else table.",
    )
    changes_keep_days: Annotated[float, Field(gt=0)] | None = Field(
        None, description="How many days `/changes` reaches back; what is older is forgotten. Not set: to the beginning."
    )
    fetch_allow: tuple[str, ...] = Field(
        (),
        description="What may be fetched from besides the public web, as a JSON list of host:port and of networks:"
        ' ["news.intranet:8080", "10.1.0.0/16"].',
    )
    user_agent: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e][\x20-\x7e]*$")] = Field(
        f"Dateline/{__version__}", description="What sites are told that fetches their pages; add an address where you are reached."
    )
    max_body_bytes: Annotated[int, Field(ge=1024)] = Field(
        2_000_000, description="Largest request body in bytes; a larger one is answered with 413 and not read."
    )
    extractor: str = Field(
        "rules",
        description="What finds the claims: rules, rules:narrated, spacy:PIPELINE, llm, llm:MODEL or an installed plug-in.",
    )
    extractors: tuple[str, ...] = Field(
        ("rules", "rules:narrated"),
        description="Which others a request may ask for by name, as a JSON list; whoever asks for llm spends your money.",
    )
    extractor_options: dict[str, Any] = Field({}, description="What a plug-in is told besides, as a JSON object.")
    llm_url: str | None = Field(
        None, description="Of the extractor llm: the server's address up to /chat/completions, such as http://127.0.0.1:11434/v1."
    )
    llm_model: str | None = Field(None, description="Of the extractor llm: the model, as its server calls it.")
    llm_key: SecretStr | None = Field(
        None, description="Of the extractor llm: the key that its server asks for; never shown or logged."
    )
    llm_timeout_s: Annotated[float, Field(gt=0)] = Field(
        300, description="Of the extractor llm: seconds for one text, with all its pieces and tries."
    )
    llm_retries: Annotated[int, Field(ge=0, le=20)] = Field(
        2, description="Of the extractor llm: further tries when its server is busy or fails."
    )
    llm_max_characters: Annotated[int, Field(ge=200)] = Field(
        12_000, description="Of the extractor llm: the longest piece sent at once; longer texts are sent in several."
    )
    llm_max_pieces: Annotated[int, Field(ge=1)] = Field(
        8, description="Of the extractor llm: pieces of one text; the rest is not read."
    )
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="json: one object a line. text: for people. auto: text on a terminal, else json."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least serious thing that is logged.")

    def for_extractors(self) -> dict[str, Any]:
        """What extractors may know of the settings, by their names here; a key stays covered."""
        own = {name: getattr(self, name) for name in type(self).model_fields if name.startswith("llm_")}
        return {**own, **self.extractor_options}
