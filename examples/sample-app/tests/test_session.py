from __future__ import annotations

import pytest

OVER_HTTPS = {"base_url": "https://shop.example.com"}


def cookie_of(answer) -> str:
    return answer.headers["Set-Cookie"].split(";")[0].partition("=")[2]


def visit_with(app, cookie: str) -> int:
    client = app.test_client()
    client.set_cookie("session", cookie, domain="shop.example.com", secure=True)
    return client.get("/session", **OVER_HTTPS).json["visits"]


def test_visits_are_counted(make_app):
    client = make_app(FLASK_SECRET_KEY="first").test_client()
    assert [client.get("/session", **OVER_HTTPS).json["visits"] for _ in range(3)] == [1, 2, 3]


def test_cookie_flags(make_app):
    cookie = make_app(FLASK_SECRET_KEY="first").test_client().get("/session", **OVER_HTTPS).headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_secure_can_be_turned_off_for_plain_http(make_app):
    app = make_app(FLASK_SECRET_KEY="first", FLASK_SESSION_COOKIE_SECURE="false")
    assert "Secure" not in app.test_client().get("/session").headers["Set-Cookie"]


@pytest.mark.parametrize("fallbacks", ['["first", "older"]', "first"])
def test_a_rotated_key_keeps_sessions(make_app, fallbacks):
    cookie = cookie_of(make_app(FLASK_SECRET_KEY="first").test_client().get("/session", **OVER_HTTPS))
    rotated = make_app(FLASK_SECRET_KEY="second", FLASK_SECRET_KEY_FALLBACKS=fallbacks)
    assert visit_with(rotated, cookie) == 2


class TestRotation:
    """What FlaskSecretKey makes of a rotation: the next key is among the fallbacks a rotation before it signs."""

    BEFORE = {"FLASK_SECRET_KEY": "first", "FLASK_SECRET_KEY_FALLBACKS": '["second"]'}
    AFTER = {"FLASK_SECRET_KEY": "second", "FLASK_SECRET_KEY_FALLBACKS": '["third", "first"]'}
    LATER = {"FLASK_SECRET_KEY": "third", "FLASK_SECRET_KEY_FALLBACKS": '["fourth", "second"]'}

    def session_of(self, make_app, key):
        return cookie_of(make_app(**key).test_client().get("/session", **OVER_HTTPS))

    def test_a_session_from_before_it_is_read_after_it(self, make_app):
        assert visit_with(make_app(**self.AFTER), self.session_of(make_app, self.BEFORE)) == 2

    def test_a_session_of_a_task_that_has_rotated_is_read_by_one_that_has_not(self, make_app):
        assert visit_with(make_app(**self.BEFORE), self.session_of(make_app, self.AFTER)) == 2

    def test_a_visitor_goes_to_and_fro_between_both_while_tasks_are_replaced(self, make_app):
        cookie, visits = self.session_of(make_app, self.BEFORE), []
        for key in (self.AFTER, self.BEFORE, self.AFTER, self.BEFORE):
            client = make_app(**key).test_client()
            client.set_cookie("session", cookie, domain="shop.example.com", secure=True)
            answer = client.get("/session", **OVER_HTTPS)
            visits.append(answer.json["visits"])
            cookie = cookie_of(answer)
        assert visits == [2, 3, 4, 5]

    def test_a_session_that_is_not_used_lasts_for_one_rotation(self, make_app):
        assert visit_with(make_app(**self.LATER), self.session_of(make_app, self.BEFORE)) == 1

    def test_before_the_first_rotation_there_may_be_no_fallback(self, make_app):
        assert make_app(FLASK_SECRET_KEY="first", FLASK_SECRET_KEY_FALLBACKS="[]").config["SECRET_KEY_FALLBACKS"] == []


def test_a_key_that_is_gone_ends_its_sessions(make_app):
    cookie = cookie_of(make_app(FLASK_SECRET_KEY="first").test_client().get("/session", **OVER_HTTPS))
    assert visit_with(make_app(FLASK_SECRET_KEY="second"), cookie) == 1


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_key_sessions_are_off_and_the_rest_works(make_app, log_lines, key):
    client = make_app(**({} if key is None else {"FLASK_SECRET_KEY": key})).test_client()
    answer = client.get("/session")
    assert (answer.status_code, answer.json["detail"]) == (503, "sessions are off: FLASK_SECRET_KEY is not set")
    assert client.get("/").status_code == 200
    assert [line["message"] for line in log_lines() if line["level"] == "WARNING"] == [
        "sessions are off: FLASK_SECRET_KEY is not set"
    ]
