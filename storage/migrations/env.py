"""Alembic's entry: runs the steps on the connection that `storage.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

import storage.models  # noqa: F401 - the tables register themselves
from storage.migrate import is_here, is_ours

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    include_name=is_ours,
    include_object=is_here(connection.dialect.name),
)
with context.begin_transaction():
    context.run_migrations()
