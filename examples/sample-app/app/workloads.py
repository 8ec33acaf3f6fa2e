"""Work of a known kind, to watch scaling, timeouts and deployments with."""

from __future__ import annotations

import time

from flask import Blueprint, Flask, abort, current_app, request
from flask.typing import ResponseReturnValue

workloads = Blueprint("workloads", __name__)


@workloads.get("/slow")
def slow() -> ResponseReturnValue:
    """Waits, as a call to a database or another service does."""
    seconds = _number("seconds", 1.0, current_app.config["MAX_SLOW_SECONDS"])
    time.sleep(seconds)
    return {"slept_seconds": seconds}


@workloads.get("/cpu")
def cpu() -> ResponseReturnValue:
    """Computes in Python, and so holds the interpreter's lock."""
    rounds = int(_number("rounds", 200_000, current_app.config["MAX_CPU_ROUNDS"]))
    total = 0
    for value in range(rounds):
        total = (total + value * value) % 1_000_003
    return {"rounds": rounds, "result": total}


def _number(name: str, default: float, maximum: float) -> float:
    text = request.args.get(name)
    if text is None:
        return min(default, maximum)
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= maximum:  # written so that nan is refused too
        abort(400, f"{name} must be a number from 0 to {maximum}")
    return value


def init_app(app: Flask) -> None:
    app.register_blueprint(workloads)
