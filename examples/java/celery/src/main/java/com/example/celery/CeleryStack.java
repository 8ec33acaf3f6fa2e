package com.example.celery;

import io.github.cdkflaskfargate.FlaskFargateService;
import io.github.cdkflaskfargate.FlaskHealthCheck;
import io.github.cdkflaskfargate.FlaskImage;
import io.github.cdkflaskfargate.FlaskSourceOptions;
import io.github.cdkflaskfargate.FlaskStage;
import io.github.cdkflaskfargate.FlaskWorkerOptions;
import io.github.cdkflaskfargate.QueueDepthScalingOptions;
import io.github.cdkflaskfargate.WorkerScaling;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.sqs.DeadLetterQueue;
import software.amazon.awscdk.services.sqs.Queue;
import software.constructs.Construct;

public class CeleryStack extends Stack {
    private static final String SAMPLE_APP = "../../sample-app";

    public CeleryStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);

        // a job that failed three times waits here for somebody to look at it
        var failed = Queue.Builder.create(this, "FailedJobs")
                .retentionPeriod(Duration.days(14))
                .enforceSsl(true)
                .build();
        var jobs = Queue.Builder.create(this, "Jobs")
                .visibilityTimeout(Duration.minutes(5)) // longer than the longest job, or a second worker takes it up
                .deadLetterQueue(DeadLetterQueue.builder()
                        .queue(failed)
                        .maxReceiveCount(3)
                        .build())
                .enforceSsl(true)
                .build();

        var web = FlaskFargateService.Builder.create(this, "Web")
                .image(FlaskImage.fromSource(SAMPLE_APP, FlaskSourceOptions.builder()
                        .wsgiApp("app:create_app()")
                        .build()))
                .stage(FlaskStage.ephemeral())
                .healthCheck(FlaskHealthCheck.path("/health"))
                .environment(Map.of(
                        "FLASK_JOBS_QUEUE_URL", jobs.getQueueUrl(),
                        "FLASK_TIDY_UP_SECONDS", "10")) // often, so that you see it soon
                .build();
        jobs.grantSendMessages(web);
        jobs.grantConsumeMessages(web); // all processes have the same role

        web.addWorker("Worker", FlaskWorkerOptions.builder()
                .command(List.of("celery", "-A", "app.celery", "worker", "--concurrency", "2"))
                .scaling(WorkerScaling.onQueueDepth(jobs, QueueDepthScalingOptions.builder()
                        .jobTime(Duration.seconds(30))
                        .acceptableWait(Duration.minutes(2))
                        .slots(2) // the concurrency of Celery
                        .max(4)
                        .build()))
                .taskProtection(true) // the app asks for it while it is at work
                .stopTimeout(Duration.seconds(60)) // to finish a job
                .build());

        // Celery beat sends what is due; two of them would send everything twice
        web.addWorker("Beat", FlaskWorkerOptions.builder()
                // this scheduler keeps no file
                .command(List.of("celery", "-A", "app.celery", "beat", "--scheduler", "celery.beat.Scheduler"))
                .singleton(true)
                .build());
    }
}
