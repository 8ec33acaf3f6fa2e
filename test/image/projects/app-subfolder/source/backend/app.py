from flask import Flask

from words import word

app = Flask(__name__)


@app.get('/')
def index():
    return word()
