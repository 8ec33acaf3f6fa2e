#!/usr/bin/env python3
from pathlib import Path

from aws_cdk import App, Environment, Stack, Stage
from aws_cdk.aws_codepipeline import PipelineType
from aws_cdk.pipelines import CodePipeline, CodePipelineSource, ManualApprovalStep, ShellStep
from cdk_flask_fargate import (
    AlarmOptions,
    FlaskFargateService,
    FlaskHealthCheck,
    FlaskImage,
    FlaskStage,
    LoadBalancing,
    MonitoringOptions,
    Tls,
)

SAMPLE_APP = Path(__file__).parents[2] / "sample-app"

app = App()


def context(name: str) -> str:
    return app.node.try_get_context(name)


def environment_of(name: str) -> Environment:
    return Environment(account=context(f"{name}-account"), region=context("region"))


class Shop(Stage):
    """One stage of the pipeline: the shop in an account of its own."""

    def __init__(self, construct_id: str, env: Environment, stage: FlaskStage) -> None:
        super().__init__(app, construct_id, env=env)
        stack = Stack(self, "Shop", description="The shop, by a pipeline")
        web = FlaskFargateService(
            stack,
            "Web",
            # the same source with the same port and server is one image: it is built once and pushed to both accounts
            image=FlaskImage.from_source(str(SAMPLE_APP), wsgi_app="app:create_app()"),
            stage=stage,
            health_check=FlaskHealthCheck.path("/health"),
            # until there is a domain: then Tls.for_domain()
            load_balancing=LoadBalancing.internet_facing(tls=Tls.disabled()),
            monitoring=MonitoringOptions(alarms=AlarmOptions(email="operators@example.com")),
        )
        web.add_release_task("Report", command=["flask", "report"])
        # absent with outputs=False, and without a load balancer
        assert web.outputs and web.outputs.url
        self.url = web.outputs.url


tools = Stack(app, "ShopPipeline", env=environment_of("tools"), description="The pipeline of the shop")
pipeline = CodePipeline(
    tools,
    "Pipeline",
    pipeline_type=PipelineType.V2,
    cross_account_keys=True,
    # else each commit changes the pipeline itself first
    publish_assets_in_parallel=False,
    synth=ShellStep(
        "Synth",
        input=CodePipelineSource.connection(
            "my-org/shop",
            "main",
            connection_arn="arn:aws:codeconnections:eu-west-1:111111111111:connection/a1b2c3d4-0000-4000-8000-000000000000",
        ),
        commands=["pip install -r requirements.txt", "npx aws-cdk@2 synth"],
    ),
)

staging = Shop("ShopStaging", environment_of("staging"), FlaskStage.development())
smoke_test = ShellStep(
    "SmokeTest",
    env_from_cfn_outputs={"URL": staging.url},
    commands=['curl --fail --retry 5 --retry-all-errors "$URL/health"'],
)
pipeline.add_stage(staging, post=[smoke_test])
production = Shop("ShopProduction", environment_of("production"), FlaskStage.production())
pipeline.add_stage(production, pre=[ManualApprovalStep("Approve")])

app.synth()
