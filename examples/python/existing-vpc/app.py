#!/usr/bin/env python3
from pathlib import Path

from aws_cdk import App, Stack
from aws_cdk.aws_ec2 import Peer, Vpc
from aws_cdk.aws_ecs import Cluster
from cdk_flask_fargate import FlaskFargateService, FlaskHealthCheck, FlaskImage, LoadBalancing, Tls

SAMPLE_APP = Path(__file__).parents[2] / "sample-app"

app = App()

# what a platform team owns; in an account of yours it may be Vpc.from_lookup() and Cluster.from_cluster_attributes()
platform = Stack(app, "FlaskPlatform", description="The network and the cluster of all services")
vpc = Vpc(platform, "Vpc", max_azs=2, nat_gateways=1, restrict_default_security_group=False)
cluster = Cluster(platform, "Cluster", vpc=vpc)

stack = Stack(
    app,
    "FlaskExistingVpc",
    description="A Flask service for the company alone, in a VPC that is given",
)
FlaskFargateService(
    stack,
    "Web",
    image=FlaskImage.from_source(str(SAMPLE_APP), wsgi_app="app:create_app()"),
    cluster=cluster,  # and with it its VPC; the tasks go to its private subnets
    health_check=FlaskHealthCheck.path("/health"),
    load_balancing=LoadBalancing.internal(tls=Tls.disabled(), allow_from=[Peer.ipv4("10.0.0.0/8")]),
)

app.synth()
