from __future__ import annotations

import pytest

NASTY = [
    "back\\slash \"double\" 'single'",
    'x\\"} {"level":"INFO","message":"forged',
    "tab\there, caf\xe9 and \x7f",
    "\\",
    "\\u0000 \\n",
]


def test_startup_line_names_the_port(make_app, log_lines):
    make_app(PORT="3000", FLASK_SECRET_KEY="k")
    (line,) = log_lines()
    assert line["message"] == "listening on port 3000"
    assert (line["level"], line["port"], line["version"]) == ("INFO", 3000, "1.0.0")


def test_startup_line_without_a_known_port(make_app, log_lines):
    make_app()
    assert log_lines()[0]["message"] == "ready to serve"


def test_request_line(make_app, log_lines):
    client = make_app().test_client()
    headers = {
        "X-Amzn-Trace-Id": "Self=1-2-3;Root=1-67891233-abcdef012345678912345678;Sampled=1",
        "X-Forwarded-For": "198.51.100.7",
        "User-Agent": "test",
    }
    client.get("/slow?seconds=0.02&token=private", headers=headers, buffered=True)
    line = log_lines()[-1]
    assert line["message"] == "GET /slow 200"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/slow", 200)
    assert 20 <= line["duration_ms"] < 2000
    assert line["trace_id"] == "1-67891233-abcdef012345678912345678"
    assert (line["client"], line["user_agent"]) == ("198.51.100.7", "test")
    assert "private" not in str(line)


@pytest.mark.parametrize("user_agent", NASTY)
def test_no_user_agent_breaks_a_line(make_app, log_lines, user_agent):
    make_app().test_client().get("/", headers={"User-Agent": user_agent}, buffered=True)
    assert log_lines()[-1]["user_agent"] == user_agent


def test_newlines_that_a_lax_server_lets_through_stay_inside_the_line(make_app, log_lines):
    environ = {"HTTP_USER_AGENT": 'a\r\n{"message":"forged"}\n', "HTTP_X_AMZN_TRACE_ID": "Root=1-a\nb"}
    make_app().test_client().get("/caf%C3%A9%0A", environ_overrides=environ, buffered=True)
    line = log_lines()[-1]
    assert line["user_agent"] == environ["HTTP_USER_AGENT"]
    assert (line["path"], line["trace_id"]) == ("/caf\xe9\n", "1-a")


def test_lines_within_a_request_carry_its_trace_id(make_app, log_lines):
    app = make_app()

    @app.get("/noted")
    def noted():
        app.logger.info("noted %s", "it")
        return "", 204

    app.test_client().get("/noted", headers={"X-Amzn-Trace-Id": "Root=1-abc"}, buffered=True)
    line = next(line for line in log_lines() if line["message"] == "noted it")
    assert line["trace_id"] == "1-abc"


def test_health_checks_are_not_logged(make_app, log_lines):
    client = make_app().test_client()
    log_lines()
    client.get("/health", buffered=True)
    assert log_lines() == []


def test_an_error_that_passes_through_is_logged_as_500(make_app, log_lines):
    app = make_app()
    app.config["PROPAGATE_EXCEPTIONS"] = True

    @app.get("/boom")
    def boom():
        raise LookupError

    with pytest.raises(LookupError):
        app.test_client().get("/boom")
    assert log_lines()[-1]["status"] == 500


def test_log_level(make_app, log_lines):
    make_app(FLASK_LOG_LEVEL="error").test_client().get("/", buffered=True)
    assert log_lines() == []
