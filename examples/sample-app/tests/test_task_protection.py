from __future__ import annotations

import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app import task_protection as module
from app.task_protection import TaskIsLeaving, task_protection


@pytest.fixture
def agent(monkeypatch, tmp_path):
    """What Amazon ECS has in each container: answers as `answers` says, and remembers what it was told."""

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            state = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.told.append((self.path, state))
            status, answer = server.answer or (200, {"protection": {"ProtectionEnabled": state["ProtectionEnabled"]}})
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.told = []
    server.answer = None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("ECS_AGENT_URI", f"http://127.0.0.1:{server.server_port}/api/task")
    monkeypatch.setattr(module, "BUSY", tmp_path / "busy")
    monkeypatch.setattr(module, "LOCK", tmp_path / "busy.lock")
    yield server
    server.shutdown()
    server.server_close()


PATH = "/api/task/task-protection/v1/state"
ON = (PATH, {"ProtectionEnabled": True, "ExpiresInMinutes": 30})
OFF = (PATH, {"ProtectionEnabled": False})


def test_a_task_is_protected_while_it_is_at_work(agent):
    with task_protection(minutes=30):
        assert agent.told == [ON]
    assert agent.told == [ON, OFF]


def test_also_when_the_job_fails(agent):
    with pytest.raises(ZeroDivisionError), task_protection(minutes=30):
        raise ZeroDivisionError
    assert agent.told == [ON, OFF]


def test_the_last_process_that_ends_takes_the_protection_away(agent):
    with subprocess.Popen(["sleep", "60"]) as other:
        with task_protection(minutes=30):
            (module.BUSY / str(other.pid)).touch()
        assert agent.told == [ON]
        other.kill()
    # it is dead, and has left its file
    with task_protection(minutes=30):
        pass
    assert agent.told == [ON, ON, OFF]


def test_a_task_that_was_chosen_already_leaves_its_job_to_another(agent):
    agent.answer = (200, {"failure": {"Reason": "TASK_NOT_VALID"}})
    with pytest.raises(TaskIsLeaving, match="TASK_NOT_VALID"), task_protection():
        pytest.fail("the job was begun")


def test_without_the_right_to_it_the_job_is_done_unprotected(agent, caplog):
    agent.answer = (400, {"error": {"Code": "AccessDeniedException"}})
    with task_protection():
        done = True
    assert done
    assert "the task is not protected" in caplog.text


def test_elsewhere_nothing_is_protected(monkeypatch):
    monkeypatch.delenv("ECS_AGENT_URI", raising=False)
    with task_protection():
        pass
