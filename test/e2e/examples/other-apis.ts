/** APIs that the demo has no client for: what the examples make there is listed for the inventory, and asked for by their checks. */
import type { Aws } from '../../../tools/local-aws/aws';
import type { Kinds } from '../../../tools/local-aws/inventory';

/** The emulator tells services by these headers; it checks no signature. */
export async function call(aws: Aws, service: string, path: string, init: RequestInit = {}): Promise<string> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${aws.key}/20260101/${aws.region}/${service}/aws4_request, SignedHeaders=host, Signature=none`;
  const answer = await fetch(new URL(path, aws.endpoint), { ...init, headers: { ...init.headers, authorization } });
  const body = await answer.text();
  if (!answer.ok) {
    throw new Error(`${service} ${path}: ${answer.status} ${body.slice(0, 200)}`);
  }
  return body;
}

export async function callJson<T>(aws: Aws, service: string, target: string, input: object = {}): Promise<T> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  return JSON.parse(await call(aws, service, '/', { method: 'POST', headers, body: JSON.stringify(input) })) as T;
}

export function callQuery(aws: Aws, service: string, input: Record<string, string>): Promise<string> {
  return call(aws, service, '/', { method: 'POST', body: new URLSearchParams(input) });
}

/** The values of an XML element, wherever it is. */
export function valuesOf(element: string, xml: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, value]) => value);
}

/** The records of all hosted zones, as "A shop.example.com." */
export async function records(aws: Aws): Promise<string[]> {
  const zones = valuesOf('Id', await call(aws, 'route53', '/2013-04-01/hostedzone'));
  const lists = await Promise.all(zones.map((zone) => call(aws, 'route53', `/2013-04-01${zone}/rrset`)));
  return lists
    .flatMap((xml) => xml.match(/<ResourceRecordSet>.*?<\/ResourceRecordSet>/gs) ?? [])
    .map((record) => `${valuesOf('Type', record)[0]} ${valuesOf('Name', record)[0]}`);
}

export function topics(aws: Aws): Promise<string[]> {
  return callQuery(aws, 'sns', { Action: 'ListTopics', Version: '2010-03-31' }).then((xml) => valuesOf('TopicArn', xml));
}

/** The URLs of the queues. */
export async function queues(aws: Aws): Promise<string[]> {
  return (await callJson<{ QueueUrls?: string[] }>(aws, 'sqs', 'AmazonSQS.ListQueues')).QueueUrls ?? [];
}

export interface Schedule {
  readonly Name: string;
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone: string;
  readonly FlexibleTimeWindow: object;
  readonly Target: object;
}

export async function schedules(aws: Aws): Promise<Schedule[]> {
  const { Schedules } = JSON.parse(await call(aws, 'scheduler', '/schedules')) as { Schedules: { Name: string }[] };
  return Promise.all(Schedules.map(async ({ Name }) => JSON.parse(await call(aws, 'scheduler', `/schedules/${Name}`)) as Schedule));
}

/** Lets a schedule be due now, with everything else as it is. */
export async function makeDue(aws: Aws, { Name, FlexibleTimeWindow, Target }: Schedule): Promise<void> {
  const body = JSON.stringify({ ScheduleExpression: 'at(2020-01-01T00:00:00)', FlexibleTimeWindow, Target });
  await call(aws, 'scheduler', `/schedules/${Name}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body });
}

const JOBS: Kinds = {
  queue: queues,
  schedule: async (aws) => (await schedules(aws)).map(({ Name }) => Name),
  'event rule': async (aws) =>
    (await callJson<{ Rules: { Name: string }[] }>(aws, 'events', 'AWSEvents.ListRules')).Rules.map(({ Name }) => Name),
};

const DATA: Kinds = {
  database: async (aws) =>
    valuesOf('DBInstanceIdentifier', await callQuery(aws, 'rds', { Action: 'DescribeDBInstances', Version: '2014-10-31' })),
  'database snapshot': async (aws) =>
    valuesOf('DBSnapshotIdentifier', await callQuery(aws, 'rds', { Action: 'DescribeDBSnapshots', Version: '2014-10-31' })),
  function: async (aws) =>
    (JSON.parse(await call(aws, 'lambda', '/2015-03-31/functions')) as { Functions: { FunctionName: string }[] }).Functions.map(
      ({ FunctionName }) => FunctionName,
    ),
  'state machine': async (aws) =>
    (await callJson<{ stateMachines: { name: string }[] }>(aws, 'states', 'AWSStepFunctions.ListStateMachines')).stateMachines.map(
      ({ name }) => name,
    ),
};

export const OTHER_KINDS: Kinds = {
  ...JOBS,
  ...DATA,
  record: records,
  topic: topics,
  certificate: async (aws) =>
    (
      await callJson<{ CertificateSummaryList: { CertificateArn: string }[] }>(aws, 'acm', 'CertificateManager.ListCertificates')
    ).CertificateSummaryList.map(({ CertificateArn }) => CertificateArn),
  key: async (aws) => (await callJson<{ Keys: { KeyId: string }[] }>(aws, 'kms', 'TrentService.ListKeys')).Keys.map(({ KeyId }) => KeyId),
  'web ACL': async (aws) =>
    (await callJson<{ WebACLs: { ARN: string }[] }>(aws, 'wafv2', 'AWSWAF_20190729.ListWebACLs', { Scope: 'REGIONAL' })).WebACLs.map(
      ({ ARN }) => ARN,
    ),
};
