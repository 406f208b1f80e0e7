"""`dateline migrate`, `settings`, `openapi`, `version`: the archive's schema, and what the program says of itself."""

import json
import sys

from rich.console import Console
from rich.table import Column, Table

from app import __version__, logs
from app.main import create_app, open_archive
from app.settings import Settings
from app.store import engines


def migrate() -> None:
    """Bring the archive to the newest schema; serve does it by itself."""
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    open_archive(settings).close()


def settings() -> None:
    """All that can be set, by an environment variable or in a file .env."""
    table = Table(Column("setting", no_wrap=True), "now", "default", "meaning", show_lines=True)
    now = Settings()
    for name, field in Settings.model_fields.items():
        value = getattr(now, name)
        shown = engines.without_secrets(value) if name in ("database_url", "read_database_url") and value else str(value)
        table.add_row(f"DATELINE_{name.upper()}", shown, str(field.default), field.description)
    Console().print(table)


def openapi() -> None:
    """Print the OpenAPI document; openapi.json is this."""
    document = create_app(Settings(log_level="error")).openapi()
    sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def version() -> None:
    """Print the version."""
    print(__version__)
