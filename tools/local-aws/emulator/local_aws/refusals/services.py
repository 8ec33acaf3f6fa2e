"""ECS services and tasks in a state, or with members, that ECS refuses.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html, API_UpdateService.html, API_RunTask.html
"""
from ministack.services import ecs

from ..patching import needs
from .listeners import load_balancers_of
from .refusal import Refusal, check_action, check_function

_FORCE = (
    "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy "
    "on a service that is already using one, you must force a new deployment."
)
_NO_LAUNCH_TYPE = "No launch type to fall back to for empty capacity provider strategy. Service was not created with a launch type."
_NOT_ASSOCIATED = (
    "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. "
    "Associate the capacity provider with the cluster or specify a valid capacity provider and try again."
)
_NO_WEIGHT = (
    "There are no capacity providers with a weight value greater than zero defined in the capacity provider strategy. "
    "At least one capacity provider must have a weight value greater than zero specified."
)


def apply():
    needs(ecs, "_task_defs", "_resolve_td_key", "_resolve_service_ref", "_resolve_cluster_name", "_clusters", "_services", "_launch_choice")
    check_function(ecs, "_create_service", "CreateService", _check_new)
    check_function(ecs, "_update_service", "UpdateService", _check_update)
    check_action(ecs, "RunTask", check_run_task)


def _check_new(data):
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    existing = ecs._services.get(f"{cluster}/{data.get('serviceName')}")
    if existing and existing["status"] == "ACTIVE":
        raise _refusal("InvalidParameterException", "Creation of service was not idempotent.")
    definition = _active_definition(data.get("taskDefinition"))
    _check_strategy(cluster, data.get("capacityProviderStrategy"))
    _check_network(definition, data.get("networkConfiguration"))
    _check_load_balancers(definition, data.get("loadBalancers"))


def _check_update(data):
    service = _service(data)
    if not service:
        return  # ministack says so
    if service["status"] != "ACTIVE":
        raise _refusal("ServiceNotActiveException", "Service was not ACTIVE.")
    if data.get("taskDefinition") or data.get("loadBalancers"):
        definition = _active_definition(data.get("taskDefinition") or service["taskDefinition"])
        _check_load_balancers(definition, data.get("loadBalancers", service["loadBalancers"]))
    if "capacityProviderStrategy" not in data:
        return
    strategy = data["capacityProviderStrategy"]
    if not strategy and service.get("capacityProviderStrategy") and not service.get("launchType"):
        raise _refusal("InvalidParameterException", _NO_LAUNCH_TYPE)
    if strategy != service.get("capacityProviderStrategy") and not data.get("forceNewDeployment"):
        raise _refusal("InvalidParameterException", _FORCE)
    _check_strategy(ecs._resolve_cluster_name(data.get("cluster", "default")), strategy)


def check_run_task(data):
    definition = _active_definition(data.get("taskDefinition"))
    _check_strategy(ecs._resolve_cluster_name(data.get("cluster", "default")), data.get("capacityProviderStrategy"))
    _check_network(definition, data.get("networkConfiguration"))
    names = {container["name"] for container in definition.get("containerDefinitions") or []}
    for override in (data.get("overrides") or {}).get("containerOverrides") or []:
        if names and override.get("name") not in names:
            raise _refusal("InvalidParameterException", f"Override for container named {override.get('name')} is not a container in the TaskDefinition.")


def _service(data):
    reference = ecs._resolve_service_ref(data.get("service", ""))
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    return ecs._services.get(f"{cluster}/{reference[0]}") if reference else None


def _active_definition(reference):
    definition = ecs._task_defs.get(ecs._resolve_td_key(reference or "")) or {}
    if definition.get("status") == "INACTIVE":
        raise _refusal("ClientException", "TaskDefinition is inactive")
    return definition


def _check_strategy(cluster, strategy):
    if not strategy:
        return
    associated = (ecs._clusters.get(cluster) or {}).get("capacityProviders") or []
    if any(item["capacityProvider"] not in associated for item in strategy):
        raise _refusal("InvalidParameterException", _NOT_ASSOCIATED)
    if not any(int(item.get("weight", 0)) > 0 for item in strategy):
        raise _refusal("InvalidParameterException", _NO_WEIGHT)


def _check_network(definition, network):
    if definition.get("networkMode") == "awsvpc" and not (network or {}).get("awsvpcConfiguration"):
        raise _refusal("InvalidParameterException",
                       "Network Configuration must be provided when networkMode 'awsvpc' is specified.")


def _check_load_balancers(definition, load_balancers):
    containers = {container["name"]: container for container in definition.get("containerDefinitions") or []}
    for entry in load_balancers or []:
        group, name, port = entry.get("targetGroupArn"), entry.get("containerName"), int(entry.get("containerPort") or 0)
        if containers and name not in containers:
            raise _refusal("InvalidParameterException", f"The container {name} does not exist in the task definition.")
        if containers and port not in [int(mapping["containerPort"]) for mapping in containers[name].get("portMappings") or []]:
            raise _refusal("InvalidParameterException", f"The container {name} did not have a container port {port} defined.")
        if group and not load_balancers_of(group):
            raise _refusal("InvalidParameterException",
                           f"The target group with targetGroupArn {group} does not have an associated load balancer.")


def _refusal(code, message):
    return Refusal("AmazonECS", code, message)
