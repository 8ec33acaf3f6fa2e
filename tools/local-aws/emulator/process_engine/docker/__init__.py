"""Stands in for the docker SDK: every "container" that the emulator starts is a plain process on this machine.

Only what ministack's ECS calls is here. It is found instead of the real SDK because its folder is on PYTHONPATH.
"""
from process_images.store import Store

from . import errors, types
from .containers import Containers
from .images import Images

__all__ = ["DockerClient", "errors", "from_env", "types"]


class _Networks:
    def list(self, *_args, **_options):
        return []

    def get(self, name, *_args, **_options):
        raise errors.NotFound(name)


class DockerClient:
    def __init__(self, *_args, **_options):
        store = Store.from_environment()
        self.images = Images(store)
        self.containers = Containers.shared(store)
        self.networks = _Networks()

    def ping(self):
        return True

    def info(self):
        return {}

    def version(self):
        return {"Version": "plain processes"}

    def close(self):
        pass


def from_env(**_options):
    return DockerClient()
