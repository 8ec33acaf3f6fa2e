"""Handlers to compare servers with. `python app.py PORT` is the development server, as the guide starts it."""

import sys
import time
from pathlib import Path

import werkzeug
from flask import Flask, render_template_string, request

# /static/debugger.js of Werkzeug has 10 kB: a file that is there wherever Flask is
app = Flask(__name__, static_url_path="/static", static_folder=Path(werkzeug.__file__).parent / "debug" / "shared")

ROWS = [{"id": i, "name": f"order {i}", "total": i * 1.5, "tags": ["new", "paid"]} for i in range(200)]
PAGE = """<!doctype html><title>{{ title }}</title><table>
{% for row in rows %}<tr><td>{{ row.id }}</td><td>{{ row.name }}</td><td>{{ "%.2f" | format(row.total) }}</td></tr>
{% endfor %}</table>"""
MEGABYTE = b"x" * 1_000_000


@app.get("/trivial")
def trivial():
    return {"status": "ok"}


@app.get("/io")
def io():
    time.sleep(0.05)  # a query or a call to another service: the interpreter is free meanwhile
    return {"status": "ok"}


@app.get("/json")
def json():
    return {"rows": ROWS}  # 13 kB


@app.get("/template")
def template():
    return render_template_string(PAGE, title="Orders", rows=ROWS[:100])


@app.post("/upload")
def upload():
    return {"bytes": len(request.get_data())}


@app.get("/download")
def download():
    return MEGABYTE


@app.get("/slow")
def slow():
    time.sleep(2)  # what is under way when a task is stopped
    return {"status": "ok"}


@app.get("/cpu")
def cpu():
    return {"result": sum(value * value for value in range(60_000))}


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]))
