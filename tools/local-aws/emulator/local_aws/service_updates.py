"""Updates of an ECS service by a stack, as CloudFormation makes them: what replaces it, and what starts a new deployment.

A change of the capacity provider strategy or of the load balancers starts one, with new tasks that have the new ones; ministack changes the
service and leaves its tasks. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""
import contextvars

from ministack.core.responses import new_uuid
from ministack.services import ecs
from ministack.services.cloudformation import provisioners

from .patching import change_type, needs, replace, replace_action

_TYPE = "AWS::ECS::Service"
#: "Update requires: Replacement" in the reference of the type.
_REPLACING = ("Cluster", "LaunchType", "SchedulingStrategy", "ServiceName")

#: Whether the call is an update by a stack, which asks for a new deployment where ECS would refuse to go without (refusals/forced.py).
by_stack = contextvars.ContextVar("by_stack", default=False)


def apply():
    needs(ecs, "_resolve_service_ref", "_resolve_cluster_name", "_services")
    needs(provisioners, "_delete_predecessor", "_ecs_service_delete")
    replace(ecs, "_update_service", _with_a_deployment)
    replace_action(ecs, "UpdateService", lambda _original: ecs._update_service)
    change_type(_TYPE, update=_or_replaced)


def _with_a_deployment(update):
    """The new deployment has the new capacity: ministack makes it before it changes the service."""
    def update_service(data):
        reference, cluster = ecs._resolve_service_ref(data.get("service", "")), ecs._resolve_cluster_name(data.get("cluster", "default"))
        service = ecs._services.get(f"{cluster}/{reference[0]}") if reference else None
        if not service:
            return update(data)
        if "loadBalancers" in data and data["loadBalancers"] != service["loadBalancers"]:
            data = {**data, "forceNewDeployment": True}
        if data.get("capacityProviderStrategy"):
            service.update(capacityProviderStrategy=data["capacityProviderStrategy"], launchType=None)
        return update(data)

    return update_service


def _or_replaced(update):
    def update_service(physical_id, old, new, stack, *rest):
        if any(old.get(name) != new.get(name) for name in _REPLACING):
            return _replacement(physical_id, old, new, stack)
        token = by_stack.set(True)
        try:
            return update(physical_id, old, new, stack, *rest)
        finally:
            by_stack.reset(token)

    return update_service


def _replacement(physical_id, old, new, stack):
    """Another service beside the old one, which is deleted once all of the stack is updated; AWS adds random letters to its name too."""
    create = provisioners._RESOURCE_HANDLERS[_TYPE]["create"]
    created = create(f"{physical_id.rsplit('/', 1)[-1].removeprefix(f'{stack}-').split('--')[0]}--{new_uuid()[:8]}", new, stack)
    provisioners._delete_predecessor(provisioners._ecs_service_delete, physical_id, old)
    return created
