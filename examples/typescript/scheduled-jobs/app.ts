import * as path from 'node:path';
import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Capacity, FlaskFargateService, FlaskHealthCheck, FlaskImage, FlaskStage } from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'FlaskScheduledJobs', { description: 'A Flask service with commands that run at certain times' });

const web = new FlaskFargateService(stack, 'Web', {
  image: FlaskImage.fromSource(path.join(__dirname, '../../sample-app'), { wsgiApp: 'app:create_app()' }),
  stage: FlaskStage.ephemeral(),
  healthCheck: FlaskHealthCheck.path('/health'),
});

// at three in the morning of Berlin, in summer and in winter
web.addScheduledTask('Nightly', {
  command: ['flask', 'report'],
  schedule: ScheduleExpression.cron({ hour: '3', minute: '0', timeZone: TimeZone.EUROPE_BERLIN }),
});

// up to 70 % cheaper; one that AWS interrupts is missed until the next
web.addScheduledTask('Frequent', {
  command: ['flask', 'report'],
  schedule: ScheduleExpression.rate(Duration.minutes(30)),
  capacity: Capacity.spot({ onDemandBase: 0 }),
});

const operators = new Topic(stack, 'Operators', { enforceSSL: true });
operators.addSubscription(new EmailSubscription(app.node.tryGetContext('email') ?? 'operators@example.com'));
web.alarms.sendTo(operators);
