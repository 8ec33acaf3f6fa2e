"""How Alembic reaches the database: by the app, which knows its address and its tables."""

from alembic import context
from flask import current_app

extension = current_app.extensions["migrate"]

if context.is_offline_mode():
    raise SystemExit("there is no offline mode: give the app a database, and run `flask db upgrade`")

with extension.db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=extension.db.metadata,
        # Each is whole or not there at all: one that fails leaves those before it in place.
        transaction_per_migration=True,
        **extension.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
