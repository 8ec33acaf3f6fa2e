"""The Python environment of an image: a venv with the app's requirements, shared by all images that ask for the same."""
import fcntl
import hashlib
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path


class RequirementsError(Exception):
    """The requirements could not be installed."""


def environment_for(context, venvs):
    """The venv for a build context's requirement files, made on first use."""
    files = requirement_files(context)
    key = hashlib.sha256(sys.version.encode())
    for path in files:
        key.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    venv = Path(venvs) / key.hexdigest()[:16]
    with alone(venv):
        if not (venv / ".complete").exists():
            _make(venv, files)
    return venv


@contextmanager
def alone(venv):
    """The CDK builds images side by side, and two demos may run at once."""
    venv.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{venv}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def requirement_files(context):
    """What the image installs: the app's requirements, and the server's where the app does not name one."""
    return [path for name in ("requirements.txt", "flask_image_server.txt") if (path := Path(context) / name).is_file()]


def _make(venv, files):
    shutil.rmtree(venv, ignore_errors=True)  # half made: an earlier run was interrupted
    # Without a pip of its own, which takes as long as many an app's requirements.
    _run([sys.executable, "-m", "venv", "--without-pip", str(venv)])
    if files:
        arguments = [word for path in files for word in ("-r", str(path))]
        python = str(venv / "bin" / "python")
        _run([sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check", *arguments])
    (venv / ".complete").touch()


def _run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-15:])
        raise RequirementsError(f"{' '.join(command)} ended with {done.returncode}:\n{tail}")
