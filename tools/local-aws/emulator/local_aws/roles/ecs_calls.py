"""Resources and condition keys of ECS's calls, by the Service Authorization Reference, and what a RunTask needs beside itself.

ministack takes the cluster for the resource of every call and knows no condition key of ECS, so a policy for a service or a task
would never match. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
"""
import contextvars
import json

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import ecs

from ..patching import needs, replace

_OF_TASK = {"StopTask", "DescribeTasks", "ExecuteCommand", "UpdateTaskProtection", "GetTaskProtection"}
_OF_SERVICE = {"CreateService", "UpdateService", "DeleteService", "DescribeServices"}
_WITHOUT_RESOURCE = {"ListTasks", "ListServices", "RegisterTaskDefinition", "DescribeTaskDefinition", "DeregisterTaskDefinition"}
_WITH_CLUSTER = _OF_TASK | _OF_SERVICE | {"RunTask", "ListTasks", "ListServices"}

#: What the RunTask of this request needs beside ecs:RunTask.
_more = contextvars.ContextVar("permissions_of_run_task", default=())


def apply():
    needs(ecs, "_resolve_td_key", "_task_defs", "_resolve_cluster_name")
    replace(iam_actions, "extract_resource_arn", _with_resources_of_ecs)
    replace(iam_actions, "request_tag_context", _with_keys_of_ecs)
    replace(iam_evaluator, "enforce", _with_passed_roles)


def permissions(request):
    """(action, resource, condition keys) of everything that a RunTask asks IAM for."""
    return [("ecs:RunTask", resource("RunTask", request), keys("RunTask", request)), *_beside(request)]


def _beside(request):
    definition = _definition(request)
    for member in ("taskRoleArn", "executionRoleArn"):
        if role := definition.get(member):
            yield "iam:PassRole", role, {"iam:passedtoservice": "ecs-tasks.amazonaws.com"}
    if request.get("tags") or request.get("propagateTags") not in (None, "NONE"):
        yield "ecs:TagResource", f"{_arn('task', _cluster_name(request))}/*", {"ecs:createaction": "RunTask", "ecs:cluster": _cluster(request)}


def resource(action, request):
    if action in ("RunTask", "StartTask"):
        return _definition(request).get("taskDefinitionArn") or _arn("task-definition", request.get("taskDefinition", ""))
    if action in _OF_TASK:
        return _member(request, "task", ("task", "tasks"))
    if action in _OF_SERVICE:
        return _member(request, "service", ("service", "services", "serviceName"))
    return "*" if action in _WITHOUT_RESOURCE else None


def keys(action, request):
    found = {"ecs:cluster": _cluster(request)} if action in _WITH_CLUSTER else {}
    if action in ("CreateService", "UpdateService") and request.get("taskDefinition"):
        found["ecs:task-definition"] = resource("RunTask", request)
    if "enableExecuteCommand" in request:
        found["ecs:enable-execute-command"] = str(request["enableExecuteCommand"]).lower()
    return found


def _member(request, kind, names):
    value = next((request[name] for name in names if request.get(name)), "*")
    first = value[0] if isinstance(value, list) else value
    return first if first.startswith("arn:") else f"{_arn(kind, _cluster_name(request))}/{first}"


def _definition(request):
    return ecs._task_defs.get(ecs._resolve_td_key(request.get("taskDefinition", ""))) or {}


def _cluster(request):
    return _arn("cluster", _cluster_name(request))


def _cluster_name(request):
    # A cluster that is none of ours keeps its name, for the message.
    reference = request.get("cluster") or "default"
    return ecs._resolve_cluster_name(reference) or reference.rsplit("/", 1)[-1]


def _arn(kind, name):
    return f"arn:aws:ecs:{get_region()}:{get_account_id()}:{kind}/{name}"


def _with_resources_of_ecs(extract):
    def extract_resource_arn(service, method, path, headers, body, *rest):
        _more.set(())
        if service == "ecs":
            action, request = headers.get("x-amz-target", "").rsplit(".", 1)[-1], _json(body)
            if action == "RunTask":
                _more.set(tuple(_beside(request)))
            if (arn := resource(action, request)) is not None:
                return arn
        return extract(service, method, path, headers, body, *rest)

    return extract_resource_arn


def _with_keys_of_ecs(context):
    def request_tag_context(service, iam_action, body, params):
        found = context(service, iam_action, body, params)
        return {**found, **keys(iam_action.partition(":")[2], _json(body))} if service == "ecs" else found

    return request_tag_context


def _with_passed_roles(enforce):
    def enforce_with_passed_roles(access_key_id, iam_action, service, region, **options):
        denied = enforce(access_key_id, iam_action, service, region, **options)
        if denied or iam_action != "ecs:RunTask":
            return denied
        more = _more.get()
        _more.set(())
        for action, arn, context in more:
            also = enforce(access_key_id, action, action.partition(":")[0], region, resource_arn=arn, service_context=context)
            if also:
                # As an error of its own: ministack would name RunTask as what is not allowed.
                message = iam_actions.identity_denial_message(action, also.principal_arn, arn, also.decision == "Deny")
                return iam_evaluator.AuthError("AccessDeniedException", message)
        return None

    return enforce_with_passed_roles


def _json(body):
    try:
        return json.loads(body or b"{}")
    except ValueError:
        return {}
