"""The sample service: a small Flask app, made the way a team would ship it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from . import commands, errors, logs, pages, readiness, security_headers, settings, startup, workloads
from .health import HealthCheck
from .request_log import RequestLog


def create_app(overrides: Mapping[str, Any] | None = None, serves: bool = True) -> Flask:
    """Build the app. `overrides` are settings for tests; they win over the environment. A worker does not serve."""
    app = Flask(__name__)
    settings.load(app, overrides)
    logs.configure(app.config["LOG_LEVEL"])
    errors.init_app(app)
    security_headers.init_app(app)
    readiness.init_app(app)
    pages.init_app(app)
    workloads.init_app(app)
    commands.init_app(app)
    _init_data(app)

    # Outermost last. The health check answers before Flask looks at the Host header and before a line is logged.
    app.wsgi_app = RequestLog(app.wsgi_app)  # type: ignore[method-assign]
    # One proxy, the load balancer: it appends the client's address and sets the scheme. It never sets X-Forwarded-Host,
    # so a client could: do not believe it.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]
    app.wsgi_app = HealthCheck(app.wsgi_app)  # type: ignore[method-assign]

    if serves:
        startup.announce(app)
    return app


def _init_data(app: Flask) -> None:
    """What an app without a database and without a queue does without: loading it takes a second."""
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_HOST"):
        from . import database, notes

        database.init_app(app, os.environ)
        notes.init_app(app)
    if app.config["JOBS_QUEUE_URL"]:
        from . import jobs, queue

        queue.init_app(app)
        jobs.init_app(app)
