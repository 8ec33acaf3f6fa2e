"""Uploads into /tmp, with the lines of docs/long-connections.md."""

import os
import re
from pathlib import Path

from flask import request

PAGE = Path(__file__).parents[4] / "docs" / "long-connections.md"


def add_uploads(app):
    [block] = [text for text in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL) if "FormDataParser" in text]
    exec(block, {"app": app})  # what the page tells a user to add

    @app.post("/uploads")
    def upload():
        return {"sizes": [len(file.stream.read()) for file in request.files.values()]}

    @app.get("/free")
    def free():
        state = os.statvfs("/tmp")
        return {"MiB": state.f_bavail * state.f_frsize // 2**20}
