"""The database, for an app that is given one; without, nothing of it is loaded.

Either `DATABASE_URL`, or its parts: `DATABASE_HOST`, `DATABASE_PORT`, `DATABASE_NAME`, `DATABASE_USER`, `DATABASE_PASSWORD`. A URL needs no
user and no password: PostgreSQL's own client library takes them from `PGUSER` and `PGPASSWORD`.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import URL, make_url, text
from sqlalchemy.orm import DeclarativeBase

DRIVER = "postgresql+psycopg"


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)
migrate = Migrate()


def url_from(variables: Mapping[str, str]) -> URL:
    if variables.get("DATABASE_URL"):
        url = make_url(variables["DATABASE_URL"])
        # `postgres` is what other platforms write, and a bare `postgresql` means a driver that is not installed here.
        return url.set(drivername=DRIVER) if url.drivername in ("postgres", "postgresql") else url
    return URL.create(
        DRIVER,
        host=variables["DATABASE_HOST"],
        port=int(variables.get("DATABASE_PORT") or 5432),
        database=variables.get("DATABASE_NAME"),
        username=variables.get("DATABASE_USER"),
        password=variables.get("DATABASE_PASSWORD"),
    )


def init_app(app: Flask, variables: Mapping[str, str]) -> None:
    url = url_from(variables)
    options: dict[str, object] = {"pool_pre_ping": True}  # a connection that a failover broke is replaced, not handed out
    if url.drivername == DRIVER:
        options["connect_args"] = {"connect_timeout": 5}  # or a worker waits for minutes, and its clients with it
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    migrate.init_app(app, db, directory=f"{app.root_path}/../migrations")
    app.extensions["readiness"].register("database", _answers)


def _answers() -> None:
    db.session.execute(text("SELECT 1"))
