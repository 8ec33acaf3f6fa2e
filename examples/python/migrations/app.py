#!/usr/bin/env python3
from pathlib import Path

from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from cdk_flask_fargate import (
    DatabaseVariables,
    Egress,
    FlaskFargateService,
    FlaskHealthCheck,
    FlaskImage,
    FlaskSecretKey,
    FlaskStage,
)

SAMPLE_APP = Path(__file__).parents[2] / "sample-app"

app = App()
stack = Stack(
    app,
    "FlaskMigrations",
    description="A Flask service with a database, migrated before each new version",
)
stage = FlaskStage.ephemeral()

vpc = ec2.Vpc(
    stack,
    "Vpc",
    max_azs=2,
    nat_gateways=0,
    restrict_default_security_group=False,
    subnet_configuration=[
        ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC),
        ec2.SubnetConfiguration(name="Data", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
    ],
)

# gone with its data when the stack goes: in production leave the last three lines out, and set deletion_protection
database = rds.DatabaseInstance(
    stack,
    "Database",
    engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17),
    instance_type=ec2.InstanceType.of(ec2.InstanceClass.BURSTABLE4_GRAVITON, ec2.InstanceSize.MICRO),
    vpc=vpc,
    vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
    allocated_storage=20,
    database_name="notes",
    credentials=rds.Credentials.from_generated_secret("flask"),
    storage_encrypted=True,
    removal_policy=RemovalPolicy.DESTROY,
    backup_retention=Duration.days(0),
    delete_automated_backups=True,
)

web = FlaskFargateService(
    stack,
    "Web",
    image=FlaskImage.from_source(str(SAMPLE_APP), wsgi_app="app:create_app()"),
    stage=stage,
    vpc=vpc,
    egress=Egress.public_ips(),
    health_check=FlaskHealthCheck.path("/health"),
    environment={"FLASK_SESSION_COOKIE_SECURE": "false"},  # as long as there is no HTTPS
)
web.connect_to_database(database, variables=DatabaseVariables.URL, scheme="postgresql+psycopg")
# every 90 days, and no session is lost
web.use_secret_key(FlaskSecretKey(stack, "SecretKey", stage=stage, rotation=True))

# with the new image, before the service changes to it; when it fails, the old version goes on
web.add_release_task("Migrate", command=["flask", "db", "upgrade"], timeout=Duration.minutes(10))

app.synth()
