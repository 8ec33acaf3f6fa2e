/** Workers whose jobs take longer than they are given to stop: eight seconds and two. */
import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { FlaskFargateService, FlaskHealthCheck, FlaskImage, FlaskStage, WorkerScaling } from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'FlaskWorkers');
const jobs = new Queue(stack, 'Jobs', { visibilityTimeout: Duration.minutes(10) });

const web = new FlaskFargateService(stack, 'Web', {
  image: FlaskImage.fromSource(path.join(__dirname, '../../../examples/sample-app'), { wsgiApp: 'app:create_app()' }),
  stage: FlaskStage.ephemeral(),
  healthCheck: FlaskHealthCheck.path('/health'),
  environment: { FLASK_JOBS_QUEUE_URL: jobs.queueUrl },
});
jobs.grantSendMessages(web);
jobs.grantConsumeMessages(web);

web.addWorker('Worker', {
  command: ['celery', '-A', 'app.celery', 'worker', '--concurrency', '2'],
  scaling: WorkerScaling.onQueueDepth(jobs, {
    jobTime: Duration.seconds(8),
    acceptableWait: Duration.minutes(1),
    slots: 2,
    min: Number(app.node.tryGetContext('min') ?? 4),
    max: 4,
  }),
  stopTimeout: Duration.seconds(2),
  taskProtection: app.node.tryGetContext('protection') !== 'off',
});
