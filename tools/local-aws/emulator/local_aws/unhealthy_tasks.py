"""A task that fails the health check of its load balancer is stopped and replaced, as ECS does; ministack leaves it, and sends it no requests.

Only a task that was well once: one that never is, is for the circuit breaker (rollout.py).
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
"""
import logging
import threading
import time

from ministack.core.responses import request_scope
from ministack.services import ecs

from . import service_targets, target_health
from .patching import needs

_log = logging.getLogger("unhealthy-tasks")
_INTERVAL = 1.0


def apply():
    needs(ecs, "_tasks", "_services", "_task_ip", "_mark_task_stopped", "_cleanup_task_resources", "_get_docker", "_reconcile_service_tasks",
          "_cluster_name_from_arn")
    threading.Thread(target=_look_for_ever, daemon=True, name="unhealthy-tasks").start()


def _look_for_ever():
    while True:
        time.sleep(_INTERVAL)
        for (account, region, arn), task in list(ecs._tasks._data.items()):
            if task.get("_startup_stable") and task.get("lastStatus") == "RUNNING" and (task.get("group") or "").startswith("service:"):
                with request_scope(account, region):
                    try:
                        _look_at(arn, task)
                    except Exception:
                        _log.exception("the health of %s could not be looked at", arn)


def _look_at(arn, task):
    cluster = ecs._cluster_name_from_arn(task.get("clusterArn", ""))
    key = f"{cluster}/{task['group'].partition(':')[2]}"
    service = ecs._services.get(key)
    if not service or service.get("status") != "ACTIVE":
        return
    address = ecs._task_ip(task)
    groups = [(entry.get("targetGroupArn"), entry.get("containerPort")) for entry in service_targets.load_balancers_of(service, task)]
    failed = next((group for group, port in groups if group and target_health.is_given_up(group, address, port)), None)
    if failed and ecs._mark_task_stopped(arn, task, f"Task failed ELB health checks in (target-group {failed})", "ServiceSchedulerInitiated"):
        ecs._cleanup_task_resources(task, ecs._get_docker())
        ecs._reconcile_service_tasks(cluster, key)
