"""Errors as JSON, in the form of RFC 9457 (problem details)."""

from __future__ import annotations

from flask import Flask, json
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.response import Response


def _problem(error: HTTPException) -> Response:
    response = error.get_response()  # keeps headers such as Allow
    response.data = json.dumps({"title": error.name, "status": error.code, "detail": error.description})
    response.content_type = "application/problem+json"
    return response


def init_app(app: Flask) -> None:
    # An exception that nothing handles is logged by Flask with its traceback, and arrives here as a plain 500.
    app.register_error_handler(HTTPException, _problem)
