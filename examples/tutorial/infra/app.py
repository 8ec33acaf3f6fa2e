from aws_cdk import App, Environment
from cdk_flask_fargate import FlaskStage
from shop_stack import ShopStack

app = App()
env = Environment(region="us-east-1")
ShopStack(app, "ShopStaging", env=env, stage=FlaskStage.development())
ShopStack(app, "ShopProduction", env=env, stage=FlaskStage.production(), alarm_email="operators@example.com")
app.synth()
