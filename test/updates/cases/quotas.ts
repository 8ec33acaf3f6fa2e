import {
  awsvpc,
  ELB,
  FRONT,
  forward,
  group,
  ingress,
  listener,
  many,
  NOTHING,
  onListener,
  quota,
  type RuleCase,
  ref,
  resource,
  rule,
  service,
  template,
  without,
} from './parts';

export const QUOTA_CASES: readonly RuleCase[] = [
  quota('elastic IP addresses', 5, (count) => many(count, () => resource('AWS::EC2::EIP'))),
  quota('VPCs', 5, (count) => many(count, () => resource('AWS::EC2::VPC'))),
  quota('load balancers', 50, (count) => many(count, () => resource(`${ELB}::LoadBalancer`))),
  quota('rules of a load balancer', 100, (count) => onListener(many(count, (index) => rule('Http', index + 1, forward('Target'))))),
  quota('listeners of a load balancer', 50, (count) => ({ ...without(FRONT, 'Http'), ...many(count, (index) => listener(8000 + index)) })),
  quota('certificates of a load balancer', 25, (count) => ({
    ...FRONT,
    ...many(count, () => resource(`${ELB}::ListenerCertificate`, { ListenerArn: ref('Http'), Certificates: [{ CertificateArn: 'a' }] })),
  })),
  quota('target groups of a load balancer', 100, (count) => ({
    ...FRONT,
    ...many(count, () => group(), 'Group'),
    // five to a rule, or the rules would be too many first
    ...many(
      Math.ceil(count / 5),
      (index) =>
        rule(
          'Http',
          index + 1,
          forward(...Array.from({ length: Math.min(5, count - index * 5) }, (_, each) => `Group${index * 5 + each}`)),
        ),
      'Rule',
    ),
  })),
  quota('values of a rule', 5, (count) =>
    onListener({
      Rule: rule(
        'Http',
        1,
        forward('Target'),
        Array.from({ length: count }, (_, index) => `/${index}`),
      ),
    }),
  ),
  quota('target groups of an action', 5, (count) => ({
    ...FRONT,
    ...many(count, () => group(), 'Group'),
    Rule: rule('Http', 1, forward(...Array.from({ length: count }, (_, index) => `Group${index}`))),
  })),
  quota('permissions of a security group', 60, (count) => ({ ...FRONT, ...many(count, (index) => ingress(3000 + index)) })),
  quota('security groups of a network interface', 5, (count) => ({
    Web: service({ NetworkConfiguration: awsvpc({ SecurityGroups: Array.from({ length: count }, (_, index) => `sg-${index}`) }) }),
  })),
  quota('containers of a task definition', 10, (count) => ({
    Definition: resource('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: Array.from({ length: count }, (_, index) => ({ Name: `c${index}` })),
    }),
  })),
  quota('metric filters of a log group', 100, (count) => many(count, () => resource('AWS::Logs::MetricFilter', { LogGroupName: 'a' }))),
  quota('a template', 500, (count) => many(count, () => resource('AWS::SNS::Topic'))),
  {
    rule: 'quota: inline policies of a role',
    refused: [
      NOTHING,
      template(
        many(2, (index) =>
          resource('AWS::IAM::Policy', { PolicyName: `p${index}`, Roles: ['shop'], PolicyDocument: { Statement: ['x'.repeat(6000)] } }),
        ),
      ),
    ],
    accepted: [
      NOTHING,
      template(
        many(2, (index) =>
          resource('AWS::IAM::Policy', { PolicyName: `p${index}`, Roles: ['shop'], PolicyDocument: { Statement: ['x'.repeat(4000)] } }),
        ),
      ),
    ],
  },
];
