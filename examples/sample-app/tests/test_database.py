from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from app import database

ROOT = Path(__file__).parent.parent

PARTS = {
    "DATABASE_HOST": "shop.abc.eu-central-1.rds.amazonaws.com",
    "DATABASE_PORT": "5433",
    "DATABASE_NAME": "shop",
    "DATABASE_USER": "flask",
    "DATABASE_PASSWORD": "p@ss/w:rd%",
}


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/test.db"


def flask(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FLASK_APP": "app:create_app()", "DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "flask", "db", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30)


@pytest.fixture
def client(make_app, url):
    app = make_app(DATABASE_URL=url)
    with app.app_context():
        database.db.create_all()
    return app.test_client()


class TestUrl:
    def test_the_parts_are_put_together_and_the_password_is_whatever_it_is(self):
        url = database.url_from(PARTS)
        assert (url.drivername, url.host, url.port, url.database) == (
            "postgresql+psycopg",
            "shop.abc.eu-central-1.rds.amazonaws.com",
            5433,
            "shop",
        )
        assert (url.username, url.password) == ("flask", "p@ss/w:rd%")
        assert "p@ss" not in str(url)

    def test_a_url_goes_first(self):
        url = database.url_from({**PARTS, "DATABASE_URL": "postgresql+psycopg://other:5432/blog"})
        assert (url.host, url.username, url.password) == ("other", None, None)  # libpq has PGUSER and PGPASSWORD

    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
    def test_the_driver_is_the_one_that_is_installed(self, scheme):
        url = database.url_from({"DATABASE_URL": f"{scheme}://db/shop"})
        assert url.drivername == "postgresql+psycopg"

    def test_libpq_takes_user_and_password_from_its_own_variables(self, make_app):
        app = make_app(DATABASE_URL="postgresql://db:5432/shop")
        with app.app_context():
            dialect = database.db.engine.dialect
            _, arguments = dialect.create_connect_args(database.db.engine.url)
        assert (arguments["host"], arguments["port"], arguments["dbname"]) == ("db", 5432, "shop")
        assert not {"user", "password"} & set(arguments)


class TestWithout:
    def test_there_are_no_notes_and_nothing_is_loaded(self, make_app):
        app = make_app()
        assert app.test_client().get("/notes").status_code == 404
        assert "sqlalchemy" not in app.extensions
        assert app.test_client().get("/ready").json["checks"] == {"temporary_files": True}

    def test_the_app_imports_neither_sqlalchemy_nor_celery(self):
        code = "import sys, app; app.create_app(); print([m for m in ('sqlalchemy', 'celery', 'boto3') if m in sys.modules])"
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30)
        assert done.stdout.splitlines()[-1] == "[]", done.stderr


class TestNotes:
    def test_what_is_written_is_read_newest_first(self, client):
        for text in ("first", "second"):
            assert client.post("/notes", data={"text": text}).status_code == 201
        answer = client.get("/notes").json
        assert [note["text"] for note in answer["notes"]] == ["second", "first"]
        assert answer["count"] == 2

    @pytest.mark.parametrize("text", ["", "   ", "x" * 281])
    def test_empty_and_long_notes_are_refused(self, client, text):
        assert client.post("/notes", data={"text": text}).status_code == 400
        assert client.get("/notes").json["count"] == 0

    def test_ready_asks_the_database(self, client):
        assert client.get("/ready").json["checks"] == {"temporary_files": True, "database": True}

    def test_ready_says_so_when_the_database_is_away_and_health_does_not(self, make_app):
        client = make_app(DATABASE_URL="sqlite:////nowhere/at/all.db").test_client()
        answer = client.get("/ready")
        assert (answer.status_code, answer.json["checks"]["database"]) == (503, False)
        assert client.get("/health").status_code == 200


class TestMigrations:
    def test_they_make_what_the_models_say_and_go_back(self, url):
        assert flask(url, "upgrade").returncode == 0
        done = flask(url, "check")
        assert done.returncode == 0, done.stdout + done.stderr
        assert flask(url, "downgrade", "base").returncode == 0
        assert inspect(create_engine(url)).get_table_names() == ["alembic_version"]

    def test_a_second_run_changes_nothing(self, url):
        flask(url, "upgrade")
        done = flask(url, "upgrade")
        assert done.returncode == 0
        assert "Running upgrade" not in done.stdout

    def test_check_sees_a_model_without_a_migration(self, url):
        flask(url, "upgrade", "0001")
        assert flask(url, "check").returncode != 0
