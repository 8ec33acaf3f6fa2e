"""Celery with an Amazon SQS queue that exists already: the app makes none, and so needs no permission to."""

from __future__ import annotations

import os
import re
from typing import Any

from celery import Celery, Task, signals
from celery.exceptions import Reject
from flask import Flask

from .task_protection import TaskIsLeaving, task_protection

QUEUE = "jobs"


def init_app(app: Flask) -> Celery:
    class TaskOfApp(Task):
        abstract = True

        def __call__(self, *args: object, **kwargs: object) -> object:
            try:
                with task_protection(), app.app_context():
                    return self.run(*args, **kwargs)
            except TaskIsLeaving as leaving:
                # With acks_late the message stays in the queue, and another task takes it up.
                raise Reject(leaving, requeue=True) from leaving

    celery = Celery(app.name, task_cls=TaskOfApp)
    celery.config_from_object(_settings(app))
    celery.set_default()
    app.extensions["celery"] = celery
    # The app's own JSON lines, also in the worker.
    signals.setup_logging.connect(_keep_logging)
    return celery


def _keep_logging(**_options: Any) -> None:
    pass


def _settings(app: Flask) -> dict[str, Any]:
    url = app.config["JOBS_QUEUE_URL"]
    return {
        "broker_url": "sqs://",  # the credentials are those of the task's role
        "broker_transport_options": {
            "region": region_of(url),
            "predefined_queues": {QUEUE: {"url": url}},
            "wait_time_seconds": 20,
            "polling_interval": 0,
        },
        "broker_connection_retry_on_startup": True,
        "task_default_queue": QUEUE,
        # A message goes when its job is done: what a task that is stopped had begun, another takes up, and what fails again and again ends
        # in the dead-letter queue.
        "task_acks_late": True,
        "task_acks_on_failure_or_timeout": False,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "task_ignore_result": True,
        "worker_enable_remote_control": False,  # needs a queue for each worker
        "worker_redirect_stdouts": False,
        "beat_schedule": {
            "tidy-up": {"task": "app.jobs.tidy_up", "schedule": float(app.config["TIDY_UP_SECONDS"])},
        },
        **app.config["CELERY"],
    }


def region_of(queue_url: str) -> str:
    named = re.match(r"https://sqs\.([a-z0-9-]+)\.", queue_url)
    return named[1] if named else os.environ.get("AWS_REGION", "us-east-1")
