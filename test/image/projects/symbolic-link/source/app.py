from flask import Flask

app = Flask(__name__)


@app.get('/')
def index():
    return open(app.root_path + '/texts/word.txt').read()
