"""Alembic runs this file for each command; `service.adapters.sql.migration` passes the connection to it."""

from alembic import context

from service.adapters.sql.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
