from flask import Flask


def create_app(greeting='development'):
    app = Flask(__name__)

    @app.get('/')
    def index():
        return greeting

    return app
