"""For the command line: `celery -A app.celery worker` and `celery -A app.celery beat`."""

from __future__ import annotations

from . import create_app

celery = create_app(serves=False).extensions["celery"]
