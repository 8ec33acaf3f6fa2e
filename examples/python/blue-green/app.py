#!/usr/bin/env python3
from pathlib import Path

from aws_cdk import App, Duration, Stack
from cdk_flask_fargate import (
    AlarmOptions,
    FlaskAlarm,
    FlaskDeployment,
    FlaskFargateService,
    FlaskHealthCheck,
    FlaskImage,
    LoadBalancing,
    MonitoringOptions,
    Tls,
)

SAMPLE_APP = Path(__file__).parents[2] / "sample-app"

app = App()
stack = Stack(
    app,
    "FlaskCanary",
    description="A Flask service whose new versions prove themselves on a tenth of the requests",
)

FlaskFargateService(
    stack,
    "Web",
    image=FlaskImage.from_source(str(SAMPLE_APP), wsgi_app="app:create_app()"),
    health_check=FlaskHealthCheck.path("/health"),
    load_balancing=LoadBalancing.internet_facing(tls=Tls.disabled()),
    deployment=FlaskDeployment.canary(
        canary_percent=10,
        canary_bake_time=Duration.minutes(5),
        bake_time=Duration.minutes(10),
        test_port=8443,
    ),
    monitoring=MonitoringOptions(
        alarms=AlarmOptions(
            stop_deployment_on=[FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.DEPLOYMENT_LATENCY],
            max_deployment_error_percent=2,
            max_deployment_slow_percent=10,
        ),
    ),
)

app.synth()
