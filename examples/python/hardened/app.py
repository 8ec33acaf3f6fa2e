#!/usr/bin/env python3
from pathlib import Path

from aws_cdk import App, Environment, Stack
from aws_cdk.aws_iam import ServicePrincipal
from aws_cdk.aws_kms import Key
from aws_cdk.aws_route53 import HostedZone
from aws_cdk.aws_sns import Topic
from cdk_flask_fargate import (
    FlaskFargateService,
    FlaskHealthCheck,
    FlaskImage,
    LoadBalancing,
    LoggingOptions,
    Tls,
    WebAcl,
)

SAMPLE_APP = Path(__file__).parents[2] / "sample-app"

app = App()
stack = Stack(
    app,
    "FlaskHardened",
    description="A Flask service with everything that auditors ask for",
    # access logs need a region that is known
    env=Environment(region=app.node.try_get_context("region") or "us-east-1"),
)

key = Key(
    stack,
    "Key",
    enable_key_rotation=True,
    description="the logs and the alarms of the Flask service",
)
key.grant_encrypt_decrypt(ServicePrincipal(f"logs.{stack.region}.amazonaws.com"))
key.grant_encrypt_decrypt(ServicePrincipal("cloudwatch.amazonaws.com"))

zone = HostedZone.from_hosted_zone_attributes(
    stack,
    "Zone",
    hosted_zone_id=app.node.try_get_context("zoneId") or "Z0123456789EXAMPLE",
    zone_name=app.node.try_get_context("zoneName") or "example.com",
)

web = FlaskFargateService(
    stack,
    "Web",
    image=FlaskImage.from_source(str(SAMPLE_APP), wsgi_app="app:create_app()"),
    health_check=FlaskHealthCheck.path("/health"),
    load_balancing=LoadBalancing.internet_facing(
        tls=Tls.for_domain(zone=zone, record_name="vault"),
        web_acl=WebAcl.managed_rules(log_requests=True),
        connection_logs=True,
    ),
    logging=LoggingOptions(encryption_key=key),
)
web.alarms.send_to(Topic(stack, "Operators", master_key=key, enforce_ssl=True))

app.synth()
