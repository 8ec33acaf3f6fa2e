"""The load balancer's trace id, which joins a log line with the load balancer's access log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_ROOT = re.compile(r"(?:^|;)\s*Root=([0-9A-Za-z-]{1,64})")


def trace_id(environ: Mapping[str, Any]) -> str | None:
    match = _ROOT.search(environ.get("HTTP_X_AMZN_TRACE_ID", ""))
    return match.group(1) if match else None
