import { CfnVPCEndpoint, type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnPolicy, type IRole } from 'aws-cdk-lib/aws-iam';
import { Aspects, type IAspect, Stack } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { WARNINGS, warn } from '../private/warnings';

/** The interface endpoint of a service, where its name is not the prefix of its actions. S3 and DynamoDB have gateways, and RDS has no API that an app calls. */
const ENDPOINTS: { readonly [prefix: string]: string } = {
  bedrock: 'bedrock-runtime',
  'cognito-idp': 'cognito-idp',
  events: 'events',
  firehose: 'kinesis-firehose',
  kinesis: 'kinesis-streams',
  kms: 'kms',
  lambda: 'lambda',
  scheduler: 'scheduler',
  secretsmanager: 'secretsmanager',
  ses: 'email',
  sns: 'sns',
  sqs: 'sqs',
  ssm: 'ssm',
  states: 'states',
};

/** Watches for rights of the app that its tasks, without a way to the internet, cannot use. Grants come after the service is made. */
export function adviseOnGrants(scope: Construct, role: IRole, vpc: IVpc): void {
  // of a VPC that is imported nobody knows the endpoints
  if (vpc instanceof Vpc) {
    Aspects.of(role).add(new GrantAspect(scope, vpc));
  }
}

class GrantAspect implements IAspect {
  private readonly said = new Set<string>();

  public constructor(
    private readonly scope: Construct,
    private readonly vpc: Vpc,
  ) {}

  public visit(node: IConstruct): void {
    if (!(node instanceof CfnPolicy)) {
      return;
    }
    const { Statement = [] } = Stack.of(node).resolve(node.policyDocument) as { Statement?: { Action?: string | string[] }[] };
    const prefixes = Statement.flatMap(({ Action = [] }) => Action).map((action) => action.split(':')[0]);
    for (const prefix of [...new Set(prefixes)].sort()) {
      const endpoint = ENDPOINTS[prefix];
      if (endpoint !== undefined && !this.said.has(endpoint) && !this.hasEndpoint(endpoint)) {
        this.said.add(endpoint);
        warn(
          this.scope,
          WARNINGS.GRANT_WITHOUT_EGRESS,
          `the app has rights for ${prefix}, and its tasks cannot reach it: they run in isolated subnets without an interface endpoint for ${endpoint}; give it in additionalEndpoints of Egress.vpcEndpoints()`,
        );
      }
    }
  }

  private hasEndpoint(name: string): boolean {
    return this.vpc.stack.node
      .findAll()
      .some((node) => node instanceof CfnVPCEndpoint && JSON.stringify(Stack.of(node).resolve(node.serviceName)).includes(`.${name}"`));
  }
}
