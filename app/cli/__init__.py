"""The terminal's door: one module for each group of commands, one line here for each command."""

import sys

import typer
from alembic.util import CommandError
from pydantic import ValidationError

from app.cli import archive, export, extract, ingest, moving, serving, web
from app.errors import DatelineError

app = typer.Typer(
    help="Who said what, about whom, about when, how hedged, and where exactly it stands.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("serve")(serving.serve)
app.command("worker")(serving.run_worker)
app.command("demo")(serving.run_demo)
app.command("ingest")(ingest.ingest)
app.command("extract")(extract.extract_all)
app.command("fetch")(web.fetch_pages)
app.command("feed")(web.follow_feeds)
app.command("feeds")(web.list_feeds)
app.command("export")(export.export)
app.command("copy")(moving.copy)
app.command("migrate")(archive.migrate)
app.command("settings")(archive.settings)
app.command("openapi")(archive.openapi)
app.command("version")(archive.version)


def main() -> None:
    """Run the command that was typed; what can go wrong is one sentence on standard error and exit code 1."""
    try:
        app(prog_name="dateline")
    except DatelineError as error:
        sys.exit(f"dateline: {error}")
    except CommandError as error:
        sys.exit(f"dateline: the archive was made by another version: {error}")
    except ValidationError as error:
        faults = [f"{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        sys.exit(f"dateline: a setting cannot be used: {'; '.join(faults)}. See: dateline settings")
