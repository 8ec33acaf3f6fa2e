"""Uploads into /tmp, with the lines of docs/long-connections.md."""

import os

from flask import request

from .lines import add_lines


def add_uploads(app):
    add_lines(app, "long-connections.md", "FormDataParser")

    @app.post("/uploads")
    def upload():
        return {"sizes": [len(file.stream.read()) for file in request.files.values()]}

    @app.get("/free")
    def free():
        state = os.statvfs("/tmp")
        return {"MiB": state.f_bavail * state.f_frsize // 2**20}
