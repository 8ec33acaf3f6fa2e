from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app import create_app, queue

ROOT = Path(__file__).parent.parent
URL = "https://sqs.eu-central-1.amazonaws.com/111111111111/jobs"


@pytest.fixture
def make_worker(monkeypatch, tmp_path):
    """An app whose jobs run at once, in the request that sends them: no message leaves the process."""

    def make(**variables: str):
        monkeypatch.setenv("FLASK_JOBS_QUEUE_URL", URL)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return create_app({"CELERY": {"broker_url": "memory://", "task_always_eager": True}})

    return make


@pytest.fixture
def with_database(make_worker, tmp_path):
    from app.database import db

    app = make_worker(DATABASE_URL=f"sqlite:///{tmp_path}/test.db")
    with app.app_context():
        db.create_all()
    return app


def test_without_a_queue_there_are_no_jobs(make_app):
    assert make_app().test_client().post("/jobs", data={"text": "a b"}).status_code == 404


def test_a_job_is_taken_and_its_end_is_logged(make_worker, log_lines):
    answer = make_worker().test_client().post("/jobs", data={"text": "two words"}, buffered=True)
    assert answer.status_code == 202
    (line,) = [line for line in log_lines() if line["message"] == "job done"]
    assert (line["job"], line["words"]) == (answer.json["id"], 2)


def test_a_job_without_text_is_refused(make_worker):
    assert make_worker().test_client().post("/jobs").status_code == 400


def test_with_a_database_the_web_tells_the_result(with_database):
    client = with_database.test_client()
    job = client.post("/jobs", data={"text": "one two three"}).json["id"]
    assert client.get(f"/jobs/{job}").json == {"id": job, "done": True, "words": 3}
    assert client.get("/jobs/unknown").json == {"id": "unknown", "done": False, "words": None}


def test_without_a_database_the_web_does_not_know(make_worker):
    answer = make_worker().test_client().get("/jobs/some")
    assert (answer.status_code, "log of the worker" in answer.json["detail"]) == (404, True)


def test_a_job_that_is_delivered_twice_is_done_once(with_database):
    from app.jobs import count_words
    from app.models import FinishedJob

    for _ in range(2):
        count_words.apply(args=["a b"], task_id="same")
    with with_database.app_context():
        from app.database import db

        assert [job.id for job in db.session.query(FinishedJob)] == ["same"]


def test_tidy_up_forgets_what_is_older_than_a_day(with_database):
    from datetime import timedelta

    from app.database import db
    from app.jobs import tidy_up
    from app.models import FinishedJob, now

    with with_database.app_context():
        db.session.add(FinishedJob(id="old", result="1", finished_at=now() - timedelta(days=2)))
        db.session.add(FinishedJob(id="new", result="1"))
        db.session.commit()
    assert tidy_up.delay().result == 1
    with with_database.app_context():
        assert [job.id for job in db.session.query(FinishedJob)] == ["new"]


def test_what_fails_stays_in_the_queue(make_worker):
    conf = make_worker().extensions["celery"].conf
    assert conf.task_acks_late
    assert not conf.task_acks_on_failure_or_timeout
    assert conf.task_reject_on_worker_lost


def test_the_queue_is_the_one_that_is_given(make_app):
    conf = make_app(FLASK_JOBS_QUEUE_URL=URL, FLASK_TIDY_UP_SECONDS="15").extensions["celery"].conf
    assert conf.broker_transport_options["predefined_queues"] == {"jobs": {"url": URL}}
    assert conf.broker_transport_options["region"] == "eu-central-1"
    assert conf.beat_schedule["tidy-up"]["schedule"] == 15


@pytest.mark.parametrize(
    ("url", "variables", "region"),
    [
        (URL, {"AWS_REGION": "us-west-2"}, "eu-central-1"),
        ("http://127.0.0.1:4566/000000000000/jobs", {"AWS_REGION": "us-west-2"}, "us-west-2"),
        ("http://127.0.0.1:4566/000000000000/jobs", {}, "us-east-1"),
    ],
)
def test_the_region_is_that_of_the_queue(monkeypatch, url, variables, region):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert queue.region_of(url) == region


def test_the_command_line_finds_the_tasks_and_says_nothing_of_serving():
    environment = {"PATH": "", "FLASK_JOBS_QUEUE_URL": URL, "PORT": "3000", "PYTHONDONTWRITEBYTECODE": "1"}
    code = "from app.celery import celery; print(sorted(name for name in celery.tasks if name.startswith('app.')))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30)
    *lines, tasks = done.stdout.splitlines()
    assert tasks == "['app.jobs.count_words', 'app.jobs.tidy_up']", done.stderr
    assert not any("listening" in json.loads(line)["message"] for line in lines)
