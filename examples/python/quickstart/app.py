#!/usr/bin/env python3
from pathlib import Path

from aws_cdk import App, Stack
from cdk_flask_fargate import (
    FlaskFargateService,
    FlaskHealthCheck,
    FlaskImage,
    FlaskRepository,
    FlaskStage,
)

SAMPLE_APP = Path(__file__).parents[2] / "sample-app"

app = App()
stack = Stack(app, "FlaskQuickstart", description="The sample Flask service on ECS with Fargate")
stage = FlaskStage.ephemeral()

# the repository of the guide: its outputs are the four commands that push an image
repository = FlaskRepository(stack, "Repository", repository_name="ecs-flask-app", stage=stage)

# `-c tag=1.0.0` runs what was pushed there under that tag; without it, the image is built from the source
tag: str | None = app.node.try_get_context("tag")
if tag:
    image = FlaskImage.from_repository(repository, tag)
else:
    image = FlaskImage.from_source(
        str(SAMPLE_APP),
        wsgi_app="app:create_app()",
        base_image=app.node.try_get_context("baseImage"),
    )

web = FlaskFargateService(
    stack,
    "Web",
    image=image,
    stage=stage,
    health_check=FlaskHealthCheck.path("/health"),
)
web.add_task("Report", command=["flask", "report"])

app.synth()
