"""Work that no visitor waits for. SQS may deliver a message twice, so a job that ran twice must do no harm."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from celery import Task, shared_task
from flask import Blueprint, Flask, abort, current_app, request
from flask.typing import ResponseReturnValue

logger = logging.getLogger(__name__)

KEPT = timedelta(days=1)

jobs = Blueprint("jobs", __name__)


@shared_task(bind=True)
def count_words(self: Task, text: str, seconds: float = 0) -> int:
    if "poison" in text:
        raise ValueError("this text cannot be counted")  # to see where a message goes that no worker can handle
    logger.info("job begun", extra={"fields": {"job": self.request.id}})
    time.sleep(seconds)  # as long as a longer text would take
    words = len(text.split())
    _remember(self.request.id, str(words))
    logger.info("job done", extra={"fields": {"job": self.request.id, "words": words}})
    return words


@shared_task
def tidy_up() -> int:
    """Beat sends it: forgets the jobs of yesterday."""
    forgotten = _forget(KEPT)
    logger.info("tidied up", extra={"fields": {"forgotten": forgotten}})
    return forgotten


@jobs.post("/jobs")
def enqueue() -> ResponseReturnValue:
    text = request.form.get("text", "").strip()
    if not text:
        abort(400, "send the form field 'text'")
    seconds = request.form.get("seconds", 0, type=float)
    job = count_words.delay(text, min(max(seconds, 0), 600))
    return {"id": job.id}, 202


@jobs.get("/jobs/<job_id>")
def result(job_id: str) -> ResponseReturnValue:
    """What a job found. Without a database only the worker's log tells."""
    if not _has_database():
        abort(404, "there is no database to keep results in: see the log of the worker")
    from .database import db
    from .models import FinishedJob

    job = db.session.get(FinishedJob, job_id)
    return {"id": job_id, "done": job is not None, "words": int(job.result) if job else None}


def _has_database() -> bool:
    return "sqlalchemy" in current_app.extensions


def _remember(job_id: str, result: str) -> None:
    if not _has_database():
        return
    from .database import db
    from .models import FinishedJob

    db.session.merge(FinishedJob(id=job_id, result=result))
    db.session.commit()


def _forget(age: timedelta) -> int:
    if not _has_database():
        return 0
    from sqlalchemy import delete

    from .database import db
    from .models import FinishedJob, now

    done = db.session.execute(delete(FinishedJob).where(FinishedJob.finished_at < now() - age))
    db.session.commit()
    return done.rowcount


def init_app(app: Flask) -> None:
    app.register_blueprint(jobs)
