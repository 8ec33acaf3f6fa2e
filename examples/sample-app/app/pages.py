"""The service's own routes."""

from __future__ import annotations

import hashlib
import os

from flask import Blueprint, Flask, abort, current_app, request, session
from flask.typing import ResponseReturnValue

pages = Blueprint("pages", __name__)


@pages.get("/")
def greeting() -> ResponseReturnValue:
    return {
        "message": "Hello from Flask on Fargate",
        "service": current_app.config["SERVICE_NAME"],
        "version": current_app.config["APP_VERSION"],
        "port": current_app.config["PORT"],
        "instance": current_app.config["INSTANCE"],
        "process": os.getpid(),
    }


@pages.get("/session")
def visits() -> ResponseReturnValue:
    """Counts this visitor's visits in a signed cookie."""
    if current_app.secret_key is None:
        abort(503, "sessions are off: FLASK_SECRET_KEY is not set")
    session["visits"] = session.get("visits", 0) + 1
    return {"visits": session["visits"]}


@pages.post("/upload")
def upload() -> ResponseReturnValue:
    """Receives a file, in a form field `file`, and says what arrived."""
    file = request.files.get("file")
    if file is None:
        abort(400, "send a file in the form field 'file'")
    digest = hashlib.sha256()
    size = 0
    while chunk := file.stream.read(64 * 1024):
        digest.update(chunk)
        size += len(chunk)
    return {"bytes": size, "sha256": digest.hexdigest()}, 201


def init_app(app: Flask) -> None:
    app.register_blueprint(pages, url_prefix=app.config["URL_PREFIX"] or None)
