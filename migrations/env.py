"""How Alembic reaches the archive: on a connection and inside a transaction that `app.store.schema` has opened."""

import importlib
import pkgutil

from alembic import context
from sqlmodel import SQLModel

import app.models
from app.store.schema import is_ours

for module in pkgutil.iter_modules(app.models.__path__):
    importlib.import_module(f"app.models.{module.name}")

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    include_name=lambda name, kind, _parents: is_ours(name, kind),
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
