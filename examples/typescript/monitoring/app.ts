import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { FlaskAlarm, FlaskFargateService, FlaskHealthCheck, FlaskImage, FlaskStage, LoadBalancing, Tls } from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'FlaskMonitoring', { description: 'A Flask service that tells when something is wrong' });

const web = new FlaskFargateService(stack, 'Web', {
  image: FlaskImage.fromSource(path.join(__dirname, '../../sample-app'), { wsgiApp: 'app:create_app()' }),
  stage: FlaskStage.development(),
  healthCheck: FlaskHealthCheck.path('/health'),
  loadBalancing: LoadBalancing.internetFacing({ tls: Tls.disabled() }),
  monitoring: {
    dashboard: true,
    alarms: { enabled: true, slo: { target: 99.5, latency: Duration.seconds(1) }, turnOff: [FlaskAlarm.MEMORY] },
  },
});

const topic = new Topic(stack, 'Operators', { enforceSSL: true });
topic.addSubscription(new EmailSubscription(app.node.tryGetContext('email') ?? 'operators@example.com'));
web.alarms.sendTo(topic, { notifyOk: true });

// an alarm of your own from the metrics of the service
new Alarm(stack, 'Quiet', {
  metric: web.metrics.requestCount({ period: Duration.minutes(15) }),
  threshold: 1,
  evaluationPeriods: 1,
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  alarmDescription: 'nobody has asked for anything in a quarter of an hour',
}).addAlarmAction(new SnsAction(topic));
