"""Application Auto Scaling keeps the number of tasks of a service between its bounds, at once where they change. Policies are placeholders.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""
from ministack.services import ecs

from .patching import accepted, add_type, needs


def apply():
    needs(ecs, "_services", "_update_service")
    add_type("AWS::ApplicationAutoScaling::ScalableTarget", "real", _create, _delete, _update)


def _create(_logical_id, props, _stack):
    _keep_bounds(props)
    # Policies refer to it by Ref, and the real one has three parts.
    name = "|".join(str(props.get(key)) for key in ("ResourceId", "ScalableDimension", "ServiceNamespace"))
    return name, {"Id": name}


def _update(_physical_id, _old, props, stack):
    return _create(None, props, stack)


def _delete(_physical_id, _props):
    pass  # the number stays as it is


def _keep_bounds(props):
    kind, cluster, name = (str(props["ResourceId"]).split("/") + ["", ""])[:3]
    service = ecs._services.get(f"{cluster}/{name}") if kind == "service" else None
    if not service:
        return
    bounded = min(max(service["desiredCount"], int(props["MinCapacity"])), int(props["MaxCapacity"]))
    if bounded != service["desiredCount"]:
        accepted(ecs._update_service({"cluster": cluster, "service": name, "desiredCount": bounded}))
