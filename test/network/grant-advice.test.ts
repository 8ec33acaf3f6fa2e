import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Stack } from 'aws-cdk-lib/core';
import { Egress, type FlaskFargateService } from '../../src';
import { adviceOf, service, testStack } from '../util/test-stack';

/*
 * A grant to tasks without a way to the internet is of no use without an endpoint.
 */
function advice(grant: (stack: Stack, web: FlaskFargateService) => void, egress = Egress.vpcEndpoints()) {
  const stack = testStack();
  grant(stack, service(stack, { egress }));
  return adviceOf(stack);
}

const send = (stack: Stack, web: FlaskFargateService) => new Queue(stack, 'Queue').grantSendMessages(web);

test('of a queue without an endpoint: advice', () => {
  expect(advice(send)).toEqual([
    {
      path: '/Test/Web',
      id: 'cdk-flask-fargate:grantWithoutEgress',
      text: 'the app has rights for sqs, and its tasks cannot reach it: they run in isolated subnets without an interface endpoint for sqs; give it in additionalEndpoints of Egress.vpcEndpoints()',
    },
  ]);
});

test.each([
  ['with its endpoint', send, Egress.vpcEndpoints({ additionalEndpoints: [InterfaceVpcEndpointAwsService.SQS] })],
  ['with another way', send, Egress.publicIps()],
  [
    'of S3 and DynamoDB, which have gateways',
    (stack: Stack, web: FlaskFargateService) => {
      new Bucket(stack, 'Bucket').grantRead(web);
      new Table(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } }).grantReadData(web);
    },
    Egress.vpcEndpoints(),
  ],
] as const)('%s: none', (_, grant, egress) => {
  expect(advice(grant, egress)).toEqual([]);
});

test('each service is told of once', () => {
  const both = (stack: Stack, web: FlaskFargateService) => {
    send(stack, web);
    new Queue(stack, 'Other').grantConsumeMessages(web);
    new Topic(stack, 'Topic').grantPublish(web);
  };
  expect(advice(both).map(({ text }) => text.match(/endpoint for (\S+);/)?.[1])).toEqual(['sns', 'sqs']);
});
