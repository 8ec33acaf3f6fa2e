"""Custom resources as CloudFormation treats them. Their handlers run as they are, the CDK's provider framework with its state machine too.

A handler that dies never answers, and ministack would wait an hour for it. A resource that answers that it could not be created is
deleted all the same, with the physical id that it gave.
"""
import logging

from ministack.services.cloudformation import custom_resource

from .patching import needs, replace

_log = logging.getLogger("custom-resources")


class _Seconds(int):
    """How long to wait where the template does not say: not a property of the resource, so its handler must not see it."""


_PATIENCE = _Seconds(120)

#: Physical ids that failed creations gave, by stack and logical id.
_ids_of_failed = {}


def apply():
    needs(custom_resource, "_normalise_resource_properties")
    replace(custom_resource, "invoke_custom_resource", lambda invoke: _deleted_after_failure(_with_timeout(invoke)))
    replace(custom_resource, "_normalise_resource_properties", _of_the_template)
    replace(custom_resource, "deliver_response", _with_id)


def _with_timeout(invoke):
    def invoke_custom_resource(request_type, logical_id, props, *rest, **options):
        return invoke(request_type, logical_id, {"ServiceTimeout": _PATIENCE, **props}, *rest, **options)

    return invoke_custom_resource


def _of_the_template(normalise):
    def normalise_properties(value):
        if isinstance(value, dict):
            value = {key: item for key, item in value.items() if not isinstance(item, _Seconds)}
        return normalise(value)

    return normalise_properties


def _with_id(deliver):
    def deliver_response(token, response):
        if response.get("Status") == "FAILED" and response.get("PhysicalResourceId"):
            _ids_of_failed[response.get("StackId"), response.get("LogicalResourceId")] = response["PhysicalResourceId"]
        return deliver(token, response)

    return deliver_response


def _deleted_after_failure(invoke):
    def invoke_custom_resource(request_type, logical_id, props, stack_name, stack_id, resource_type, *rest, **options):
        try:
            return invoke(request_type, logical_id, props, stack_name, stack_id, resource_type, *rest, **options)
        except Exception:
            physical_id = _ids_of_failed.pop((stack_id, logical_id), None)
            if request_type == "Create" and physical_id:
                try:
                    invoke("Delete", logical_id, props, stack_name, stack_id, resource_type, physical_id)
                except Exception:
                    _log.exception("the deletion of %s, whose creation failed, failed too", logical_id)
            raise

    return invoke_custom_resource
