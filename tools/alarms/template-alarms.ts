/** The alarms that a template has, without those that scaling makes. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { FlaskFargateService, type FlaskFargateServiceProps, FlaskImage, LoadBalancing, Tls, WorkerScaling } from 'cdk-flask-fargate';
import { type AlarmModel, alarmModel } from './evaluator';

export interface TemplateAlarm extends AlarmModel {
  /** The end of its id: the kind of alarm. */
  readonly kind: string;
  readonly description: string;
  /** How many metrics are paid for. */
  readonly metrics: number;
}

/** Production with HTTPS, a worker on a queue with a dead-letter queue, and a schedule. */
export function productionAlarms(props: Partial<FlaskFargateServiceProps> = {}): TemplateAlarm[] {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'alarms-'));
  try {
    const stack = new Stack(new App({ outdir, analyticsReporting: false }), 'Shop', {
      env: { region: 'us-east-1', account: '123456789012' },
    });
    const certificate = Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:us-east-1:123456789012:certificate/0123');
    const web = new FlaskFargateService(stack, 'Web', {
      image: FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/shop:1')),
      loadBalancing: LoadBalancing.internetFacing({ tls: Tls.withCertificate(certificate) }),
      ...props,
    });
    const deadLetterQueue = { queue: new Queue(stack, 'DeadLetters'), maxReceiveCount: 3 };
    const jobs = new Queue(stack, 'Jobs', { deadLetterQueue });
    web.addWorker('Celery', {
      command: ['celery', '-A', 'app.celery', 'worker'],
      scaling: WorkerScaling.onQueueDepth(jobs, { messagesPerTask: 10, max: 4 }),
    });
    web.addScheduledTask('Nightly', { command: ['flask', 'report'], schedule: ScheduleExpression.rate(Duration.hours(1)) });
    return alarmsOf(Template.fromStack(stack).toJSON() as TemplateJson);
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

type Resource = { readonly Type: string; readonly Properties: { readonly [key: string]: unknown } };

export type TemplateJson = { readonly Resources: { readonly [id: string]: Resource } };

export function alarmsOf(template: TemplateJson): TemplateAlarm[] {
  return Object.entries(template.Resources)
    .filter(([id, { Type }]) => Type === 'AWS::CloudWatch::Alarm' && !/TaskCountTarget/.test(id))
    .map(([id, { Properties }]) => {
      const model = alarmModel(id, Properties);
      return {
        ...model,
        kind: id.replace(/^Web(Alarms)?/, '').replace(/[0-9A-F]{8}$/, ''),
        description: JSON.stringify(Properties.AlarmDescription),
        metrics: model.queries.filter(({ stat }) => stat).length,
      };
    });
}
