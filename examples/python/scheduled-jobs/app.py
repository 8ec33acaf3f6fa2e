#!/usr/bin/env python3
from pathlib import Path

from aws_cdk import App, Duration, Stack, TimeZone
from aws_cdk.aws_scheduler import ScheduleExpression
from aws_cdk.aws_sns import Topic
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from cdk_flask_fargate import Capacity, FlaskFargateService, FlaskHealthCheck, FlaskImage, FlaskStage

SAMPLE_APP = Path(__file__).parents[2] / "sample-app"

app = App()
stack = Stack(
    app,
    "FlaskScheduledJobs",
    description="A Flask service with commands that run at certain times",
)

web = FlaskFargateService(
    stack,
    "Web",
    image=FlaskImage.from_source(str(SAMPLE_APP), wsgi_app="app:create_app()"),
    stage=FlaskStage.ephemeral(),
    health_check=FlaskHealthCheck.path("/health"),
)

# at three in the morning of Berlin, in summer and in winter
web.add_scheduled_task(
    "Nightly",
    command=["flask", "report"],
    schedule=ScheduleExpression.cron(hour="3", minute="0", time_zone=TimeZone.EUROPE_BERLIN),
)

# up to 70 % cheaper; one that AWS interrupts is missed until the next
web.add_scheduled_task(
    "Frequent",
    command=["flask", "report"],
    schedule=ScheduleExpression.rate(Duration.minutes(30)),
    capacity=Capacity.spot(on_demand_base=0),
)

operators = Topic(stack, "Operators", enforce_ssl=True)
operators.add_subscription(EmailSubscription(app.node.try_get_context("email") or "operators@example.com"))
web.alarms.send_to(operators)

app.synth()
