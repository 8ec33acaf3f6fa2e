"""For the command line: `celery -A shop.celery worker`, `celery -A shop.celery beat --scheduler celery.beat.Scheduler`."""

from . import create_app

celery = create_app().extensions["celery"]
