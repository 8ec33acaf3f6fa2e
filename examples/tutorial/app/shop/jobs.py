"""Work that no visitor waits for. Amazon SQS may deliver a message twice, so a job that ran twice must do no harm."""

import io
import logging

from celery import Celery, Task, shared_task
from flask import Flask

from . import files
from .models import Order, db

QUEUE = "jobs"
logger = logging.getLogger(__name__)


@shared_task
def write_receipt(order_id: int) -> None:
    order = db.session.get(Order, order_id)
    if order is None:
        return
    key = f"receipts/{order.id}"
    files.save(key, io.BytesIO(f"1 {order.item}\n".encode()))
    order.receipt = key
    db.session.commit()
    logger.warning("receipt of order %s written", order.id)


@shared_task
def count_orders() -> None:
    """Celery beat sends it."""
    logger.warning("there are %s orders", db.session.query(Order).count())


def celery_of(app: Flask) -> Celery:
    class AppTask(Task):
        def __call__(self, *args: object, **kwargs: object) -> object:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery(app.name, task_cls=AppTask)
    celery.conf.update(
        broker_url="sqs://",
        # the queue exists: with its URL, Celery lists none and makes none
        broker_transport_options={
            "predefined_queues": {QUEUE: {"url": app.config["JOBS_QUEUE_URL"]}},
            "wait_time_seconds": 20,
        },
        task_default_queue=QUEUE,
        task_acks_late=True,  # a job that a stopping task had begun is done by another
        task_ignore_result=True,
        worker_enable_remote_control=False,  # it needs a queue for each worker
        beat_schedule={"count": {"task": "shop.jobs.count_orders", "schedule": 20.0}},
    )
    celery.set_default()
    app.extensions["celery"] = celery
    return celery
