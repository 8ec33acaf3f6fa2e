"""From an event of ECS to a message in a queue: rules count, alarms go off, and a topic's policy decides who hears of it."""
import json
import time
import unittest

from local_aws import alarms, events, metric_math
from local_aws.__main__ import apply_all
from local_aws.patching import handler
from ministack import app
from ministack.services import cloudwatch, ecs, eventbridge, kms, sns, sqs

ACCOUNT = "000000000000"
CLUSTER = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shop"


def setUpModule():
    apply_all()
    app.AUTH = True


def tearDownModule():
    app.AUTH = False


def ssl_only(topic):
    return {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": topic, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}


def let_cloudwatch_in(topic, account=ACCOUNT):
    return {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish", "Resource": topic,
            "Condition": {"StringEquals": {"aws:SourceAccount": account}}}


class MetricMathTest(unittest.TestCase):
    def test_expressions_of_alarms(self):
        values = {"a": 3.0, "b": None, "m1": 1.0, "m2": 2.0}
        for expression, value in (
            ("FILL(a, 0) + FILL(b, 0)", 3), ("a + b", None), ("100 * a / (a + 1)", 75), ("a / 0", None), ("IF(a > 2, a, 0)", 3),
            ("IF(a > 2 AND m1 > 1, 1, 0)", 0), ("SUM([a, m1])", 4), ('MAX(METRICS("m"))', 2), ("-a", -3),
        ):
            with self.subTest(expression):
                self.assertEqual(metric_math.evaluate(expression, values), value)

    def test_what_is_not_known_is_refused(self):
        for expression in ("ANOMALY_DETECTION_BAND(a)", "a.b", "SEARCH('x', 'Sum')"):
            with self.subTest(expression), self.assertRaises(metric_math.NotSupported):
                metric_math.evaluate(expression, {"a": 1})


class AlarmTest(unittest.TestCase):
    def setUp(self):
        for store in (cloudwatch._metrics, cloudwatch._alarms, cloudwatch._alarm_history, sns._topics, sqs._queues, sqs._queue_name_to_url):
            store.clear()

    def alarm(self, **more):
        props = {"AlarmName": "jobs", "ComparisonOperator": "GreaterThanOrEqualToThreshold", "Threshold": 1, "EvaluationPeriods": 1, **more}
        if "Metrics" not in more:
            props.update(Namespace="Shop", MetricName="Failed", Statistic="Sum", Period=60, Dimensions=[{"Name": "Job", "Value": "nightly"}])
        name, _attributes = handler("AWS::CloudWatch::Alarm")["create"]("Alarm", props, "Shop")
        return cloudwatch._alarms[name]

    def count(self, value, job="nightly"):
        cloudwatch.record_metric("Shop", "Failed", value, "Count", {"Job": job})

    def state(self, alarm):
        alarms.evaluate(alarm)
        return alarm["StateValue"]

    def test_it_looks_at_its_own_dimensions(self):
        alarm = self.alarm()
        self.assertEqual(self.state(alarm), "INSUFFICIENT_DATA")
        self.count(5, "another")
        self.assertEqual(self.state(alarm), "INSUFFICIENT_DATA")
        self.count(0)
        self.assertEqual(self.state(alarm), "OK")
        self.count(1)
        self.assertEqual(self.state(alarm), "ALARM")

    def test_missing_data_is_what_the_alarm_says(self):
        for treatment, state in (("breaching", "ALARM"), ("notBreaching", "OK"), ("missing", "INSUFFICIENT_DATA"), ("ignore", "OK")):
            with self.subTest(treatment):
                alarm = self.alarm(TreatMissingData=treatment)
                self.count(0)
                self.state(alarm)
                for points in cloudwatch._metrics.values():
                    for point in points:
                        point["Timestamp"] -= 3600
                self.assertEqual(self.state(alarm), state)
                self.setUp()

    def test_all_of_its_periods_count(self):
        alarm = self.alarm(EvaluationPeriods=3, DatapointsToAlarm=2)
        self.count(1)
        self.assertEqual(self.state(alarm), "OK")
        self.count(1)
        cloudwatch._metrics[("Shop", "Failed", cloudwatch._dims_key({"Job": "nightly"}))][-1]["Timestamp"] -= 70
        self.assertEqual(self.state(alarm), "ALARM")

    def test_over_metric_math_and_the_length_of_a_queue(self):
        url = self.queue("failed")
        stat = {"Metric": {"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible",
                           "Dimensions": [{"Name": "QueueName", "Value": "failed"}]}, "Period": 60, "Stat": "Maximum"}
        alarm = self.alarm(Metrics=[{"Expression": "FILL(q, 0)", "Id": "e"}, {"MetricStat": stat, "Id": "q", "ReturnData": False}])
        self.assertEqual(self.state(alarm), "OK")
        sqs._act_send_message({"MessageBody": "lost"}, url)
        time.sleep(0.6)  # a queue is measured twice a second at most
        self.assertEqual(self.state(alarm), "ALARM")

    def queue(self, name, policy=None):
        sqs._act_create_queue({"QueueName": name, "Attributes": {"Policy": json.dumps(policy)} if policy else {}}, "")
        return sqs._queue_name_to_url[name]

    def topic(self, *statements, **attributes):
        sns._create_topic({"Name": ["operators"]})
        arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:operators"
        if statements:
            sns._topics[arn]["attributes"]["Policy"] = json.dumps({"Statement": [make(arn) for make in statements]})
        sns._topics[arn]["attributes"].update(attributes)
        queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:mail"
        self.mail = self.queue("mail", {"Statement": [{
            "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": queue,
            "Condition": {"ArnEquals": {"aws:SourceArn": arn}}}]})
        sns._subscribe({"TopicArn": [arn], "Protocol": ["sqs"], "Endpoint": [queue]})
        return arn

    def messages(self):
        return [json.loads(json.loads(message["body"])["Message"])["NewStateValue"] for message in sqs._queues[self.mail]["messages"]]

    def heard(self, topic):
        alarm = self.alarm(AlarmActions=[topic])
        self.count(1)
        self.assertEqual(self.state(alarm), "ALARM")
        return self.messages(), [entry["HistorySummary"] for entry in cloudwatch._history_entries() if entry["HistoryItemType"] == "Action"]

    def test_what_is_sent_to_a_queue_is_counted(self):
        url = self.queue("failed")
        sqs._act_send_message({"MessageBody": "lost"}, url)
        points = cloudwatch._metrics[("AWS/SQS", "NumberOfMessagesSent", cloudwatch._dims_key({"QueueName": "failed"}))]
        self.assertEqual([point["Value"] for point in points], [1])

    def test_a_topic_of_its_own_account_hears_of_it_by_its_default_policy(self):
        self.assertEqual(self.heard(self.topic()), (["ALARM"], []))

    def test_a_topic_that_only_denies_plain_http_refuses_cloudwatch(self):
        topic = self.topic(ssl_only)
        messages, failures = self.heard(topic)
        self.assertEqual(messages, [])
        self.assertIn(f"is not authorized to perform: SNS:Publish on resource: {topic}", failures[0])

    def test_with_a_grant_it_hears_of_it(self):
        self.assertEqual(self.heard(self.topic(ssl_only, let_cloudwatch_in)), (["ALARM"], []))

    def test_with_a_grant_for_another_account_it_does_not(self):
        messages, failures = self.heard(self.topic(ssl_only, lambda topic: let_cloudwatch_in(topic, "111111111111")))
        self.assertEqual((messages, len(failures)), ([], 1))

    def test_a_key_has_to_let_cloudwatch_in_too(self):
        for statements, heard in (([], []), ([{"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"},
                                                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*"}], ["ALARM"])):
            self.setUp()
            policy = json.dumps({"Statement": statements})
            key = json.loads(kms._create_key({"Policy": policy})[2])["KeyMetadata"]["Arn"]
            messages, failures = self.heard(self.topic(let_cloudwatch_in, KmsMasterKeyId=key))
            self.assertEqual(messages, heard)
            self.assertEqual(failures == [], heard != [])

    def test_a_queue_that_does_not_let_the_topic_in_stays_empty(self):
        topic = self.topic(let_cloudwatch_in)
        sqs._queues[self.mail]["attributes"]["Policy"] = json.dumps({"Statement": []})
        self.assertEqual(self.heard(topic)[0], [])


class EventTest(unittest.TestCase):
    PATTERN = {"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"], "detail": {
        "clusterArn": [CLUSTER], "lastStatus": ["STOPPED"], "containers": {"exitCode": [{"anything-but": 0}]}}}

    def setUp(self):
        for store in (cloudwatch._metrics, eventbridge._rules, eventbridge._targets, ecs._tasks, ecs._services, ecs._clusters, sqs._queues,
                      sqs._queue_name_to_url):
            store.clear()
        eventbridge._ensure_default_bus()
        eventbridge._put_rule({"Name": "failed", "EventPattern": json.dumps(self.PATTERN), "State": "ENABLED"})

    def target(self):
        queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:seen"
        policy = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": queue}]}
        sqs._act_create_queue({"QueueName": "seen", "Attributes": {"Policy": json.dumps(policy)}}, "")
        eventbridge._put_targets({"Rule": "failed", "Targets": [{"Id": "1", "Arn": queue}]})

    def stop(self, exit_code):
        arn = f"{CLUSTER.replace(':cluster/', ':task/')}/abc"
        task = {"taskArn": arn, "clusterArn": CLUSTER, "lastStatus": "RUNNING", "desiredStatus": "RUNNING", "group": "family:nightly",
                "containers": [{"name": "flask-app", "lastStatus": "RUNNING", "exitCode": exit_code}]}
        ecs._tasks[arn] = task
        ecs._mark_task_stopped(arn, task, "Essential container in task exited", "EssentialContainerExited")

    def triggered(self):
        points = cloudwatch._metrics.get(("AWS/Events", "TriggeredRules", cloudwatch._dims_key({"RuleName": "failed"}))) or []
        return sum(point["Value"] for point in points)

    def seen(self):
        return [json.loads(message["body"]) for message in sqs._queues[sqs._queue_name_to_url["seen"]]["messages"]]

    def test_a_task_that_fails_is_an_event_that_reaches_its_target_and_counts(self):
        self.target()
        self.stop(0)
        self.assertEqual((self.triggered(), self.seen()), (0, []))
        self.stop(1)
        [event] = self.seen()
        self.assertEqual((event["source"], event["detail-type"], event["detail"]["stopCode"], event["detail"]["containers"][0]["exitCode"]),
                         ("aws.ecs", "ECS Task State Change", "EssentialContainerExited", 1))
        self.assertEqual(self.triggered(), 1)

    def test_a_rule_without_a_target_counts_too(self):
        self.stop(1)
        self.assertEqual(self.triggered(), 1)

    def test_a_deployment_that_fails_or_completes_is_told_once(self):
        told = []
        original, events.emit = events.emit, lambda _source, detail_type, _resources, detail: told.append((detail_type, detail["eventName"]))
        self.addCleanup(setattr, events, "emit", original)
        deployment = {"id": "ecs-svc/1", "rolloutState": "IN_PROGRESS"}
        ecs._services["shop/web"] = {"serviceArn": "arn", "clusterArn": CLUSTER, "deployments": [deployment]}
        change = events._telling_of_deployments(lambda state: deployment.update(rolloutState=state))
        for state in ("IN_PROGRESS", "IN_PROGRESS", "COMPLETED", "FAILED"):
            change(state)
        self.assertEqual(told, [
            ("ECS Deployment State Change", "SERVICE_DEPLOYMENT_IN_PROGRESS"), ("ECS Deployment State Change", "SERVICE_DEPLOYMENT_COMPLETED"),
            ("ECS Service Action", "SERVICE_STEADY_STATE"), ("ECS Deployment State Change", "SERVICE_DEPLOYMENT_FAILED"),
        ])
