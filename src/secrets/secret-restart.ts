import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import { type EventPattern, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import { CustomState, DefinitionBody, Map as MapState, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Aws, Duration, Lazy, Stack, Token } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { identityOf } from '../private/names';
import { onceInStack, STACK_IDS } from '../private/part-ids';
import { WARNINGS, warn } from '../private/warnings';

/** What restarts the services of a stack. It knows none of them, so that any of them can go. */
class StackRestarts extends Construct {
  public readonly stateMachine: StateMachine;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const restart = new CustomState(this, 'Restart', {
      stateJson: {
        Type: 'Task',
        Resource: `arn:${Aws.PARTITION}:states:::aws-sdk:ecs:updateService`,
        Parameters: { 'Cluster.$': '$.cluster', 'Service.$': '$.service', ForceNewDeployment: true },
        ResultPath: null,
      },
    });
    // ECS takes no new deployment while one shifts traffic
    restart.addRetry({ interval: Duration.minutes(1), maxAttempts: 10, backoffRate: 1.5 });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      comment: 'starts the tasks of a Flask app anew, because a secret or a parameter has changed',
      definitionBody: DefinitionBody.fromChainable(new MapState(this, 'Each', { itemsPath: '$.services' }).itemProcessor(restart)),
      timeout: Duration.hours(3),
    });
  }
}

/** @internal */
export interface SecretRestartProps {
  readonly cluster: ICluster;
  /** Of all services of the app: some are added later. */
  readonly serviceArns: () => string[];
}

/**
 * ECS gives a task the value that a secret has when the task starts. The restart needs no Lambda function: Secrets Manager notifies EventBridge, EventBridge
 * starts a state machine, and that calls ECS. The state machine is one of the stack; what is here is one service's.
 *
 * @internal
 */
export class SecretRestart extends Construct {
  private readonly stateMachine: StateMachine;
  private readonly right: Policy;
  /** By ARN: two constructs may stand for one secret, and each rule restarts the tasks. */
  private readonly watched = new Set<string>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: SecretRestartProps,
  ) {
    super(scope, id);
    this.stateMachine = onceInStack(scope, STACK_IDS.RESTARTS, StackRestarts, (stack, id) => new StackRestarts(stack, id)).stateMachine;
    // with the service, for it refers to it: the state machine knows none
    this.right = new Policy(this, 'Right', {
      roles: [this.stateMachine.role],
      statements: [new PolicyStatement({ actions: ['ecs:UpdateService'], resources: Lazy.uncachedList({ produce: props.serviceArns }) })],
    });
  }

  public isWatching(secret: ISecret): boolean {
    return this.watched.has(secret.secretArn);
  }

  /** Restarts when this secret changes. */
  public watch(secret: ISecret): void {
    if (this.isWatching(secret)) {
      return;
    }
    this.watched.add(secret.secretArn);
    this.adviseOnPlace(secret);
    // of a secret that is known by its name alone, the ARN lacks the last six letters
    const arn = secret.secretFullArn;
    this.restartWhen(idFor(secret), 'a secret of a Flask app has another value', {
      source: ['aws.secretsmanager'],
      detailType: ['Secret Label Updated'],
      resources: arn ? [arn] : undefined,
      detail: { labelUpdated: ['AWSCURRENT'], ...(arn ? {} : { name: [secret.secretName] }) },
    });
  }

  /** Secrets Manager tells the EventBridge of its own account and Region alone. */
  private adviseOnPlace(secret: ISecret): void {
    const own = Stack.of(this);
    const { region, account } = secret.env;
    const known = (value: string) => !Token.isUnresolved(value);
    const differs = (one: string, other: string) => known(one) && known(other) && one !== other;
    if (differs(region, own.region) || differs(account, own.account)) {
      warn(
        this,
        WARNINGS.RESTART_FROM_ELSEWHERE,
        `the secret ${secret.node.path} is in ${account} ${region}, and the service in ${own.account} ${own.region}: its changes are published there only, so no task is restarted; replicate the secret to the Region of the service, or forward its events to the default event bus there`,
      );
    }
  }

  /** Restarts when this parameter changes. */
  public watchParameter(parameter: IParameter): void {
    const id = idFor(parameter);
    if (!this.node.tryFindChild(id)) {
      this.restartWhen(id, 'a parameter of a Flask app has another value', {
        source: ['aws.ssm'],
        detailType: ['Parameter Store Change'],
        resources: [parameter.parameterArn],
        // deleted and made anew, as a replacement does it
        detail: { operation: ['Create', 'Update'] },
      });
    }
  }

  private restartWhen(id: string, description: string, eventPattern: EventPattern): void {
    const rule = new Rule(this, id, {
      description,
      eventPattern,
      targets: [
        new SfnStateMachine(this.stateMachine, {
          input: RuleTargetInput.fromObject({
            services: Lazy.uncachedAny({
              produce: () => this.props.serviceArns().map((service) => ({ cluster: this.props.cluster.clusterArn, service })),
            }),
          }),
          maxEventAge: Duration.hours(2),
        }),
      ],
    });
    rule.node.addDependency(this.right);
  }
}

/** Two stacks may have a secret of the same id. Of a `FlaskSecretKey` it is `Secret`, so the id around it is there too. */
const idFor = (construct: IConstruct) => `${construct.node.path.split('/').slice(-2).join('')}${identityOf(construct)}`;
