"""EventBridge Scheduler: a schedule whose target is an ECS cluster runs the task that the target describes, as do rules of EventBridge.

ministack knows when a schedule is due (cron times in UTC, whatever the time zone) and runs other targets. Nothing is tried again: what could
not be started goes to the dead-letter queue at once (roles/target_roles.py).
"""
import json
import logging

from ministack.core.responses import get_account_id, get_region
from ministack.services import ecs, eventbridge, scheduler
from ministack.services.cloudformation import provisioners

from .patching import change_type, needs, replace

_log = logging.getLogger("schedules")

#: What ministack's provisioner drops.
_DROPPED = ("ScheduleExpressionTimezone", "StartDate", "EndDate")


class TargetFailed(Exception):
    """The API that a target stands for refused, with its code and words."""


#: Names of a target that RunTask does not have.
_NOT_OF_RUN_TASK = ("TaskDefinitionArn", "TaskCount")


def apply():
    needs(ecs, "_run_task")
    needs(provisioners, "_pascal_to_camel")
    needs(scheduler, "_schedules", "_schedule_last_fired")
    replace(scheduler, "_SCHEDULE_TICK_INTERVAL", lambda _seconds: 1)
    replace(scheduler, "_update_schedule", _counted_anew)
    replace(eventbridge, "_invoke_target", _or_run_task)
    change_type("AWS::Scheduler::Schedule", create=_create, update=_update)


def _counted_anew(update):
    """With a new expression ministack goes on counting from when the old one was due, and never comes to an at() at all."""
    def update_schedule(name, body):
        answer = update(name, body)
        _forget_last_run(body.get("GroupName", "default"), name)
        return answer

    return update_schedule


def _forget_last_run(group, name):
    scheduler._schedule_last_fired.pop((get_account_id(), get_region(), f"{group}/{name}"), None)


def _or_run_task(invoke):
    def invoke_target(target, event, rule, *rest, **options):
        parameters = target.get("EcsParameters")
        if not parameters:
            return invoke(target, event, rule, *rest, **options)
        status, _headers, body = ecs._ACTION_MAP["RunTask"](run_task_of(target))
        answer = json.loads(body)
        _log.info("%s: RunTask %s %s", rule.get("Name"), status, answer.get("failures") or answer.get("message") or "")
        if status != 200 or answer.get("failures"):
            raise TargetFailed(answer.get("message") or str(answer["failures"]))
        return None

    return invoke_target


def run_task_of(target):
    """The RunTask that the target stands for."""
    parameters = target["EcsParameters"]
    same = {key: value for key, value in parameters.items() if key not in _NOT_OF_RUN_TASK}
    request = {
        **provisioners._pascal_to_camel(same),
        "cluster": target["Arn"],
        "taskDefinition": parameters["TaskDefinitionArn"],
        "count": int(parameters.get("TaskCount") or 1),
        "startedBy": "chronos-schedule",
    }
    if target.get("Input"):
        request["overrides"] = json.loads(target["Input"])
    return request


def _create(create):
    def create_schedule(logical_id, props, stack):
        return _whole(props, *create(logical_id, props, stack))

    return create_schedule


def _update(update):
    def update_schedule(physical_id, old, props, stack):
        return _whole(props, *update(physical_id, old, props, stack))

    return update_schedule


def _whole(props, name, attributes):
    group = props.get("GroupName", "default")
    schedule = scheduler._schedules[f"{group}/{name}"]
    schedule.update({key: props[key] for key in _DROPPED if key in props})
    schedule["Target"] = _as_in_the_api(props["Target"])
    _forget_last_run(group, name)
    return name, attributes


def _as_in_the_api(target):
    """Of a target the API writes some names in small letters, and the template does not."""
    parameters = target.get("EcsParameters")
    if not parameters:
        return target
    small = {}
    if "NetworkConfiguration" in parameters:
        small["NetworkConfiguration"] = {"awsvpcConfiguration": parameters["NetworkConfiguration"]["AwsvpcConfiguration"]}
    if "CapacityProviderStrategy" in parameters:
        small["CapacityProviderStrategy"] = provisioners._pascal_to_camel(parameters["CapacityProviderStrategy"])
    return {**target, "EcsParameters": {**parameters, **small}}
