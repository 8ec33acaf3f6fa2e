"""Load balancers that are protected against deletion, by the API and by CloudFormation: ministack deletes them all the same."""
from ministack.services import alb

from .patching import change_type, needs, replace_action

_REFUSAL = "Load balancer '{}' cannot be deleted because deletion protection is enabled"


def apply():
    needs(alb, "_lb_attr", "_error", "_p")
    replace_action(alb, "DeleteLoadBalancer", _refused_by_api)
    change_type("AWS::ElasticLoadBalancingV2::LoadBalancer", delete=_refused_to_stack)


def _protected(arn):
    return alb._lb_attr(arn, "deletion_protection.enabled", "false") == "true"


def _refused_by_api(delete):
    def delete_load_balancer(params):
        arn = alb._p(params, "LoadBalancerArn")
        return alb._error("OperationNotPermitted", _REFUSAL.format(arn)) if _protected(arn) else delete(params)

    return delete_load_balancer


def _refused_to_stack(delete):
    # CloudFormation leaves the attribute alone: the stack becomes DELETE_FAILED, and its load balancer stays.
    def delete_resource(physical_id, props):
        if _protected(physical_id):
            raise ValueError(_REFUSAL.format(physical_id))
        delete(physical_id, props)

    return delete_resource
