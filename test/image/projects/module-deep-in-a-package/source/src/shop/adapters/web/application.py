from flask import Flask

from shop.domain.notes import first


def create_app() -> Flask:
    app = Flask(__name__)
    app.add_url_rule('/', 'index', first)
    return app
