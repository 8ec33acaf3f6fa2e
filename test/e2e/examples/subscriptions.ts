/** Somebody who is subscribed to the topic of an example, by a queue: mail goes nowhere here. */
import type { Deployed } from './deployed';
import { callJson, callQuery, type Schedule, topics } from './other-apis';

export interface AlarmMessage {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly NewStateValue: string;
}

export interface Subscriber {
  /** What has arrived since the last call. */
  hear(): Promise<AlarmMessage[]>;
  leave(): Promise<unknown>;
}

/** A queue that the example's topic may send to. */
export async function subscribe({ aws, stack }: Deployed, QueueName: string): Promise<Subscriber> {
  const topic = (await topics(aws)).find((arn) => stack.idsOf('AWS::SNS::Topic').includes(arn)) ?? '';
  const queue = `arn:aws:sqs:us-east-1:000000000000:${QueueName}`;
  const letTheTopicIn = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queue,
    Condition: { ArnEquals: { 'aws:SourceArn': topic } },
  };
  // nothing is deleted, so nothing may come back
  const Attributes = { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [letTheTopicIn] }), VisibilityTimeout: '3600' };
  const { QueueUrl } = await callJson<{ QueueUrl: string }>(aws, 'sqs', 'AmazonSQS.CreateQueue', { QueueName, Attributes });
  await callQuery(aws, 'sns', { Action: 'Subscribe', TopicArn: topic, Protocol: 'sqs', Endpoint: queue, Version: '2010-03-31' });
  return {
    leave: () => callJson(aws, 'sqs', 'AmazonSQS.DeleteQueue', { QueueUrl }),
    hear: async () => {
      const { Messages = [] } = await callJson<{ Messages?: { Body: string }[] }>(aws, 'sqs', 'AmazonSQS.ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: 10,
      });
      return Messages.map(({ Body }) => JSON.parse((JSON.parse(Body) as { Message: string }).Message) as AlarmMessage);
    },
  };
}

/** The schedule with a command that ends with another code than 0. */
export function failing(schedule: Schedule): Schedule {
  const overrides = { containerOverrides: [{ name: 'flask-app', command: ['flask', 'fail', '--code', '3'] }] };
  return { ...schedule, Target: { ...schedule.Target, Input: JSON.stringify(overrides) } };
}
