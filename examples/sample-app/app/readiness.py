"""GET /ready: do the things that this service depends on answer?"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable

from flask import Flask
from flask.typing import ResponseReturnValue

logger = logging.getLogger(__name__)


class Readiness:
    """The checks, by name. A check returns when its dependency answers, and raises when it does not."""

    def __init__(self) -> None:
        self._checks: dict[str, Callable[[], object]] = {}

    def register(self, name: str, check: Callable[[], object]) -> None:
        self._checks[name] = check

    def results(self) -> dict[str, bool]:
        return {name: self._passes(name, check) for name, check in self._checks.items()}

    @staticmethod
    def _passes(name: str, check: Callable[[], object]) -> bool:
        try:
            check()
        except Exception:
            logger.exception("readiness check %s failed", name)  # the reason is for the log, not for the client
            return False
        return True


def _temporary_files() -> None:
    """Uploads are spooled to files; with a read-only root and no tmpfs there is nowhere to put them."""
    with tempfile.TemporaryFile() as file:
        file.write(b"ok")


def init_app(app: Flask) -> None:
    readiness = app.extensions["readiness"] = Readiness()
    readiness.register("temporary_files", _temporary_files)

    @app.get("/ready")
    def ready() -> ResponseReturnValue:
        checks = readiness.results()
        is_ready = all(checks.values())
        return {"status": "ready" if is_ready else "unavailable", "checks": checks}, 200 if is_ready else 503
