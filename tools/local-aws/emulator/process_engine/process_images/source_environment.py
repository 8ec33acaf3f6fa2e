"""The Python environment of an image of FlaskImage.fromSource(): the steps of its build stage, run as plain processes.

What installs here is what installs in the image, by the same commands in the same order. The folders of the build stage are below a folder of
the cache, whose name is the hash of all that the steps read, as an engine caches its layers.
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .dockerfile import Copy
from .python_environment import RequirementsError, alone

_PLACES = re.compile(r"(?<![\w./-])/(opt|app)(?=[/\s\"';]|$)")
#: Makes an installer in a virtual environment of its own, which all projects share.
_INSTALLER = re.compile(r"python3 -m venv /opt/(?P<name>\w+) && ")
_SECRETS = re.compile(r"/run/secrets(?=/)")
_LONGEST_STEP_SECONDS = 900


def source_environment(stage, venvs, secrets=None):
    """The venv that the build stage makes, made on first use."""
    python = interpreter_for(stage.base)
    steps = _installing(stage.steps)
    key = hashlib.sha256(f"{python}\n".encode())
    for step in steps:
        if isinstance(step, Copy):
            for path, to in step.files:
                content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
                key.update(f"{to}\n".encode() + hashlib.sha256(content).digest())
        else:
            key.update(f"{step.command}\n{sorted(step.env.items())}\n".encode())
    folder = Path(venvs) / f"source-{key.hexdigest()[:16]}"
    with alone(folder):
        if not (folder / ".complete").exists():
            _make(folder, steps, python, secrets or {})
    return folder / "opt" / "venv"


def _installing(steps):
    """Without what prepares Debian, and without what comes after the last installation: a change of the code installs nothing."""
    kept = [step for step in steps if isinstance(step, Copy) or not step.command.startswith("apt-get ")]
    last = max((i for i, step in enumerate(kept) if not isinstance(step, Copy) and "compileall" not in step.command), default=-1)
    return kept[: last + 1]


def _make(folder, steps, python, secrets):
    shutil.rmtree(folder, ignore_errors=True)  # half made: an earlier run was interrupted
    programs = folder / "python"
    programs.mkdir(parents=True)
    for name in ("python3", "python"):
        (programs / name).symlink_to(python)
    with tempfile.TemporaryDirectory() as secret_folder:
        for name, value in secrets.items():
            (Path(secret_folder) / name).write_text(value, encoding="utf-8")
        installers = {}
        for step in steps:
            installer = None if isinstance(step, Copy) else _INSTALLER.match(step.command)
            if installer:
                installers[installer["name"]] = _installer(step, folder.parent, python, secret_folder)
            elif isinstance(step, Copy):
                for path, to in step.files:
                    target = folder / to.lstrip("/")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(path, target, follow_symlinks=False)
            else:
                _run(step, folder, programs, secret_folder, installers)
    (folder / ".complete").touch()


def _installer(step, venvs, python, secret_folder):
    folder = venvs / f"installer-{hashlib.sha256(f'{python}{step.command}'.encode()).hexdigest()[:16]}"
    with alone(folder):
        if not (folder / ".complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            programs = folder / "python"
            programs.mkdir(parents=True)
            (programs / "python3").symlink_to(python)
            _run(step, folder, programs, secret_folder, {})
            (folder / ".complete").touch()
    return folder


def _run(step, folder, programs, secret_folder, installers):
    def fit(text):
        for name, place in installers.items():
            text = text.replace(f"/opt/{name}/", f"{place}/opt/{name}/")
        return _SECRETS.sub(secret_folder, _PLACES.sub(lambda match: f"{folder}/{match[1]}", text))

    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    env = {**inherited, **{name: fit(value) for name, value in step.env.items()}, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    workdir = folder / step.workdir.lstrip("/")
    workdir.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["/bin/sh", "-c", fit(step.command)], cwd=workdir, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False, timeout=_LONGEST_STEP_SECONDS,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-25:])
        raise RequirementsError(f"{step.command} ended with {done.returncode}:\n{tail}")


def interpreter_for(base):
    """The Python of the base image's version, else the nearest one that this machine has."""
    wanted = re.search(r"python:3\.(\d+)", base)
    if not wanted:
        return os.path.realpath(sys.executable)
    minor = int(wanted[1])
    found = _interpreters()
    older, newer = [m for m in found if m <= minor], [m for m in found if m > minor]
    nearest = max(older) if older else min(newer)
    if nearest != minor:
        print(f"this machine has no Python 3.{minor}: 3.{nearest} takes its place", file=sys.stderr)
    return found[nearest]


def _interpreters():
    """The versions of Python 3 from 3.9 on that this machine has, on the PATH and of pyenv."""
    folders = [*os.get_exec_path(), *(str(path) for path in sorted(Path.home().glob(".pyenv/versions/*/bin")))]
    found = {}
    for folder in folders:
        for path in Path(folder).glob("python3.*") if os.path.isdir(folder) and "shims" not in folder else ():
            match = re.fullmatch(r"python3\.(\d+)", path.name)
            if match and int(match[1]) >= 9 and int(match[1]) not in found and os.access(path, os.X_OK):
                found[int(match[1])] = os.path.realpath(path)
    found.setdefault(sys.version_info[1], os.path.realpath(sys.executable))
    return found
