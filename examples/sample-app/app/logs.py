"""Logs: one JSON object a line on stdout, which is what CloudWatch Logs Insights reads without a parser."""

from __future__ import annotations

import json
import logging
import logging.config
import time
from typing import Any

from flask import has_request_context, request

from .trace import trace_id


class JsonFormatter(logging.Formatter):
    """Encodes with `json`, so no backslash, quote or newline that a client sends can break a line or forge one."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            entry["trace_id"] = trace_id(request.environ)
        entry.update(getattr(record, "fields", {}))
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


def configure(level: str) -> None:
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": JsonFormatter}},
            "handlers": {
                "stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}
            },
            "root": {"level": level, "handlers": ["stdout"]},
            "loggers": {
                # The development server logs each request too; the request log has it already.
                "werkzeug": {"level": "WARNING"},
                # Which of their parts they have loaded, and where they found their settings.
                "alembic.runtime.plugins": {"level": "WARNING"},
                "botocore": {"level": "WARNING"},
            },
        }
    )
