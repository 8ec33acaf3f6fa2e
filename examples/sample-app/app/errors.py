"""Errors as JSON, in the form of RFC 9457 (problem details)."""

from __future__ import annotations

from flask import Flask, json, request
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.response import Response

from .trace import trace_id


def _problem(error: HTTPException) -> Response:
    response = error.get_response()  # keeps headers such as Allow
    problem = {"title": error.name, "status": error.code, "detail": error.description}
    trace = trace_id(request.environ)  # what a user can quote, and the saved query "one trace id" finds
    response.data = json.dumps({**problem, "trace_id": trace} if trace else problem)
    response.content_type = "application/problem+json"
    return response


def init_app(app: Flask) -> None:
    # An exception that nothing handles is logged by Flask with its traceback, and arrives here as a plain 500.
    app.register_error_handler(HTTPException, _problem)
