"""All the containers of this emulator."""
import atexit
import threading

from process_images.store import UnknownImage

from .addresses import Addresses
from .container import Container
from .errors import ImageNotFound, NotFound


class Containers:
    _shared = None
    _shared_lock = threading.Lock()

    @classmethod
    def shared(cls, store):
        """One for the process: the emulator makes a client in several places and expects each to see all containers."""
        with cls._shared_lock:
            if cls._shared is None:
                cls._shared = cls(store)
                atexit.register(cls._shared.end_all)
            return cls._shared

    def __init__(self, store):
        self._store = store
        self._addresses = Addresses()
        self._all = {}
        self._lock = threading.Lock()
        self._closed = False

    def run(self, name_of_image, **options):
        try:
            image = self._store.find(name_of_image)
        except UnknownImage as error:
            raise ImageNotFound(f"no image {name_of_image} was pushed by the CDK") from error
        task = (options.get("labels") or {}).get("com.amazonaws.ecs.task-arn", "")
        port = int((options.get("environment") or {}).get("PORT", 3000))
        address = self._addresses.take(task, port)
        try:
            # Under the lock, so that none starts behind the back of end_all.
            with self._lock:
                if self._closed:
                    raise RuntimeError("the emulator is stopping")
                container = Container(
                    options.get("name"), name_of_image, image, options, address,
                    on_end=lambda: self._addresses.release(task), on_remove=lambda gone: self._all.pop(gone.id, None),
                )
                self._all[container.id] = container
        except Exception:
            self._addresses.release(task)
            raise
        return container

    def get(self, id_or_name):
        for container in list(self._all.values()):
            if id_or_name and (container.id.startswith(id_or_name) or container.name == id_or_name):
                return container
        raise NotFound(id_or_name)

    def list(self, filters=None, **_options):
        wanted = (filters or {}).get("label") or []
        pairs = [label.partition("=") for label in ([wanted] if isinstance(wanted, str) else wanted)]
        return [
            container for container in list(self._all.values())
            if all(key in container.labels and (not given or container.labels[key] == value) for key, given, value in pairs)
        ]

    def end_all(self):
        with self._lock:
            self._closed = True
        running = [container for container in list(self._all.values()) if container.status == "running"]
        threads = [threading.Thread(target=container.stop, args=(3,)) for container in running]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
