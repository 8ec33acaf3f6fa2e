"""Listeners, rules and target groups: one listener a port, one rule a priority, one load balancer a target group.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html, API_CreateRule.html, API_DeleteTargetGroup.html
"""
from ministack.core.responses import get_region
from ministack.services import alb

from ..patching import change_type, needs
from .refusal import Refusal, check_action, check_creation, check_update

_LISTENER, _RULE = "AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule"


def apply():
    needs(alb, "_listeners", "_rules", "_tgs", "_p", "_parse_actions", "_default_certificate")
    check_creation(_LISTENER, "_elbv2_listener_create", lambda props: _check_listener(props["LoadBalancerArn"], props))
    check_update(_LISTENER, _check_listener_update)
    check_creation(_RULE, "_elbv2_listener_rule_create", lambda props: _check_rule(props["ListenerArn"], props))
    check_update(_RULE, lambda arn, _old, new: _check_rule(new["ListenerArn"], new, arn) if arn in alb._rules else None)
    check_action(alb, "CreateListener", lambda params: _check_listener(alb._p(params, "LoadBalancerArn"), _listener_of(params)))
    check_action(alb, "CreateRule", lambda params: _check_rule(alb._p(params, "ListenerArn"), _rule_of(params)))
    check_action(alb, "DeleteTargetGroup", lambda params: check_unused(alb._p(params, "TargetGroupArn")))
    change_type("AWS::ElasticLoadBalancingV2::TargetGroup", delete=_if_unused)


def load_balancers_of(target_group):
    """The load balancers whose listeners or rules name a target group."""
    listeners = [listener for listener in alb._listeners.values() if target_group in _groups(listener.get("DefaultActions"))]
    named = [rule["ListenerArn"] for rule in alb._rules.values() if target_group in _groups(rule.get("Actions"))]
    listeners += [alb._listeners[arn] for arn in named if arn in alb._listeners]
    return {listener["LoadBalancerArn"] for listener in listeners}


def check_unused(target_group):
    if load_balancers_of(target_group):
        raise _refusal("ResourceInUse", f"Target group '{target_group}' is currently in use by a listener or a rule")


def _check_listener(load_balancer, props, itself=None):
    port = int(props.get("Port") or 80)
    for arn, listener in alb._listeners.items():
        if arn != itself and listener["LoadBalancerArn"] == load_balancer and listener["Port"] == port:
            raise _refusal("DuplicateListener", f"A listener already exists on this port for this load balancer '{load_balancer}'")
    for certificate in props.get("Certificates") or []:
        arn = certificate.get("CertificateArn", "")
        if ":acm:" in arn and arn.split(":")[3] != get_region():
            # The same words as for one that does not exist: https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2754
            raise _refusal("ValidationError", f"Certificate ARN '{arn}' is not valid")
    _check_groups(load_balancer, props.get("DefaultActions"))


def _check_listener_update(arn, _old, new):
    listener = alb._listeners.get(arn)
    if listener and listener["LoadBalancerArn"] == new["LoadBalancerArn"]:
        _check_listener(new["LoadBalancerArn"], new, arn)


def _check_rule(listener_arn, props, itself=None):
    priority = str(props.get("Priority"))
    for arn, rule in alb._rules.items():
        if arn != itself and rule["ListenerArn"] == listener_arn and rule["Priority"] == priority:
            raise _refusal("PriorityInUse", f"Priority '{priority}' is currently in use")
    listener = alb._listeners.get(listener_arn)
    if listener:
        _check_groups(listener["LoadBalancerArn"], props.get("Actions"))


def _check_groups(load_balancer, actions):
    for group in _groups(actions):
        if load_balancers_of(group) - {load_balancer}:
            raise _refusal("TargetGroupAssociationLimit",
                           f"The following target groups cannot be associated with more than one load balancer: {group}")


def _groups(actions):
    for action in actions or []:
        if action.get("TargetGroupArn"):
            yield action["TargetGroupArn"]
        for group in (action.get("ForwardConfig") or {}).get("TargetGroups") or []:
            yield group.get("TargetGroupArn")


def _if_unused(delete):
    def delete_target_group(physical_id, props):
        check_unused(physical_id)
        delete(physical_id, props)

    return delete_target_group


def _listener_of(params):
    certificates, _error = alb._default_certificate(params)
    return {"Port": alb._p(params, "Port"), "DefaultActions": alb._parse_actions(params, "DefaultActions"),
            "Certificates": [{"CertificateArn": arn} for arn in certificates or []]}


def _rule_of(params):
    return {"Priority": alb._p(params, "Priority", "1"), "Actions": alb._parse_actions(params, "Actions")}


def _refusal(code, message):
    return Refusal("ElasticLoadBalancingV2", code, message)
