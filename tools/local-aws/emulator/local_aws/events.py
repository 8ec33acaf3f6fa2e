"""Events that ECS sends to EventBridge, and the metrics of rules.

A task's changes, a deployment's, and a service that is steady again: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
"""
import json

from ministack.services import cloudwatch, ecs, eventbridge

from .patching import needs, replace, replace_action

_DEPLOYMENT_EVENTS = {
    "IN_PROGRESS": ("INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS"),
    "COMPLETED": ("INFO", "SERVICE_DEPLOYMENT_COMPLETED"),
    "FAILED": ("ERROR", "SERVICE_DEPLOYMENT_FAILED"),
}
#: Of the functions that change deployments: a service by its key, or one found in the answer.
_CHANGING = ("_complete_service_deployment", "_record_service_task_failure")

#: What was last said of each deployment.
_said = {}


def apply():
    needs(ecs, "_sanitize", "_tasks", "_services", "_iso", "_cluster_name_from_arn")
    needs(eventbridge, "_put_events", "_pattern_event_view", "_matches_pattern_view", "_rules")
    for name in ("_mark_task_pending", "_mark_task_running", "_mark_task_stopped"):
        replace(ecs, name, _telling_of_task)
    for name in _CHANGING:
        replace(ecs, name, _telling_of_deployments)
    for function, action in (("_create_service", "CreateService"), ("_update_service", "UpdateService")):
        replace(ecs, function, _telling_of_deployments)
        replace_action(ecs, action, _telling_of_deployments)
    replace(eventbridge, "_dispatch_event", _counted)


def emit(source, detail_type, resources, detail):
    entry = {"Source": source, "DetailType": detail_type, "Resources": resources, "Detail": json.dumps(detail, default=str)}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _telling_of_task(mark):
    def mark_task(task_arn, task, *rest, **options):
        changed = mark(task_arn, task, *rest, **options)
        if changed:
            detail = {**ecs._sanitize(task), "updatedAt": ecs._iso()}
            emit("aws.ecs", "ECS Task State Change", [task_arn], {key: value for key, value in detail.items() if value not in (None, "")})
        return changed

    return mark_task


def _telling_of_deployments(change):
    def change_service(*arguments, **options):
        answer = change(*arguments, **options)
        for service in list(ecs._services.values()):
            for deployment in list(service.get("deployments") or []):
                _tell_of_deployment(service, deployment)
        return answer

    return change_service


def _tell_of_deployment(service, deployment):
    state = deployment.get("rolloutState")
    if state not in _DEPLOYMENT_EVENTS or _said.get(deployment["id"]) == state:
        return
    _said[deployment["id"]] = state
    event_type, name = _DEPLOYMENT_EVENTS[state]
    emit("aws.ecs", "ECS Deployment State Change", [service["serviceArn"]], {
        "eventType": event_type, "eventName": name, "deploymentId": deployment["id"], "updatedAt": ecs._iso(),
        "reason": deployment.get("rolloutStateReason") or f"ECS deployment {deployment['id']} {state.lower().replace('_', ' ')}.",
    })
    if state == "COMPLETED":
        emit("aws.ecs", "ECS Service Action", [service["serviceArn"]], {
            "eventType": "INFO", "eventName": "SERVICE_STEADY_STATE", "clusterArn": service["clusterArn"], "createdAt": ecs._iso(),
        })


def _counted(dispatch):
    """TriggeredRules of each rule that matches, also of one without a target: docs/not-verified.md."""
    def dispatch_event(event, view=None):
        view = view or eventbridge._pattern_event_view(event)
        for key, rule in list(eventbridge._rules.items()):
            of_bus = rule.get("EventBusName", "default") == event.get("EventBusName", "default")
            if of_bus and rule.get("State") == "ENABLED" and rule.get("EventPattern"):
                if eventbridge._matches_pattern_view(rule["EventPattern"], view, f"rule {key}"):
                    for metric in ("TriggeredRules", "MatchedEvents"):
                        cloudwatch.record_metric("AWS/Events", metric, 1, "Count", {"RuleName": rule["Name"]})
        dispatch(event, view)

    return dispatch_event
