"""Images by name, as the emulator's ECS asks for them before it starts a task."""
from process_images.store import UnknownImage

from .errors import ImageNotFound


class _Image:
    def __init__(self, name, digest):
        self.name, self.id = name, digest

    def tag(self, *_args, **_options):
        return True


class Images:
    def __init__(self, store):
        self._store = store

    def get(self, name):
        try:
            return _Image(name, self._store.find(name).digest)
        except UnknownImage as error:
            raise ImageNotFound(f"no image {name} was pushed by the CDK") from error

    def pull(self, name, *_args, **_options):
        return self.get(name)

    #: ECS pins a service to the digest that a tag had when the deployment began.
    def get_registry_data(self, name, **_options):
        return self.get(name)
