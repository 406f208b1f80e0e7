"""Whether an archive can be worked with: what stands in it, and the servers that it stands on."""

from app.store.database import Database


def refuse_server(database: Database) -> None:
    """Raises StorageUnavailable for a server that the archive cannot be written to."""
    with database.reading() as session:
        database.kind.refuse_server(session.connection())


def replica_lag_s(database: Database) -> float | None:
    """How many seconds the replica is behind, or one of several; None where there is none. Raises Unreachable."""
    if not database.has_replica:
        return None
    with database.reading_replica() as session:
        return database.kind.lag_s(session.connection())


def free_bytes(database: Database) -> int | None:
    """How much can still be written; None where that is only known to a server."""
    return database.kind.free_bytes(database.engine.url)
