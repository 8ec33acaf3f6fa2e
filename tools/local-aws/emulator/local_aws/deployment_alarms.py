"""Deployments that alarms stop: ECS looks at the alarms of a service until a while after the new tasks are up, the bake time, and rolls back.

An alarm that is on when the deployment begins is not looked at. Two things are simpler here: the bake time is the same for all alarms and short, as
alarms are looked at each second, and the old tasks stay until it is over. A first deployment, which has nothing to go back to, has none.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
"""
import logging
import threading
import time

from ministack.core.responses import get_account_id, get_region, new_uuid, request_scope
from ministack.services import cloudwatch, ecs

from .patching import needs, replace

_log = logging.getLogger("deployment-alarms")

_BAKE_SECONDS = 10
_INTERVAL = 0.5

#: By the id of a deployment: which alarms were on when it began, and since when all its tasks are up.
_on_at_first = {}
_up_since = {}


def apply():
    needs(ecs, "_services", "_tasks", "_primary_deployment", "_deployment_for_task", "_reconcile_service_tasks", "_iso",
          "_schedule_service_deployment_completion", "resource_lock")
    needs(cloudwatch, "_alarms")
    replace(ecs, "_complete_service_deployment", _after_the_bake_time)
    threading.Thread(target=_look_for_ever, daemon=True, name="deployment-alarms").start()


def _after_the_bake_time(complete):
    def complete_service_deployment(cluster, key, *rest, **options):
        service = ecs._services.get(key) or {}
        deployment = ecs._primary_deployment(service)
        if _is_watched(service, deployment) and is_up(service, deployment):
            left = _BAKE_SECONDS - (time.monotonic() - _up_since.setdefault(deployment["id"], time.monotonic()))
            if left > 0:
                later(left, complete_service_deployment, cluster, key, *rest, **options)
                return None
        return complete(cluster, key, *rest, **options)

    return complete_service_deployment


def later(seconds, function, *arguments, **options):
    account, region = get_account_id(), get_region()

    def run():
        with request_scope(account, region):
            function(*arguments, **options)

    timer = threading.Timer(seconds, run)
    timer.daemon = True
    timer.start()


def _is_watched(service, deployment):
    return bool(
        deployment and deployment.get("rolloutState") == "IN_PROGRESS" and _alarms_of(service) and completed_before(service, deployment))


def _alarms_of(service):
    alarms = (service.get("deploymentConfiguration") or {}).get("alarms") or {}
    return alarms.get("alarmNames") or [] if str(alarms.get("enable")).lower() == "true" else []


def completed_before(service, deployment):
    return next((one for one in service.get("deployments", []) if one is not deployment and one.get("rolloutState") == "COMPLETED"), None)


def is_up(service, deployment):
    up = sum(
        1 for task in list(ecs._tasks.values())
        if task.get("group") == f"service:{service['serviceName']}" and task.get("clusterArn") == service.get("clusterArn")
        and ecs._deployment_for_task(service, task) is deployment and task.get("lastStatus") == "RUNNING" and task.get("_startup_stable")
    )
    return up >= service.get("desiredCount", 0)


def _look_for_ever():
    while True:
        time.sleep(_INTERVAL)
        for (account, region, key), service in ecs._services._data.copy().items():
            with request_scope(account, region):
                try:
                    _look_at(key, service)
                except Exception:
                    _log.exception("the deployment alarms of %s could not be looked at", key)


def _look_at(key, service):
    deployment = ecs._primary_deployment(service)
    if not _is_watched(service, deployment):
        return
    on = {name for name in _alarms_of(service) if (cloudwatch._alarms.get(name) or {}).get("StateValue") == "ALARM"}
    if tripped := on - _on_at_first.setdefault(deployment["id"], on):
        _fail(key, service, deployment, sorted(tripped))


def _fail(key, service, deployment, alarms):
    rolls_back = str(service["deploymentConfiguration"]["alarms"].get("rollback")).lower() == "true"
    with ecs.resource_lock("ecs-service", key):
        if not _is_watched(service, deployment):
            return
        before = completed_before(service, deployment) if rolls_back else None
        deployment.update(
            rolloutState="FAILED", desiredCount=0, updatedAt=ecs._iso(),
            rolloutStateReason=f"ECS deployment {deployment['id']} failed: alarm detected: {', '.join(alarms)}.",
        )
        _say(service, f"deployment failed: alarm detected: {', '.join(alarms)}.")
        if before:
            deployment["status"] = "ACTIVE"
            before.update(
                status="PRIMARY", desiredCount=service.get("desiredCount", 0), rolloutState="IN_PROGRESS", updatedAt=ecs._iso(),
                rolloutStateReason="ECS deployment rollback in progress.",
            )
            service["taskDefinition"] = before["taskDefinition"]
            _say(service, "rolled back to the last completed deployment.")
    cluster = key.split("/", 1)[0]
    ecs._reconcile_service_tasks(cluster, key)
    if before:
        ecs._schedule_service_deployment_completion(cluster, key, get_account_id(), get_region())


def _say(service, message):
    service["events"].insert(0, {"id": new_uuid(), "createdAt": ecs._iso(), "message": f"(service {service['serviceName']}) {message}"})
