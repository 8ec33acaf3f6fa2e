"""Types that are accepted so that a stack can be deployed, and do nothing: no API lists them, nothing scales, nothing alarms."""
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import waf

from .patching import accepted, add_type, change_type, needs

PLACEHOLDERS = (
    "AWS::EC2::FlowLog",
    "AWS::ECS::ClusterCapacityProviderAssociations",
    "AWS::ElasticLoadBalancingV2::ListenerCertificate",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::WAFv2::LoggingConfiguration",
)

#: Physical ids of alarms over metric math, which ministack refuses.
_alarms_over_math = set()


def apply():
    needs(waf, "_associate_web_acl", "_disassociate_web_acl")
    for resource_type in PLACEHOLDERS:
        add_type(resource_type, "placeholder", _create, _delete, _update)
    add_type("AWS::ApplicationAutoScaling::ScalableTarget", "placeholder", _create_scalable_target, _delete, _update)
    add_type("AWS::ApplicationAutoScaling::ScalingPolicy", "placeholder", _create_scaling_policy, _delete, _update)
    add_type("AWS::WAFv2::WebACLAssociation", "recorded", _associate_web_acl, _disassociate_web_acl)
    change_type("AWS::CloudWatch::Alarm", create=_create_alarm, update=_update_alarm, delete=_delete_alarm)


def _create(logical_id, _props, stack):
    name = f"{stack}-{logical_id}-{new_uuid()[:8]}"
    return name, {"Arn": f"arn:aws:placeholder:{get_region()}:{get_account_id()}:{name}", "Id": name}


def _update(physical_id, _old, _new, _stack):
    return physical_id, {"Arn": physical_id, "Id": physical_id}


def _delete(_physical_id, _props):
    pass


def _create_scalable_target(_logical_id, props, _stack):
    # Policies refer to it by Ref, and the real one has three parts.
    name = "|".join(str(props.get(key)) for key in ("ResourceId", "ScalableDimension", "ServiceNamespace"))
    return name, {"Id": name}


def _create_scaling_policy(_logical_id, props, _stack):
    name = f"{new_uuid()}:policyName/{props.get('PolicyName')}"
    arn = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{name}"
    return arn, {"Arn": arn}


def _associate_web_acl(_logical_id, props, _stack):
    accepted(waf._associate_web_acl(props))
    return f"{props['ResourceArn']}|{props['WebACLArn']}", {}


def _disassociate_web_acl(physical_id, _props):
    waf._disassociate_web_acl({"ResourceArn": physical_id.split("|")[0]})


def _create_alarm(create):
    def create_alarm(logical_id, props, stack):
        if not props.get("Metrics"):
            return create(logical_id, props, stack)
        physical_id, attributes = _create(logical_id, props, stack)
        _alarms_over_math.add(physical_id)
        return physical_id, attributes

    return create_alarm


def _update_alarm(update):
    def update_alarm(physical_id, old, new, *rest):
        return _update(physical_id, old, new, *rest[:1]) if physical_id in _alarms_over_math else update(physical_id, old, new, *rest)

    return update_alarm


def _delete_alarm(delete):
    def delete_alarm(physical_id, props):
        if physical_id in _alarms_over_math:
            _alarms_over_math.discard(physical_id)
        else:
            delete(physical_id, props)

    return delete_alarm
