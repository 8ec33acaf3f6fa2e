#!/usr/bin/env python3
from aws_cdk import App, Duration, Environment, Stack
from aws_cdk.aws_ecr import Repository
from aws_cdk.aws_iam import OidcProviderNative, OpenIdConnectPrincipal, PolicyStatement, Role
from cdk_flask_fargate import (
    AlarmOptions,
    FlaskFargateService,
    FlaskHealthCheck,
    FlaskImage,
    FlaskRepository,
    FlaskStage,
    LoadBalancing,
    MonitoringOptions,
    Tls,
)

GITHUB = "token.actions.githubusercontent.com"
# as GitHub's tokens name it: with the numbers of owner and repository;
# without them, `my-org/shop`, if it was made before 15 July 2026
REPOSITORY = "my-org@1234567/shop@7654321"

app = App()


def context(name: str) -> str:
    return app.node.try_get_context(name)


def environment_of(name: str) -> Environment:
    return Environment(account=context(f"{name}-account"), region=context("region"))


def add_deployer(stack: Stack, environment: str) -> Role:
    """The role that jobs of one GitHub environment take, in its account."""
    github = OidcProviderNative(stack, "GitHub", url=f"https://{GITHUB}", client_ids=["sts.amazonaws.com"])
    role = Role(
        stack,
        "Deployer",
        role_name=f"shop-{environment}",
        # longer than a deployment takes
        max_session_duration=Duration.hours(2),
        assumed_by=OpenIdConnectPrincipal(
            github,
            {
                "StringEquals": {
                    f"{GITHUB}:aud": "sts.amazonaws.com",
                    f"{GITHUB}:sub": f"repo:{REPOSITORY}:environment:{environment}",
                }
            },
        ),
    )
    # the roles of the bootstrap may deploy; this one may only take them
    role.add_to_policy(
        PolicyStatement(actions=["sts:AssumeRole"], resources=[f"arn:aws:iam::{stack.account}:role/cdk-hnb659fds-*"])
    )
    return role


tools = Stack(
    app,
    "ShopImages",
    env=environment_of("tools"),
    description="The images of the shop, and who pushes them",
)
repository = FlaskRepository(
    tools,
    "Images",
    repository_name="shop",
    stage=FlaskStage.production(),
    release_tags=["v*"],
    preview_tags=["pr-*"],
    pull_accounts=[context("staging-account"), context("production-account")],
)
builder = add_deployer(tools, "images")
repository.grant_pull_push(builder)
# what the gate on the findings of the scan reads
repository.grant(builder, "ecr:DescribeImages", "ecr:DescribeImageScanFindings")
for name in ["Staging", "Production"]:
    access = Stack(
        app,
        f"Shop{name}Access",
        env=environment_of(name.lower()),
        description="Who may deploy the shop",
    )
    add_deployer(access, name.lower())


def add_shop(stack_id: str, env: Environment, stage: FlaskStage) -> None:
    stack = Stack(app, stack_id, env=env, description="The shop, by the digest of its image")
    arn = f"arn:aws:ecr:{context('region')}:{context('tools-account')}:repository/shop"
    web = FlaskFargateService(
        stack,
        "Web",
        image=FlaskImage.from_repository(Repository.from_repository_arn(stack, "Images", arn), context("digest")),
        stage=stage,
        health_check=FlaskHealthCheck.path("/health"),
        # until there is a domain: then Tls.for_domain()
        load_balancing=LoadBalancing.internet_facing(tls=Tls.disabled()),
        monitoring=MonitoringOptions(alarms=AlarmOptions(email="operators@example.com")),
    )
    if context("going-back") != "true":
        web.add_release_task("Report", command=["flask", "report"])


# without a digest there is nothing that could be deployed by mistake
if context("digest"):
    add_shop("ShopStaging", environment_of("staging"), FlaskStage.development())
    add_shop("ShopProduction", environment_of("production"), FlaskStage.production())
    if context("pull-request"):
        add_shop(f"ShopPreview{context('pull-request')}", environment_of("staging"), FlaskStage.ephemeral())

app.synth()
