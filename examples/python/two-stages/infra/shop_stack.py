from pathlib import Path
from typing import Any

from aws_cdk import Stack
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
from constructs import Construct

APP = Path(__file__).parents[1] / "app"


class ShopStack(Stack):
    """The shop in one stage: what differs between stages is in its arguments."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: FlaskStage,
        greeting: str,
        alarm_email: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)

        FlaskFargateService(
            self,
            "Web",
            image=FlaskImage.from_source(str(APP)),
            stage=stage,
            health_check=FlaskHealthCheck.path("/health"),
            environment={"GREETING": greeting},
            # until there is a domain: then Tls.for_domain()
            load_balancing=LoadBalancing.internet_facing(tls=Tls.disabled()),
            monitoring=MonitoringOptions(alarms=AlarmOptions(email=alarm_email)),
        )
