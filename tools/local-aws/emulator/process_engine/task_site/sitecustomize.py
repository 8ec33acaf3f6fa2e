"""Runs first in every Python process of a task: a server that listens on all addresses listens on the task's own instead.

On Fargate 0.0.0.0 is the task's network interface alone; on a shared machine it would be the whole machine, and two tasks
could not both have port 3000.
"""
import os
import socket

_ADDRESS = os.environ.get("TASK_ADDRESS")

if _ADDRESS:
    _bind = socket.socket.bind

    def bind(self, address):
        if self.family == socket.AF_INET and address[0] in ("", "0.0.0.0"):
            address = (_ADDRESS, *address[1:])
        elif self.family == socket.AF_INET6 and address[0] in ("", "::"):
            raise OSError("a task has no IPv6 address here: listen on 0.0.0.0")
        return _bind(self, address)

    socket.socket.bind = bind
