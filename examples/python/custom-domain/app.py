#!/usr/bin/env python3
from pathlib import Path

from aws_cdk import App, Stack
from aws_cdk.aws_route53 import HostedZone
from cdk_flask_fargate import FlaskFargateService, FlaskHealthCheck, FlaskImage, LoadBalancing, Tls

SAMPLE_APP = Path(__file__).parents[2] / "sample-app"

app = App()
stack = Stack(app, "FlaskCustomDomain", description="A Flask service with HTTPS and a name of its own")

# `-c zoneId=Z… -c zoneName=your.domain`: a public hosted zone of yours
zone = HostedZone.from_hosted_zone_attributes(
    stack,
    "Zone",
    hosted_zone_id=app.node.try_get_context("zoneId") or "Z0123456789EXAMPLE",
    zone_name=app.node.try_get_context("zoneName") or "example.com",
)

FlaskFargateService(
    stack,
    "Web",
    image=FlaskImage.from_source(str(SAMPLE_APP), wsgi_app="app:create_app()"),
    health_check=FlaskHealthCheck.path("/health"),
    load_balancing=LoadBalancing.internet_facing(tls=Tls.for_domain(zone=zone, record_name="shop")),
)

app.synth()
