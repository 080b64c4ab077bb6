"""Alembic's environment: migrations run on the application's own engine."""

from importlib import import_module
from typing import Any

from alembic import context

from consult.config import ROOT
from consult.db import Model, Moment, PlaceColumn, db
from consult.upkeep.upgrading import save_first, wait_for_other_hosts

for models in sorted(ROOT.glob("consult/*/models.py")) + sorted(ROOT.glob("[ds]*/models.py")):
    import_module(".".join(models.relative_to(ROOT).with_suffix("").parts))

if context.is_offline_mode():
    raise SystemExit("Migrations run on a database, never as a script of SQL.")


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave alone the tables of rate limits, which commit apart and keep themselves."""
    return kind != "table" or not str(name).startswith("traffic_")


def rendered(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our column types as the plain types beneath them, so that old migrations need none of our code."""
    if kind != "type":
        return False
    if isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, PlaceColumn) or getattr(item, "none_as_null", False):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")'
    return False


with db.engine.connect() as connection:
    wait_for_other_hosts(connection)
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        compare_type=True,
        include_name=is_ours,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=rendered,
        transactional_ddl=True,  # SQLite can do it too: a step that refuses leaves nothing of those before it
    )
    save_first(context.get_context())
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
