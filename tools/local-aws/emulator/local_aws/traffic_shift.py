"""Deployments that shift traffic: the tasks of a new version are in the other target group, which gets its share of the requests step by step.

A service has them by the strategies CANARY, LINEAR and BLUE_GREEN, each with a bake time after the last shift. What the rule of the listener says of its target
groups is not changed: each request to one of the two is sent by the share of the moment. How long a minute lasts: clock.py.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment.html
"""
import random
import time

from ministack.services import alb, ecs

from . import clock, deployment_alarms, service_targets
from .patching import needs, replace

#: By the id of a deployment: its target group, and since when all its tasks are up.
_group_of = {}
_up_since = {}


def apply():
    needs(ecs, "_services", "_primary_deployment", "_deployment_for_task")
    replace(service_targets, "load_balancers_of", _of_its_deployment)
    replace(alb, "_forward_to_tg", _by_share)
    replace(ecs, "_complete_service_deployment", _once_all_is_shifted)


def _groups(service):
    """The two target groups of a service that shifts traffic, the first one as the template has it."""
    for entry in service.get("loadBalancers") or []:
        other = (entry.get("advancedConfiguration") or {}).get("alternateTargetGroupArn")
        if other and _configuration(service).get("strategy") in ("CANARY", "LINEAR", "BLUE_GREEN"):
            return entry["targetGroupArn"], other
    return None


def _configuration(service):
    return service.get("deploymentConfiguration") or {}


def _live(service, groups):
    """The target group of the last version that was completed; one that is rolled back to is not in that state for a while."""
    done = next((one for one in service.get("deployments") or [] if one.get("rolloutState") == "COMPLETED"), None)
    if done:
        service["_live_group"] = _group_of.get(done["id"], groups[0])
    return service.get("_live_group", groups[0])


def _of_its_deployment(load_balancers_of):
    def of(service, task):
        groups = _groups(service)
        deployment = groups and ecs._deployment_for_task(service, task)
        if not deployment or "_load_balancers" in task:
            return load_balancers_of(service, task)
        group = _group_of.setdefault(deployment["id"], _next(service, deployment, groups))
        task["_load_balancers"] = [
            {**entry, "targetGroupArn": group} if entry.get("targetGroupArn") in groups else entry for entry in service["loadBalancers"]]
        return task["_load_balancers"]

    return of


def _next(service, deployment, groups):
    live = _live(service, groups)
    others = [group for group in groups if group != live]
    return others[0] if deployment_alarms.completed_before(service, deployment) else live


def steps(configuration):
    """The shares of the new version in percent, each with the minutes that it lasts."""
    strategy = configuration.get("strategy")
    canary, linear = configuration.get("canaryConfiguration") or {}, configuration.get("linearConfiguration") or {}
    last = (100.0, float(configuration.get("bakeTimeInMinutes") or 0))
    if strategy == "CANARY":
        return [(float(canary.get("canaryPercent", 5)), float(canary.get("canaryBakeTimeInMinutes", 10))), last]
    if strategy == "LINEAR":
        percent, minutes = float(linear.get("stepPercent", 10)), float(linear.get("stepBakeTimeInMinutes", 6))
        count = int(100 // percent)
        return [(percent * (i + 1), minutes) for i in range(count) if percent * (i + 1) < 100] + [last]
    return [last]


def share_after(seconds, configuration):
    """The share of the new version so long after it is up."""
    for share, minutes in steps(configuration):
        seconds -= clock.of_deployments(minutes)
        if seconds < 0:
            return share
    return 100.0


def _by_share(forward):
    async def forward_to_target_group(arn, *rest, **options):
        return await forward(_choose(arn), *rest, **options)

    return forward_to_target_group


def _choose(arn):
    for service in list(ecs._services.values()):
        groups = _groups(service)
        if groups and arn in groups and service.get("status") == "ACTIVE":
            live = _live(service, groups)
            if arn != groups[0]:  # that of the test listener, which has the new version and nothing between deployments
                return next(group for group in groups if group != live)
            deployment = ecs._primary_deployment(service) or {}
            group, since = _group_of.get(deployment.get("id")), _up_since.get(deployment.get("id"))
            if since is None or group in (None, live):
                return live
            share = share_after(time.monotonic() - since, _configuration(service))
            return group if random.random() * 100 < share else live
    return arn


def _once_all_is_shifted(complete):
    def complete_service_deployment(cluster, key, *rest, **options):
        service = ecs._services.get(key) or {}
        groups, deployment = _groups(service), ecs._primary_deployment(service)
        if not groups or not deployment or deployment.get("rolloutState") != "IN_PROGRESS":
            return complete(cluster, key, *rest, **options)
        group = _group_of.get(deployment["id"], groups[0])
        if group != _live(service, groups) and deployment_alarms.is_up(service, deployment):
            since = _up_since.setdefault(deployment["id"], time.monotonic())
            wait = sum(clock.of_deployments(minutes) for _share, minutes in steps(_configuration(service)))
            if (left := since + wait - time.monotonic()) > 0:
                deployment_alarms.later(left, complete_service_deployment, cluster, key, *rest, **options)
                return None
        return complete(cluster, key, *rest, **options)

    return complete_service_deployment
