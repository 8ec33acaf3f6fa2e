from flask import Flask


def create_app(word):
    app = Flask(__name__)

    @app.get('/')
    def index():
        return word

    return app
