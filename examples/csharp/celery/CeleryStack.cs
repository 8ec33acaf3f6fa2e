using System.Collections.Generic;
using Amazon.CDK;
using Amazon.CDK.AWS.SQS;
using CdkFlaskFargate;
using Constructs;

namespace Celery;

internal class CeleryStack : Stack
{
    private const string SampleApp = "../../sample-app";

    public CeleryStack(Construct scope, string id, IStackProps? props = null) : base(scope, id, props)
    {
        // a job that failed three times waits here for somebody to look at it
        var failed = new Queue(this, "FailedJobs", new QueueProps
        {
            RetentionPeriod = Duration.Days(14),
            EnforceSSL = true,
        });
        var jobs = new Queue(this, "Jobs", new QueueProps
        {
            VisibilityTimeout = Duration.Minutes(5), // longer than the longest job, or a second worker takes it up
            DeadLetterQueue = new DeadLetterQueue { Queue = failed, MaxReceiveCount = 3 },
            EnforceSSL = true,
        });

        var web = new FlaskFargateService(this, "Web", new FlaskFargateServiceProps
        {
            Image = FlaskImage.FromSource(SampleApp, new FlaskSourceOptions { WsgiApp = "app:create_app()" }),
            Stage = FlaskStage.Ephemeral(),
            HealthCheck = FlaskHealthCheck.Path("/health"),
            Environment = new Dictionary<string, string>
            {
                ["FLASK_JOBS_QUEUE_URL"] = jobs.QueueUrl,
                ["FLASK_TIDY_UP_SECONDS"] = "10", // often, so that you see it soon
            },
        });
        jobs.GrantSendMessages(web);
        jobs.GrantConsumeMessages(web); // all processes have the same role

        web.AddWorker("Worker", new FlaskWorkerOptions
        {
            Command = new[] { "celery", "-A", "app.celery", "worker", "--concurrency", "2" },
            Scaling = WorkerScaling.OnQueueDepth(jobs, new QueueDepthScalingOptions
            {
                JobTime = Duration.Seconds(30),
                AcceptableWait = Duration.Minutes(2),
                Slots = 2, // the concurrency of Celery
                Max = 4,
            }),
            TaskProtection = true, // the app asks for it while it is at work
            StopTimeout = Duration.Seconds(60), // to finish a job
        });

        // Celery beat sends what is due; two of them would send everything twice
        web.AddWorker("Beat", new FlaskWorkerOptions
        {
            // this scheduler keeps no file
            Command = new[] { "celery", "-A", "app.celery", "beat", "--scheduler", "celery.beat.Scheduler" },
            Singleton = true,
        });
    }
}
