from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app import create_app

SERVER_VARIABLES = ("AWS_", "DATABASE_", "ECS_", "FLASK_", "GRANIAN_", "GUNICORN_", "PG")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer's shell sets must not decide a test."""
    for name in list(os.environ):
        if name.startswith(SERVER_VARIABLES) or name in ("PORT", "WEB_CONCURRENCY"):
            monkeypatch.delenv(name)


@pytest.fixture
def make_app(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Flask]:
    """Builds the app as production does: from variables."""

    def make(**variables: str) -> Flask:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return create_app()

    return make


@pytest.fixture
def log_lines(capfd: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """The lines on stdout so far; each must be a JSON object."""

    def read() -> list[dict[str, Any]]:
        entries = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        assert all(isinstance(entry, dict) for entry in entries)
        return entries

    return read
