"""What a container's process is started with: command, folder and environment of its image and task, made to fit a shared machine."""
import json
import os
import sys
from pathlib import Path

#: Puts sitecustomize.py on the path of every Python process of a task.
TASK_SITE = Path(__file__).resolve().parent.parent / "task_site"

_SANDBOX = Path(__file__).resolve().parent.parent / "task_limits" / "sandbox.py"
#: Of a container whose definition names none: docker's and Fargate's own.
_SHARED_MEMORY = {"/dev/shm": "size=64m"}


class TaskEnvironment:
    def __init__(self, image, address, private_folder, options=None):
        """`options` are those of the docker SDK: the limits of the container, which are kept where the machine can (PROCESS_SANDBOX)."""
        self._options = options or {}
        self._limited = bool(os.environ.get("PROCESS_SANDBOX"))
        self._image = image
        self._address = address
        self._private = str(private_folder)
        self._root = Path(image.root)
        self._venv_bin = Path(image.venv) / "bin"

    @property
    def folder(self):
        return str(self._root / (self._options.get("working_dir") or self._image.workdir).lstrip("/"))

    def command(self, override):
        """The task definition's or the caller's command replaces the image's; a given entrypoint forgets both of the image's, as in Docker."""
        entrypoint = self._options.get("entrypoint")
        words = [*entrypoint, *(override or [])] if entrypoint else self._image.entrypoint + list(override or self._image.command)
        if not words:
            raise ValueError("neither the image nor the task has a command")
        first, *rest = words
        program = self._venv_bin / Path(first).name
        # `gunicorn` and `/opt/venv/bin/gunicorn` are both the one in the image's Python environment.
        fitted = [str(program) if program.exists() else self._fit(first), *(self._fit(word) for word in rest)]
        return [sys.executable, "-I", "-S", str(_SANDBOX), json.dumps(self.limits()), *fitted] if self._limited else fitted

    def limits(self):
        """For sandbox.py. A root that is not read-only is the image's files alone, and not the machine's."""
        user, _, group = str(self._options.get("user") or "0").partition(":")
        read_only = self._options.get("read_only", False)
        tmpfs = {**_SHARED_MEMORY, **({} if read_only else {"/tmp": "mode=1777"}), **self._options.get("tmpfs", {})}
        return {
            "uid": int(user), "gid": int(group or user),
            "tmpfs": {self._path(path): options for path, options in tmpfs.items()},
            "writable": [] if read_only else [str(self._root)],
            "keep": [str(self._root), self._image.venv, *([str(Path(_trusted()).parent)] if _trusted() else []), *_ways_to(self._venv_bin / "python"), str(TASK_SITE), sys.base_prefix],
        }

    def _path(self, path):
        """A path of the container on this machine: the image has no /tmp and no /dev of its own."""
        return path if path.split("/")[1] in ("tmp", "dev") else str(self._root / path.lstrip("/"))

    def variables(self, of_task):
        image = {key: self._fit(value) for key, value in self._image.env.items() if key != "PATH"}
        # Addresses only: a task's `APPLICATION_ROOT=/app` is not a path of the image.
        task = {key: self._fit_address(str(value)) for key, value in of_task.items()}
        python_path = [str(TASK_SITE), *filter(None, [task.get("PYTHONPATH", image.get("PYTHONPATH"))])]
        return {
            **self._of_the_machine(),
            **({"SSL_CERT_FILE": _trusted()} if _trusted() else {}),
            **image,
            **task,
            **({} if self._limited else self._of_its_own_folder()),
            "PATH": f"{self._venv_bin}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "VIRTUAL_ENV": self._image.venv,
            "PYTHONPATH": os.pathsep.join(python_path),
            "TASK_ADDRESS": self._address,
        }

    def _of_the_machine(self):
        """Without a user of its name in the image, HOME is / as docker has it."""
        return {"HOME": "/"} if self._limited else {"LANG": os.environ.get("LANG", "C.UTF-8")}

    def _of_its_own_folder(self):
        """The task says /tmp, which on Fargate is its own and here is everybody's: two tasks would share gunicorn's control socket."""
        return {"TMPDIR": self._private, "XDG_RUNTIME_DIR": self._private, "HOME": self._private}

    def _fit(self, text):
        """A word of the command or of the image's environment, with paths and addresses made this machine's."""
        if text.startswith("/"):
            inside = self._root / text.lstrip("/")
            if text != "/" and inside.exists():
                return str(inside)
        return self._fit_address(text)

    def _fit_address(self, text):
        # Python servers are kept off the wildcard address by sitecustomize.py, the others (granian) here.
        return text.replace("0.0.0.0", self._address).replace("host.docker.internal", "127.0.0.1")


def _trusted():
    """The certificates that a container has in its image. Only where a cache has one of its own."""
    return os.environ.get("PROCESS_TRUSTED")


def _ways_to(program):
    """The folders of the links by which a program is reached."""
    ways = []
    while program.is_symlink():
        program = program.parent / os.readlink(program)
        ways.append(str(program.parent))
    return ways
