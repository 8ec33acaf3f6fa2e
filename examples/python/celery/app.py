#!/usr/bin/env python3
from pathlib import Path

from aws_cdk import App, Duration, Stack
from aws_cdk.aws_sqs import DeadLetterQueue, Queue
from cdk_flask_fargate import (
    FlaskFargateService,
    FlaskHealthCheck,
    FlaskImage,
    FlaskStage,
    WorkerScaling,
)

SAMPLE_APP = Path(__file__).parents[2] / "sample-app"

app = App()
stack = Stack(
    app,
    "FlaskCelery",
    description="A Flask service whose long work is done by Celery, with a queue of Amazon SQS",
)

# a job that failed three times waits here for somebody to look at it
failed = Queue(stack, "FailedJobs", retention_period=Duration.days(14), enforce_ssl=True)
jobs = Queue(
    stack,
    "Jobs",
    visibility_timeout=Duration.minutes(5),  # longer than the longest job, or a second worker takes it up
    dead_letter_queue=DeadLetterQueue(queue=failed, max_receive_count=3),
    enforce_ssl=True,
)

web = FlaskFargateService(
    stack,
    "Web",
    image=FlaskImage.from_source(str(SAMPLE_APP), wsgi_app="app:create_app()"),
    stage=FlaskStage.ephemeral(),
    health_check=FlaskHealthCheck.path("/health"),
    environment={
        "FLASK_JOBS_QUEUE_URL": jobs.queue_url,
        "FLASK_TIDY_UP_SECONDS": "10",  # often, so that you see it soon
    },
)
jobs.grant_send_messages(web)
jobs.grant_consume_messages(web)  # all processes have the same role

web.add_worker(
    "Worker",
    command=["celery", "-A", "app.celery", "worker", "--concurrency", "2"],
    scaling=WorkerScaling.on_queue_depth(
        jobs,
        job_time=Duration.seconds(30),
        acceptable_wait=Duration.minutes(2),
        slots=2,  # the concurrency of Celery
        max=4,
    ),
    task_protection=True,  # the app asks for it while it is at work
    stop_timeout=Duration.seconds(60),  # to finish a job
)

# Celery beat sends what is due; two of them would send everything twice
web.add_worker(
    "Beat",
    command=["celery", "-A", "app.celery", "beat", "--scheduler", "celery.beat.Scheduler"],  # which keeps no file
    singleton=True,
)

app.synth()
