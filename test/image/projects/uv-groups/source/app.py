from flask import Flask
import itsdangerous, blinker

app = Flask(__name__)


@app.get('/')
def index():
    return 'ok'
