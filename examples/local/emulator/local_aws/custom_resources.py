"""Custom resources that fail in minutes: a handler that dies never answers, and ministack would wait an hour for it."""
from ministack.services.cloudformation import custom_resource

from .patching import replace

_SECONDS = 120


def apply():
    replace(custom_resource, "invoke_custom_resource", _with_timeout)


def _with_timeout(invoke):
    def invoke_custom_resource(request_type, logical_id, props, *rest, **options):
        return invoke(request_type, logical_id, {"ServiceTimeout": _SECONDS, **props}, *rest, **options)

    return invoke_custom_resource
