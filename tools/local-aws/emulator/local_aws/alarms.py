"""Alarms that go off: each second, on the metrics that there are, over dimensions, periods and metric math, as CloudWatch looks at them each minute.

The metrics are those of rules, queues, schedules, functions and requests, and what apps put. An alarm that has never seen one of its metrics has
insufficient data, also where missing data is breaching: of most of AWS's metrics nothing is known here.
An action reaches a topic if the topic's policy, and that of its key, let CloudWatch in.
"""
import logging
import operator
import threading
import time

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import cloudwatch, kms, sns, sqs
from ministack.services.cloudformation import provisioners

from . import clock, metric_math
from .patching import accepted, add_type, change_type, needs, replace

_log = logging.getLogger("alarms")

_SERVICE = "cloudwatch.amazonaws.com"
_COMPARE = {
    "GreaterThanOrEqualToThreshold": operator.ge, "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt, "LessThanOrEqualToThreshold": operator.le,
}
_OF_QUEUES = {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"}
#: Why an alarm could not be looked at, by its ARN: said once.
_not_evaluated = {}
_KEPT = ("AlarmDescription", "AlarmActions", "OKActions", "InsufficientDataActions", "ComparisonOperator", "Metrics", "TreatMissingData")


def apply():
    needs(cloudwatch, "_alarms", "_metrics", "_dims_key", "_calc_stats", "_stat_value", "_record_history", "_evaluate_parent_alarms",
          "record_metric", "cloudformation_put_metric_alarm", "_put_composite_alarm", "_delete_alarms", "_history_entries", "_ts_iso")
    needs(sns, "topic_policy_allows", "_topic_by_arn_any_scope")
    needs(sqs, "_queues", "_queue_name_to_url", "_act_send_message")
    needs(kms, "key_policy_for_arn")
    replace(cloudwatch, "_evaluate_alarm", lambda _original: evaluate)
    replace(cloudwatch, "_dispatch_alarm_actions", _to_topics_that_let_in)
    change_type("AWS::CloudWatch::Alarm", create=_or_over_math, update=_or_update_over_math)
    add_type("AWS::CloudWatch::CompositeAlarm", "real", _create_composite, _delete_composite, _update_composite)
    replace(sqs, "_act_send_message", _counted)
    threading.Thread(target=_evaluate_for_ever, daemon=True, name="alarms").start()


def _evaluate_for_ever():
    while True:
        time.sleep(1)
        for (account, region, _name), alarm in cloudwatch._alarms._data.copy().items():
            with request_scope(account, region):
                try:
                    evaluate(alarm)
                except Exception as error:
                    if _not_evaluated.get(alarm["AlarmArn"]) != str(error):
                        _not_evaluated[alarm["AlarmArn"]] = str(error)
                        _log.warning("the alarm %s is not evaluated: %r", alarm.get("AlarmName"), error)


def evaluate(alarm):
    states = [_breaches(alarm, period) for period in range(int(alarm.get("EvaluationPeriods") or 1))]
    if not _has_data(alarm):
        return
    breaching = sum(state is True for state in states)
    if breaching >= int(alarm.get("DatapointsToAlarm") or len(states)):
        _turn(alarm, "ALARM")
    elif all(state is None for state in states):
        if alarm.get("TreatMissingData") != "ignore":
            _turn(alarm, "INSUFFICIENT_DATA")
    else:
        _turn(alarm, "OK")


def _breaches(alarm, period):
    """Of the last period, the one before, and so on; None where there is nothing to say it by."""
    value = _value(alarm, period)
    if value is None:
        return {"breaching": True, "notBreaching": False}.get(alarm.get("TreatMissingData"))
    return _COMPARE[alarm["ComparisonOperator"]](value, float(alarm["Threshold"]))


def _value(alarm, period):
    if not alarm.get("Metrics"):
        return _statistic(alarm, alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average", alarm.get("Period"), period)
    values, result = {}, None
    expressions = []
    for entry in alarm["Metrics"]:
        if stat := entry.get("MetricStat"):
            values[entry["Id"]] = _statistic(stat["Metric"], stat["Stat"], stat["Period"], period)
        else:
            expressions.append(entry)
        result = result or (entry["Id"] if str(entry.get("ReturnData", True)).lower() == "true" else None)
    # Each once those are known that it names.
    for _ in expressions:
        for entry in expressions:
            values[entry["Id"]] = metric_math.evaluate(entry["Expression"], values)
    return values.get(result)


def _statistic(metric, statistic, seconds, period):
    points = _points(metric)
    length = clock.of_alarms(int(seconds or 60))
    end = time.time() - period * length
    within = [point for point in points if end - length < point["Timestamp"] <= end]
    stats = cloudwatch._calc_stats(within) if within else None
    return cloudwatch._stat_value(stats, statistic, within) if stats else None


def _points(metric):
    dimensions = {entry["Name"]: entry["Value"] for entry in metric.get("Dimensions") or []}
    if metric.get("Namespace") == "AWS/SQS" and metric.get("MetricName") in _OF_QUEUES:
        _measure_queue(dimensions.get("QueueName"))
    return cloudwatch._metrics.get((metric.get("Namespace"), metric.get("MetricName"), cloudwatch._dims_key(dimensions))) or []


def _measure_queue(name):
    queue = sqs._queues.get(sqs._queue_name_to_url.get(name)) if name else None
    if not queue:
        return
    now = time.time()
    visible = [message for message in queue["messages"] if message["visible_at"] <= now]
    ages = [now - message["sent_at"] for message in queue["messages"]]
    for metric, value in (("ApproximateNumberOfMessagesVisible", len(visible)), ("ApproximateAgeOfOldestMessage", max(ages, default=0))):
        bucket = cloudwatch._metric_bucket(("AWS/SQS", metric, cloudwatch._dims_key({"QueueName": name})))
        if not bucket or now - bucket[-1]["Timestamp"] > 0.5:
            cloudwatch.record_metric("AWS/SQS", metric, value, "None", {"QueueName": name})


def _counted(send):
    def send_message(data, url):
        answer = send(data, url)
        cloudwatch.record_metric("AWS/SQS", "NumberOfMessagesSent", 1, "Count", {"QueueName": url.rsplit("/", 1)[-1]})
        return answer

    return send_message


def _has_data(alarm):
    metrics = [entry["MetricStat"]["Metric"] for entry in alarm.get("Metrics") or [] if entry.get("MetricStat")] or [alarm]
    return any(_points(metric) for metric in metrics)


def _turn(alarm, state):
    before = alarm["StateValue"]
    if state == before:
        return
    reason = f"Threshold Crossed: {alarm['ComparisonOperator']} {alarm['Threshold']}" if state != "INSUFFICIENT_DATA" else "no datapoints were received"
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _to_topics_that_let_in(dispatch):
    def dispatch_alarm_actions(alarm, before, state, reason):
        allowed = dict(alarm)
        for member in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            refused = {arn: why for arn in alarm.get(member) or [] if (why := _refusal(arn, alarm))}
            allowed[member] = [arn for arn in alarm.get(member) or [] if arn not in refused]
            of_state = {"ALARM": "AlarmActions", "OK": "OKActions"}.get(state, "InsufficientDataActions")
            for arn, why in refused.items() if member == of_state else ():
                _log.warning("%s: %s", alarm.get("AlarmName"), why)
                _note_failure(alarm, arn, why)
        dispatch(allowed, before, state, reason)

    return dispatch_alarm_actions


def _refusal(topic, alarm):
    """Why CloudWatch may not publish to a topic, as the history of the alarm says it."""
    if not topic.startswith("arn:aws:sns:"):
        return None
    arn = alarm.get("AlarmArn", "")
    if not sns.topic_policy_allows(topic, _SERVICE, arn, get_account_id()):
        return f"Resource: {arn} is not authorized to perform: SNS:Publish on resource: {topic}"
    key = ((sns._topic_by_arn_any_scope(topic) or {}).get("attributes") or {}).get("KmsMasterKeyId")
    if key and not _may_use(key, arn):
        return "CloudWatch Alarms is not authorized to access the SNS topic encryption key."
    return None


def _may_use(key, alarm_arn):
    if key.startswith("alias/aws/"):
        return False  # the policy of AWS's own key cannot be changed
    arn = key if key.startswith("arn:") else f"arn:aws:kms:{get_region()}:{get_account_id()}:key/{key}"
    found = kms.key_policy_for_arn(arn)
    contexts = [iam_evaluator.EvalContext(
        principal_arn=_SERVICE, principal_type="Service", principal_account="", action=action, resource_arn=arn, region=get_region(),
        service_context={"aws:sourcearn": alarm_arn, "aws:sourceaccount": get_account_id()},
    ) for action in ("kms:Decrypt", "kms:GenerateDataKey")]
    return bool(found) and all(iam_evaluator.evaluate_resource_policy(found[0], one, service=_SERVICE).decision == "Allow" for one in contexts)


def _note_failure(alarm, action, why):
    cloudwatch._history_entries().append({
        "AlarmName": alarm.get("AlarmName"), "AlarmType": "MetricAlarm", "Timestamp": cloudwatch._ts_iso(time.time()), "HistoryItemType": "Action",
        "HistorySummary": f'Failed to execute action {action}. Received error: "{why}"', "HistoryData": "{}",
    })


def _or_over_math(create):
    def create_alarm(logical_id, props, stack):
        if not props.get("Metrics"):
            return create(logical_id, props, stack)
        return _put(props.get("AlarmName") or provisioners._physical_name(stack, logical_id, max_len=255), props)

    return create_alarm


def _or_update_over_math(update):
    def update_alarm(physical_id, old, new, *rest):
        return _put(physical_id, new) if new.get("Metrics") else update(physical_id, old, new, *rest)

    return update_alarm


def _put(name, props):
    """ministack refuses an alarm over metric math; what it keeps of alarms has room for one."""
    arn = f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"
    known = cloudwatch._alarms.get(name) or {}
    cloudwatch.cloudformation_put_metric_alarm({
        **{member: props[member] for member in _KEPT if member in props},
        "AlarmName": name, "AlarmArn": arn, "Threshold": float(props.get("Threshold") or 0),
        "EvaluationPeriods": int(props.get("EvaluationPeriods") or 1),
        **({"DatapointsToAlarm": int(props["DatapointsToAlarm"])} if props.get("DatapointsToAlarm") else {}),
        "ActionsEnabled": str(props.get("ActionsEnabled", True)).lower() == "true",
        "StateValue": known.get("StateValue", "INSUFFICIENT_DATA"), "StateReason": known.get("StateReason", "Unchecked: Initial alarm creation"),
        "StateUpdatedTimestamp": int(time.time()), "AlarmConfigurationUpdatedTimestamp": int(time.time()),
    })
    return name, {"Arn": arn}


def _create_composite(logical_id, props, stack):
    name = props.get("AlarmName") or provisioners._physical_name(stack, logical_id, max_len=255)
    accepted(cloudwatch._put_composite_alarm({}, {**props, "AlarmName": name, "Tags": []}, False, True))
    return name, {"Arn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"}


def _update_composite(physical_id, _old, props, stack):
    return _create_composite(None, {**props, "AlarmName": physical_id}, stack)


def _delete_composite(physical_id, _props):
    accepted(cloudwatch._delete_alarms({}, {"AlarmNames": [physical_id]}, False, True))
