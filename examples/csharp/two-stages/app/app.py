import os

from flask import Flask

app = Flask(__name__)


@app.get("/")
def greeting() -> dict[str, str]:
    return {"message": os.environ.get("GREETING", "Hello")}


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}
