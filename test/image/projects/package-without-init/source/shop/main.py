from flask import Flask

from shop.words import GREETING

app = Flask(__name__)


@app.get('/')
def index():
    return GREETING
