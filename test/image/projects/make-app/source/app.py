from flask import Flask


def make_app():
    app = Flask(__name__)

    @app.get('/')
    def index():
        return 'ok'

    return app
