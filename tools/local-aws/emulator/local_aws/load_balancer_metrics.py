"""Requests are counted as an Application Load Balancer counts them, once they are over, and end with 504 where a target hangs.

RequestCount and the answers of the targets by status, by target group; what the load balancer answers by itself, by load balancer alone.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""
import asyncio
import contextvars
import json

from ministack.core.responses import StreamingResponse
from ministack.services import alb, cloudwatch

from .patching import needs, replace

_NAMESPACE = "AWS/ApplicationELB"

#: The request that is under way; what of it is found out is written into it, for it is shared by the tasks of asyncio.
_request = contextvars.ContextVar("request", default=None)


def apply():
    needs(alb, "_elbv2_resource_tail", "_lb_attr")
    needs(cloudwatch, "record_metric")
    # the name that dimensions have; ministack leaves the first part out
    replace(alb, "_target_group_full_name_from_arn", lambda name_and_id: lambda arn: f"targetgroup/{name_and_id(arn)}")
    replace(alb, "dispatch_request", _counted)
    replace(alb, "_proxy_http_target", _within_the_idle_timeout)


def _counted(dispatch):
    async def dispatch_request(lb, *rest, **options):
        request = {"load_balancer": lb["LoadBalancerArn"], "group": None, "by_target": False}
        token = _request.set(request)
        try:
            answer = await dispatch(lb, *rest, **options)
        finally:
            _request.reset(token)
        _count(request, answer[0])
        return answer

    return dispatch_request


def _within_the_idle_timeout(proxy):
    async def proxy_http_target(target, group, *rest, **options):
        request = _request.get() or {}
        request["group"] = group["TargetGroupArn"]
        seconds = float(alb._lb_attr(request.get("load_balancer"), "idle_timeout.timeout_seconds", "60"))
        try:
            answer = await asyncio.wait_for(proxy(target, group, *rest, **options), seconds)
        except asyncio.TimeoutError:
            return 504, {"Content-Type": "application/json"}, json.dumps({"message": f"no answer within {seconds:g} s"}).encode()
        request["by_target"] = isinstance(answer[2], StreamingResponse)
        return answer

    return proxy_http_target


def _count(request, status):
    balancer = {"LoadBalancer": alb._elbv2_resource_tail(request["load_balancer"], "loadbalancer/")}
    of = f"{status // 100}XX_Count"
    if request["group"]:
        group = {**balancer, "TargetGroup": alb._target_group_full_name_from_arn(request["group"])}
        _add("RequestCount", balancer, group)
        if request["by_target"]:
            _add(f"HTTPCode_Target_{of}", balancer, group)
    if not request["by_target"] and status >= 300:
        _add(f"HTTPCode_ELB_{of}", balancer)


def _add(metric, *dimensions):
    for one in dimensions:
        cloudwatch.record_metric(_NAMESPACE, metric, 1, "Count", one)
