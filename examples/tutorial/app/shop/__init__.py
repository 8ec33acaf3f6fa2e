"""A small shop: orders in a database, pictures in Amazon S3, receipts written by a worker."""

import os

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from .jobs import celery_of
from .models import db
from .views import shop


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL", "sqlite:///shop.db"),
        UPLOADS_BUCKET=os.environ.get("UPLOADS_BUCKET"),
        JOBS_QUEUE_URL=os.environ.get("JOBS_QUEUE_URL"),
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        SECRET_KEY="only for flask run on this machine",
    )
    app.config.from_prefixed_env()  # FLASK_SECRET_KEY, FLASK_SQLALCHEMY_ENGINE_OPTIONS, ...
    db.init_app(app)
    Migrate(app, db, directory=f"{app.root_path}/../migrations")
    celery_of(app)
    app.register_blueprint(shop)
    # the load balancer is the one proxy in front of the app
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)
    return app
