from pathlib import Path
from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_rds as rds
from aws_cdk import aws_sqs as sqs
from cdk_flask_fargate import (
    AlarmOptions,
    DatabaseConnectionOptions,
    DatabaseVariables,
    FlaskDatabase,
    FlaskFargateService,
    FlaskHealthCheck,
    FlaskImage,
    FlaskSecretKey,
    FlaskStage,
    FlaskUploads,
    MonitoringOptions,
    WorkerScaling,
)
from constructs import Construct

APP = Path(__file__).parents[1] / "app"


class ShopStack(Stack):
    def __init__(
        self, scope: Construct, id: str, *, stage: FlaskStage, alarm_email: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(scope, id, **kwargs)

        # a job that failed three times waits here for somebody to look at it
        failed = sqs.Queue(self, "FailedJobs", retention_period=Duration.days(14), enforce_ssl=True)
        jobs = sqs.Queue(
            self,
            "Jobs",
            visibility_timeout=Duration.minutes(5),  # longer than the longest job, or a second worker takes it up
            dead_letter_queue=sqs.DeadLetterQueue(queue=failed, max_receive_count=3),
            enforce_ssl=True,
        )

        web = FlaskFargateService(
            self,
            "Web",
            image=FlaskImage.from_source(str(APP)),
            stage=stage,
            health_check=FlaskHealthCheck.path("/health"),
            environment={"JOBS_QUEUE_URL": jobs.queue_url},
            monitoring=MonitoringOptions(alarms=AlarmOptions(email=alarm_email)),
        )
        jobs.grant_send_messages(web)
        jobs.grant_consume_messages(web)  # all processes have one role

        FlaskDatabase.postgres(
            web,
            "Database",
            version=rds.PostgresEngineVersion.VER_17,
            connection=DatabaseConnectionOptions(variables=DatabaseVariables.URL, scheme="postgresql+psycopg"),
        )
        FlaskUploads.bucket(web, "Uploads")
        web.use_secret_key(FlaskSecretKey(web, "SecretKey"))

        # runs with the new image before anything changes to it
        web.add_release_task("Migrate", command=["flask", "db", "upgrade"])

        web.add_worker(
            "Worker",
            command=["celery", "-A", "shop.celery", "worker", "--concurrency", "2", "--prefetch-multiplier", "1"],
            scaling=WorkerScaling.on_queue_depth(
                jobs, job_time=Duration.seconds(5), acceptable_wait=Duration.minutes(1), slots=2, max=4
            ),
        )
        # beat sends what is due; two of them would send everything twice
        web.add_worker(
            "Beat",
            command=["celery", "-A", "shop.celery", "beat", "--scheduler", "celery.beat.Scheduler"],
            singleton=True,
        )
