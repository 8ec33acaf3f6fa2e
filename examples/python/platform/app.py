#!/usr/bin/env python3
from pathlib import Path

from aws_cdk import App, Stack
from cdk_flask_fargate import (
    FlaskFargateService,
    FlaskHealthCheck,
    FlaskImage,
    FlaskPlatform,
    FlaskStage,
    LoadBalancing,
)

SAMPLE_APP = Path(__file__).parents[2] / "sample-app"

app = App()
platform_stack = Stack(app, "FlaskPlatform", description="What the Flask services of a team share")
platform = FlaskPlatform(
    platform_stack,
    "Platform",
    name="examples",
    stage=FlaskStage.ephemeral(),
    internal_load_balancer=True,
)


def service_stack(stack_id: str) -> Stack:
    return Stack(app, stack_id, description="A Flask service on a platform")


def add_service(stack: Stack, construct_id: str, load_balancing: LoadBalancing) -> FlaskFargateService:
    name = construct_id.lower()
    return FlaskFargateService(
        stack,
        construct_id,
        image=FlaskImage.from_source(str(SAMPLE_APP), wsgi_app="app:create_app()"),
        stage=FlaskStage.ephemeral(),
        health_check=FlaskHealthCheck.path("/health"),
        environment={"FLASK_SERVICE_NAME": name, "FLASK_URL_PREFIX": f"/{name}"},
        load_balancing=load_balancing,
    )


shop = add_service(service_stack("FlaskShop"), "Shop", LoadBalancing.on_platform(platform))
shop.discover_services()
orders = add_service(
    service_stack("FlaskOrders"),
    "Orders",
    LoadBalancing.on_platform(platform, internal=True),
)
orders.discoverable_as("orders")
add_service(service_stack("FlaskMailer"), "Mailer", LoadBalancing.on_platform(platform, route=False))
# as the app of another repository does it, which knows the name alone
blog_stack = service_stack("FlaskBlog")
named = FlaskPlatform.from_name(blog_stack, "Platform", "examples")
add_service(blog_stack, "Blog", LoadBalancing.on_platform(named))

app.synth()
