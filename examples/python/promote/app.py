#!/usr/bin/env python3
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_rds as rds
from aws_cdk.aws_ecr import Repository
from cdk_flask_fargate import (
    AlarmOptions,
    FlaskDatabase,
    FlaskFargateService,
    FlaskHealthCheck,
    FlaskImage,
    FlaskRepository,
    FlaskStage,
    LoadBalancing,
    MonitoringOptions,
    Tls,
)

app = App()


def context(name: str) -> str:
    return app.node.try_get_context(name)


def environment_of(name: str) -> Environment:
    return Environment(account=context(f"{name}-account"), region=context("region"))


tools = Stack(app, "ShopImages", env=environment_of("tools"), description="The images of the shop")
FlaskRepository(
    tools,
    "Images",
    repository_name="shop",
    stage=FlaskStage.production(),
    release_tags=["v*"],
    pull_accounts=[context("staging-account"), context("production-account")],
)


def add_shop(stack_id: str, env: Environment, stage: FlaskStage) -> None:
    stack = Stack(app, stack_id, env=env, description="The shop, by the digest of its image")
    # by its ARN: a name alone means a repository of the stage's own account
    arn = f"arn:aws:ecr:{context('region')}:{context('tools-account')}:repository/shop"
    images = Repository.from_repository_arn(stack, "Images", arn)
    web = FlaskFargateService(
        stack,
        "Web",
        image=FlaskImage.from_repository(images, context("digest")),
        stage=stage,
        health_check=FlaskHealthCheck.path("/health"),
        # until there is a domain: then Tls.for_domain()
        load_balancing=LoadBalancing.internet_facing(tls=Tls.disabled()),
        monitoring=MonitoringOptions(alarms=AlarmOptions(email="operators@example.com")),
    )
    FlaskDatabase.postgres(web, "Database", version=rds.PostgresEngineVersion.VER_17)
    if context("going-back") != "true":
        # the migrations of an older image fail on a newer database
        web.add_release_task("Migrate", command=["flask", "db", "upgrade"])


# without a digest there is the repository alone: one that was forgotten deploys nothing
if context("digest"):
    add_shop("ShopStaging", environment_of("staging"), FlaskStage.development())
    add_shop("ShopProduction", environment_of("production"), FlaskStage.production())

app.synth()
