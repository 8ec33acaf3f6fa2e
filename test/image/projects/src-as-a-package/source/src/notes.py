from flask import Flask

from src import ANSWER

app = Flask(__name__)


@app.get('/')
def index():
    return ANSWER
