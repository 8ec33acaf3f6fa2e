#!/usr/bin/env python3
from aws_cdk import App
from cdk_flask_fargate import FlaskStage
from shop_stack import ShopStack

app = App()
ShopStack(
    app,
    "FlaskStaging",
    description="The shop, in staging",
    stage=FlaskStage.development(),
    greeting="Hello from staging",
)
ShopStack(
    app,
    "FlaskProduction",
    description="The shop, in production",
    stage=FlaskStage.production(),
    greeting="Hello from production",
    alarm_email="operators@example.com",
)

app.synth()
