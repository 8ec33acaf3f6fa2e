"""Builds a context as process mode does, starts the image as a task is started, and prints what it answers to GET / as JSON."""
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from docker.task_environment import TaskEnvironment
from process_images.store import Store

_LONGEST_START_SECONDS = 40


def main(context):
    image = Store.from_environment().build(Path(context), Path(context) / "Dockerfile", ["project:latest"], {})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as private:
        fitted = TaskEnvironment(image, "127.0.0.1", private)
        variables = fitted.variables({
            "PORT": str(port), "WEB_CONCURRENCY": "1",
            "GUNICORN_CMD_ARGS": f"--bind 0.0.0.0:{port} --workers 1 -k gthread --threads 4 --access-logfile -",
        })
        variables.update({name: value for name, value in os.environ.items() if name.startswith("PROJECT_")})
        with open(Path(private) / "log", "wb") as log:
            process = subprocess.Popen(
                fitted.command(None), cwd=fitted.folder, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        try:
            answer = _answer_of(process, port, os.environ.get("PROJECT_PATH", "/"))
        finally:
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if answer is None or os.environ.get("PROJECT_LOG"):
            print((Path(private) / "log").read_text(errors="replace")[-3000:], file=sys.stderr)
        if answer is None:
            raise SystemExit("the task ended, or did not answer in time")
        print(json.dumps(answer))


def _answer_of(process, port, path):
    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args, **_options):
            return None

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)
    end = time.monotonic() + _LONGEST_START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with opener.open(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
                return {"status": answer.status, "body": answer.read().decode(errors="replace")}
        except urllib.error.HTTPError as error:
            return {"status": error.code, "body": error.read().decode(errors="replace")}
        except OSError:
            time.sleep(0.2)
    return None


if __name__ == "__main__":
    main(sys.argv[1])
