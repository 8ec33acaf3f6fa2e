"""Settings: defaults here, the rest from FLASK_* variables."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from typing import Any

from flask import Flask

MIB = 1024 * 1024

DEFAULTS: dict[str, Any] = {
    "APP_VERSION": "1.0.0",
    "CELERY": {},  # settings of Celery beside those in queue.py
    "INSTANCE": None,
    "JOBS_QUEUE_URL": "",  # of an SQS queue; without it there are no jobs
    "LOG_LEVEL": "INFO",
    "MAX_CONTENT_LENGTH": 8 * MIB,
    "MAX_SLOW_SECONDS": 25,  # under the 30 s that the server and the load balancer give a request
    "MAX_CPU_ROUNDS": 5_000_000,
    "SERVICE_NAME": "flask-app",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_SECURE": True,  # FLASK_SESSION_COOKIE_SECURE=false while there is no HTTPS in front
    "TIDY_UP_SECONDS": 60,  # between two runs of the job that beat sends
    "URL_PREFIX": "",  # /shop where several services share one load balancer by path
}

# from_prefixed_env() reads every value as JSON: a secret of digits would become an int, and version 1.10 the float 1.1.
TEXT_SETTINGS = ("APP_VERSION", "INSTANCE", "JOBS_QUEUE_URL", "LOG_LEVEL", "SECRET_KEY", "SERVICE_NAME", "URL_PREFIX")


def load(app: Flask, overrides: Mapping[str, Any] | None = None) -> None:
    app.config.from_mapping(DEFAULTS)
    app.config.from_prefixed_env()
    for name in TEXT_SETTINGS:
        value = os.environ.get(f"FLASK_{name}")
        if value is not None:
            app.config[name] = value
    fallbacks = os.environ.get("FLASK_SECRET_KEY_FALLBACKS")
    if fallbacks is not None:
        app.config["SECRET_KEY_FALLBACKS"] = _secrets(fallbacks)
    app.config.from_mapping(overrides or {})

    # No key is made up here: each worker process would make its own and refuse the others' cookies.
    app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or None
    app.config["LOG_LEVEL"] = app.config["LOG_LEVEL"].upper()
    app.config["INSTANCE"] = app.config["INSTANCE"] or _instance()
    app.config["PORT"] = _port()


def _secrets(text: str) -> list[str]:
    """A JSON list of keys, or one bare key, which is what a previous version in Secrets Manager arrives as."""
    try:
        keys = json.loads(text, parse_int=str, parse_float=str)
    except ValueError:
        keys = text
    if not (isinstance(keys, list) and all(isinstance(key, str) for key in keys)):
        keys = [text]
    return [key for key in keys if key]


def _instance() -> str:
    """The id of the ECS task's container, or the host name elsewhere."""
    metadata = os.environ.get("ECS_CONTAINER_METADATA_URI_V4", "")
    return metadata.rstrip("/").rpartition("/")[2] or socket.gethostname()


def _port() -> int | None:
    """The port that the server was told to listen on; the app itself cannot ask."""
    for name in ("PORT", "GRANIAN_PORT", "FLASK_RUN_PORT"):
        value = os.environ.get(name, "")
        if value.isdecimal():
            return int(value)
    return None
