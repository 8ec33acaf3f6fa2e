"""Types that are accepted so that a stack can be deployed, and do nothing: no API lists them, and nothing scales."""
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import waf

from .patching import accepted, add_type, needs

PLACEHOLDERS = (
    "AWS::EC2::FlowLog",
    "AWS::ElasticLoadBalancingV2::ListenerCertificate",
    "AWS::Logs::QueryDefinition",
    "AWS::WAFv2::LoggingConfiguration",
)


def apply():
    needs(waf, "_associate_web_acl", "_disassociate_web_acl")
    for resource_type in PLACEHOLDERS:
        add_type(resource_type, "placeholder", _create, _delete, _update)
    add_type("AWS::ApplicationAutoScaling::ScalingPolicy", "placeholder", _create_scaling_policy, _delete, _update)
    add_type("AWS::WAFv2::WebACLAssociation", "recorded", _associate_web_acl, _disassociate_web_acl)


def _create(logical_id, _props, stack):
    name = f"{stack}-{logical_id}-{new_uuid()[:8]}"
    return name, {"Arn": f"arn:aws:placeholder:{get_region()}:{get_account_id()}:{name}", "Id": name}


def _update(physical_id, _old, _new, _stack):
    return physical_id, {"Arn": physical_id, "Id": physical_id}


def _delete(_physical_id, _props):
    pass


def _create_scaling_policy(_logical_id, props, _stack):
    name = f"{new_uuid()}:policyName/{props.get('PolicyName')}"
    arn = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{name}"
    return arn, {"Arn": arn}


def _associate_web_acl(_logical_id, props, _stack):
    accepted(waf._associate_web_acl(props))
    return f"{props['ResourceArn']}|{props['WebACLArn']}", {}


def _disassociate_web_acl(physical_id, _props):
    waf._disassociate_web_acl({"ResourceArn": physical_id.split("|")[0]})
