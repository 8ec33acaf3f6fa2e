"""The targets of a service: each task is in the target groups that its service had when it started, and drained before it is stopped.

ministack moves running tasks to whatever groups the service has now, and stops a task while the load balancer still asks it.
"""
import asyncio
import contextvars
import threading
import time

from ministack.core.concurrency import resource_lock
from ministack.services import alb, ecs

from .patching import needs, replace

#: A load balancer that has chosen a target asks it within this time.
_LEAST_SECONDS = 0.2
#: Of the deregistration delay, which is longer on AWS.
_MOST_SECONDS = 5.0

#: Requests that an address is at, by address.
_in_flight = {}


def apply():
    needs(ecs, "_tasks", "_task_ip")
    needs(alb, "set_targets_for_group")
    replace(ecs, "_sync_service_targets", lambda _original: _sync)
    replace(ecs, "_cleanup_task_resources", _once_drained)
    replace(alb, "_proxy_http_target", _counted)


def load_balancers_of(service, task):
    """The target groups of a task, with the port of its container: those of its service when it started."""
    return task.setdefault("_load_balancers", list(service.get("loadBalancers") or []))


def _sync(_cluster, service):
    wanted = {}
    if service.get("status") == "ACTIVE":
        for task in _running(service):
            for entry in load_balancers_of(service, task):
                if entry.get("targetGroupArn"):
                    wanted.setdefault(entry["targetGroupArn"], []).append((ecs._task_ip(task), entry.get("containerPort", 80)))
    published = service.setdefault("_published_targets", {})
    for arn in set(wanted) | set(published):
        with resource_lock("elbv2-targets", arn):
            targets = [target for target in wanted.get(arn, []) if target[0]]
            alb.set_targets_for_group(arn, targets, published.get(arn, ()))
            published[arn] = [address for address, _port in targets]


def _running(service):
    group = f"service:{service.get('serviceName')}"
    return [task for task in list(ecs._tasks.values())
            if task.get("group") == group and task.get("clusterArn") == service.get("clusterArn") and task.get("lastStatus") == "RUNNING"]


def _once_drained(clean_up):
    def drained_and_cleaned_up(task, *rest):
        _drain(ecs._task_ip(task))
        clean_up(task, *rest)

    def cleanup_task_resources(task, docker_client, extra_container=None):
        if not task.get("_load_balancers") or docker_client is None:
            clean_up(task, docker_client, extra_container)
        elif _on_event_loop():
            # It serves the requests that are waited for.
            context = contextvars.copy_context()
            threading.Thread(target=context.run, args=(drained_and_cleaned_up, task, docker_client, extra_container), daemon=True).start()
        else:
            drained_and_cleaned_up(task, docker_client, extra_container)

    return cleanup_task_resources


def _on_event_loop():
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _drain(address):
    end = time.monotonic() + _MOST_SECONDS
    time.sleep(_LEAST_SECONDS)
    while _in_flight.get(address) and time.monotonic() < end:
        time.sleep(0.05)


def _counted(proxy):
    async def proxy_http_target(target, *rest, **options):
        address = target["Id"]
        _in_flight[address] = _in_flight.get(address, 0) + 1
        try:
            return await proxy(target, *rest, **options)
        finally:
            _in_flight[address] -= 1

    return proxy_http_target
