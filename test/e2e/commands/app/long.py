"""Streams, a WebSocket and Socket.IO, as docs/long-connections.md tells of them, with seconds of the test's own."""

import os
import time

from flask import request
from flask_sock import Sock
from flask_socketio import SocketIO

from . import app

app.config["SOCK_SERVER_OPTIONS"] = {"ping_interval": float(os.environ.get("SOCK_PING", "25"))}
sock = Sock(app)
socketio = SocketIO(app, async_mode=os.environ.get("SOCKETIO_MODE", "threading"))


@app.get("/events")
def events():
    """Events for some seconds; with ?silent the first alone, and a last one."""
    count, pause = int(request.args["count"]), float(request.args["pause"])

    def lines():
        for i in range(count):
            yield f"data: {i}\n\n"
            time.sleep(pause)

    return app.response_class(lines(), mimetype="text/event-stream")


@app.get("/wait")
def wait():
    time.sleep(float(request.args["seconds"]))
    return {"waited": True}


@app.post("/slow-upload")
def slow_upload():
    return {"bytes": len(request.get_data()), "process": os.getpid()}


@sock.route("/echo")
def echo(ws):
    while True:
        ws.send(ws.receive())


@socketio.on("ask")
def answer(text):
    return {"process": os.getpid(), "text": text}
