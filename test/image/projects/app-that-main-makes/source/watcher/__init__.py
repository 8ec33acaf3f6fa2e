from flask import Flask

app = None


def main():
    global app
    app = Flask(__name__)
    app.run()
