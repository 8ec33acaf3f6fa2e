"""Keeps the task that this process runs in while it is at work: neither scale-in nor a deployment then takes it away.

Amazon ECS is told by an endpoint that it gives to each container; elsewhere there is none, and nothing is protected.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

logger = logging.getLogger(__name__)

#: The processes of a worker that are at work, a file each, and the lock for whoever counts them.
BUSY = Path(tempfile.gettempdir()) / "busy"
LOCK = Path(tempfile.gettempdir()) / "busy.lock"


class TaskIsLeaving(Exception):
    """Amazon ECS has chosen this task already: leave the job to another."""


@contextmanager
def task_protection(minutes: int = 60) -> Iterator[None]:
    """Around a job. After `minutes` the protection ends by itself, so take more than the longest job needs: 1 to 2880."""
    agent = os.environ.get("ECS_AGENT_URI")
    if not agent:
        yield
        return
    BUSY.mkdir(exist_ok=True)
    mine = BUSY / str(os.getpid())
    with _locked():
        _tell(agent, {"ProtectionEnabled": True, "ExpiresInMinutes": minutes})
        mine.touch()
    try:
        yield
    finally:
        with _locked():
            mine.unlink(missing_ok=True)
            if not any(map(_is_alive, BUSY.iterdir())):
                _tell(agent, {"ProtectionEnabled": False})


@contextmanager
def _locked() -> Iterator[None]:
    """One process at a time: the last one that ends must not take away what another has just begun."""
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_alive(busy: Path) -> bool:
    """A process that was killed has left its file."""
    try:
        os.kill(int(busy.name), 0)
    except ProcessLookupError:
        busy.unlink(missing_ok=True)
        return False
    return True


def _tell(agent: str, state: dict[str, object]) -> None:
    request = urllib.request.Request(
        f"{agent}/task-protection/v1/state",
        data=json.dumps(state).encode(),
        headers={"Content-Type": "application/json"},
        method="PUT",
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            answer = json.load(response)
    except (OSError, ValueError) as error:  # no right to, too many requests: better without protection than not at all
        logger.warning("the task is not protected: %s", error)
        return
    if "failure" in answer and state["ProtectionEnabled"]:
        raise TaskIsLeaving(answer["failure"])
