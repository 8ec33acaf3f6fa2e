from flask import Flask
from shared import word

app = Flask(__name__)


@app.get("/")
def index():
    return word()
