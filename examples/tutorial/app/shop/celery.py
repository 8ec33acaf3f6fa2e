"""For `celery -A shop.celery worker` and `celery -A shop.celery beat --scheduler celery.beat.Scheduler`."""

from . import create_app

celery = create_app().extensions["celery"]
