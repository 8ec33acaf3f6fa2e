/** APIs that the demo has no client for: what the examples make there is listed for the inventory, and asked for by their checks. */
import type { Aws } from '../../../examples/local/aws';
import type { Kinds } from '../../../examples/local/inventory';

/** The emulator tells services by these headers; it checks no signature. */
async function call(aws: Aws, service: string, path: string, init: RequestInit = {}): Promise<string> {
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=none`;
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

export const OTHER_KINDS: Kinds = {
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
