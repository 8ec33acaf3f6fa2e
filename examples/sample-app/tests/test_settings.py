from __future__ import annotations

import pytest


@pytest.mark.parametrize("key", ["123456", "1e5", "007", "true", "null", '"quoted"', "[1,2]", "a\\b"])
def test_a_secret_key_is_text_whatever_it_looks_like(make_app, key):
    assert make_app(FLASK_SECRET_KEY=key).config["SECRET_KEY"] == key


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('["a", "b"]', ["a", "b"]),
        ("[123, 4.50]", ["123", "4.50"]),
        ("123456", ["123456"]),
        ("null", ["null"]),
        ("[not json", ["[not json"]),
        ("[[1]]", ["[[1]]"]),
        ("", []),
        ("[]", []),
    ],
)
def test_fallback_keys_are_text(make_app, text, keys):
    assert make_app(FLASK_SECRET_KEY_FALLBACKS=text).config["SECRET_KEY_FALLBACKS"] == keys


def test_other_settings_are_read_as_json(make_app):
    config = make_app(FLASK_MAX_CONTENT_LENGTH="1024", FLASK_SESSION_COOKIE_SECURE="false").config
    assert config["MAX_CONTENT_LENGTH"] == 1024
    assert config["SESSION_COOKIE_SECURE"] is False


@pytest.mark.parametrize(
    ("variables", "port"),
    [
        ({"PORT": "3000", "GRANIAN_PORT": "8000"}, 3000),
        ({"GRANIAN_PORT": "8000"}, 8000),
        ({"FLASK_RUN_PORT": "5001"}, 5001),
        ({"PORT": "three"}, None),
        ({}, None),
    ],
)
def test_port_comes_from_what_the_server_was_told(make_app, variables, port):
    assert make_app(**variables).config["PORT"] == port


def test_url_prefix_moves_the_pages_and_leaves_the_health_check(make_app):
    client = make_app(FLASK_URL_PREFIX="/shop", FLASK_SERVICE_NAME="shop").test_client()
    assert client.get("/shop/").json["service"] == "shop"
    assert client.get("/shop").status_code == 308
    assert client.get("/").status_code == 404
    assert client.get("/health").status_code == 200
