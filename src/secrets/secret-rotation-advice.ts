import { CfnVPCEndpoint, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { CfnApplication } from 'aws-cdk-lib/aws-sam';
import { CfnRotationSchedule, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Aspects, CfnResource, type IAspect, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { WARNINGS, warn } from '../private/warnings';

/**
 * What the advice needs to know of an app.
 *
 * @internal
 */
export interface RotatingApp {
  readonly scope: Construct;
  readonly vpc: IVpc;
  /** Some are added later. */
  readonly services: readonly Construct[];
  /** Some are added later. */
  readonly releaseTasks: readonly Construct[];
  /** What starts the tasks anew when the secret changes, where there is such a thing. */
  readonly restart: () => IConstruct | undefined;
}

const WATCHED = new WeakMap<IConstruct, Set<string>>();

/** Watches for a rotation of a secret: it may be added after the secret is connected. */
export function adviseOnRotation(secret: ISecret, app: RotatingApp): void {
  const watched = WATCHED.get(app.scope) ?? new Set();
  WATCHED.set(app.scope, watched);
  if (!watched.has(secret.node.path)) {
    watched.add(secret.node.path);
    Aspects.of(Stack.of(secret)).add(new RotationAspect(app, secret));
  }
}

/**
 * A rotation begins as soon as its schedule is made. It has to find what restarts the tasks, or these keep the first password until the next rotation, 30
 * days later.
 */
class RotationAspect implements IAspect {
  public constructor(
    private readonly app: RotatingApp,
    private readonly secret: ISecret,
  ) {}

  public visit(node: IConstruct): void {
    if (!(node instanceof CfnRotationSchedule) || !this.isOfSecret(node)) {
      return;
    }
    this.adviseOnWay(node);
    this.adviseOnUsers(node);
    this.order(node);
  }

  /** An attached secret is the same secret as the one that it was made of. */
  private isOfSecret(schedule: CfnRotationSchedule): boolean {
    const stack = Stack.of(schedule);
    const textOf = (value: unknown) => JSON.stringify(stack.resolve(value));
    return textOf(schedule.secretId) === textOf(this.secret.secretArn);
  }

  private order(schedule: CfnRotationSchedule): void {
    const restart = this.app.restart();
    if (!restart) {
      warn(
        this.app.scope,
        WARNINGS.ROTATION_WITHOUT_RESTART,
        `the secret ${this.secret.node.path} is rotated, and the tasks keep the value that they started with, so new connections fail after the first rotation; leave restartOnSecretChange out, or call restartOnSecretChange() with the secret`,
      );
    } else if (Stack.of(schedule) === Stack.of(restart) && !this.isAwaited(schedule)) {
      schedule.node.addDependency(restart);
    } else if (schedule.rotateImmediatelyOnUpdate !== false) {
      warn(
        this.app.scope,
        WARNINGS.ROTATION_BEFORE_RESTART,
        `the secret ${this.secret.node.path} is rotated as soon as its schedule is made, before the resource that restarts the tasks, so they would keep the first password until the next rotation; set rotateImmediatelyOnUpdate of the rotation to false`,
      );
    }
  }

  /** Whether a process waits for the schedule, through a proxy for example, which waits for all of its database. */
  private isAwaited(schedule: CfnRotationSchedule): boolean {
    const seen = new Set<IConstruct>();
    const { services, releaseTasks } = this.app;
    const pending: IConstruct[] = [...services, ...releaseTasks].flatMap((process) =>
      process.node.findAll().filter(CfnResource.isCfnResource),
    );
    for (let next = pending.pop(); next; next = pending.pop()) {
      if (next === schedule) {
        return true;
      }
      if (!seen.has(next)) {
        seen.add(next);
        pending.push(...awaitedBy(next));
      }
    }
    return false;
  }

  private adviseOnWay(schedule: CfnRotationSchedule): void {
    const stack = Stack.of(schedule);
    const rotation = rotationOf(schedule);
    const subnets = JSON.stringify(stack.resolve(rotation?.subnetIds) ?? '');
    const { vpc } = this.app;
    const closed = [...vpc.isolatedSubnets, ...vpc.publicSubnets].some((subnet) => {
      const id = JSON.stringify(stack.resolve(subnet.subnetId));
      return subnets.includes(id) || subnets.includes(JSON.stringify(id).slice(1, -1));
    });
    const hasEndpoint = vpc.stack.node.findAll().some((node) => {
      const service = node instanceof CfnVPCEndpoint ? JSON.stringify(Stack.of(node).resolve(node.serviceName)) : '';
      return service.includes('secretsmanager');
    });
    if (closed && !hasEndpoint && !rotation?.hasEndpoint) {
      warn(
        this.app.scope,
        WARNINGS.ROTATION_WITHOUT_EGRESS,
        `the function that rotates the secret ${this.secret.node.path} runs in subnets that cannot reach Secrets Manager, so every rotation fails; give the rotation private subnets with a NAT gateway as vpcSubnets, or the VPC an interface endpoint for Secrets Manager`,
      );
    }
  }

  private adviseOnUsers(schedule: CfnRotationSchedule): void {
    if (rotationOf(schedule)?.hasTwoUsers && this.app.releaseTasks.length > 0) {
      warn(
        this.app.scope,
        WARNINGS.ROTATION_OF_TWO_USERS,
        `the secret ${this.secret.node.path} is rotated between two users, and the app has a release task: a table belongs to the user that made it, and the migration of the other user ends with "must be owner of table"; rotate a single user`,
      );
    }
  }
}

interface Rotation {
  readonly subnetIds: unknown;
  readonly hasEndpoint: boolean;
  readonly hasTwoUsers: boolean;
}

/** What is known of the function: the CDK takes AWS's own as an application of the Serverless Application Repository, CloudFormation by a transform. */
function rotationOf(schedule: CfnRotationSchedule): Rotation | undefined {
  const hosted = schedule.hostedRotationLambda;
  if (hosted && !Token.isUnresolved(hosted)) {
    const { vpcSubnetIds, rotationType } = hosted as CfnRotationSchedule.HostedRotationLambdaProperty;
    return { subnetIds: vpcSubnetIds, hasEndpoint: false, hasTwoUsers: rotationType.endsWith('MultiUser') };
  }
  const [token] = Token.isUnresolved(schedule.rotationLambdaArn) ? Tokenization.reverseString(`${schedule.rotationLambdaArn}`).tokens : [];
  const application = Reference.isReference(token) ? token.target : undefined;
  if (!(application instanceof CfnApplication)) {
    return undefined;
  }
  const parameters = application.parameters as { readonly [name: string]: string };
  return {
    subnetIds: parameters.vpcSubnetIds,
    hasEndpoint: /vpce/.test(JSON.stringify(Stack.of(schedule).resolve(parameters.endpoint))) || /VPCEndpoint/i.test(parameters.endpoint),
    hasTwoUsers: 'masterSecretArn' in parameters,
  };
}

/** The resources that CloudFormation makes before a resource for an explicit dependency of it, or of what it is in. */
function awaitedBy(resource: IConstruct): IConstruct[] {
  const targets = resource.node.scopes.flatMap((scope) => scope.node.dependencies);
  return targets.flatMap((target) => target.node.findAll().filter(CfnResource.isCfnResource));
}
