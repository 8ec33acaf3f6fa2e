import type { Template, TemplateResource } from '../template';
import {
  balancer,
  ELB,
  FRONT,
  forward,
  group,
  NOTHING,
  type Pair,
  type RuleCase,
  ref,
  registeredIn,
  resource,
  rule,
  securityGroup,
  service,
  template,
  WEB,
  without,
} from './parts';

type Values = { readonly [name: string]: unknown };

/** A firewall whose association a policy keeps. */
const keptAssociation = (more: Partial<TemplateResource>): Template =>
  template({
    Acl: resource('AWS::WAFv2::WebACL'),
    Balancer: { ...balancer(), ...more },
    A: resource('AWS::WAFv2::WebACLAssociation', { ResourceArn: ref('Balancer'), WebACLArn: ref('Acl') }, { DeletionPolicy: 'Retain' }),
  });

/** What a second resource writes over, and what of it makes it another setting. */
const WRITTEN_OVER: { readonly [type: string]: readonly [same: Values, other: Values] } = {
  [`${ELB}::ListenerCertificate`]: [
    { ListenerArn: 'listener', Certificates: [{ CertificateArn: 'a' }] },
    { Certificates: [{ CertificateArn: 'b' }] },
  ],
  'AWS::SNS::Subscription': [{ TopicArn: 'topic', Protocol: 'email', Endpoint: 'ops@example.com' }, { Endpoint: 'dev@example.com' }],
  'AWS::SNS::TopicPolicy': [{ Topics: ['topic'], PolicyDocument: { Statement: [] } }, { Topics: ['other'] }],
  'AWS::SQS::QueuePolicy': [{ Queues: ['queue'], PolicyDocument: { Statement: [] } }, { Queues: ['other'] }],
  'AWS::SecretsManager::RotationSchedule': [{ SecretId: 'key' }, { SecretId: 'other' }],
};

/** A load balancer that logs to a bucket, after what it names. */
const logging = (...after: string[]) => ({
  Bucket: resource('AWS::S3::Bucket'),
  Policy: resource('AWS::S3::BucketPolicy', { Bucket: ref('Bucket'), PolicyDocument: { Statement: [] } }),
  Balancer: resource(
    `${ELB}::LoadBalancer`,
    {
      LoadBalancerAttributes: [
        { Key: 'access_logs.s3.enabled', Value: 'true' },
        { Key: 'access_logs.s3.bucket', Value: ref('Bucket') },
      ],
    },
    { DependsOn: after },
  ),
});

