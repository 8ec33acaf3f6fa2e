"""What a container's process is started with: command, folder and environment of its image and task, made to fit a shared machine."""
import os
from pathlib import Path

#: Puts sitecustomize.py on the path of every Python process of a task.
TASK_SITE = Path(__file__).resolve().parent.parent / "task_site"


class TaskEnvironment:
    def __init__(self, image, address, private_folder):
        self._image = image
        self._address = address
        self._private = str(private_folder)
        self._root = Path(image.root)
        self._venv_bin = Path(image.venv) / "bin"

    @property
    def folder(self):
        return str(self._root / self._image.workdir.lstrip("/"))

    def command(self, override):
        """The task definition's or the caller's command replaces the image's, behind the same entrypoint."""
        words = self._image.entrypoint + list(override or self._image.command)
        if not words:
            raise ValueError("neither the image nor the task has a command")
        first, *rest = words
        program = self._venv_bin / Path(first).name
        # `gunicorn` and `/opt/venv/bin/gunicorn` are both the one in the image's Python environment.
        return [str(program) if program.exists() else self._fit(first), *(self._fit(word) for word in rest)]

    def variables(self, of_task):
        image = {key: self._fit(value) for key, value in self._image.env.items() if key != "PATH"}
        # Addresses only: a task's `APPLICATION_ROOT=/app` is not a path of the image.
        task = {key: self._fit_address(str(value)) for key, value in of_task.items()}
        python_path = [str(TASK_SITE), *filter(None, [task.get("PYTHONPATH", image.get("PYTHONPATH"))])]
        return {
            "LANG": os.environ.get("LANG", "C.UTF-8"),
            **image,
            **task,
            "PATH": f"{self._venv_bin}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "VIRTUAL_ENV": self._image.venv,
            # The task says /tmp, which on Fargate is its own and here is everybody's: two tasks would share
            # gunicorn's control socket.
            "TMPDIR": self._private,
            "XDG_RUNTIME_DIR": self._private,
            "HOME": self._private,
            "PYTHONPATH": os.pathsep.join(python_path),
            "TASK_ADDRESS": self._address,
        }

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
