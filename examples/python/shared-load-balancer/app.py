#!/usr/bin/env python3
from pathlib import Path

from aws_cdk import App, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from cdk_flask_fargate import (
    Egress,
    FlaskFargateService,
    FlaskHealthCheck,
    FlaskImage,
    FlaskStage,
    LoadBalancing,
)

SAMPLE_APP = Path(__file__).parents[2] / "sample-app"

app = App()
stack = Stack(app, "FlaskShared", description="Two Flask services behind one load balancer")

vpc = ec2.Vpc(
    stack,
    "Vpc",
    max_azs=2,
    nat_gateways=0,
    restrict_default_security_group=False,
    subnet_configuration=[
        ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC),
    ],
)
cluster = ecs.Cluster(stack, "Cluster", vpc=vpc)
load_balancer = elbv2.ApplicationLoadBalancer(
    stack, "LoadBalancer", vpc=vpc, internet_facing=True, drop_invalid_header_fields=True
)
listener = load_balancer.add_listener(
    "Http",
    port=80,
    default_action=elbv2.ListenerAction.fixed_response(
        404,
        content_type="text/plain",
        message_body="no such service",
    ),
)
image = FlaskImage.from_source(str(SAMPLE_APP), wsgi_app="app:create_app()")


def add_service(construct_id: str, name: str, priority: int) -> FlaskFargateService:
    return FlaskFargateService(
        stack,
        construct_id,
        image=image,
        stage=FlaskStage.ephemeral(),
        cluster=cluster,
        egress=Egress.public_ips(),
        health_check=FlaskHealthCheck.path("/health"),
        environment={"FLASK_SERVICE_NAME": name, "FLASK_URL_PREFIX": f"/{name}"},
        load_balancing=LoadBalancing.shared_listener(
            listener,
            priority=priority,
            paths=[f"/{name}", f"/{name}/*"],
        ),
    )


add_service("Shop", "shop", priority=20)
add_service("Blog", "blog", priority=30)

app.synth()