export const BALANCER_CASES: readonly RuleCase[] = [
  {
    rule: 'custom names',
    refused: [
      template({ T: resource(`${ELB}::TargetGroup`, { Name: 'shop', Port: 80 }) }),
      template({ T: resource(`${ELB}::TargetGroup`, { Name: 'shop', Port: 81 }) }),
    ],
    accepted: [
      template({ T: resource(`${ELB}::TargetGroup`, { Port: 80 }) }),
      template({ T: resource(`${ELB}::TargetGroup`, { Port: 81 }) }),
    ],
  },
  {
    rule: 'a setting that is left out stays',
    refused: [['slow_start.duration_seconds'], []].map((keys) =>
      template({ T: resource(`${ELB}::TargetGroup`, { TargetGroupAttributes: keys.map((Key) => ({ Key, Value: '60' })) }) }),
    ) as unknown as Pair,
    accepted: ['60', '0'].map((Value) =>
      template({ T: resource(`${ELB}::TargetGroup`, { TargetGroupAttributes: [{ Key: 'slow_start.duration_seconds', Value }] }) }),
    ) as unknown as Pair,
  },
  {
    rule: 'type of a logical id',
    refused: [template({ T: resource('AWS::SNS::Topic') }), template({ T: resource('AWS::SQS::Queue') })],
    accepted: [template({ T: resource('AWS::SNS::Topic') }), template({ U: resource('AWS::SQS::Queue') })],
  },
  {
    // aws-cdk#33253: internet-facing to internal
    rule: 'a target group belongs to one load balancer',
    refused: [template(WEB), template({ ...WEB, Balancer: balancer({ Scheme: 'internal' }) })],
    accepted: [template(WEB), template({ ...WEB, Rule: rule('Http', 20, forward('Target')) })],
  },
  {
    // aws-cdk#1160: the service does not depend on the rule
    rule: 'the target group of a service has a load balancer',
    refused: [
      template({ ...FRONT, Web: service() }),
      template({
        Web: service({ LoadBalancers: registeredIn('Target') }),
        ...FRONT,
        Target: group(),
        Rule: rule('Http', 10, forward('Target')),
      }),
    ],
    accepted: [template({ ...FRONT, Web: service() }), template(WEB)],
  },
  {
    rule: 'a target group in use',
    refused: [
      template({ ...FRONT, Target: group(), Rule: rule('Http', 10, forward('Target')) }),
      // written with the ARN that the group had, so that nothing refers to it
      template({ ...FRONT, Rule: rule('Http', 10, [{ Type: 'forward', TargetGroupArn: '@Target#1' }]) }),
    ],
    accepted: [template({ ...FRONT, Target: group(), Rule: rule('Http', 10, forward('Target')) }), template(FRONT)],
  },
  {
    // the property is left out, and ECS keeps it
    rule: 'a service keeps a target group that is gone',
    refused: [template(WEB), template({ ...without(WEB, 'Target', 'Rule'), Web: service() })],
    accepted: [template(WEB), template({ ...without(WEB, 'Target', 'Rule'), Web: service({ LoadBalancers: [] }) })],
  },
  {
    rule: 'a load balancer stays in its VPC',
    refused: [
      template(FRONT),
      template({ ...FRONT, OtherGroup: securityGroup({ VpcId: 'vpc-2' }), Balancer: balancer({ SecurityGroups: [ref('OtherGroup')] }) }),
    ],
    accepted: [
      template(FRONT),
      template({ ...FRONT, OtherGroup: securityGroup(), Balancer: balancer({ SecurityGroups: [ref('OtherGroup')] }) }),
    ],
  },
  {
    rule: 'deletion protection',
    refused: [
      template({ ...FRONT, Balancer: balancer({ LoadBalancerAttributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }] }) }),
      NOTHING,
    ],
    accepted: [
      template({ ...FRONT, Balancer: balancer({ LoadBalancerAttributes: [{ Key: 'deletion_protection.enabled', Value: 'false' }] }) }),
      NOTHING,
    ],
  },
  {
    // pulumi-aws#4782: the deletion of the old association takes the new one away
    rule: 'one firewall per load balancer',
    refused: ['a', 'b'].map((WebACLArn) =>
      template({ A: resource('AWS::WAFv2::WebACLAssociation', { ResourceArn: 'balancer', WebACLArn }) }),
    ) as unknown as Pair,
    accepted: [template({ A: resource('AWS::WAFv2::WebACLAssociation', { ResourceArn: 'balancer', WebACLArn: 'a' }) }), NOTHING],
  },
  {
    rule: 'a setting of which there is one',
    refused: ['A', 'B'].map((id) =>
      template({ [id]: resource('AWS::IAM::Policy', { PolicyName: 'shop', Roles: ['role'], PolicyDocument: { Statement: [] } }) }),
    ) as unknown as Pair,
    accepted: ['A', 'B'].map((id) =>
      template({ [id]: resource('AWS::IAM::Policy', { PolicyName: id, Roles: ['role'], PolicyDocument: { Statement: [] } }) }),
    ) as unknown as Pair,
  },
  ...Object.entries(WRITTEN_OVER).map(([type, [same, other]]) => ({
    rule: 'a setting of which there is one',
    refused: [template({ A: resource(type, same) }), template({ B: resource(type, same) })] as const,
    accepted: [template({ A: resource(type, same) }), template({ B: resource(type, { ...same, ...other }) })] as const,
  })),
  {
    rule: 'a bucket that lets no load balancer write',
    refused: [NOTHING, template(logging())],
    accepted: [NOTHING, template(logging('Policy'))],
  },
  {
    rule: 'a firewall in use',
    refused: [
      template({
        Acl: resource('AWS::WAFv2::WebACL'),
        A: resource('AWS::WAFv2::WebACLAssociation', { ResourceArn: 'b', WebACLArn: ref('Acl') }, { DeletionPolicy: 'Retain' }),
      }),
      NOTHING,
    ],
    accepted: [
      template({
        Acl: resource('AWS::WAFv2::WebACL'),
        A: resource('AWS::WAFv2::WebACLAssociation', { ResourceArn: 'b', WebACLArn: ref('Acl') }),
      }),
      NOTHING,
    ],
  },
  {
    // what is kept goes with the load balancer, if that goes first
    rule: 'a firewall in use',
    refused: [keptAssociation({ DeletionPolicy: 'Retain' }), NOTHING],
    accepted: [keptAssociation({ DependsOn: 'Acl' }), NOTHING],
  },
];
