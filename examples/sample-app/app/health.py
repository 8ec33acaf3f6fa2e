"""GET /health: is this process alive?

It is WSGI middleware and not a view, because a load balancer's health check names the task by its IP address, and Flask
answers 400 to a Host that is not in TRUSTED_HOSTS. It asks nothing of a database: when that is down, replacing every
task does not help. What /ready says is for people and dashboards.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/health"
BODY = b'{"status":"ok"}\n'


class HealthCheck:
    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._app(environ, start_response)
        start_response(
            "200 OK",
            [("Content-Type", "application/json"), ("Content-Length", str(len(BODY))), ("Cache-Control", "no-store")],
        )
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [BODY]
