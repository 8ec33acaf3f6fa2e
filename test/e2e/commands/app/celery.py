"""Celery without a broker of its own: what is tried is that the command runs."""

from celery import Celery
from celery.signals import before_task_publish, worker_ready

celery = Celery("app", broker="memory://")
celery.conf.beat_schedule = {"tidy-up": {"task": "app.tidy_up", "schedule": 1.0}}


@celery.task(name="app.tidy_up")
def tidy_up():
    return "tidy"


@worker_ready.connect
def say_ready(**_):
    print("the worker is ready", flush=True)


@before_task_publish.connect
def say_sent(sender, **_):
    print(f"{sender} is sent", flush=True)
