"""Rules of EventBridge and schedules reach their targets as the role of the target, or by the policy of the target.

Whatever cannot be reached goes to the target's dead-letter queue, as on AWS, and counts as a failed invocation.
"""
import json
import logging

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch, eventbridge, lambda_svc, sns, sqs

from ..patching import needs, replace
from ..schedules import TargetFailed, run_task_of
from .service_role import AccessDenied, ServiceRole

_log = logging.getLogger("target-roles")

_EVENTS, _SCHEDULER = "events.amazonaws.com", "scheduler.amazonaws.com"


def apply():
    needs(sqs, "_queue_by_arn", "_act_send_message", "queue_policy_allows")
    needs(sns, "topic_policy_allows")
    needs(cloudwatch, "record_metric")
    needs(lambda_svc, "function_policy_for_arn")
    replace(eventbridge, "_invoke_target", _as_its_role)


def _as_its_role(invoke):
    def invoke_target(target, event, rule, view=None):
        scheduled = event.get("Source") == "aws.scheduler"
        caller = _Schedule(rule) if scheduled else _Rule(rule)
        caller.count("Invocations")
        try:
            caller.require(target)
            invoke(target, event, rule, view)
        except (AccessDenied, TargetFailed) as error:
            _log.warning("%s cannot reach %s: %s", rule.get("Name"), target.get("Arn"), error)
            caller.count("FailedInvocations")
            caller.give_up(target, event, error)

    return invoke_target


class _Rule:
    """A rule: targets that have a policy of their own must let EventBridge in, the others take a role."""

    def __init__(self, rule):
        self._rule = rule
        self._arn = rule.get("Arn") or f"arn:aws:events:{get_region()}:{get_account_id()}:rule/{rule.get('Name')}"

    def count(self, metric):
        cloudwatch.record_metric("AWS/Events", metric, 1, "Count", {"RuleName": self._rule.get("Name", "")})

    def require(self, target):
        arn = target.get("Arn", "")
        if target.get("RoleArn"):
            _require(ServiceRole(target["RoleArn"], _EVENTS, self._arn), target)
        elif not self._let_in(arn):
            raise AccessDenied(f"{_EVENTS} is not authorized to reach {arn}: the policy of the target does not allow it")

    def _let_in(self, arn):
        service = arn.split(":")[2] if arn.startswith("arn:") else ""
        if service == "sqs":
            return sqs.queue_policy_allows(arn, _EVENTS, self._arn, get_account_id())
        if service == "sns":
            return sns.topic_policy_allows(arn, _EVENTS, self._arn, get_account_id())
        return service != "lambda" or self._may_invoke(arn)

    def _may_invoke(self, arn):
        found = lambda_svc.function_policy_for_arn(arn)
        context = iam_evaluator.EvalContext(
            principal_arn=_EVENTS, principal_type="Service", principal_account="", action="lambda:InvokeFunction", resource_arn=arn,
            region=get_region(), service_context={"aws:sourcearn": self._arn, "aws:sourceaccount": get_account_id()},
        )
        return bool(found) and iam_evaluator.evaluate_resource_policy(found[0], context, service=_EVENTS).decision == "Allow"

    def give_up(self, target, event, error):
        queue = (target.get("DeadLetterConfig") or {}).get("Arn")
        if queue and sqs.queue_policy_allows(queue, _EVENTS, self._arn, get_account_id()):
            _put(queue, json.dumps({"detail-type": event.get("DetailType"), "source": event.get("Source"), "detail": event.get("Detail")}),
                 {"RULE_ARN": self._arn, "TARGET_ARN": target.get("Arn", ""), "ERROR_MESSAGE": str(error)})


class _Schedule:
    """A schedule: its role reaches the target, and the dead-letter queue."""

    def __init__(self, schedule):
        self._schedule = schedule
        group = schedule.get("GroupName", "default")
        self._arn = schedule.get("Arn", "")
        self._group_arn = f"arn:aws:scheduler:{get_region()}:{get_account_id()}:schedule-group/{group}"
        self._group = group

    def count(self, metric):
        name = {"Invocations": "InvocationAttemptCount", "FailedInvocations": "TargetErrorCount"}[metric]
        cloudwatch.record_metric("AWS/Scheduler", name, 1, "Count", {"ScheduleGroup": self._group})

    def require(self, target):
        _require(ServiceRole(target["RoleArn"], _SCHEDULER, self._group_arn), target)

    def give_up(self, target, _event, error):
        queue = (target.get("DeadLetterConfig") or {}).get("Arn")
        if not queue:
            return
        try:
            ServiceRole(target["RoleArn"], _SCHEDULER, self._group_arn).require("sqs:SendMessage", queue)
        except AccessDenied as denied:
            _log.warning("%s cannot write to its dead-letter queue: %s", self._schedule.get("Name"), denied)
            return
        _put(queue, target.get("Input") or "{}", {"SCHEDULE_ARN": self._arn, "TARGET_ARN": target.get("Arn", ""), "ERROR_MESSAGE": str(error)})


def _require(role, target):
    arn = target["Arn"]
    service = arn.split(":")[2] if arn.startswith("arn:") else ""
    if target.get("EcsParameters"):
        role.require_run_task(run_task_of(target))
    elif service == "states":
        role.require("states:StartExecution", arn)
    elif service == "lambda":
        role.require("lambda:InvokeFunction", arn)
    elif service == "sqs":
        role.require("sqs:SendMessage", arn)
    elif service == "sns":
        role.require("sns:Publish", arn)
    elif service == "events":
        role.require("events:PutEvents", arn)


def _put(queue_arn, body, attributes):
    queue = sqs._queue_by_arn(queue_arn)
    if queue:
        listed = {name: {"DataType": "String", "StringValue": value[:1000] or "-"} for name, value in attributes.items()}
        sqs._act_send_message({"MessageBody": body, "MessageAttributes": listed}, queue["url"])
