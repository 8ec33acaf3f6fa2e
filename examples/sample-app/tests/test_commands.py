from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def flask(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FLASK_APP": "app:create_app()", "PORT": "3000", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_report_prints_one_json_line():
    done = flask("report")
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()  # and none that says that it listens
    report = json.loads(line)
    assert report["checks"] == {"temporary_files": True}
    assert "/slow" in report["routes"]


@pytest.mark.parametrize(
    ("arguments", "code"), [([], 1), (["--code", "3"], 3), (["--code", "0"], 0), (["--code", "256"], 2)]
)
def test_fail_exits_with_the_code(arguments, code):
    assert flask("fail", *arguments).returncode == code
