from __future__ import annotations

import hashlib
import io
import logging

import pytest


def test_greeting_names_version_port_and_instance(make_app):
    app = make_app(PORT="3000", FLASK_APP_VERSION="2.10", FLASK_INSTANCE="task-1")
    answer = app.test_client().get("/")
    assert answer.status_code == 200
    assert answer.json["message"] == "Hello from Flask on Fargate"
    assert (answer.json["version"], answer.json["port"], answer.json["instance"]) == ("2.10", 3000, "task-1")


def test_instance_is_the_ecs_container(make_app):
    app = make_app(ECS_CONTAINER_METADATA_URI_V4="http://169.254.170.2/v4/0123abcd-987")
    assert app.test_client().get("/").json["instance"] == "0123abcd-987"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_answers_with_trusted_hosts_set_and_an_ip_address_as_host(make_app, method):
    client = make_app(FLASK_TRUSTED_HOSTS='["shop.example.com"]').test_client()
    by_address = {"Host": "10.0.3.17:3000"}
    assert client.open("/health", method=method, headers=by_address).status_code == 200
    assert client.get("/", headers=by_address).status_code == 400
    assert client.get("/", headers={"Host": "shop.example.com"}).status_code == 200


def test_health_is_for_reading_only(make_app):
    assert make_app().test_client().post("/health").status_code == 404


def test_ready_when_every_check_passes(make_app):
    answer = make_app().test_client().get("/ready")
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "checks": {"temporary_files": True}})


def test_not_ready_when_a_check_fails_and_the_reason_stays_in_the_log(make_app, log_lines):
    app = make_app()

    def database():
        raise ConnectionError("no route to 10.0.0.9")

    app.extensions["readiness"].register("database", database)
    answer = app.test_client().get("/ready")
    assert answer.status_code == 503
    assert answer.json == {"status": "unavailable", "checks": {"temporary_files": True, "database": False}}
    failure = next(line for line in log_lines() if line["message"] == "readiness check database failed")
    assert "no route to 10.0.0.9" in failure["exception"]


def test_slow_waits(make_app):
    assert make_app().test_client().get("/slow?seconds=0.01").json == {"slept_seconds": 0.01}


def test_cpu_computes(make_app):
    assert make_app().test_client().get("/cpu?rounds=10").json == {"rounds": 10, "result": 285}


@pytest.mark.parametrize(
    "query", ["seconds=25.1", "seconds=-1", "seconds=nan", "seconds=inf", "seconds=soon", "seconds="]
)
def test_slow_is_bounded(make_app, query):
    answer = make_app().test_client().get(f"/slow?{query}")
    assert (answer.status_code, answer.json["detail"]) == (400, "seconds must be a number from 0 to 25")


def test_cpu_is_bounded(make_app):
    client = make_app(FLASK_MAX_CPU_ROUNDS="100").test_client()
    assert client.get("/cpu").json["rounds"] == 100
    assert client.get("/cpu?rounds=101").status_code == 400


def test_upload_through_a_temporary_file(make_app):
    content = b"x" * 600_000  # over 500 kB Werkzeug spools to a file
    answer = make_app().test_client().post("/upload", data={"file": (io.BytesIO(content), "a.bin")})
    assert answer.status_code == 201
    assert answer.json == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def test_upload_without_a_file(make_app):
    answer = make_app().test_client().post("/upload")
    assert (answer.status_code, answer.json["detail"]) == (400, "send a file in the form field 'file'")


def test_oversized_body(make_app):
    client = make_app(FLASK_MAX_CONTENT_LENGTH="1000").test_client()
    answer = client.post("/upload", data={"file": (io.BytesIO(b"x" * 2000), "a.bin")})
    assert (answer.status_code, answer.json["title"]) == (413, "Request Entity Too Large")


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [("GET", "/nowhere", 404, "Not Found"), ("DELETE", "/", 405, "Method Not Allowed")],
)
def test_errors_are_problem_details(make_app, method, path, status, title):
    answer = make_app().test_client().open(path, method=method)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert (answer.json["status"], answer.json["title"]) == (status, title)
    assert status != 405 or "GET" in answer.headers["Allow"]


def test_an_error_tells_the_trace_id_of_the_load_balancer(make_app):
    client = make_app().test_client()
    answer = client.get("/missing", headers={"X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678"})
    assert answer.json["trace_id"] == "1-67891233-abcdef012345678912345678"
    assert "trace_id" not in client.get("/missing").json


def test_an_unexpected_error_tells_the_client_nothing_and_the_log_everything(make_app, log_lines):
    app = make_app()

    @app.get("/boom")
    def boom():
        raise LookupError("the secret reason")

    answer = app.test_client().get("/boom", buffered=True)
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert "secret reason" not in answer.text
    lines = log_lines()
    assert any("the secret reason" in line.get("exception", "") for line in lines if line["level"] == "ERROR")
    assert lines[-1]["status"] == 500


def test_security_headers(make_app):
    client = make_app().test_client()
    plain = client.get("/")
    assert plain.headers["X-Content-Type-Options"] == "nosniff"
    assert plain.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert plain.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in plain.headers
    assert "Strict-Transport-Security" in client.get("/", headers={"X-Forwarded-Proto": "https"}).headers


class TestBehindTheLoadBalancer:
    """It appends the peer's address to X-Forwarded-For and sets X-Forwarded-Proto; the rest comes from the client."""

    @pytest.fixture
    def seen(self, make_app):
        app = make_app()

        @app.get("/seen")
        def seen():
            from flask import request

            return {"client": request.remote_addr, "scheme": request.scheme, "host": request.host}

        return lambda **headers: (
            app.test_client()
            .get("/seen", headers={name.replace("_", "-"): value for name, value in headers.items()})
            .json
        )

    def test_the_address_that_it_appended_counts(self, seen):
        assert seen(X_Forwarded_For="6.6.6.6, 198.51.100.7")["client"] == "198.51.100.7"

    def test_its_scheme_counts(self, seen):
        assert seen(X_Forwarded_Proto="https")["scheme"] == "https"

    def test_a_forwarded_host_is_the_clients_invention(self, seen):
        assert seen(X_Forwarded_Host="evil.example", Host="shop.example.com")["host"] == "shop.example.com"


def test_logging_is_set_once_however_often_the_app_is_made(make_app):
    make_app()
    make_app()
    stdout_handlers = [
        handler for handler in logging.getLogger().handlers if type(handler.formatter).__name__ == "JsonFormatter"
    ]
    assert len(stdout_handlers) == 1
