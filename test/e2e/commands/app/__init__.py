"""An app that has the commands which the docs name."""

import click
from flask import Flask, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from .uploads import add_uploads

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:////tmp/commands.db"
Migrate(app, SQLAlchemy(app), directory="migrations")
add_uploads(app)


def create_app():
    return app


@app.get("/")
def home():
    return {"scheme": request.scheme, "path": request.path, "root": request.root_path, "address": request.remote_addr}


@app.post("/bytes")
def received():
    return {"bytes": len(request.get_data())}


@app.cli.command()
@click.option("--day")
def report(day):
    click.echo(f"report of {day}")


@app.cli.command()
def seed():
    click.echo("seeded")


@app.cli.command()
@click.option("--code", type=int)
def fail(code):
    raise SystemExit(code)
