"""Drift of ECS services: told by CloudFormation, and taken back by a change set that says so.

ministack compares no ECS service with its template, and knows no DeploymentMode REVERT_DRIFT.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
"""
from ministack.services import ecs
from ministack.services.cloudformation import drift, handlers, helpers

from .patching import needs, replace_action

_TYPE = "AWS::ECS::Service"
_PROPERTIES = {"TaskDefinition": "taskDefinition", "DesiredCount": "desiredCount"}


def apply():
    needs(ecs, "_services")
    needs(drift, "_DRIFT_READERS")
    needs(handlers, "_ACTION_HANDLERS", "_create_change_set", "_resolve_stack")
    needs(helpers, "_p")
    drift._DRIFT_READERS[_TYPE] = (_read_service, frozenset(_PROPERTIES))
    handlers._ACTION_HANDLERS["CreateChangeSet"] = _from_what_is_there(handlers._create_change_set)
    replace_action(ecs, "RegisterTaskDefinition", _with_the_host_of_aws)


def _read_service(physical_id, _props):
    service = ecs._services.get("/".join(physical_id.split("/")[-2:]))
    return {name: service[key] for name, key in _PROPERTIES.items()} if service and service["status"] == "ACTIVE" else None


def _from_what_is_there(create):
    """Compares with what is there, and not with the last template."""
    def create_change_set(params):
        if helpers._p(params, "DeploymentMode") == "REVERT_DRIFT":
            stack = handlers._resolve_stack(helpers._p(params, "StackName")) or {}
            for logical_id, record in stack.get("_resources", {}).items():
                current = _read_service(record["PhysicalResourceId"], {}) if record.get("ResourceType") == _TYPE else None
                of_template = stack["_template"].get("Resources", {}).get(logical_id, {}).get("Properties", {})
                for name, value in (current or {}).items():
                    if name in of_template and record["Properties"].get(name) != value:
                        record["Properties"][name] = of_template[name] = value
        return create(params)

    return create_change_set


def _with_the_host_of_aws(register):
    """A hotswap fills AWS::URLSuffix from the address of the API, which is this machine's."""
    def register_task_definition(data):
        for container in data.get("containerDefinitions") or []:
            container["image"] = container.get("image", "").replace(".127.0.0.1/", ".amazonaws.com/")
        return register(data)

    return register_task_definition
