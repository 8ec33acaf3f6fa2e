"""What the app says once when a server has loaded it."""

from __future__ import annotations

import logging

import click
from flask import Flask
from flask.cli import ScriptInfo

logger = logging.getLogger(__name__)


def announce(app: Flask) -> None:
    port = app.config["PORT"]
    context = click.get_current_context(silent=True)
    if context is not None and isinstance(context.obj, ScriptInfo):  # granian has a context too, of its own
        if context.info_name != "run":
            return  # `flask report` and other one-off commands load the app, but serve nothing
        port = context.params.get("port", port)
    message = "ready to serve" if port is None else f"listening on port {port}"
    logger.info(
        message,
        extra={"fields": {"port": port, "version": app.config["APP_VERSION"], "instance": app.config["INSTANCE"]}},
    )
    if app.config["SECRET_KEY"] is None:
        logger.warning("sessions are off: FLASK_SECRET_KEY is not set")
