"""The app under real servers on loopback, configured by variables alone, as a task configures them."""

from __future__ import annotations

import ast
import http.client
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOST = "127.0.0.1"
GUNICORN_ARGS = "-k gthread --threads 4 --keep-alive 75 --graceful-timeout 10 --access-logfile -"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def task_environment(port: int, temporary: Path) -> dict[str, str]:
    """What the construct gives the container."""
    return {
        **os.environ,
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        "FORWARDED_ALLOW_IPS": "*",
        "GUNICORN_CMD_ARGS": GUNICORN_ARGS,
        "XDG_RUNTIME_DIR": str(temporary),
        "TMPDIR": str(temporary),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "FLASK_SECRET_KEY": "0123456789",
    }


def get(port: int, path: str, **headers: str) -> tuple[int, dict]:
    connection = http.client.HTTPConnection(HOST, port, timeout=15)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@contextmanager
def running(command: list[str], environment: dict[str, str], port: int, log: Path):
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        for _ in range(150):
            assert server.poll() is None, log.read_text()
            try:
                if get(port, "/health")[0] == 200:
                    break
            except OSError:
                time.sleep(0.1)
        else:
            raise AssertionError(f"no answer on port {port}: {log.read_text()}")
        yield server
    finally:
        if server.poll() is None:
            server.terminate()
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def command_for(server: str, port: int, environment: dict[str, str]) -> list[str]:
    if server == "gunicorn":
        # As in the task, but for the address: there the PORT alone opens every interface.
        environment["GUNICORN_CMD_ARGS"] += f" --bind {HOST}:{port}"
        return ["gunicorn", "app:create_app()"]
    if server == "granian":
        if importlib.util.find_spec("granian") is None:
            pytest.skip("granian is not installed")
        environment.update(
            GRANIAN_HOST=HOST,
            GRANIAN_PORT=str(port),
            GRANIAN_INTERFACE="wsgi",
            GRANIAN_FACTORY="true",
            GRANIAN_BLOCKING_THREADS="4",
        )
        return ["granian", "app:create_app"]
    environment.update(FLASK_APP="app:create_app()")
    return ["flask", "run", "--host", HOST, "--port", str(port)]


@pytest.mark.parametrize("server", ["gunicorn", "granian", "flask"])
def test_serves_and_logs_json(server, tmp_path):
    port = free_port()
    environment = task_environment(port, tmp_path)
    log = tmp_path / "log"
    user_agent = 'Nasty\\ "agent"'
    with running(command_for(server, port, environment), environment, port, log):
        status, greeting = get(port, "/", User_Agent=user_agent, X_Amzn_Trace_Id="Root=1-abc")
        assert (status, greeting["port"]) == (200, port)
        assert get(port, "/ready")[0] == 200
        assert get(port, "/nowhere")[0] == 404
        time.sleep(0.2)
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert any(line["message"] == f"listening on port {port}" for line in lines)
    request = next(line for line in lines if line["message"] == "GET / 200")
    assert (request["user_agent"], request["trace_id"]) == (user_agent, "1-abc")


@pytest.mark.parametrize("server", ["gunicorn", "granian"])
def test_sigterm_lets_a_request_in_flight_finish(server, tmp_path):
    port = free_port()
    environment = task_environment(port, tmp_path)
    answers: list[tuple[int, dict]] = []
    with running(command_for(server, port, environment), environment, port, tmp_path / "log") as process:
        client = threading.Thread(target=lambda: answers.append(get(port, "/slow?seconds=2")))
        client.start()
        time.sleep(0.7)
        process.send_signal(signal.SIGTERM)
        client.join(15)
        assert answers == [(200, {"slept_seconds": 2.0})]
        assert process.wait(15) == 0


def test_gunicorn_reads_the_tasks_variables(tmp_path):
    """Printed and not started, because PORT alone opens every interface."""
    environment = task_environment(3000, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--print-config", "app:create_app()"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    settings = dict(line.split(" = ", 1) for line in map(str.strip, done.stdout.splitlines()) if " = " in line)
    settings = {name.strip(): value for name, value in settings.items()}
    assert ast.literal_eval(settings["bind"]) == ["0.0.0.0:3000"]
    assert (settings["workers"], settings["threads"], settings["keepalive"]) == ("2", "4", "75")
    assert settings["graceful_timeout"] == "10"
