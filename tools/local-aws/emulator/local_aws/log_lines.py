"""Log events that are whole lines: an engine hands a container's output on in pieces, each of which ministack makes an event."""
from ministack.services import ecs

from .patching import replace


def apply():
    replace(ecs, "_forward_awslogs", lambda forward: lambda container, *rest: forward(_WholeLines(container), *rest))


class _WholeLines:
    def __init__(self, container):
        self._container = container

    def logs(self, **options):
        rest = b""
        for piece in self._container.logs(**options):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                yield line + b"\n"
        if rest:
            yield rest
