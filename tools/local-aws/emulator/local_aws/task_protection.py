"""A task that is at work says so at $ECS_AGENT_URI, and neither scale-in nor a deployment takes it away. ministack has empty answers.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
"""
import json
import secrets
import threading
import time
from datetime import datetime, timezone

from ministack.core.responses import json_response
from ministack.services import ecs, imds

from .patching import needs, replace, replace_action
from .roles.service_role import AccessDenied

#: What ECS does by itself; StopTask takes a protected task too.
_BY_ECS = ("Service scaling down", "Task definition updated", "Deployment capacity limit")
_PREFIX = "/v2/credentials/agent/"
_STATE = "/task-protection/v1/state"
_DEFAULT_MINUTES, _LONGEST_MINUTES = 120, 2880

#: (cluster, task) by the token in a container's ECS_AGENT_URI.
_agents = {}


def apply():
    needs(ecs, "_tasks", "_services", "_resolve_task", "_resolve_cluster_name", "_primary_deployment", "_PRE_STOP_STATUSES")
    replace(ecs, "_register_metadata", _with_agent)
    replace(ecs, "_stop_task", _but_protected)
    replace(ecs, "_reconcile_service_tasks", _unprotected_first)
    replace(imds, "handle_request", _or_of_an_agent)
    replace_action(ecs, "UpdateTaskProtection", lambda _stub: _update)
    replace_action(ecs, "GetTaskProtection", lambda _stub: _get)


def _is_protected(task):
    return task.get("_protected_until", 0) > time.time()


def _with_agent(register):
    def register_metadata(task_arn, cluster_arn, definition, container, launch_type, env, *rest):
        token = register(task_arn, cluster_arn, definition, container, launch_type, env, *rest)
        agent = secrets.token_urlsafe(16)
        _agents[agent] = (cluster_arn, task_arn)
        base = env["ECS_CONTAINER_METADATA_URI_V4"].split("/v4/")[0]
        env["ECS_AGENT_URI"] = f"{base}{_PREFIX}{agent}"
        return token

    return register_metadata


def _but_protected(stop):
    def stop_task(data):
        if data.get("reason") in _BY_ECS:
            task = ecs._tasks.get(data["task"])
            if task and _is_protected(task):
                return json_response({"task": {}})
        return stop(data)

    return stop_task


def _unprotected_first(reconcile):
    """ministack takes the newest tasks; of those that a scale-in may take, the ones that are not protected."""
    def reconcile_service_tasks(cluster_name, service_key):
        service = ecs._services.get(service_key)
        if service and service.get("status") == "ACTIVE":
            mine = [task for task in list(ecs._tasks.values()) if _belongs(task, service)]
            deploying = (ecs._primary_deployment(service) or {}).get("rolloutState") == "IN_PROGRESS"
            excess = 0 if deploying else len(mine) - service.get("desiredCount", 0)
            free = sorted((task for task in mine if not _is_protected(task)), key=lambda task: str(task.get("createdAt", "")), reverse=True)
            for task in free[: max(0, excess)]:
                ecs._stop_task({"task": task["taskArn"], "cluster": cluster_name, "reason": _BY_ECS[0]})
        reconcile(cluster_name, service_key)

    return reconcile_service_tasks


def _belongs(task, service):
    return (
        task.get("group") == f"service:{service['serviceName']}"
        and task.get("clusterArn") == service.get("clusterArn")
        and task.get("lastStatus") in ecs._PRE_STOP_STATUSES
    )


def _update(data):
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    protected, failures = [], []
    for reference in data.get("tasks", []):
        task = ecs._resolve_task(reference, cluster)
        if not task or task.get("lastStatus") not in ecs._PRE_STOP_STATUSES or not str(task.get("group", "")).startswith("service:"):
            failures.append({"arn": reference, "reason": "TASK_NOT_VALID" if task else "MISSING"})
            continue
        protected.append(_protect(task, cluster, bool(data.get("protectionEnabled")), data.get("expiresInMinutes") or _DEFAULT_MINUTES))
    return json_response({"protectedTasks": protected, "failures": failures})


def _get(data):
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    tasks = [ecs._resolve_task(reference, cluster) for reference in data.get("tasks", [])]
    return json_response({"protectedTasks": [_shown(task) for task in tasks if task], "failures": []})


def _protect(task, cluster, enabled, minutes):
    task["_protected_until"] = time.time() + 60 * min(minutes, _LONGEST_MINUTES) if enabled else 0
    if not enabled:
        # Whoever waited for it may have it now. Of a thread of its own: the task waits for this answer.
        key = f"{cluster}/{task['group'].partition(':')[2]}"
        threading.Thread(target=ecs._reconcile_service_tasks, args=(cluster, key), daemon=True).start()
    return _shown(task)


def _shown(task):
    until = task.get("_protected_until", 0)
    return {"taskArn": task["taskArn"], "protectionEnabled": _is_protected(task), **({"expirationDate": until} if until else {})}


def _or_of_an_agent(handle):
    async def handle_request(method, path, headers, body, query_params):
        if not path.startswith(_PREFIX):
            return await handle(method, path, headers, body, query_params)
        agent, _, rest = path[len(_PREFIX):].partition("/")
        if agent not in _agents or f"/{rest}" != _STATE or method not in ("GET", "PUT"):
            return 404, {"Content-Type": "application/json"}, b"{}"
        return _answer(method, *_agents[agent], json.loads(body or b"{}"))

    return handle_request


def _answer(method, cluster_arn, task_arn, asked):
    """The agent acts as the task's role, and says what went wrong in a form of its own."""
    action = "UpdateTaskProtection" if method == "PUT" else "GetTaskProtection"
    role = (ecs._tasks.get(task_arn) or {}).get("_task_role")
    try:
        if not role:
            raise AccessDenied("the task has no role")
        role.require(f"ecs:{action}", task_arn, ecs__cluster=cluster_arn)
    except AccessDenied as denied:
        return _json(400, {"error": {"Arn": task_arn, "Code": "AccessDeniedException", "Message": str(denied)}})
    request = {"cluster": cluster_arn, "tasks": [task_arn]}
    if method == "PUT":
        request |= {"protectionEnabled": asked.get("ProtectionEnabled"), "expiresInMinutes": asked.get("ExpiresInMinutes")}
    _status, _headers, answered = (_update if method == "PUT" else _get)(request)
    found = json.loads(answered)
    if found["failures"]:
        failure = found["failures"][0]
        return _json(200, {"failure": {"Arn": task_arn, "Detail": None, "Reason": failure["reason"]}})
    [shown] = found["protectedTasks"]
    until = shown.get("expirationDate")
    expires = {"ExpirationDate": datetime.fromtimestamp(until, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")} if until else {}
    return _json(200, {"protection": {**expires, "ProtectionEnabled": shown["protectionEnabled"], "TaskArn": task_arn}})


def _json(status, document):
    return status, {"Content-Type": "application/json"}, json.dumps(document).encode()
