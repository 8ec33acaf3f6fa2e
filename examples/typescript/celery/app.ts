import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { FlaskFargateService, FlaskHealthCheck, FlaskImage, FlaskStage, WorkerScaling } from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'FlaskCelery', {
  description: 'A Flask service whose long work is done by Celery, with a queue of Amazon SQS',
});

// a job that failed three times waits here for somebody to look at it
const failed = new Queue(stack, 'FailedJobs', { retentionPeriod: Duration.days(14), enforceSSL: true });
const jobs = new Queue(stack, 'Jobs', {
  visibilityTimeout: Duration.minutes(5), // longer than the longest job, or a second worker takes it up
  deadLetterQueue: { queue: failed, maxReceiveCount: 3 },
  enforceSSL: true,
});

const web = new FlaskFargateService(stack, 'Web', {
  image: FlaskImage.fromSource(path.join(__dirname, '../../sample-app'), { wsgiApp: 'app:create_app()' }),
  stage: FlaskStage.ephemeral(),
  healthCheck: FlaskHealthCheck.path('/health'),
  environment: {
    FLASK_JOBS_QUEUE_URL: jobs.queueUrl,
    FLASK_TIDY_UP_SECONDS: '10', // often, so that you see it soon
  },
});
jobs.grantSendMessages(web);
jobs.grantConsumeMessages(web); // all processes have the same role

web.addWorker('Worker', {
  command: ['celery', '-A', 'app.celery', 'worker', '--concurrency', '2'],
  scaling: WorkerScaling.onQueueDepth(jobs, {
    jobTime: Duration.seconds(30),
    acceptableWait: Duration.minutes(2),
    slots: 2, // the concurrency of Celery
    max: 4,
  }),
  taskProtection: true, // the app asks for it while it is at work
  stopTimeout: Duration.seconds(60), // to finish a job
});

// Celery beat sends what is due; two of them would send everything twice
web.addWorker('Beat', {
  command: ['celery', '-A', 'app.celery', 'beat', '--scheduler', 'celery.beat.Scheduler'], // which keeps no file
  singleton: true,
});
