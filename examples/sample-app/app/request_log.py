"""One log line a request, in WSGI middleware: it also sees what fails before a view runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.wsgi import ClosingIterator

from .trace import trace_id

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)


class RequestLog:
    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()
        status = 500

        def remember_status(status_line: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            nonlocal status
            status = int(status_line[:3])
            return start_response(status_line, headers, *exc_info)

        def log() -> None:
            self._log(environ, status, time.perf_counter() - started)

        try:
            body = self._app(environ, remember_status)
        except BaseException:
            log()
            raise
        return ClosingIterator(body, log)  # logged when the body is sent, so a streamed answer counts in full

    @staticmethod
    def _log(environ: WSGIEnvironment, status: int, seconds: float) -> None:
        method = environ["REQUEST_METHOD"]
        # WSGI carries the path's bytes as latin-1.
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        logger.info(
            "%s %s %s",
            method,
            path,
            status,
            extra={
                "fields": {
                    "method": method,
                    "path": path,  # without the query string, which may hold what no log should
                    "status": status,
                    "duration_ms": round(seconds * 1000, 1),
                    "client": environ.get("REMOTE_ADDR"),
                    "user_agent": environ.get("HTTP_USER_AGENT"),
                    "trace_id": trace_id(environ),
                }
            },
        )
