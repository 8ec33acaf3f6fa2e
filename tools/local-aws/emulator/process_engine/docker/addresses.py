"""A loopback address for each task, so that all of them can listen on the same port, as on AWS."""
import socket
import threading

#: 127.0.10.2 to 127.0.10.31. Few, because macOS needs an alias for each.
POOL = [f"127.0.10.{last}" for last in range(2, 32)]


class NoAddress(Exception):
    pass


class Addresses:
    def __init__(self):
        self._lock = threading.Lock()
        self._of_task = {}
        self._users = {}
        self._next = 0

    def take(self, task, port):
        """The address of a task. Containers of one task share it, as they share a network interface on Fargate."""
        with self._lock:
            if task not in self._of_task:
                self._of_task[task] = self._free(port)
            self._users[task] = self._users.get(task, 0) + 1
            return self._of_task[task]

    def release(self, task):
        with self._lock:
            self._users[task] = self._users.get(task, 1) - 1
            if self._users[task] <= 0:
                self._users.pop(task, None)
                self._of_task.pop(task, None)

    def _free(self, port):
        used = set(self._of_task.values())
        for _ in POOL:
            # Round robin: a replacement does not take the address of the task it replaces.
            address = POOL[self._next % len(POOL)]
            self._next += 1
            if address not in used and _can_listen(address, port):
                return address
        raise NoAddress(f"none of {POOL[0]} to {POOL[-1]} is free on port {port}")


def _can_listen(address, port):
    """False also where another run on this machine uses the address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
