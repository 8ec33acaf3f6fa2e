#!/usr/bin/env python3
from pathlib import Path

from aws_cdk import App, Duration, Stack
from aws_cdk.aws_cloudwatch import Alarm, ComparisonOperator
from aws_cdk.aws_cloudwatch_actions import SnsAction
from aws_cdk.aws_sns import Topic
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from cdk_flask_fargate import (
    AlarmOptions,
    FlaskAlarm,
    FlaskFargateService,
    FlaskHealthCheck,
    FlaskImage,
    FlaskStage,
    LoadBalancing,
    MonitoringOptions,
    ServiceLevelObjective,
    Tls,
)

SAMPLE_APP = Path(__file__).parents[2] / "sample-app"

app = App()
stack = Stack(app, "FlaskMonitoring", description="A Flask service that tells when something is wrong")

web = FlaskFargateService(
    stack,
    "Web",
    image=FlaskImage.from_source(str(SAMPLE_APP), wsgi_app="app:create_app()"),
    stage=FlaskStage.development(),
    health_check=FlaskHealthCheck.path("/health"),
    load_balancing=LoadBalancing.internet_facing(tls=Tls.disabled()),
    monitoring=MonitoringOptions(
        dashboard=True,
        alarms=AlarmOptions(
            enabled=True,
            slo=ServiceLevelObjective(target=99.5, latency=Duration.seconds(1)),
            turn_off=[FlaskAlarm.MEMORY],
        ),
    ),
)

topic = Topic(stack, "Operators", enforce_ssl=True)
topic.add_subscription(EmailSubscription(app.node.try_get_context("email") or "operators@example.com"))
web.alarms.send_to(topic, notify_ok=True)

# an alarm of your own from the metrics of the service
quiet = Alarm(
    stack,
    "Quiet",
    metric=web.metrics.request_count(period=Duration.minutes(15)),
    threshold=1,
    evaluation_periods=1,
    comparison_operator=ComparisonOperator.LESS_THAN_THRESHOLD,
    alarm_description="nobody has asked for anything in a quarter of an hour",
)
quiet.add_alarm_action(SnsAction(topic))

app.synth()
