"""Where images are kept: a folder for each, and a small file for each name that points to one."""
import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from . import dockerfile, python_environment, source_environment


class UnknownImage(Exception):
    """No image goes by this name."""


@dataclass
class Image:
    """What is needed to run an image as a plain process."""

    digest: str
    root: str
    workdir: str
    env: dict
    entrypoint: list
    command: list
    venv: str

    @property
    def manifest(self):
        return _manifest(asdict(self))


class Store:
    def __init__(self, folder, venvs=None):
        self.folder = Path(folder)
        #: Shared by runs, unlike the images: installing is what takes time.
        self.venvs = Path(venvs or self.folder / "venvs")

    @classmethod
    def from_environment(cls):
        return cls(os.environ["PROCESS_IMAGES"], os.environ.get("PROCESS_VENVS"))

    def build(self, context, dockerfile_path, tags, arguments, target=None, secrets=None):
        """Record an image and name it."""
        images = self.folder / "images"
        images.mkdir(parents=True, exist_ok=True)
        # Built under a name of its own and renamed when whole: an interrupted build leaves no half image behind.
        unfinished = Path(tempfile.mkdtemp(prefix=".build-", dir=images))
        try:
            stages = dockerfile.stages_of(dockerfile_path, context, unfinished, arguments, target)
            stage = stages[-1]
            if dockerfile.is_from_source(dockerfile_path):
                venv = source_environment.source_environment(stages[0], self.venvs, secrets)
            else:
                venv = python_environment.environment_for(context, self.venvs)
            whole = Path(tempfile.mkdtemp(prefix="image-", dir=images))
            os.replace(stage.root, whole / "root")
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        parts = {
            "root": str(whole / "root"), "workdir": stage.workdir, "env": stage.env,
            "entrypoint": stage.entrypoint, "command": stage.command, "venv": str(venv),
        }
        image = Image(digest=_digest(_manifest(parts)), **parts)
        (whole / "image.json").write_text(json.dumps(asdict(image), indent=1), encoding="utf-8")
        for tag in tags:
            self._name_all(tag, image, whole)
        return image

    def find(self, name):
        """The image of a name: `repository:tag` or `repository@digest`."""
        path = self._name_file(name)
        if not path.is_file():
            raise UnknownImage(name)
        return Image(**json.loads((Path(path.read_text(encoding="utf-8")) / "image.json").read_text(encoding="utf-8")))

    def tag(self, name, new_name):
        image = self.find(name)
        folder = Path(self._name_file(name).read_text(encoding="utf-8"))
        self._name_all(new_name, image, folder)

    def _name_all(self, name, image, folder):
        """By its digest too: a task may name it so."""
        self._name(name, folder)
        self._name(f"{name.rsplit(':', 1)[0]}@{image.digest}", folder)

    def _name(self, name, folder):
        path = self._name_file(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(folder), encoding="utf-8")

    def _name_file(self, name):
        # As docker has it: a name without a tag is that of the tag `latest`.
        if "@" not in name and ":" not in name.rsplit("/", 1)[-1]:
            name += ":latest"
        return self.folder / "names" / quote(name, safe="")


def _manifest(parts):
    """The text that a registry keeps for the image; its hash is the image's digest."""
    return json.dumps({"schemaVersion": 2, "plainProcess": {k: v for k, v in parts.items() if k != "digest"}}, sort_keys=True)


def _digest(manifest):
    return "sha256:" + hashlib.sha256(manifest.encode()).hexdigest()
