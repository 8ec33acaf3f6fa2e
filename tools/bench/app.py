"""Three handlers to compare servers with. `python app.py PORT` is the development server, as the guide starts it."""

import sys
import time

from flask import Flask

app = Flask(__name__)


@app.get("/trivial")
def trivial():
    return {"status": "ok"}


@app.get("/io")
def io():
    time.sleep(0.05)  # a query or a call to another service: the interpreter is free meanwhile
    return {"status": "ok"}


@app.get("/slow")
def slow():
    time.sleep(2)  # what is under way when a task is stopped
    return {"status": "ok"}


@app.get("/cpu")
def cpu():
    return {"result": sum(value * value for value in range(60_000))}


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]))
